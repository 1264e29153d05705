"""Augmentation of training drawings: scaling, rotation, jitter of strokes, removal of points.

The drawings of a batch are concatenated: `offsets`, shape (points, 2), in model units; `pen`, shape (points,), 1 where
the pen is lifted; `lengths`, shape (batch,), the number of points of each drawing. Every drawing ends with the pen
lifted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.hparams import HParams

__all__ = ["Augmentation", "drop_points", "jitter_strokes", "rotate"]


@dataclass(frozen=True)
class Augmentation:
    """Random changes of training drawings. The attributes are the hyperparameters with the same names.

    Attributes
    ----------
    random_scale_factor : float
        Largest relative change of the scale. x and y of each drawing are multiplied by independent random factors
        from [1 - f, 1 + f].
    augment_stroke_prob : float
        Probability that a point inside a stroke is removed.
    random_rotation : float
        Largest rotation of a drawing, in degrees, in either direction.
    random_stroke_factor : float
        Largest relative change of a stroke. Each stroke is stretched about its center by a random factor from
        [1 - f, 1 + f], and shifted by at most f times half the size of the drawing.
    """

    random_scale_factor: float = 0.0
    augment_stroke_prob: float = 0.0
    random_rotation: float = 0.0
    random_stroke_factor: float = 0.0

    @classmethod
    def from_hparams(cls, hparams: HParams) -> Augmentation:
        """Return the augmentation that the hyperparameters specify."""
        return cls(**{name: getattr(hparams, name) for name in cls.__dataclass_fields__})

    def apply(
        self,
        offsets: NDArray[np.float32],
        pen: NDArray[np.float32],
        lengths: NDArray[np.int64],
        noise: np.random.Generator,
        *,
        batch_size: int,
        first: int,
        points_before: int,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        """Return augmented drawings. The changes of a drawing do not depend on the shard that contains it.

        Parameters
        ----------
        offsets, pen, lengths : ndarray
            Drawings of a batch or of a shard of it, as described in the docstring of the module.
        noise : Generator
            Random number generator of the batch.
        batch_size : int
            Number of drawings in the complete batch.
        first : int
            Index of the first of these drawings within the complete batch.
        points_before : int
            Total number of points of the drawings before `first` in the complete batch.

        Returns
        -------
        offsets, pen, lengths : ndarray
            The changed drawings.
        """
        part = slice(first, first + len(lengths))
        stretch = 1 + self.random_scale_factor * noise.uniform(-1, 1, (batch_size, 2)).astype(np.float32)
        offsets = offsets * np.repeat(stretch[part], lengths, axis=0)
        if self.random_rotation > 0:
            angles = np.radians(self.random_rotation) * noise.uniform(-1, 1, batch_size)
            offsets = rotate(offsets, lengths, angles[part])
        if self.random_stroke_factor > 0:
            noise.uniform(-1, 1, (points_before, 4))  # skip the random numbers of earlier drawings
            jitter = noise.uniform(-1, 1, (len(pen), 4))
            offsets = jitter_strokes(offsets, pen, lengths, self.random_stroke_factor, jitter)
        if self.augment_stroke_prob > 0:
            noise.random(points_before)  # skip the random numbers of earlier drawings
            offsets, pen, lengths = drop_points(
                offsets, pen, lengths, noise.random(len(pen)) < self.augment_stroke_prob
            )
        return offsets, pen, lengths


def rotate(
    offsets: NDArray[np.float32], lengths: NDArray[np.int64], angles: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Rotate each drawing by its own angle.

    Parameters
    ----------
    offsets, lengths : ndarray
        Drawings of a batch, as described in the docstring of the module.
    angles : ndarray, shape (batch,)
        Angles in radians, clockwise (y points down).
    """
    cos, sin = np.repeat(np.cos(angles), lengths), np.repeat(np.sin(angles), lengths)  # (points,)
    x, y = offsets[:, 0], offsets[:, 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=1).astype(np.float32)


