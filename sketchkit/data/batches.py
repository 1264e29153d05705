"""Batches: stroke-5 rows for the model, batch k a function of (seed, k) alone.

Which drawings, how they are scaled and which points are dropped all follow from the seed and the batch's
number, so a run that resumes at step k sees what it would have seen, and W workers share a batch by index.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.augmentation import drop_points, move_strokes, turn
from sketchkit.data.store import Split, Usable
from sketchkit.streams import Purpose, generator

__all__ = ["OFFSET_LIMIT", "Ahead", "Batch", "Batches", "in_order", "pad_stroke5", "shuffled"]

#: Offsets are clamped to ± this many units of the data before anything else (the published preprocessing).
OFFSET_LIMIT = 1000.0

#: Batches of like length are cut from this many batches at a time, so that there is chance left in who meets whom.
GROUP = 32
#: Numbers of rows that such batches are padded to; the training step is compiled once for each.
SIZES = 4


@dataclass(frozen=True)
class Batch:
    """Drawings as the model takes them.

    Attributes
    ----------
    rows : ndarray of float32, shape (batch, time + 1, 5)
        Stroke-5 rows in model units; row 0 is the start token [0, 0, 1, 0, 0], rows past a drawing are end
        rows [0, 0, 0, 0, 1].
    lengths : ndarray of int32, shape (batch,)
        Points of each drawing, neither start token nor end row counted.
    place : (int, int), optional
        Where these are part of a batch: the number of their first row, and how many rows the whole batch has.
    """

    rows: NDArray[np.float32]
    lengths: NDArray[np.int32]
    place: tuple[int, int] | None = None


class Batches:
    """The endless training batches of a split.

    Drawings are visited in a fresh random order each epoch, every one once; a batch may span two epochs.

    Parameters
    ----------
    split : Split
        Drawings in data units.
    indices : ndarray of int64, Usable or None
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
    random_rotation : float
        A drawing is turned by up to this many degrees, either way.
    random_stroke_factor : float
        Each stroke is stretched about its middle by a factor drawn from [1 - f, 1 + f], and moved by as much of its
        drawing's size.
    like_length : bool
        Put drawings of like length into a batch, and pad it no further than one end row past the longest, rounded up
        to one of a few sizes. Every drawing is still visited once an epoch.
    share : (int, int), optional
        Of each batch, only the rows from the first number up to the second are read and returned, as they would be in
        the whole batch; only their padding may end sooner.

    Raises
    ------
    ValueError
        If there are fewer drawings than a batch holds.
    """

    def __init__(
        self,
        split: Split,
        indices: NDArray[np.int64] | Usable | None,
        batch_size: int,
        max_seq_len: int,
        scale_factor: float,
        seed: int,
        random_scale_factor: float = 0.0,
        augment_stroke_prob: float = 0.0,
        random_rotation: float = 0.0,
        random_stroke_factor: float = 0.0,
        like_length: bool = False,
        share: tuple[int, int] | None = None,
    ) -> None:
        self.split = split
        self.indices = indices
        self.batch_size = batch_size
        self.max_seq_len = max_seq_len
        self.scale_factor = scale_factor
        self.seed = seed
        self.random_scale_factor = random_scale_factor
        self.augment_stroke_prob = augment_stroke_prob
        self.random_rotation = random_rotation
        self.random_stroke_factor = random_stroke_factor
        self.share = share
        self.count = len(split) if indices is None else len(indices)
        if self.count < batch_size:
            raise ValueError(
                f"the training split has {self.count:,} usable drawings, fewer than batch_size={batch_size}; "
                f"set batch_size to {max(self.count, 1)} or less, or add drawings"
            )
        self.group = min(GROUP, self.count // batch_size) if like_length else 1
        self.sizes = self._sizes() if like_length else np.array([max_seq_len])
        self._sorted: tuple[int, NDArray[np.int64]] = (-1, np.zeros(0, dtype=np.int64))

    def __getitem__(self, k: int) -> Batch:
        """Return batch k (k >= 0)."""
        chosen = self._drawings(k)
        first, last = self.share or (0, self.batch_size)
        rows, lengths = self.split.take(chosen[first:last])
        offsets = np.clip(rows[:, :2].astype(np.float32), -OFFSET_LIMIT, OFFSET_LIMIT) / self.scale_factor
        pen = rows[:, 2].astype(np.float32)
        noise = generator(self.seed, Purpose.AUGMENTATION, k)
        stretch = 1 + self.random_scale_factor * noise.uniform(-1, 1, (self.batch_size, 2)).astype(np.float32)
        offsets *= np.repeat(stretch[first:last], lengths, axis=0)
        if self.random_rotation > 0:
            angles = np.radians(self.random_rotation) * noise.uniform(-1, 1, self.batch_size)
            offsets = turn(offsets, lengths, angles[first:last])
        if self.random_stroke_factor > 0:
            noise.uniform(-1, 1, (self.split.points_of(chosen[:first]), 4))  # those of the rows before
            each = noise.uniform(-1, 1, (len(pen), 4))
            offsets = move_strokes(offsets, pen, lengths, self.random_stroke_factor, each)
        if self.augment_stroke_prob > 0:
            noise.random(self.split.points_of(chosen[:first]))  # those of the rows before
            dropped = noise.random(len(pen)) < self.augment_stroke_prob
            offsets, pen, lengths = drop_points(offsets, pen, lengths, dropped)
        needed = min(int(lengths.max()) + 1, self.max_seq_len)
        batch = pad_stroke5(offsets, pen, lengths, int(self.sizes[np.searchsorted(self.sizes, needed)]))
        return replace(batch, place=(first, self.batch_size)) if self.share else batch

    def _drawings(self, k: int) -> NDArray[np.int64]:
        """Return which drawings batch k holds."""
        if self.group == 1:
            return self._visited(k * self.batch_size, self.batch_size)
        group, place = divmod(k, self.group)
        last = self._sorted  # read once: another thread may be at another group
        if last[0] != group:
            chosen = self._visited(group * self.group * self.batch_size, self.group * self.batch_size)
            lengths = self.split.starts[chosen + 1] - self.split.starts[chosen]
            last = self._sorted = (group, chosen[np.argsort(lengths, kind="stable")])
        order = generator(self.seed, Purpose.BATCH_ORDER, group).permutation(self.group)
        begin = int(order[place]) * self.batch_size
        return last[1][begin : begin + self.batch_size]

    def _visited(self, begin: int, count: int) -> NDArray[np.int64]:
        """Return the drawings at some places of the endless visiting order."""
        epochs, within = np.divmod(begin + np.arange(count, dtype=np.int64), self.count)
        chosen = np.concatenate(
            [shuffled(within[epochs == e], self.count, self.seed, int(e)) for e in np.unique(epochs)]
        )
        return chosen if self.indices is None else np.asarray(self.indices[chosen])

    def _sizes(self) -> NDArray[np.int64]:
        """Return the row counts to pad to, ascending; they waste the fewest rows on the data's lengths."""
        some = self._visited(0, min(self.count, 1 << 16))
        needed = np.minimum(self.split.starts[some + 1] - self.split.starts[some] + 1, self.max_seq_len)
        within = np.cumsum(np.bincount(needed, minlength=self.max_seq_len + 1))  # drawings that so many rows hold
        size = np.arange(self.max_seq_len + 1)
        # rows[j]: rows padded in all if j is the largest size; one more size below it a round.
        rows, below = within * size, []
        for _ in range(SIZES - 1):
            split = rows[:, None] + np.where(size[:, None] < size, (within - within[:, None]) * size, rows.max() + 1)
            below.append(split.argmin(axis=0))
            rows = split.min(axis=0)
        sizes = [self.max_seq_len]
        for step in reversed(below):
            sizes.append(int(step[sizes[-1]]))
        return np.unique([s for s in sizes if s > 0])


