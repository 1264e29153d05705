"""Validation of rendering arguments, default line widths and paddings, and the common scale of several drawings."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from sketchkit.sketch import Sketch

__all__ = ["check_positive", "common_scale", "line_width", "page_padding"]


def common_scale(sketches: Iterable[Sketch], side: float) -> float:
    """Return the largest scale at which every sketch fits into a square of `side` px; 1 if no sketch has an extent."""
    longest = max((sketch.extent for sketch in sketches), default=0.0)
    return side / longest if longest > 0 else 1.0


def check_positive(name: str, value: float) -> float:
    """Return `value` as float; raise ValueError with `name` if it is not a finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(f"{name}: expected a number above 0, got {value!r}")
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}: expected a finite number above 0, got {value!r}")
    return float(value)


def line_width(value: float | None, size: float) -> float:
    """Validate a line width in px; for None, return the default for a picture of `size` px."""
    return max(1.0, size / 90) if value is None else check_positive("stroke_width", value)


def page_padding(value: float | None, size: float, line: float) -> float:
    """Validate a padding in px; for None, return the default. Raise ValueError if the padding is out of range."""
    if value is None:
        return min(max(0.06 * size, line), 0.4 * size)
    if not (math.isfinite(value) and 0 <= value < size / 2):
        raise ValueError(f"padding: expected at least 0 and less than half of size {size:g}, got {value!r}")
    return float(value)
