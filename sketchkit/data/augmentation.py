"""Augmentation: drawings changed a little each time they are seen.

Drawings of a batch lie end to end: offsets (points, 2) in model units, pen (points,), which is 1 where it is lifted,
and lengths (batch,), the points of each. Every drawing ends with the pen lifted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["drop_points", "move_strokes", "turn"]


def turn(offsets: NDArray[np.float32], lengths: NDArray[np.int64], angles: NDArray[np.float64]) -> NDArray[np.float32]:
    """Turn each drawing by its angle.

    Parameters
    ----------
    offsets, lengths : ndarray
        See above.
    angles : ndarray, shape (batch,)
        In radians, from x to y.
    """
    cos, sin = np.repeat(np.cos(angles), lengths), np.repeat(np.sin(angles), lengths)  # (points,)
    x, y = offsets[:, 0], offsets[:, 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=1).astype(np.float32)


def move_strokes(
    offsets: NDArray[np.float32],
    pen: NDArray[np.float32],
    lengths: NDArray[np.int64],
    factor: float,
    noise: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Stretch each stroke about its middle and move it, as a hand never does the same twice.

    Parameters
    ----------
    offsets, pen, lengths : ndarray
        See above.
    factor : float
        Both are at most this: the stretch as a share of the stroke, the way it is moved as a share of half the
        drawing's size.
    noise : ndarray, shape (points, 4)
        -1 to 1; the row of a stroke's first point says how it is stretched and moved, in x and y.
    """
    if not len(pen):
        return offsets
    firsts = np.cumsum(lengths) - lengths  # a drawing's first row
    drawing = np.repeat(np.arange(len(lengths)), lengths)  # (points,)
    points = np.cumsum(offsets, axis=0, dtype=np.float64)
    used = lengths > 0
    before = np.zeros((len(lengths), 2))  # where the pen is as each drawing begins
    before[used] = points[firsts[used]] - offsets[firsts[used]]
    points -= before[drawing]
    opens = np.flatnonzero(np.concatenate([[True], pen[:-1] == 1]))  # a stroke's first row
    counts = np.diff(opens, append=len(pen))
    stroke = np.repeat(np.arange(len(opens)), counts)  # (points,)
    low, high = np.minimum.reduceat(points, opens), np.maximum.reduceat(points, opens)  # (strokes, 2)
    begins = np.isin(opens, firsts[used])  # a drawing's first stroke has its start too, which is at (0, 0)
    low[begins], high[begins] = np.minimum(low[begins], 0), np.maximum(high[begins], 0)
    owner = drawing[opens]
    left, right = np.full((len(lengths), 2), np.inf), np.full((len(lengths), 2), -np.inf)
    np.minimum.at(left, owner, low)
    np.maximum.at(right, owner, high)
    half = (right - left)[owner].max(axis=1, keepdims=True) / 2  # (strokes, 1)
    stretch, moved = 1 + factor * noise[opens, :2], factor * noise[opens, 2:] * half
    middle = (low + high) / 2
    points = (points - middle[stroke]) * stretch[stroke] + (middle + moved)[stroke]
    starts = (middle + moved - middle * stretch)[begins]
    changed = np.diff(points, axis=0, prepend=0)
    changed[firsts[used]] = points[firsts[used]] - starts
    return changed.astype(np.float32)


def drop_points(
    offsets: NDArray[np.float32],
    pen: NDArray[np.float32],
    lengths: NDArray[np.int64],
    dropped: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Leave points out of strokes without moving the others.

    A stroke's first three rows and its last always stay, as in the published augmentation. The offset of a
    dropped point is added to the next that stays.

    Parameters
    ----------
    offsets, pen, lengths : ndarray
        See above.
    dropped : ndarray of bool, shape (points,)
        Which points to drop where that is allowed.
    """
    if not len(pen):
        return offsets, pen, lengths
    index = np.arange(len(pen))
    opens = np.concatenate([[True], pen[:-1] == 1])  # rows that begin a stroke
    place = index - np.maximum.accumulate(np.where(opens, index, 0))  # row's place in its stroke
    stays = ~(dropped & (pen == 0) & (place > 2))
    kept = np.flatnonzero(stays)
    begins = np.concatenate([[0], kept[:-1] + 1])  # each kept row takes up all since the one before
    drawing = np.repeat(np.arange(len(lengths)), lengths)
    return (
        np.add.reduceat(offsets, begins, axis=0),
        pen[kept],
        np.bincount(drawing[kept], minlength=len(lengths)),
    )
