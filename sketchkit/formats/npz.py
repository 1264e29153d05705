"""The published `.npz` layout: three object arrays `train`, `valid`, `test` of stroke-3 arrays.

Object arrays are pickles, and a pickle may run any code. Here a pickle stream is replayed by a machine that
knows only the instructions which NumPy's own pickles consist of and can build nothing but arrays of plain
numbers; whatever else a file asks for is an error, and nothing of it is run.
"""

from __future__ import annotations

import io
import math
import pickle
import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import replacing

__all__ = ["SPLITS", "read_npz", "write_npz"]

SPLITS = ("train", "valid", "test")

#: No member of an archive may claim to be larger than this once unpacked.
MAX_MEMBER_BYTES = 8 << 30


def read_npz(path: str | Path) -> dict[str, list[NDArray[Any]]]:
    """Read the drawings of a published dataset without unpickling it.

    Parameters
    ----------
    path : str or Path
        An `.npz` file whose members `train`, `valid` and `test` hold stroke-3 arrays (n_i, 3) of any integer
        or floating type: as an object array of arrays, or, where all have one length, as one (m, n, 3) array.

    Returns
    -------
    dict
        Split name to list of arrays, in file order, as stored. Splits the file lacks are empty lists.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an npz file, is cut short, has none of the three members, or a member holds anything
        other than arrays of numbers; the message names file, member and drawing.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such dataset file")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ValueError(f"{path}: expected an .npz archive, but it is damaged or no archive ({error})") from None
    with archive:
        members = {info.filename: info for info in archive.infolist()}
        found = [split for split in SPLITS if f"{split}.npy" in members]
        if not found:
            held = ", ".join(sorted(members)[:8]) or "nothing"
            raise ValueError(f"{path}: expected members train.npy, valid.npy, test.npy, found {held}")
        splits: dict[str, list[NDArray[Any]]] = {split: [] for split in SPLITS}
        for split in found:
            info = members[f"{split}.npy"]
            where = f"{path}, member {split}"
            if info.file_size > MAX_MEMBER_BYTES:
                raise ValueError(f"{where}: claims {info.file_size:,} bytes, more than {MAX_MEMBER_BYTES:,}")
            try:
                with archive.open(info) as stream:
                    splits[split] = _read_drawings(stream, info.file_size, where)
            except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
                raise ValueError(f"{where}: cut short or damaged ({error})") from None
    return splits


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


def _read_drawings(stream: IO[bytes], size: int, where: str) -> list[NDArray[Any]]:
    """Read one .npy member of `size` unpacked bytes into a list of (n, 3) arrays."""
    try:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read_header(stream)
    except (ValueError, SyntaxError) as error:
        raise ValueError(f"{where}: not a NumPy array ({error})") from None
    if dtype.hasobject:
        if dtype.kind != "O" or len(shape) != 1:
            raise ValueError(f"{where}: expected a list of drawings, got {dtype} of shape {shape}")
        return _replay(stream, shape[0], where)
    count = math.prod(shape)
    if dtype.kind not in "iuf" or len(shape) != 3 or shape[2] != 3:
        # An empty split is saved as a plain array of no elements.
        if count == 0:
            return []
        raise ValueError(f"{where}: expected drawings of shape (n, 3), got {dtype} of shape {shape}")
    if count * dtype.itemsize > size:
        raise ValueError(f"{where}: shape {shape} claims more data than the {size:,} bytes there are")
    data = stream.read(count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise ValueError(f"{where}: cut short, {len(data):,} of {count * dtype.itemsize:,} bytes")
    return list(np.frombuffer(data, dtype).reshape(shape))


def _replay(stream: IO[bytes], count: int, where: str) -> list[NDArray[Any]]:
    """Replay the pickle of an object array of `count` drawings."""
    try:
        outer = _ArrayPickle(io.BytesIO(stream.read()), encoding="bytes").load()
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{where}: {error or 'cut short'}") from None
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        struct.error,
    ) as error:
        raise ValueError(f"{where}: not a pickled NumPy array ({error})") from None
    drawings = outer.value if isinstance(outer, _Array) else None
    if not isinstance(drawings, list) or len(drawings) != count:
        raise ValueError(f"{where}: expected an object array of {count} drawings, found something else")
    arrays = []
    for index, drawing in enumerate(drawings):
        array = drawing.value if isinstance(drawing, _Array) else None
        if not isinstance(array, np.ndarray):
            kind = "an array of objects" if isinstance(drawing, _Array) else type(drawing).__name__
            raise ValueError(f"{where}, drawing {index}: expected an array of numbers, got {kind}")
        if array.ndim != 2 or array.shape[1] != 3:
            if array.size == 0:
                array = np.zeros((0, 3), array.dtype)
            else:
                raise ValueError(f"{where}, drawing {index}: expected shape (n, 3), got {array.shape}")
        arrays.append(array)
    return arrays


class _DType:
    """Stands for `numpy.dtype` while a pickle is replayed: a letter, a size and a byte order, no more."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = code.decode("ascii") if isinstance(code, bytes) else str(code)
        self.order = "="

    def __setstate__(self, state: Any) -> None:
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        if order not in ("<", ">", "=", "|"):
            raise pickle.UnpicklingError(f"unknown byte order {order!r}")
        self.order = order

    def numpy(self) -> np.dtype[Any]:
        if self.code not in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
            raise pickle.UnpicklingError(f"expected an array of numbers, got dtype {self.code!r}")
        return np.dtype(self.code).newbyteorder(self.order)  # type: ignore[arg-type]


