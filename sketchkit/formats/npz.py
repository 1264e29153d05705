"""NumPy files of drawings: the published `.npz` layout (object arrays `train`, `valid`, `test`), and `.npy`.

Object arrays are pickles, which are not unpickled; see `sketchkit.formats.array_pickle`.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sketchkit.formats.array_pickle import read_object_array
from sketchkit.formats.compressed import file_size, open_member, open_zip, unpacked_limit
from sketchkit.formats.points import drawings_in, sketch_of
from sketchkit.parser_errors import reported
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import replacing

__all__ = ["SPLITS", "read_npy", "read_npz", "write_npz"]

SPLITS = ("train", "valid", "test")

#: A pickled member may unpack to this many times its compressed size: replaying it takes time and memory for each byte.
MAX_PICKLE_RATIO, FREE_PICKLE_BYTES = 8, 8 << 20
#: An array may hold so many drawings, or one for so many bytes of the (compressed) file.
FREE_DRAWINGS, BYTES_EACH = 100_000, 8
#: Plain arrays of drawings are checked this many rows at a time.
PIECE = 1 << 18


def read_npz(
    source: str | Path | IO[bytes], *, refused: list[ValueError] | None = None, where: str | None = None
) -> dict[str, list[NDArray[Any]]]:
    """Read the drawings of a published dataset without unpickling it.

    Parameters
    ----------
    source : str, Path or binary file
        An `.npz` file with members `train`, `valid` and `test`: object arrays of drawings, or, where all drawings have
        one length, one array (m, n, 3). A drawing is a stroke-3 array (n, 3) of any integer or floating type, a
        stroke-5 array (n, 5), or nested lists of numbers as in `sketchkit.formats.points.drawings_in`.
    refused : list, optional
        Drawings that cannot be read are skipped and their errors appended here. By default they are raised.
    where : str, optional
        Names the file in errors. Default: its path.

    Returns
    -------
    dict
        Split name to list of stroke-3 arrays, in file order; stroke-3 arrays as stored. Splits that the file lacks are
        empty lists.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an npz file, is cut short, has none of the three members, or a member is not an array of drawings;
        without `refused` also for a drawing. The message names file, member and drawing.
    """
    if isinstance(source, (str, Path)):
        where = where or str(source)
        source = Path(source)
        if not source.is_file():
            raise FileNotFoundError(f"{where}: no such dataset file")
    where = where or "the file"
    with open_zip(source, where, limit=max(8 << 30, unpacked_limit(file_size(source)))) as archive:
        members = {info.filename: info for info in archive.infolist()}
        found = [split for split in SPLITS if f"{split}.npy" in members]
        if not found:
            held = ", ".join(sorted(members)[:8])[:200] or "nothing"
            raise ValueError(f"{where}: expected members train.npy, valid.npy, test.npy, found {held}")
        splits: dict[str, list[NDArray[Any]]] = {split: [] for split in SPLITS}
        for split in found:
            splits[split] = _member(archive, members[f"{split}.npy"], f"{where}, member {split}", refused)
    return splits


def read_npy(
    source: str | Path | IO[bytes], *, refused: list[ValueError] | None = None, where: str | None = None
) -> Iterator[Sketch]:
    """Read the drawings of one NumPy array: an object array of drawings, or an array as in `drawings_in`.

    Parameters
    ----------
    source : str, Path or binary file
        An `.npy` file.
    refused, where : optional
        As in `read_npz`.

    Yields
    ------
    Sketch

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged or does not hold drawings; without `refused` also for a drawing. The message names the file.
    """
    if isinstance(source, (str, Path)):
        if not Path(source).is_file():
            raise FileNotFoundError(f"{source}: no such array file")
        with Path(source).open("rb") as file:
            yield from read_npy(file, refused=refused, where=where or str(source))
        return
    where = where or "the file"
    size = file_size(source)
    value = _counted(_array(source, size, where), size, where)
    yield from drawings_in(value, where, refused)


def write_npz(path: str | Path, splits: Mapping[str, Iterable[Sketch]]) -> Path:
    """Write drawings in the published layout, which the original trainer reads too.

    Whole-number offsets within ±32767 are written as int16, others as float32. Where the pen starts is not
    part of the format.

    Parameters
    ----------
    path : str or Path
        The file to write; it is replaced in one step or not at all.
    splits : mapping
        `train`, `valid` and `test` to sketches.

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
    with replacing(path) as part, part.open("wb") as file:
        np.savez_compressed(file, **members)  # type: ignore[arg-type]
    return Path(path)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, refused: list[ValueError] | None
) -> list[NDArray[Any]]:
    """Return the drawings of one member as stroke-3 arrays."""
    limit = unpacked_limit(info.compress_size)
    if info.file_size > limit:
        raise ValueError(f"{where}: claims {info.file_size:,} bytes unpacked, expected at most {limit:,}")
    with open_member(archive, info, where) as stream:
        pickled = max(FREE_PICKLE_BYTES, MAX_PICKLE_RATIO * info.compress_size)
        value = _counted(_array(stream, info.file_size, where, pickled), info.compress_size, where)
        stream.read(1)  # to its end, where the checksum is compared
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return []  # an empty split is saved as a plain array of no elements
        if value.dtype.kind in "iuf" and value.ndim == 3 and value.shape[2] == 3 and _all_good(value):
            return list(value)
        return [sketch.offsets for sketch in drawings_in(value, where, refused)]
    return list(_rows(value, where, refused))


