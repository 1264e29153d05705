"""Packed store: the concatenated drawings of a dataset as memory-mapped arrays.

A store is a folder of these files:

    store.json          version, sources and fingerprint
    train.points.npy    (points, 3) int16 or float32, concatenated stroke-3 rows of all drawings
    train.starts.npy    (drawings + 1,) int64, drawing i has the rows starts[i]:starts[i + 1]
    valid.*, test.*     the same for the other splits

Opening a store reads a few hundred bytes, for any number of drawings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sketchkit.formats.npz import SPLITS, SplitName
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import temporary_folder

__all__ = [
    "OFFSET_LIMIT",
    "READ_CHUNK",
    "IndexFilter",
    "Split",
    "fingerprint",
    "offset_deviation",
    "open_store",
    "pack_drawings",
    "write_store",
]

VERSION = 1

#: Largest absolute offset, in data units; larger offsets are clamped before scaling, as in sketch-rnn.
OFFSET_LIMIT = 1000.0

#: Number of drawings or points that are processed at a time.
CHUNK = 1 << 18
#: Number of drawings that are read at a time.
READ_CHUNK = 1 << 16


class Split(Sequence[Sketch]):
    """The drawings of one split, which are read from disk on access.

    Parameters
    ----------
    points : ndarray, shape (points, 3)
        Concatenated stroke-3 rows of all drawings, in the units of the data; may be memory-mapped.
    starts : ndarray of int64, shape (drawings + 1,)
        Drawing i has the rows `starts[i]:starts[i + 1]`.
    """

    def __init__(self, points: NDArray[Any], starts: NDArray[np.int64]) -> None:
        self.points = points
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, index: int) -> Sketch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Sketch]: ...
    def __getitem__(self, index: int | slice) -> Sketch | list[Sketch]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"expected the index of one of {len(self)} drawings, got {index}")
        index %= len(self)
        return Sketch(self.points[self.starts[index] : self.starts[index + 1]])

    def __iter__(self) -> Iterator[Sketch]:
        for index in range(len(self)):
            yield self[index]

    def __repr__(self) -> str:
        return f"Split({len(self):,} drawings, {len(self.points):,} points)"

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of points of each drawing, shape (drawings,)."""
        return np.diff(self.starts)

    @property
    def longest(self) -> int:
        """Number of points of the longest drawing; 0 if there are no drawings."""
        return max((int(lengths.max()) for lengths in self._length_chunks()), default=0)

    def usable_indices(self, max_seq_len: int) -> NDArray[np.int64]:
        """Return the indices of the drawings that have 1 to `max_seq_len` points, in order."""
        lengths = self.lengths
        return np.flatnonzero((lengths > 0) & (lengths <= max_seq_len))

    def excluded_indices(self, max_seq_len: int) -> NDArray[np.int64]:
        """Return the indices of the drawings that are empty or longer than `max_seq_len` points, in order."""
        wrong = [
            number * CHUNK + np.flatnonzero((lengths == 0) | (lengths > max_seq_len))
            for number, lengths in enumerate(self._length_chunks())
        ]
        return np.concatenate(wrong) if wrong else np.zeros(0, dtype=np.int64)

    def _length_chunks(self) -> Iterator[NDArray[np.int64]]:
        """Yield the lengths of the drawings in chunks, to limit the use of memory."""
        for begin in range(0, len(self), CHUNK):
            yield np.diff(self.starts[begin : begin + CHUNK + 1])

    def count_points(self, indices: NDArray[np.int64]) -> int:
        """Return the total number of points of the drawings at `indices`."""
        return int((self.starts[indices + 1] - self.starts[indices]).sum())

    def take(self, indices: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Read drawings by index.

        Parameters
        ----------
        indices : ndarray of int64, shape (n,)
            Indices of the drawings.

        Returns
        -------
        rows : ndarray, shape (sum of lengths, 3)
            Concatenated stroke-3 rows of the drawings.
        lengths : ndarray of int64, shape (n,)
            Number of points of each drawing.
        """
        begins = self.starts[indices]
        lengths = self.starts[indices + 1] - begins
        # The source of a row is the start of its drawing plus its position in the drawing.
        firsts = np.cumsum(lengths) - lengths
        rows = np.arange(lengths.sum()) + np.repeat(begins - firsts, lengths)
        return self.points[rows], lengths


class IndexFilter:
    """Sequence of the indices of the drawings in a split that are neither empty nor too long.

    It stores only the indices of the excluded drawings. In practice, these are few, even among fifty million drawings.

    Parameters
    ----------
    count : int
        Number of drawings in the split.
    excluded : ndarray of int64
        Indices of the excluded drawings, ascending.
    """

    def __init__(self, count: int, excluded: NDArray[np.int64]) -> None:
        self._count = count - len(excluded)
        self._before = excluded - np.arange(len(excluded))  # number of usable drawings before each excluded one

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the index within the split of each usable drawing, given its number among the usable drawings."""
        return numbers + np.searchsorted(self._before, numbers, side="right")


def offset_deviation(split: Split, indices: IndexFilter) -> float:
    """Return the standard deviation of the clamped Δx and Δy of the drawings at `indices`.

    Parameters
    ----------
    split : Split
        Drawings in data units.
    indices : IndexFilter
        Indices of the drawings, at least one.
    """
    count, total, squares = 0, 0.0, 0.0
    for begin in range(0, len(indices), READ_CHUNK):  # in chunks, to limit the use of memory
        rows, _ = split.take(indices[np.arange(begin, min(begin + READ_CHUNK, len(indices)))])
        offsets = np.clip(rows[:, :2].astype(np.float64), -OFFSET_LIMIT, OFFSET_LIMIT)
        count += offsets.size
        total += offsets.sum()
        squares += np.square(offsets).sum()
    return float(np.sqrt(max(squares / count - (total / count) ** 2, 0.0)))


def pack_drawings(drawings: Sequence[NDArray[Any]], where: str) -> Split:
    """Concatenate stroke-3 arrays and check their values.

    Parameters
    ----------
    drawings : sequence of ndarray, each (n_i, 3)
        Stroke-3 rows of any numeric type. A missing pen lift at the end is added.
    where : str
        Name of the source in error messages.

    Returns
    -------
    Split
        Points of type int16 if all values are integers that fit, otherwise float32.

    Raises
    ------
    ValueError
        If an offset is not finite or a pen state is neither 0 nor 1. The message names the drawing and the row.
    """
    starts = np.zeros(len(drawings) + 1, dtype=np.int64)
    np.cumsum([len(drawing) for drawing in drawings], out=starts[1:])
    if not starts[-1]:
        return Split(np.zeros((0, 3), dtype=np.int16), starts)
    points = np.concatenate(drawings)
    # The result is either int16 or float32, so `_join` can promote several parts to one type without loss.
    whole = points.dtype.kind in "iu" or bool(np.all(points == np.rint(points)))
    fits = points.dtype in (np.int8, np.uint8, np.int16) or bool(np.all(np.abs(points.astype(np.float64)) <= 32767))
    with np.errstate(over="ignore", invalid="ignore"):
        packed = points.astype(np.int16 if whole and fits else np.float32)

    def complain(wrong: NDArray[np.bool_], expected: str) -> None:
        row = int(np.argmax(wrong))
        index = int(np.searchsorted(starts, row, side="right")) - 1
        raise ValueError(
            f"{where}, drawing {index}, row {row - int(starts[index])}: expected {expected}, got {points[row].tolist()}"
        )

    if packed.dtype == np.float32:
        wrong = ~np.isfinite(packed).all(axis=1)
        if wrong.any():
            complain(wrong, "finite offsets")
    wrong = (packed[:, 2] != 0) & (packed[:, 2] != 1)
    if wrong.any():
        complain(wrong, "a pen state of 0 or 1 in the third column")
    ends = starts[1:][np.diff(starts) > 0] - 1
    packed[ends, 2] = 1
    return Split(packed, starts)


def write_store(parts: Iterable[Mapping[SplitName, Split]], record: Mapping[str, Any], folder: Path) -> None:
    """Write a store atomically.

    Parameters
    ----------
    parts : iterable of mappings of str to Split
        Parts that are concatenated split by split. One part is in memory at a time.
    record : mapping
        Entries of `store.json` in addition to version and fingerprint, such as the sources. The mapping is read after
        the last part, so that `parts` can add entries to it.
    folder : Path
        Folder of the store. An existing store is kept.
    """
    with temporary_folder(folder) as temporary:
        pieces: dict[SplitName, list[Split]] = {name: [] for name in SPLITS}
        for number, part in enumerate(parts):
            for name in SPLITS:
                path = temporary / f"{name}.{number}.npy"
                np.save(path, part[name].points)
                # An empty file cannot be mapped.
                points = np.load(path, mmap_mode="r") if len(part[name].points) else part[name].points
                pieces[name].append(Split(points, part[name].starts))
        splits = {}
        for name in SPLITS:
            splits[name] = _join(pieces.pop(name), temporary / name)
            for path in temporary.glob(f"{name}.[0-9]*.npy"):
                path.unlink()
        entries = {"version": VERSION, **record, "fingerprint": fingerprint(splits)}
        (temporary / "store.json").write_text(json.dumps(entries, indent=1), encoding="utf-8")
        try:
            temporary.rename(folder)
        except OSError:
            if not (folder / "store.json").exists():  # another process may have written the same store first
                raise


def _join(pieces: list[Split], path: Path) -> Split:
    """Concatenate splits, write them as `path`.points.npy and `path`.starts.npy, and return the result."""
    counts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    dtype = np.result_type(np.int16, *(piece.points.dtype for piece in pieces if len(piece.points)))
    starts = np.concatenate(
        [np.zeros(1, np.int64), *(piece.starts[1:] + count for piece, count in zip(pieces, counts, strict=False))]
    )
    np.save(f"{path}.starts.npy", starts)
    shape = (int(counts[-1]), 3)
    # The file is written, not memory-mapped: on a full disk, a write raises an error, but an access to mapped memory
    # kills the process.
    with open(f"{path}.points.npy", "wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for piece in pieces:
            for begin in range(0, len(piece.points), CHUNK):
                np.ascontiguousarray(piece.points[begin : begin + CHUNK], dtype=dtype).tofile(file)
    return Split(np.load(f"{path}.points.npy", mmap_mode="r") if shape[0] else np.zeros(shape, dtype), starts)


def fingerprint(splits: Mapping[SplitName, Split]) -> str:
    """Return a hexadecimal digest of all drawings, which is independent of the numeric type."""
    digest = hashlib.sha256()
    for name in SPLITS:
        digest.update(np.ascontiguousarray(splits[name].starts).data)
        points = splits[name].points
        for begin in range(0, len(points), CHUNK):
            digest.update(np.ascontiguousarray(points[begin : begin + CHUNK], dtype=np.float32).data)
    return digest.hexdigest()


def open_store(folder: Path) -> tuple[dict[SplitName, Split], dict[str, Any]]:
    """Open a store without reading its drawings.

    Returns
    -------
    splits : dict of str to Split
        Memory-mapped.
    record : dict
        `store.json`.

    Raises
    ------
    ValueError
        If the store is damaged or has another version. Delete the folder to have it created again.
    """
    try:
        record = json.loads((folder / "store.json").read_text(encoding="utf-8"))
        if record.get("version") != VERSION:
            raise ValueError(f"version {record.get('version')!r}, expected {VERSION}")
        splits = {}
        for name in SPLITS:
            points = np.load(folder / f"{name}.points.npy", mmap_mode="r", allow_pickle=False)
            starts = np.load(folder / f"{name}.starts.npy", mmap_mode="r", allow_pickle=False)
            if points.ndim != 2 or points.shape[1] != 3 or starts.ndim != 1 or starts[-1] != len(points):
                raise ValueError(f"{name}: points {points.shape} and starts {starts.shape} do not agree")
            splits[name] = Split(points, starts)
    except (OSError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"{folder}: damaged store ({error}); delete the folder to create it again") from None
    return splits, record
