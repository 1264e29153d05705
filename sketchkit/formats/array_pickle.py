"""Reader of pickled NumPy object arrays that does not execute pickles.

Unpickling can execute arbitrary code. This reader interprets only the instructions that occur in pickles of NumPy
arrays and of lists of numbers, and can build only arrays, lists and numbers. Any other instruction or name is an error,
and nothing is executed.
"""

from __future__ import annotations

import io
import math
import pickle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.parser_errors import as_value_error

__all__ = ["read_object_array"]

#: Maximum number of levels of lists. Four are needed: the array is a list of drawings, a drawing is a list of strokes,
#: a stroke is a list of points, and a point is a list of numbers.
MAX_DEPTH = 6
#: Maximum number of values in the result: `FREE_VALUES`, plus `MAX_SHARED` for each byte of the pickle. Without a
#: limit, a short pickle could refer to one list many times.
FREE_VALUES, MAX_SHARED = 1 << 21, 8


def read_object_array(data: bytes, where: str) -> list[Any]:
    """Return the elements of a pickled object array, in C order.

    Parameters
    ----------
    data : bytes
        The pickle.
    where : str
        Name of the source in error messages.

    Returns
    -------
    list
        Elements of the array: numeric arrays, numbers, and lists of these.

    Raises
    ------
    ValueError
        If the pickle is damaged, is not an object array, or contains other objects.
    """
    machine = _ArrayPickle(io.BytesIO(data), encoding="bytes")
    # The unpickler does not validate its input, so damaged data can raise any exception.
    with as_value_error(where, "not a pickled NumPy array"):
        outer = machine.load()
    if not isinstance(outer, _Array) or not isinstance(outer.value, list):
        raise ValueError(f"{where}: expected a pickled object array, got another object")
    left = [MAX_SHARED * len(data) + FREE_VALUES]
    with as_value_error(where, "not an object array of drawings"):
        return [_plain(item, left, 1) for item in outer.value]


def _plain(value: Any, left: list[int], depth: int) -> Any:
    """Return `value` with each `_Array` replaced by its contents, an array or a list.

    `left[0]` is the number of values that may still follow.
    """
    if isinstance(value, _Array):
        value = value.value
    if isinstance(value, (list, tuple)):
        left[0] -= len(value) + 1
        if left[0] < 0:
            raise ValueError("too many references to the same objects")
        if depth > MAX_DEPTH:
            raise ValueError(f"expected at most {MAX_DEPTH} levels of lists, got more")
        return [_plain(item, left, depth + 1) for item in value]
    if isinstance(value, np.ndarray):
        left[0] -= value.size + 1
        if left[0] < 0:
            raise ValueError("too many references to the same objects")
    return value


