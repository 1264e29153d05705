"""Batches: stroke-5 rows for the model, batch k a function of (seed, k) alone.

Which drawings, how they are scaled and which points are dropped all follow from the seed and the batch's
number, so a run that resumes at step k sees what it would have seen, and W workers share a batch by index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.datasets.store import Split

__all__ = ["OFFSET_LIMIT", "Batch", "Batches", "in_order", "pad_stroke5", "shuffled"]

#: Offsets are clamped to ± this many units of the data before anything else (the published preprocessing).
OFFSET_LIMIT = 1000.0


@dataclass(frozen=True)
class Batch:
    """Drawings as the model takes them.

    Attributes
    ----------
    rows : ndarray of float32, shape (batch, max_seq_len + 1, 5)
        Stroke-5 rows in model units; row 0 is the start token [0, 0, 1, 0, 0], rows past a drawing are end
        rows [0, 0, 0, 0, 1].
    lengths : ndarray of int32, shape (batch,)
        Points of each drawing, neither start token nor end row counted.
    """

    rows: NDArray[np.float32]
    lengths: NDArray[np.int32]


class Batches:
    """The endless training batches of a split.

    Drawings are visited in a fresh random order each epoch, every one once; a batch may span two epochs.

    Parameters
    ----------
    split : Split
        Drawings in data units.
    indices : ndarray of int64 or None
        Those to use (None: all); the ones that are neither empty nor too long.
    batch_size : int
        Drawings a batch.
    max_seq_len : int
        Longest drawing, in points; the rows of a batch are one more.
    scale_factor : float
        Offsets are divided by it.
    seed : int
    random_scale_factor : float
        x and y are each stretched by a factor drawn from [1 - f, 1 + f], anew for each drawing.
    augment_stroke_prob : float
        Chance for a point inside a stroke to be dropped.

    Raises
    ------
    ValueError
        If there are fewer drawings than a batch holds.
    """

    def __init__(
        self,
        split: Split,
        indices: NDArray[np.int64] | None,
        batch_size: int,
        max_seq_len: int,
        scale_factor: float,
        seed: int,
        random_scale_factor: float = 0.0,
        augment_stroke_prob: float = 0.0,
    ) -> None:
        self.split = split
        self.indices = indices
        self.batch_size = batch_size
        self.max_seq_len = max_seq_len
        self.scale_factor = scale_factor
        self.seed = seed
        self.random_scale_factor = random_scale_factor
        self.augment_stroke_prob = augment_stroke_prob
        self.count = len(split) if indices is None else len(indices)
        if self.count < batch_size:
            raise ValueError(
                f"the training split has {self.count:,} usable drawings, fewer than batch_size={batch_size}; "
                f"set batch_size to {max(self.count, 1)} or less, or add drawings"
            )

    def __getitem__(self, k: int) -> Batch:
        """Return batch k (k >= 0)."""
        places = k * self.batch_size + np.arange(self.batch_size, dtype=np.int64)
        epochs, within = np.divmod(places, self.count)
        chosen = np.concatenate(
            [shuffled(within[epochs == e], self.count, self.seed, int(e)) for e in np.unique(epochs)]
        )
        if self.indices is not None:
            chosen = np.asarray(self.indices[chosen])
        rows, lengths = self.split.take(chosen)
        offsets = np.clip(rows[:, :2].astype(np.float32), -OFFSET_LIMIT, OFFSET_LIMIT) / self.scale_factor
        pen = rows[:, 2].astype(np.float32)
        # Philox is a counter-based generator: its key is all its state, so (seed, k) is one stream.
        noise = np.random.Generator(np.random.Philox(key=np.array([self.seed, k], dtype=np.uint64)))
        stretch = 1 + self.random_scale_factor * noise.uniform(-1, 1, (self.batch_size, 2)).astype(np.float32)
        offsets *= np.repeat(stretch, lengths, axis=0)
        if self.augment_stroke_prob > 0:
            dropped = noise.random(len(pen)) < self.augment_stroke_prob
            offsets, pen, lengths = drop_points(offsets, pen, lengths, dropped)
        return pad_stroke5(offsets, pen, lengths, self.max_seq_len)


def in_order(
    split: Split, indices: NDArray[np.int64], batch_size: int, max_seq_len: int, scale_factor: float
) -> Iterator[tuple[Batch, int]]:
    """Yield all drawings once, in order, without augmentation.

    Yields
    ------
    batch : Batch
        Always `batch_size` drawings, so that one compiled graph serves; the last is filled with empty ones.
    count : int
        How many of them are real; they come first.
    """
    for begin in range(0, len(indices), batch_size):
        chosen = indices[begin : begin + batch_size]
        rows, lengths = split.take(chosen)
        offsets = np.clip(rows[:, :2].astype(np.float32), -OFFSET_LIMIT, OFFSET_LIMIT) / scale_factor
        lengths = np.concatenate([lengths, np.zeros(batch_size - len(chosen), dtype=lengths.dtype)])
        yield pad_stroke5(offsets, rows[:, 2].astype(np.float32), lengths, max_seq_len), len(chosen)


def pad_stroke5(
    offsets: NDArray[np.float32], pen: NDArray[np.float32], lengths: NDArray[np.int64], max_seq_len: int
) -> Batch:
    """Turn drawings laid end to end into one padded stroke-5 batch.

    Parameters
    ----------
    offsets : ndarray, shape (points, 2)
        In model units.
    pen : ndarray, shape (points,)
        1 where the pen is lifted.
    lengths : ndarray, shape (batch,)
        Points of each drawing, at most `max_seq_len`.
    max_seq_len : int
    """
    rows = np.zeros((len(lengths), max_seq_len + 1, 5), dtype=np.float32)
    rows[:, 0, 2] = 1
    rows[:, 1:, 4] = np.arange(max_seq_len) >= lengths[:, None]
    drawing = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(pen)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    rows[drawing, place, :2] = offsets
    rows[drawing, place, 2] = 1 - pen
    rows[drawing, place, 3] = pen
    return Batch(rows, lengths.astype(np.int32))


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
        Drawings laid end to end, as in `pad_stroke5`; every drawing ends with the pen lifted.
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


def shuffled(places: NDArray[np.int64], count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Return where a random permutation of 0..count-1 sends some places, without making the permutation.

    A Feistel network of four rounds permutes the smallest square of a power of two that holds `count`;
    places sent outside are sent on until they fall inside ("cycle walking", Black and Rogaway 2002). The
    cost depends on the number of places, not on `count`.

    Parameters
    ----------
    places : ndarray of int64, shape (n,)
        0 to count - 1.
    count : int
    seed, epoch : int
        Name the permutation.
    """
    half = max(1, (max(count - 1, 1).bit_length() + 1) // 2)
    mask = np.uint64((1 << half) - 1)
    keys = np.random.Generator(np.random.Philox(key=np.array([seed, epoch], dtype=np.uint64))).integers(
        0, 1 << 62, size=4, dtype=np.uint64
    )

    def round_trip(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = values >> np.uint64(half), values & mask
        for key in keys:
            mixed = (right + key) * np.uint64(0x9E3779B97F4A7C15)  # wraps modulo 2^64
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            left, right = right, left ^ ((mixed >> np.uint64(32)) & mask)
        return (left << np.uint64(half)) | right

    values = round_trip(places.astype(np.uint64))
    outside = values >= count
    while outside.any():
        values[outside] = round_trip(values[outside])
        outside = values >= count
    return values.astype(np.int64)
