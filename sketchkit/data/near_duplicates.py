"""Near-duplicates: drawings whose lines are at nearly the same positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["fingerprints", "near_pairs"]

#: Maximum root mean square distance between the points of near-duplicates, as a share of the drawing's longer side.
DUPLICATE_RMS = 0.015
#: Number of points of a drawing's fingerprint.
FINGERPRINT_POINTS = 32


def fingerprints(sketches: Sequence[Sketch]) -> NDArray[np.float32]:
    """Return the fingerprints of drawings, shape (drawings, 2 * FINGERPRINT_POINTS)."""
    return np.array(list(map(_fingerprint, sketches)), np.float32).reshape(-1, 2 * FINGERPRINT_POINTS)


def _fingerprint(sketch: Sketch) -> NDArray[np.float32]:
    """Return evenly spaced points of all strokes, centered, with longer side 1; shape (2 * FINGERPRINT_POINTS,)."""
    strokes = sketch.polylines()
    points = np.concatenate(strokes)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    steps[np.cumsum([0, *map(len, strokes[:-1])])] = 0  # pen-up movements between strokes do not count
    path_length = np.cumsum(steps)
    positions = np.linspace(0, path_length[-1], FINGERPRINT_POINTS)
    low, high = points.min(axis=0), points.max(axis=0)
    centered = (points - (low + high) / 2) / max(float((high - low).max()), 1e-9)
    return np.column_stack([np.interp(positions, path_length, axis) for axis in centered.T]).ravel().astype(np.float32)


def near_pairs(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the indices of all pairs of rows of `a` and `b` that are near each other."""
    if not len(a) or not len(b):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    first, second = np.nonzero(squared < DUPLICATE_RMS**2 * FINGERPRINT_POINTS)
    return first, second
