"""NumPy files of drawings: the `.npz` layout of sketch-rnn (object arrays `train`, `valid`, `test`), and `.npy`.

Object arrays are stored as pickles, which are read without executing them; see `sketchkit.formats.array_pickle`.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal, get_args

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sketchkit.formats.array_pickle import read_object_array
from sketchkit.formats.compressed import file_size, open_member, open_zip, unpacked_limit
from sketchkit.formats.input_files import open_input
from sketchkit.formats.points import parse_drawing, parse_drawings
from sketchkit.parser_errors import as_value_error
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import atomic_write

__all__ = ["SPLITS", "SplitName", "read_npy", "read_npz", "write_npz"]

#: Name of a split.
SplitName = Literal["train", "valid", "test"]
SPLITS: tuple[SplitName, ...] = get_args(SplitName)

#: The maximum unpacked size of a pickled member is its compressed size times `MAX_PICKLE_RATIO`, but at least
#: `FREE_PICKLE_BYTES`. Interpreting a pickle takes time and memory for each byte.
MAX_PICKLE_RATIO, FREE_PICKLE_BYTES = 8, 8 << 20
#: The maximum number of drawings in an array is the size in bytes of the (compressed) file divided by `BYTES_EACH`, but
#: at least `FREE_DRAWINGS`.
FREE_DRAWINGS, BYTES_EACH = 100_000, 8
#: Number of rows of plain arrays that are checked at a time.
CHUNK = 1 << 18


def read_npz(
    source: str | Path | IO[bytes], *, errors: list[ValueError] | None = None, where: str | None = None
) -> dict[SplitName, list[NDArray[Any]]]:
    """Read the drawings of a dataset in the layout of sketch-rnn, without unpickling.

    Parameters
    ----------
    source : str, Path or binary file
        An `.npz` file with members `train`, `valid` and `test`: object arrays of drawings or, if all drawings have the
        same length, one array (m, n, 3). A drawing is a stroke-3 array (n, 3) of any integer or floating type, a
        stroke-5 array (n, 5), or nested lists of numbers as in `sketchkit.formats.points.parse_drawings`.
    errors : list, optional
        List to which the errors of skipped drawings are appended. Default: errors are raised.
    where : str, optional
        Name of the file in error messages. Default: its path.

    Returns
    -------
    dict of str to list of ndarray
        Stroke-3 arrays of each split, in file order. Stroke-3 arrays keep the type of the file. Missing splits are
        empty lists.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is not an npz file, is truncated or has none of the three members; if a member is not an array of
        drawings; or, without `errors`, if a drawing cannot be read. The message names the file, member and drawing.
    """
    with (
        open_input(source, where, "dataset file") as (file, name),
        open_zip(file, name, limit=max(8 << 30, unpacked_limit(file_size(file)))) as archive,
    ):
        members = {info.filename: info for info in archive.infolist()}
        found = [split for split in SPLITS if f"{split}.npy" in members]
        if not found:
            names = ", ".join(sorted(members)[:8])[:200] or "no members"
            raise ValueError(f"{name}: expected members train.npy, valid.npy, test.npy, got {names}")
        splits: dict[SplitName, list[NDArray[Any]]] = {split: [] for split in SPLITS}
        for split in found:
            splits[split] = _member(archive, members[f"{split}.npy"], f"{name}, member {split}", errors)
    return splits


def read_npy(
    source: str | Path | IO[bytes], *, errors: list[ValueError] | None = None, where: str | None = None
) -> Iterator[Sketch]:
    """Yield the drawings of one NumPy array: an object array of drawings, or an array as in `parse_drawings`.

    Parameters
    ----------
    source : str, Path or binary file
        An `.npy` file.
    errors, where : optional
        See `read_npz`.

    Yields
    ------
    Sketch

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is damaged or does not contain drawings; or, without `errors`, if a drawing cannot be read. The
        message names the file.
    """
    with open_input(source, where, "array file") as (file, name):
        size = file_size(file)
        value = _counted(_array(file, size, name), size, name)
    yield from parse_drawings(value, name, errors)


def write_npz(splits: Mapping[str, Iterable[Sketch]], path: str | Path) -> Path:
    """Write drawings in the layout of sketch-rnn, which the original sketch-rnn code can read.

    The offsets of a split are written as int16 if all are integers within ±32767, otherwise as float32. The format does
    not contain the start of a drawing.

    Parameters
    ----------
    splits : mapping of str to iterable of Sketch
        Drawings of the splits `train`, `valid` and `test`.
    path : str or Path
        The file to write, atomically.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    ValueError
        If a split has another name.
    """
    unknown = set(splits) - set(SPLITS)
    if unknown:
        raise ValueError(f"expected splits named {', '.join(SPLITS)}, got {', '.join(sorted(unknown))}")
    members = {}
    for split in SPLITS:
        arrays = [sketch.offsets for sketch in splits.get(split, ())]
        whole = all(np.array_equal(a, np.rint(a)) and np.all(np.abs(a) <= 32767) for a in arrays)
        members[split] = np.empty(len(arrays), dtype=object)
        for index, array in enumerate(arrays):
            members[split][index] = array.astype(np.int16 if whole else np.float32)
    with atomic_write(path) as part, part.open("wb") as file:
        np.savez_compressed(file, **members)  # type: ignore[arg-type]
    return Path(path)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, errors: list[ValueError] | None
) -> list[NDArray[Any]]:
    """Return the drawings of one member as stroke-3 arrays."""
    limit = unpacked_limit(info.compress_size)
    if info.file_size > limit:
        raise ValueError(f"{where}: expected at most {limit:,} bytes unpacked, got {info.file_size:,}")
    with open_member(archive, info, where) as stream:
        pickled = max(FREE_PICKLE_BYTES, MAX_PICKLE_RATIO * info.compress_size)
        value = _counted(_array(stream, info.file_size, where, pickled), info.compress_size, where)
        stream.read(1)  # a read at the end of the member verifies the checksum
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return []  # an empty split is saved as a plain array without elements
        if value.dtype.kind in "iuf" and value.ndim == 3 and value.shape[2] == 3 and _is_stroke3(value):
            return list(value)
        return [sketch.offsets for sketch in parse_drawings(value, where, errors)]
    return list(_rows(value, where, errors))


def _counted(value: NDArray[Any] | list[Any], size: int, where: str) -> NDArray[Any] | list[Any]:
    """Return drawings after checking that their number is plausible for a file of `size` bytes."""
    limit = max(FREE_DRAWINGS, size // BYTES_EACH)
    if (isinstance(value, list) or value.ndim > 2) and len(value) > limit:
        raise ValueError(f"{where}: expected at most {limit:,} drawings in {size:,} bytes, got {len(value):,}")
    return value


def _rows(drawings: list[Any], where: str, errors: list[ValueError] | None) -> Iterator[NDArray[Any]]:
    """Yield the drawings of an object array as stroke-3 arrays."""
    for index, drawing in enumerate(drawings):
        try:
            if isinstance(drawing, np.ndarray) and drawing.dtype.kind in "iuf" and drawing.shape[1:] == (3,):
                if not _is_stroke3(drawing):
                    Sketch(drawing)  # this raises an error that names the row
                yield drawing
            else:
                yield parse_drawing(drawing).offsets
        except (ValueError, TypeError, OverflowError) as error:
            wrong = ValueError(f"{where}, drawing {index}: {error}")
            if errors is None:
                raise wrong from None
            errors.append(wrong)


def _is_stroke3(rows: NDArray[Any]) -> bool:
    """Return whether rows (..., 3) are finite, with pen states of 0 or 1."""
    flat = rows.reshape(-1, 3)
    for begin in range(0, len(flat), CHUNK):
        part = flat[begin : begin + CHUNK]
        pen = part[:, 2]
        if not np.all((pen == 0) | (pen == 1)):
            return False
        if part.dtype.kind == "f":
            with np.errstate(over="ignore"):
                if not np.isfinite(part.astype(np.float32)).all():
                    return False
    return True


def _array(stream: IO[bytes], size: int, where: str, pickle_limit: int | None = None) -> NDArray[Any] | list[Any]:
    """Read an array from `size` bytes of header and data; return an object array as the list of its elements."""
    with as_value_error(where, "not a NumPy array"):
        try:
            version = npy.read_magic(stream)
            read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = read_header(stream)
        except MemoryError:  # raised by Python's parser if a header is nested too deeply
            raise ValueError("the header cannot be parsed") from None
    if not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"{where}: expected a shape of integers, got {str(shape)[:100]}")
    count = math.prod(shape)
    if dtype.hasobject:
        if dtype.kind != "O" or not 1 <= len(shape) <= 4:
            raise ValueError(f"{where}: expected a list of drawings, got {str(dtype)[:100]} of shape {shape}")
        if pickle_limit is not None and size > pickle_limit:
            raise ValueError(f"{where}: expected a pickle of at most {pickle_limit:,} bytes, got {size:,}")
        drawings = read_object_array(stream.read(), where)
        if len(drawings) != shape[0]:
            raise ValueError(f"{where}: expected an object array of {shape[0]} drawings, got {len(drawings)}")
        return drawings
    if dtype.kind not in "iuf":
        if count == 0:
            return np.zeros((0, 3))
        raise ValueError(f"{where}: expected drawings of shape (n, 3), got {str(dtype)[:100]} of shape {shape}")
    if count * dtype.itemsize > size:
        raise ValueError(f"{where}: the shape {shape} declares more data than the {size:,} bytes of the file")
    data = stream.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise ValueError(f"{where}: truncated; expected {count * dtype.itemsize:,} bytes, got {len(data):,}")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