class _DType:
    """Stand-in for `numpy.dtype` during the interpretation of a pickle: type code with size, and byte order."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code, self.order = _text(code), "="

    def __setstate__(self, state: Any) -> None:
        self.order = _text(state[1])
        if self.order not in ("<", ">", "=", "|"):
            raise pickle.UnpicklingError(f"unknown byte order {self.order!r}")

    def numpy(self) -> np.dtype[Any]:
        if self.code not in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "b1"):
            raise pickle.UnpicklingError(f"expected an array of numbers, got dtype {self.code!r}")
        return np.dtype(self.code).newbyteorder(self.order)  # type: ignore[arg-type]


class _Array:
    """Stand-in for `numpy.ndarray` during the interpretation of a pickle."""

    value: NDArray[Any] | list[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, fortran, data = state
        plain = isinstance(shape, tuple) and len(shape) <= 32 and all(isinstance(n, int) and n >= 0 for n in shape)
        if not isinstance(dtype, _DType) or not plain:
            raise pickle.UnpicklingError("expected an array with a shape of integers and a plain dtype")
        if dtype.code.lstrip("|") in ("O", "O8", "O4"):
            if not isinstance(data, list) or len(data) != math.prod(shape):
                raise pickle.UnpicklingError(f"the data do not match the shape {tuple(shape)} of an object array")
            self.value = _nested(data, shape, fortran)
            return
        kind = dtype.numpy()
        if isinstance(data, str):  # Python 2 and protocol 2 store bytes as strings
            data = data.encode("latin1")
        if not isinstance(data, bytes) or len(data) != math.prod(shape) * kind.itemsize:
            raise pickle.UnpicklingError(f"the size of the data does not match the shape {tuple(shape)} of an array")
        self.value = np.frombuffer(data, kind).reshape(shape, order="F" if fortran else "C")


def _nested(data: list[Any], shape: tuple[int, ...], fortran: bool) -> list[Any]:
    """Return the elements of an object array as nested lists, one level for each axis."""
    if len(shape) < 2:
        return data
    if not data or len(shape) > MAX_DEPTH:
        return []
    indices = np.arange(len(data)).reshape(shape, order="F" if fortran else "C")

    def lists(part: NDArray[np.int64]) -> list[Any]:
        return [lists(row) for row in part] if part.ndim > 1 else [data[index] for index in part]

    return lists(indices)


def _text(value: Any) -> str:
    """Return a short string. Other objects are an error; they are not converted, since the result can be huge."""
    if isinstance(value, bytes):
        value = value.decode("ascii")
    if not isinstance(value, str) or len(value) > 100:
        raise pickle.UnpicklingError(f"expected a string of at most 100 characters, got {type(value).__name__}")
    return value


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _scalar(dtype: Any, data: Any = None) -> Any:
    if isinstance(data, str):
        data = data.encode("latin1")
    if not isinstance(dtype, _DType) or not isinstance(data, bytes) or len(data) != dtype.numpy().itemsize:
        raise pickle.UnpicklingError("expected a number with a plain dtype")
    return np.frombuffer(data, dtype.numpy())[0].item()


def _encode(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", b"latin1"):
        raise pickle.UnpicklingError("expected the encoding latin1")
    return text.encode("latin1")


_KNOWN_NAMES: dict[tuple[str, str], Any] = {
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _reconstruct for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): _scalar for core in ("core", "_core")},
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
    ("_codecs", "encode"): _encode,
}

# fmt: off
_KNOWN_OPCODES = (
    pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.POP, pickle.GLOBAL, pickle.STACK_GLOBAL,
    pickle.REDUCE, pickle.BUILD, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.INT, pickle.BININT,
    pickle.BININT1, pickle.BININT2, pickle.LONG, pickle.LONG1, pickle.FLOAT, pickle.BINFLOAT, pickle.STRING,
    pickle.BINSTRING, pickle.SHORT_BINSTRING, pickle.UNICODE, pickle.BINUNICODE, pickle.SHORT_BINUNICODE,
    pickle.BINUNICODE8, pickle.BINBYTES, pickle.SHORT_BINBYTES, pickle.BINBYTES8, pickle.EMPTY_TUPLE, pickle.TUPLE,
    pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.EMPTY_LIST, pickle.LIST, pickle.APPEND, pickle.APPENDS,
    pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE, pickle.GET, pickle.BINGET, pickle.LONG_BINGET,
)
# fmt: on


class _ArrayPickle(pickle._Unpickler):
    """An unpickler that supports only the instructions of array pickles.

    It extends the pure-Python unpickler of the standard library because its instruction table can be restricted, and
    because its memo is a dict. In the compiled unpickler, a short stream can allocate gigabytes for the memo.
    """

    dispatch = {code[0]: pickle._Unpickler.dispatch[code[0]] for code in _KNOWN_OPCODES}  # noqa: RUF012

    def load(self) -> Any:
        try:
            return super().load()
        except KeyError as error:
            code = error.args[0] if error.args else error
            raise pickle.UnpicklingError(f"contains objects other than arrays (instruction {code})") from None

    def find_class(self, module: Any, name: Any) -> Any:
        module, name = _text(module), _text(name)
        try:
            return _KNOWN_NAMES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"contains objects other than arrays: refusing to load {module}.{name}; nothing was executed"
            ) from None
