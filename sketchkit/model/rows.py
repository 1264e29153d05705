"""Rows of drawings in model units: stroke-3 and stroke-5."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["END_ROW", "START_ROW", "stroke3", "stroke5", "to_rows"]

#: Stroke-5 rows: the input of the first step (the start token), and the row after the last point of a drawing.
START_ROW = np.array([0, 0, 1, 0, 0], dtype=np.float32)
END_ROW = np.array([0, 0, 0, 0, 1], dtype=np.float32)


def to_rows(sketch: Sketch, scale: float) -> NDArray[np.float32]:
    """Return the stroke-3 rows, (n, 3), of a drawing whose offsets are divided by `scale`."""
    rows = np.array(sketch.offsets)
    rows[:, :2] /= scale
    return rows


def stroke5(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert stroke-3 rows (n, 3) to stroke-5 rows (n, 5), without an end row."""
    pen = rows[:, 2:3]
    return np.concatenate([rows[:, :2], 1 - pen, pen, np.zeros_like(pen)], axis=1).astype(np.float32)


def stroke3(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert the stroke-5 rows before the first end row to stroke-3 rows."""
    end_rows = np.flatnonzero(rows[:, 4] > 0)
    rows = rows[: end_rows[0]] if len(end_rows) else rows
    return rows[:, [0, 1, 3]]