class Ahead:
    """Batches, the next one made by another thread while the last one is in use.

    Parameters
    ----------
    batches : Batches
    """

    def __init__(self, batches: Batches) -> None:
        self.batches = batches
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="batches")
        self._next: tuple[int, Future[Batch]] | None = None

    def __getitem__(self, k: int) -> Batch:
        """Return batch k (k >= 0)."""
        if self._next is None or self._next[0] != k:
            self._next = k, self._worker.submit(self.batches.__getitem__, k)
        made = self._next[1]
        self._next = k + 1, self._worker.submit(self.batches.__getitem__, k + 1)
        return made.result()


def in_order(
    split: Split,
    indices: NDArray[np.int64],
    batch_size: int,
    max_seq_len: int,
    scale_factor: float,
    first: int = 0,
    every: int = 1,
) -> Iterator[tuple[Batch, int]]:
    """Yield all drawings once, in order, without augmentation; or of their batches number `first`, `first + every` ...

    Yields
    ------
    batch : Batch
        Always `batch_size` drawings, so that one compiled graph serves; the last is filled with empty ones.
    count : int
        How many of them are real; they come first.
    """
    for begin in range(first * batch_size, len(indices), every * batch_size):
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
    keys = generator(seed, Purpose.EPOCH_ORDER, epoch).integers(0, 1 << 62, size=4, dtype=np.uint64)

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
