"""Training batches of stroke-5 rows.

The seed and the number k determine the drawings of batch k and their augmentation. A run that resumes at step k
therefore gets the same batches as an uninterrupted run, and each worker can compute its part of a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.augmentation import Augmentation
from sketchkit.data.store import OFFSET_LIMIT, IndexFilter, Split
from sketchkit.streams import Purpose, generator

__all__ = ["Batch", "Batches", "Prefetcher", "iter_batches", "pad_stroke5", "permute_indices"]

#: Number of batches whose drawings are sorted by length together; large enough that the composition of a batch stays
#: random.
BUCKET_BATCHES = 32
#: With `bucket_by_length`, number of sizes to which batches are padded. The training step is compiled once for each
#: size.
PADDED_SIZES = 4

NO_AUGMENTATION = Augmentation()


@dataclass(frozen=True)
class Batch:
    """Drawings in the input format of the model.

    Attributes
    ----------
    rows : ndarray of float32, shape (batch, time + 1, 5)
        Stroke-5 rows in model units. Row 0 is the start token [0, 0, 1, 0, 0]; the rows after a drawing are end rows
        [0, 0, 0, 0, 1].
    lengths : ndarray of int32, shape (batch,)
        Number of points of each drawing, without start token and end rows.
    shard : (int, int), optional
        For a part of a batch: the index of its first drawing in the batch, and the size of the complete batch.
    """

    rows: NDArray[np.float32]
    lengths: NDArray[np.int32]
    shard: tuple[int, int] | None = None


class Batches:
    """Infinite sequence of the training batches of a split.

    Each epoch visits every drawing once, in a new random order. A batch may span two epochs.

    Parameters
    ----------
    split : Split
        Drawings in data units.
    indices : ndarray of int64, IndexFilter or None
        Indices of the drawings to use, which must be neither empty nor too long. None: all drawings.
    batch_size : int
        Number of drawings in a batch.
    max_seq_len : int
        Maximum number of points of a drawing. A batch has at most `max_seq_len` + 1 rows.
    scale_factor : float
        Divisor of the offsets.
    seed : int
        Seed of the order and of the augmentation.
    augmentation : Augmentation
        Random changes of the drawings. Default: none.
    bucket_by_length : bool
        Group drawings of similar length into batches, and pad each batch to the length of its longest drawing plus one
        end row, rounded up to one of a few sizes. Each epoch still visits every drawing once.
    shard : (int, int), optional
        (start, stop): of every batch, read and return only the drawings `start` to `stop` - 1. These drawings have the
        same values as in the complete batch; only the padding may be shorter.

    Raises
    ------
    ValueError
        If there are fewer drawings than `batch_size`.
    """

    def __init__(
        self,
        split: Split,
        indices: NDArray[np.int64] | IndexFilter | None = None,
        *,
        batch_size: int,
        max_seq_len: int,
        scale_factor: float,
        seed: int,
        augmentation: Augmentation = NO_AUGMENTATION,
        bucket_by_length: bool = False,
        shard: tuple[int, int] | None = None,
    ) -> None:
        self.split = split
        self.indices = indices
        self.batch_size = batch_size
        self.max_seq_len = max_seq_len
        self.scale_factor = scale_factor
        self.seed = seed
        self.augmentation = augmentation
        self.shard = shard
        self.count = len(split) if indices is None else len(indices)
        if self.count < batch_size:
            raise ValueError(
                f"the training split has {self.count:,} usable drawings, fewer than batch_size={batch_size}; "
                f"set the hyperparameter batch_size to {max(self.count, 1)} or less, or add drawings"
            )
        self.group = min(BUCKET_BATCHES, self.count // batch_size) if bucket_by_length else 1
        self.sizes = self._sizes() if bucket_by_length else np.array([max_seq_len])
        self._sorted: tuple[int, NDArray[np.int64]] = (-1, np.zeros(0, dtype=np.int64))

    def __getitem__(self, k: int) -> Batch:
        """Return batch k (k >= 0)."""
        chosen = self._drawings(k)
        first, last = self.shard or (0, self.batch_size)
        rows, lengths = self.split.take(chosen[first:last])
        offsets = np.clip(rows[:, :2].astype(np.float32), -OFFSET_LIMIT, OFFSET_LIMIT) / self.scale_factor
        pen = rows[:, 2].astype(np.float32)
        offsets, pen, lengths = self.augmentation.apply(
            offsets,
            pen,
            lengths,
            generator(self.seed, Purpose.AUGMENTATION, k),
            batch_size=self.batch_size,
            first=first,
            points_before=self.split.count_points(chosen[:first]),
        )
        needed = min(int(lengths.max()) + 1, self.max_seq_len)
        batch = pad_stroke5(offsets, pen, lengths, int(self.sizes[np.searchsorted(self.sizes, needed)]))
        return replace(batch, shard=(first, self.batch_size)) if self.shard else batch

    def _drawings(self, k: int) -> NDArray[np.int64]:
        """Return the indices of the drawings in batch k."""
        if self.group == 1:
            return self._epoch_order(k * self.batch_size, self.batch_size)
        group, position = divmod(k, self.group)
        last = self._sorted  # a local reference, because another thread may replace the attribute
        if last[0] != group:
            chosen = self._epoch_order(group * self.group * self.batch_size, self.group * self.batch_size)
            lengths = self.split.starts[chosen + 1] - self.split.starts[chosen]
            last = self._sorted = (group, chosen[np.argsort(lengths, kind="stable")])
        order = generator(self.seed, Purpose.BATCH_ORDER, group).permutation(self.group)
        begin = int(order[position]) * self.batch_size
        return last[1][begin : begin + self.batch_size]

    def _epoch_order(self, begin: int, count: int) -> NDArray[np.int64]:
        """Return the indices of `count` drawings, from position `begin` of the concatenated orders of all epochs."""
        epochs, within = np.divmod(begin + np.arange(count, dtype=np.int64), self.count)
        chosen = np.concatenate(
            [permute_indices(within[epochs == e], self.count, self.seed, int(e)) for e in np.unique(epochs)]
        )
        return chosen if self.indices is None else np.asarray(self.indices[chosen])

    def _sizes(self) -> NDArray[np.int64]:
        """Return the padded row counts, ascending, that minimize the number of padding rows for this split."""
        sample = self._epoch_order(0, min(self.count, 1 << 16))
        needed = np.minimum(self.split.starts[sample + 1] - self.split.starts[sample] + 1, self.max_seq_len)
        # within[n]: number of drawings with at most n rows.
        within = np.cumsum(np.bincount(needed, minlength=self.max_seq_len + 1))
        size = np.arange(self.max_seq_len + 1)
        # rows[j]: least total number of rows if j is the largest size. Each iteration allows one more size below j.
        rows, below = within * size, []
        for _ in range(PADDED_SIZES - 1):
            split = rows[:, None] + np.where(size[:, None] < size, (within - within[:, None]) * size, rows.max() + 1)
            below.append(split.argmin(axis=0))
            rows = split.min(axis=0)
        sizes = [self.max_seq_len]
        for step in reversed(below):
            sizes.append(int(step[sizes[-1]]))
        return np.unique([s for s in sizes if s > 0])


class Prefetcher:
    """Computes the next batch in a thread while the current batch is in use.

    Parameters
    ----------
    batches : Batches
        Batches to prefetch.
    """

    def __init__(self, batches: Batches) -> None:
        self.batches = batches
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="batches")
        self._next: tuple[int, Future[Batch]] | None = None

    def __getitem__(self, k: int) -> Batch:
        """Return batch k (k >= 0)."""
        if self._next is None or self._next[0] != k:
            self._next = k, self._worker.submit(self.batches.__getitem__, k)
        current = self._next[1]
        self._next = k + 1, self._worker.submit(self.batches.__getitem__, k + 1)
        return current.result()


def iter_batches(
    split: Split,
    indices: NDArray[np.int64],
    *,
    batch_size: int,
    max_seq_len: int,
    scale_factor: float,
    first: int = 0,
    every: int = 1,
) -> Iterator[tuple[Batch, int]]:
    """Yield the drawings once, in order, in batches without augmentation.

    Parameters
    ----------
    split : Split
        Drawings in data units.
    indices : ndarray of int64
        Indices of the drawings.
    batch_size, max_seq_len, scale_factor
        As in `Batches`.
    first, every : int
        Number of the first batch, and step between batches: batches `first`, `first + every`, ... are yielded.

    Yields
    ------
    batch : Batch
        A batch of `batch_size` drawings; the last one is filled up with empty drawings, so that all batches have one
        shape.
    count : int
        Number of drawings in the batch that are not padding; these come first.
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
    """Convert concatenated drawings to one padded stroke-5 batch.

    Parameters
    ----------
    offsets : ndarray, shape (points, 2)
        Offsets in model units.
    pen : ndarray, shape (points,)
        Pen state: 1 where the pen is lifted.
    lengths : ndarray, shape (batch,)
        Number of points of each drawing, at most `max_seq_len`.
    max_seq_len : int
        Number of rows after the start token.
    """
    rows = np.zeros((len(lengths), max_seq_len + 1, 5), dtype=np.float32)
    rows[:, 0, 2] = 1
    rows[:, 1:, 4] = np.arange(max_seq_len) >= lengths[:, None]
    drawing = np.repeat(np.arange(len(lengths)), lengths)
    row = np.arange(len(pen)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    rows[drawing, row, :2] = offsets
    rows[drawing, row, 2] = 1 - pen
    rows[drawing, row, 3] = pen
    return Batch(rows, lengths.astype(np.int32))


def permute_indices(indices: NDArray[np.int64], count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Return the images of indices under a random permutation of 0..count-1, without computing the whole permutation.

    A Feistel network of four rounds permutes 0..4^k - 1, the smallest such range that contains `count` values. Images
    outside 0..count-1 are mapped again until they are inside ("cycle walking", Black and Rogaway 2002). The cost
    depends on the number of indices, not on `count`.

    Parameters
    ----------
    indices : ndarray of int64, shape (n,)
        Indices from 0 to count - 1.
    count : int
        Size of the permutation.
    seed, epoch : int
        Key of the permutation.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    half = max(1, (max(count - 1, 1).bit_length() + 1) // 2)
    mask = np.uint64((1 << half) - 1)
    keys = generator(seed, Purpose.EPOCH_ORDER, epoch).integers(0, 1 << 62, size=4, dtype=np.uint64)

    def round_trip(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = values >> np.uint64(half), values & mask
        for key in keys:
            mixed = (right + key) * np.uint64(0x9E3779B97F4A7C15)  # the product is computed modulo 2^64
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            left, right = right, left ^ ((mixed >> np.uint64(32)) & mask)
        return (left << np.uint64(half)) | right

    values = round_trip(indices.astype(np.uint64))
    outside = values >= count
    while outside.any():
        values[outside] = round_trip(values[outside])
        outside = values >= count
    return values.astype(np.int64)
