"""Packing of a model's weights for the page: all tensors in one buffer, at a given precision.

`float32` is exact. `float16` is exact for models that are stored in float16, and within 0.05% of each weight
otherwise. `int8` stores matrices as integers from -127 to 127, with a scale for every 32 rows of a column. Vectors and
the output layer are float16, because an error in the output layer affects the drawing directly.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import Weights

__all__ = ["DTYPES", "Packed", "check_dtype", "describe", "pack", "page_tensors", "unpacked"]

DTYPES = ("float32", "float16", "int8")
#: Number of rows of a column that share a scale in int8.
GROUP = 32


@dataclass(frozen=True)
class Packed:
    """A packed model.

    Attributes
    ----------
    key : str
        Hash of the configuration and the weights.
    config : dict
        Hyperparameters and scale factor.
    index : dict
        Byte offset, number of values, precision and number of columns of each tensor. An int8 tensor starts with its
        scales in float16, one row of scales for every 32 rows of the matrix.
    buffer : bytes
        The tensors.
    """

    key: str
    config: dict[str, Any]
    index: dict[str, tuple[int, int, str, int]]
    buffer: bytes

    @property
    def message(self) -> dict[str, Any]:
        """The message that is sent to the page with the buffer and describes its contents."""
        return {"key": self.key, "config": self.config, "index": self.index}


def pack(model: SketchRNN, dtype: str | None = None) -> Packed:
    """Pack a model's weights.

    Parameters
    ----------
    model : SketchRNN
        The model.
    dtype : {"float32", "float16", "int8"}, optional
        Precision. Default: float16 if the conversion is exact, else float32.

    Raises
    ------
    ValueError
        If the precision is unknown, or a weight is too large for float16.
    """
    check_dtype(dtype)
    weights = page_tensors(model)
    if dtype is None:
        dtype = "float16" if all(np.array_equal(_as_half(value), value) for value in weights.values()) else "float32"
    index: dict[str, tuple[int, int, str, int]] = {}
    parts: list[bytes] = []
    at = 0
    for name, value in weights.items():
        columns = value.shape[-1]
        needs_float16 = value.ndim != 2 or min(value.shape) < 8 or name == "decoder/output/w"
        kind = "float16" if dtype == "int8" and needs_float16 else dtype
        data = _pack_tensor(name, value, kind)
        data += bytes(-len(data) % 4)  # every tensor starts at a multiple of four bytes
        index[name] = (at, value.size, kind, columns)
        parts.append(data)
        at += len(data)
    buffer = b"".join(parts)
    config = {"scale_factor": model.scale_factor, "hparams": model.hparams.as_dict()}
    key = hashlib.sha256(json.dumps([config, index]).encode() + buffer).hexdigest()[:32]
    return Packed(key, config, index, buffer)


def page_tensors(model: SketchRNN) -> Weights:
    """Return all tensors that the page needs: weights, exemplars, distribution of the codes, and classifier."""
    tensors = dict(model.weights)
    if model.exemplars is not None:
        tensors["categories/codes"] = model.exemplars.codes
    if model.config.codes is not None:
        tensors["codes/mean"] = np.array(model.config.codes.mean, dtype=np.float32)
        tensors["codes/std"] = np.array(model.config.codes.std, dtype=np.float32)
    if model.classifier is not None:
        tensors |= {f"classifier/{name}": value for name, value in model.classifier.weights.items()}
    return tensors


def describe(model: SketchRNN) -> dict[str, Any]:
    """Return the properties of a model that the page needs in addition to its weights."""
    return {
        "name": model.name,
        "scale": model.scale_factor,
        "size": model.drawing_size,
        "convention": model.sampling.convention,
        "pen_temperature": model.sampling.pen_temperature,
        "conditional": model.conditional,
        "z_size": model.hparams.z_size if model.conditional else 0,
        "max_points": model.hparams.max_seq_len,
        "categories": list(model.exemplars.names) if model.exemplars else [],
    }


def check_dtype(dtype: str | None) -> None:
    """Raise ValueError if a precision is unknown."""
    if dtype is not None and dtype not in DTYPES:
        raise ValueError(f"dtype: expected one of {', '.join(DTYPES)}, got {dtype!r}")


def unpacked(packed: Packed, shapes: Weights) -> Weights:
    """Return the weights that the page unpacks, in the shapes of `shapes`."""
    weights = {}
    for name, (at, count, kind, columns) in packed.index.items():
        if kind == "int8":
            groups = -(-count // (columns * GROUP))
            scales = np.frombuffer(packed.buffer, "<f2", groups * columns, at).reshape(-1, columns).astype(np.float32)
            integers = np.frombuffer(packed.buffer, np.int8, count, at + 2 * scales.size).reshape(-1, columns)
            value = integers * np.repeat(scales, GROUP, axis=0)[: len(integers)]
        else:
            value = np.frombuffer(packed.buffer, "<f2" if kind == "float16" else "<f4", count, at)
        if name in shapes:
            weights[name] = value.astype(np.float32).reshape(shapes[name].shape)
    return weights


def _as_half(value: Any) -> Any:
    with np.errstate(over="ignore"):
        return value.astype("<f2").astype(np.float32)


def _pack_tensor(name: str, value: Any, kind: str) -> bytes:
    if kind == "float32":
        return bytes(np.ascontiguousarray(value, "<f4").tobytes())
    if kind == "float16":
        if not np.isfinite(_as_half(value)).all():
            raise ValueError(f"tensor {name!r} has a weight larger than 65,504, the maximum of float16; use float32")
        return bytes(np.ascontiguousarray(value.astype("<f2")).tobytes())
    rows = value.reshape(-1, value.shape[-1])
    largest = np.maximum.reduceat(np.abs(rows), range(0, len(rows), GROUP), axis=0)  # (groups, columns)
    # The scales are slightly larger than needed, so that no value exceeds 127 after the scale is rounded. They are
    # never subnormal, because float16 is imprecise there.
    scales = np.maximum(largest / 127 * 1.0005, 6.2e-5).astype("<f2")
    integers = np.rint(rows / np.repeat(scales.astype(np.float32), GROUP, axis=0)[: len(rows)])
    return bytes(scales.tobytes() + integers.astype(np.int8).tobytes())
