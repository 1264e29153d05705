"""The packed store: all drawings of a dataset end to end in one memory-mapped array, and where each begins.

A store is a folder:

    store.json          what it was made from, counts, checks
    train.points.npy    (points, 3) int16 or float32, stroke-3 rows of all drawings, one after the other
    train.starts.npy    (drawings + 1,) int64, drawing i is rows starts[i] to starts[i + 1]
    valid.*, test.*     likewise

Opening one reads a few hundred bytes however many drawings it holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sketchkit.formats.npz import SPLITS
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import temporary_folder

__all__ = ["Split", "Usable", "fingerprint", "open_store", "pack", "write_store"]

VERSION = 1

#: Drawings, or points, that are gone through at a time.
PIECE = 1 << 18


class Split(Sequence[Sketch]):
    """The drawings of one split, read from disk as they are asked for.

    Parameters
    ----------
    points : ndarray, shape (points, 3)
        Stroke-3 rows of all drawings, in the units of the data; may be memory-mapped.
    starts : ndarray of int64, shape (drawings + 1,)
        Drawing i is rows `starts[i]` to `starts[i + 1]`.
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
            raise IndexError(f"drawing {index} of {len(self)}")
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
        """Points of the longest drawing, 0 if there is none."""
        return max((int(lengths.max()) for lengths in self._pieces()), default=0)

    def unusable(self, max_seq_len: int) -> NDArray[np.int64]:
        """Return the indices of the drawings that are empty or longer than `max_seq_len` points, in order."""
        wrong = [
            number * PIECE + np.flatnonzero((lengths == 0) | (lengths > max_seq_len))
            for number, lengths in enumerate(self._pieces())
        ]
        return np.concatenate(wrong) if wrong else np.zeros(0, dtype=np.int64)

    def _pieces(self) -> Iterator[NDArray[np.int64]]:
        """Yield the drawings' lengths, so many at a time that their number does not matter to memory."""
        for begin in range(0, len(self), PIECE):
            yield np.diff(self.starts[begin : begin + PIECE + 1])

    def points_of(self, indices: NDArray[np.int64]) -> int:
        """Return how many points some drawings have in all."""
        return int((self.starts[indices + 1] - self.starts[indices]).sum())

    def take(self, indices: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Read some drawings.

        Parameters
        ----------
        indices : ndarray of int64, shape (n,)

        Returns
        -------
        rows : ndarray, shape (sum of lengths, 3)
            Their stroke-3 rows, one drawing after the other.
        lengths : ndarray of int64, shape (n,)
        """
        begins = self.starts[indices]
        lengths = self.starts[indices + 1] - begins
        # Row r of the result comes from its drawing's begin plus its place in the drawing.
        firsts = np.cumsum(lengths) - lengths
        where = np.arange(lengths.sum()) + np.repeat(begins - firsts, lengths)
        return self.points[where], lengths


class Usable:
    """The drawings of a split that are neither empty nor too long, by their number among these.

    Holds only those that are not: of fifty million drawings few are.

    Parameters
    ----------
    count : int
        Drawings in the split.
    left_out : ndarray of int64
        Indices of those that do not count, in order.
    """

    def __init__(self, count: int, left_out: NDArray[np.int64]) -> None:
        self._count = count - len(left_out)
        self._before = left_out - np.arange(len(left_out))  # usable drawings before each that is not

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the indices of some in the split."""
        return numbers + np.searchsorted(self._before, numbers, side="right")


def pack(drawings: Sequence[NDArray[Any]], where: str) -> Split:
    """Put stroke-3 arrays end to end, checking each value once.

    Parameters
    ----------
    drawings : sequence of ndarray, each (n_i, 3)
        Of any numeric type; a missing final pen lift is added.
    where : str
        Names the source in errors.

    Returns
    -------
    Split
        int16 where all values are whole and fit, else float32.

    Raises
    ------
    ValueError
        If an offset is not finite or a pen state is neither 0 nor 1, naming the drawing and the row.
    """
    starts = np.zeros(len(drawings) + 1, dtype=np.int64)
    np.cumsum([len(drawing) for drawing in drawings], out=starts[1:])
    if not starts[-1]:
        return Split(np.zeros((0, 3), dtype=np.int16), starts)
    points = np.concatenate(drawings)
    # One type for all files of a store, so that joining them loses nothing.
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


def write_store(folder: Path, parts: Iterable[Mapping[str, Split]], record: Mapping[str, Any]) -> None:
    """Write a store; it appears whole under its name, or not at all.

    Parameters
    ----------
    folder : Path
        Where it goes; a store that is there already is kept.
    parts : iterable of mappings of str to Split
        The drawings of each split are those of all parts, one after the other. One part is held in memory at a time.
    record : mapping
        Goes into `store.json` beside the fingerprint (what the store was made from). It is read after the last part.
    """
    with temporary_folder(folder) as place:
        pieces: dict[str, list[Split]] = {name: [] for name in SPLITS}
        for number, part in enumerate(parts):
            for name in SPLITS:
                path = place / f"{name}.{number}.npy"
                np.save(path, part[name].points)
                # An empty file cannot be mapped.
                points = np.load(path, mmap_mode="r") if len(part[name].points) else part[name].points
                pieces[name].append(Split(points, part[name].starts))
        splits = {}
        for name in SPLITS:
            splits[name] = _join(pieces.pop(name), place / name)
            for path in place.glob(f"{name}.[0-9]*.npy"):
                path.unlink()
        told = {"version": VERSION, **record, "fingerprint": fingerprint(splits)}
        (place / "store.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
        try:
            place.rename(folder)
        except OSError:
            if not (folder / "store.json").exists():  # another process may have been first, with the same data
                raise


def _join(pieces: list[Split], path: Path) -> Split:
    """Write splits one after the other as `path`.points.npy and `path`.starts.npy, and return the whole."""
    counts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    dtype = np.result_type(np.int16, *(piece.points.dtype for piece in pieces if len(piece.points)))
    starts = np.concatenate(
        [np.zeros(1, np.int64), *(piece.starts[1:] + at for piece, at in zip(pieces, counts, strict=False))]
    )
    np.save(f"{path}.starts.npy", starts)
    shape = (int(counts[-1]), 3)
    # Written, not mapped: on a full disk a write is an error, where a store into mapped memory would end the process.
    with open(f"{path}.points.npy", "wb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for piece in pieces:
            for begin in range(0, len(piece.points), PIECE):
                np.ascontiguousarray(piece.points[begin : begin + PIECE], dtype=dtype).tofile(file)
    return Split(np.load(f"{path}.points.npy", mmap_mode="r") if shape[0] else np.zeros(shape, dtype), starts)


def fingerprint(splits: Mapping[str, Split]) -> str:
    """Return a hexadecimal digest of all drawings, whatever their type of number."""
    digest = hashlib.sha256()
    for name in SPLITS:
        digest.update(np.ascontiguousarray(splits[name].starts).data)
        points = splits[name].points
        for begin in range(0, len(points), PIECE):
            digest.update(np.ascontiguousarray(points[begin : begin + PIECE], dtype=np.float32).data)
    return digest.hexdigest()


def open_store(folder: Path) -> tuple[dict[str, Split], dict[str, Any]]:
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
        If it is damaged or of another version; deleting the folder makes it anew.
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
        raise ValueError(f"{folder}: damaged store ({error}); delete the folder to make it anew") from None
    return splits, record
