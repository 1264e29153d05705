"""Where a drawing lands on a page: scale, centre, padding."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["Bounds", "Page", "Placement", "centred", "check_sketch", "common_scale", "page", "positive"]

Bounds = tuple[float, float, float, float]

# A line drawn straight across still gets a card of this share of its length.
_THINNEST = 0.25


@dataclass(frozen=True)
class Placement:
    """Maps drawing units to pixels: the drawing's `centre` goes to `middle`, scaled about it.

    Subtracting the centre first keeps the digits of a small drawing far away from the origin.
    """

    scale: float
    centre: tuple[float, float]
    middle: tuple[float, float]

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `points` (m, 2) in pixels."""
        return (points - self.centre) * self.scale + self.middle


@dataclass(frozen=True)
class Page:
    """A page in pixels and the placement of the drawing on it."""

    width: float
    height: float
    place: Placement


def page(bounds: Bounds, size: float, padding: float) -> Page:
    """Return the page whose longer side is `size` px, shaped like `bounds`, with `padding` px around.

    A drawing without extent gets a square page; a very thin one a page of at least a quarter of `size`.
    """
    width, height = _extent(bounds)
    longest = max(width, height)
    inner = size - 2 * padding
    scale = inner / longest if longest > 0 else 1.0
    page_width, page_height = (
        min(size, max(side * scale + 2 * padding, _THINNEST * size)) if longest > 0 else size
        for side in (width, height)
    )
    return Page(page_width, page_height, centred(bounds, scale, (page_width / 2, page_height / 2)))


def centred(bounds: Bounds, scale: float, middle: tuple[float, float]) -> Placement:
    """Return the placement that scales by `scale` and puts the middle of `bounds` at `middle`."""
    left, top, _, _ = bounds
    width, height = _extent(bounds)
    return Placement(scale, (left + width / 2, top + height / 2), middle)


def common_scale(sketches: Iterable[Sketch], side: float) -> float:
    """Return the greatest scale at which every sketch fits into a square of `side` px."""
    longest = max((max(_extent(sketch.bounds)) for sketch in sketches), default=0.0)
    return side / longest if longest > 0 else 1.0


def positive(name: str, value: float) -> float:
    """Return `value` if it is a finite number above 0, else raise ValueError naming it."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(f"{name}: expected a number above 0, got {value!r}")
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}: expected a finite number above 0, got {value!r}")
    return float(value)


def check_sketch(sketch: object) -> None:
    """Raise TypeError unless `sketch` is a Sketch."""
    if not isinstance(sketch, Sketch):
        raise TypeError(f"expected a Sketch, got {type(sketch).__name__}")


def _extent(bounds: Bounds) -> tuple[float, float]:
    left, top, right, bottom = bounds
    return right - left, bottom - top
