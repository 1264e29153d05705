"""`Measures`: number of points and strokes, bounds and size of many drawings at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.store import Split

__all__ = ["Measures", "absolute_points"]


def absolute_points(split: Split) -> NDArray[np.float64]:
    """Return the points of all drawings as absolute positions, (points, 2); each drawing starts at (0, 0)."""
    sums = np.zeros((len(split.points) + 1, 2))
    np.cumsum(split.points[:, :2], axis=0, dtype=np.float64, out=sums[1:])
    return sums[1:] - np.repeat(sums[split.starts[:-1]], split.lengths, axis=0)


@dataclass(frozen=True)
class Measures:
    """Properties of n drawings.

    Attributes
    ----------
    lengths, strokes : ndarray of int64, shape (n,)
        Number of points and of strokes.
    low, high : ndarray of float64, shape (n, 2)
        Bounds of each drawing, including its starting point; coordinates are relative to that point.
    """

    lengths: NDArray[np.int64]
    strokes: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, split: Split) -> Measures:
        """Measure the drawings of a split."""
        lengths = split.lengths
        filled = np.flatnonzero(lengths)
        low, high = np.zeros((2, len(split), 2))
        strokes = np.zeros(len(split), dtype=np.int64)
        if len(filled):
            points, begins = absolute_points(split), split.starts[filled]
            low[filled] = np.minimum.reduceat(points, begins).clip(max=0)
            high[filled] = np.maximum.reduceat(points, begins).clip(min=0)
            strokes[filled] = np.add.reduceat(split.points[:, 2], begins, dtype=np.float64)
        return cls(lengths, strokes, low, high)

    @property
    def sizes(self) -> NDArray[np.float64]:
        """Longer side of each drawing, in the units of the split, shape (n,)."""
        return np.asarray((self.high - self.low).max(axis=1))
