"""Packing of arrays for the page: typed arrays in one buffer, which is not part of the state of a widget."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PackedArrays", "pack_arrays"]

#: Types of arrays that the page reads; see `static/runtime/arrays.js`.
TYPES = ("uint8", "uint16", "int16", "uint32", "float16", "float32")


@dataclass(frozen=True)
class PackedArrays:
    """Arrays in one buffer.

    Attributes
    ----------
    key : str
        Hash of the index and the buffer.
    index : dict
        Byte offset, number of values and type of each array.
    buffer : bytes
        The arrays, little-endian, flattened.
    """

    key: str
    index: dict[str, tuple[int, int, str]]
    buffer: bytes

    @property
    def card(self) -> dict[str, Any]:
        """Description of the buffer for the page: its key and index."""
        return {"key": self.key, "index": self.index}


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> PackedArrays:
    """Pack named arrays.

    Raises
    ------
    ValueError
        If an array has a type that is not in `TYPES`.
    """
    index: dict[str, tuple[int, int, str]] = {}
    parts: list[bytes] = []
    at = 0
    for name, array in arrays.items():
        if array.dtype.name not in TYPES:
            raise ValueError(f"{name}: expected an array of {', '.join(TYPES)}, got {array.dtype.name}")
        data = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        data += bytes(-len(data) % 4)  # every array starts at a multiple of four bytes
        index[name] = (at, array.size, array.dtype.name)
        parts.append(data)
        at += len(data)
    buffer = b"".join(parts)
    return PackedArrays(hashlib.sha256(json.dumps(index).encode() + buffer).hexdigest()[:32], index, buffer)