def _counted(value: NDArray[Any] | list[Any], size: int, where: str) -> NDArray[Any] | list[Any]:
    """Return drawings unless they are more than a file of `size` bytes can be expected to hold."""
    most = max(FREE_DRAWINGS, size // BYTES_EACH)
    if (isinstance(value, list) or value.ndim > 2) and len(value) > most:
        raise ValueError(f"{where}: expected at most {most:,} drawings in {size:,} bytes, got {len(value):,}")
    return value


def _rows(drawings: list[Any], where: str, refused: list[ValueError] | None) -> Iterator[NDArray[Any]]:
    """Yield the drawings of an object array as stroke-3 arrays."""
    for index, drawing in enumerate(drawings):
        try:
            if isinstance(drawing, np.ndarray) and drawing.dtype.kind in "iuf" and drawing.shape[1:] == (3,):
                if not _all_good(drawing):
                    Sketch(drawing)  # says what is wrong with it
                yield drawing
            else:
                yield sketch_of(drawing).offsets
        except (ValueError, TypeError, OverflowError) as error:
            wrong = ValueError(f"{where}, drawing {index}: {error}")
            if refused is None:
                raise wrong from None
            refused.append(wrong)


def _all_good(rows: NDArray[Any]) -> bool:
    """Tell whether stroke-3 rows (..., 3) are finite, with pen states of 0 or 1."""
    flat = rows.reshape(-1, 3)
    for begin in range(0, len(flat), PIECE):
        part = flat[begin : begin + PIECE]
        pen = part[:, 2]
        if not np.all((pen == 0) | (pen == 1)):
            return False
        if part.dtype.kind == "f":
            with np.errstate(over="ignore"):
                if not np.isfinite(part.astype(np.float32)).all():
                    return False
    return True


def _array(stream: IO[bytes], size: int, where: str, pickle_limit: int | None = None) -> NDArray[Any] | list[Any]:
    """Read an array of `size` bytes with its header; the elements of an object array as a list."""
    with reported(where, "not a NumPy array"):
        try:
            version = npy.read_magic(stream)
            read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = read_header(stream)
        except MemoryError:  # what Python's parser raises for a header nested too deeply
            raise ValueError("its header cannot be parsed") from None
    if not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"{where}: expected a shape of whole numbers, got {str(shape)[:100]}")
    count = math.prod(shape)
    if dtype.hasobject:
        if dtype.kind != "O" or not 1 <= len(shape) <= 4:
            raise ValueError(f"{where}: expected a list of drawings, got {str(dtype)[:100]} of shape {shape}")
        if pickle_limit is not None and size > pickle_limit:
            raise ValueError(f"{where}: claims a pickle of {size:,} bytes, expected at most {pickle_limit:,}")
        drawings = read_object_array(stream.read(), where)
        if len(drawings) != shape[0]:
            raise ValueError(f"{where}: expected an object array of {shape[0]} drawings, got {len(drawings)}")
        return drawings
    if dtype.kind not in "iuf":
        if count == 0:
            return np.zeros((0, 3))
        raise ValueError(f"{where}: expected drawings of shape (n, 3), got {str(dtype)[:100]} of shape {shape}")
    if count * dtype.itemsize > size:
        raise ValueError(f"{where}: shape {shape} claims more data than the {size:,} bytes there are")
    data = stream.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise ValueError(f"{where}: cut short, {len(data):,} of {count * dtype.itemsize:,} bytes")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
