"""`SplitHealth`: counts of one split of a dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.store import OFFSET_LIMIT, READ_CHUNK, Split

__all__ = ["SplitHealth", "split_health"]


@dataclass(frozen=True)
class SplitHealth:
    """Counts of one split.

    Attributes
    ----------
    drawings, points : int
        Number of drawings and of points.
    empty : int
        Number of empty drawings, which are dropped.
    too_long : int
        Number of drawings of more than `max_seq_len` points, which are dropped.
    clamped : int
        Number of offsets (two per point) beyond ±1000 in the usable drawings; such offsets are clamped to ±1000.
    """

    drawings: int
    points: int
    empty: int
    too_long: int
    clamped: int


def split_health(split: Split, usable: NDArray[np.int64], max_seq_len: int) -> SplitHealth:
    """Return the counts of a split.

    Parameters
    ----------
    split : Split
        The drawings.
    usable : ndarray of int64
        Indices of the drawings that are neither empty nor longer than `max_seq_len` points.
    max_seq_len : int
        Maximum number of points.
    """
    lengths = split.lengths
    clamped = 0
    if split.points.dtype != np.int8:
        for begin in range(0, len(usable), READ_CHUNK):
            rows, _ = split.take(usable[begin : begin + READ_CHUNK])
            clamped += int(np.count_nonzero(np.abs(rows[:, :2].astype(np.float32)) > OFFSET_LIMIT))
    return SplitHealth(
        drawings=len(split),
        points=int(lengths.sum()),
        empty=int(np.count_nonzero(lengths == 0)),
        too_long=int(np.count_nonzero(lengths > max_seq_len)),
        clamped=clamped,
    )