class _Array:
    """Stands for `numpy.ndarray` while a pickle is replayed."""

    value: NDArray[Any] | list[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, fortran, data = state
        if not isinstance(dtype, _DType) or not all(isinstance(n, int) and n >= 0 for n in shape):
            raise pickle.UnpicklingError("an array without a plain shape and dtype")
        if dtype.code.lstrip("|") in ("O", "O8", "O4"):
            self.value = data
            return
        kind = dtype.numpy()
        if isinstance(data, str):  # bytes as Python 2 and protocol 2 spell them
            data = data.encode("latin1")
        if not isinstance(data, bytes) or len(data) != math.prod(shape) * kind.itemsize:
            raise pickle.UnpicklingError(f"an array of shape {tuple(shape)} whose data are of another size")
        self.value = np.frombuffer(data, kind).reshape(shape, order="F" if fortran else "C")


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _encode(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise pickle.UnpicklingError("an encoding other than latin1")
    return text.encode("latin1")


_KNOWN_NAMES: dict[tuple[str, str], Any] = {
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _reconstruct for core in ("core", "_core")},
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
    ("_codecs", "encode"): _encode,
}

# fmt: off
_KNOWN_OPCODES = (
    pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.POP, pickle.GLOBAL, pickle.STACK_GLOBAL,
    pickle.REDUCE, pickle.BUILD, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.INT, pickle.BININT,
    pickle.BININT1, pickle.BININT2, pickle.LONG, pickle.LONG1, pickle.STRING, pickle.BINSTRING,
    pickle.SHORT_BINSTRING, pickle.UNICODE, pickle.BINUNICODE, pickle.SHORT_BINUNICODE, pickle.BINUNICODE8,
    pickle.BINBYTES, pickle.SHORT_BINBYTES, pickle.BINBYTES8, pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1,
    pickle.TUPLE2, pickle.TUPLE3, pickle.EMPTY_LIST, pickle.LIST, pickle.APPEND, pickle.APPENDS, pickle.PUT,
    pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE, pickle.GET, pickle.BINGET, pickle.LONG_BINGET,
)
# fmt: on


class _ArrayPickle(pickle._Unpickler):
    """A pickle machine with the instructions of array pickles and no others.

    The pure-Python machine of the standard library is taken because its instruction table can be cut down,
    and because its memo is a dict: in the compiled one a short stream can ask for gigabytes.
    """

    dispatch = {code[0]: pickle._Unpickler.dispatch[code[0]] for code in _KNOWN_OPCODES}  # noqa: RUF012

    def load(self) -> Any:
        try:
            return super().load()
        except KeyError as error:
            code = error.args[0] if error.args else error
            raise pickle.UnpicklingError(f"holds something other than arrays (instruction {code})") from None

    def find_class(self, module: Any, name: Any) -> Any:
        module, name = (part.decode("ascii") if isinstance(part, bytes) else part for part in (module, name))
        try:
            return _KNOWN_NAMES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"holds something other than arrays: it asks for {module}.{name}; nothing of it was run"
            ) from None