def jitter_strokes(
    offsets: NDArray[np.float32],
    pen: NDArray[np.float32],
    lengths: NDArray[np.int64],
    factor: float,
    noise: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Stretch each stroke about its center and shift it, both at random.

    Parameters
    ----------
    offsets, pen, lengths : ndarray
        Drawings of a batch, as described in the docstring of the module.
    factor : float
        Largest change, as a share of the stroke's size for the stretch, and of half the drawing's size for the shift.
    noise : ndarray, shape (points, 4)
        Random numbers from -1 to 1. A stroke uses the row of its first point: two numbers for the stretch in x and y,
        and two for the shift in x and y.
    """
    if not len(pen):
        return offsets
    firsts = np.cumsum(lengths) - lengths  # first row of each drawing
    drawing = np.repeat(np.arange(len(lengths)), lengths)  # (points,)
    points = np.cumsum(offsets, axis=0, dtype=np.float64)
    used = lengths > 0
    origin = np.zeros((len(lengths), 2))  # pen position before each drawing
    origin[used] = points[firsts[used]] - offsets[firsts[used]]
    points -= origin[drawing]
    opens = np.flatnonzero(np.concatenate([[True], pen[:-1] == 1]))  # first row of each stroke
    counts = np.diff(opens, append=len(pen))
    stroke = np.repeat(np.arange(len(opens)), counts)  # (points,)
    low, high = np.minimum.reduceat(points, opens), np.maximum.reduceat(points, opens)  # (strokes, 2)
    begins = np.isin(opens, firsts[used])  # first strokes; their bounds include the origin (0, 0) of the drawing
    low[begins], high[begins] = np.minimum(low[begins], 0), np.maximum(high[begins], 0)
    owner = drawing[opens]
    left, right = np.full((len(lengths), 2), np.inf), np.full((len(lengths), 2), -np.inf)
    np.minimum.at(left, owner, low)
    np.maximum.at(right, owner, high)
    half = (right - left)[owner].max(axis=1, keepdims=True) / 2  # (strokes, 1)
    stretch, shift = 1 + factor * noise[opens, :2], factor * noise[opens, 2:] * half
    center = (low + high) / 2
    points = (points - center[stroke]) * stretch[stroke] + (center + shift)[stroke]
    starts = (center + shift - center * stretch)[begins]
    changed = np.diff(points, axis=0, prepend=0)
    changed[firsts[used]] = points[firsts[used]] - starts
    return np.asarray(changed, dtype=np.float32)


def drop_points(
    offsets: NDArray[np.float32],
    pen: NDArray[np.float32],
    lengths: NDArray[np.int64],
    dropped: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Remove points from strokes without moving the other points.

    The first three rows and the last row of a stroke are always kept, as in sketch-rnn. The offset of a removed point
    is added to the next point that is kept.

    Parameters
    ----------
    offsets, pen, lengths : ndarray
        Drawings of a batch, as described in the docstring of the module.
    dropped : ndarray of bool, shape (points,)
        Mask of the points to remove. It is ignored for the points that are always kept.

    Returns
    -------
    offsets, pen, lengths : ndarray
        The drawings without the removed points.
    """
    if not len(pen):
        return offsets, pen, lengths
    index = np.arange(len(pen))
    opens = np.concatenate([[True], pen[:-1] == 1])  # first rows of strokes
    position = index - np.maximum.accumulate(np.where(opens, index, 0))  # position of a row in its stroke
    kept = np.flatnonzero(~(dropped & (pen == 0) & (position > 2)))
    begins = np.concatenate([[0], kept[:-1] + 1])  # a kept row is the sum of all rows after the previous kept one
    drawing = np.repeat(np.arange(len(lengths)), lengths)
    return (
        np.add.reduceat(offsets, begins, axis=0),
        pen[kept],
        np.bincount(drawing[kept], minlength=len(lengths)),
    )
