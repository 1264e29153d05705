"""Models as sketch-rnn-js and @magenta/sketch publish them: one JSON file, `[info, shapes, tensors]`.

A tensor is base64 of little-endian int16, value * 10 / 32767, so weights end at ±10; or nested lists of
numbers. `info.mode` is 2 or "gen" for a decoder alone, anything else is a whole VAE.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.folder import ModelConfig
from sketchkit.model.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import Weights

__all__ = ["read_js"]

MAX_BYTES = 256 << 20
#: int16 units of a weight of 1.
UNIT = 32767 / 10

_DECODER = ("decoder/output/w", "decoder/output/b", "decoder/cell/W_xh", "decoder/cell/W_hh", "decoder/cell/bias")
_VAE = (
    *(f"encoder/{direction}/{part}" for direction in ("forward", "backward") for part in ("W_xh", "W_hh", "bias")),
    *("encoder/mu/w", "encoder/mu/b", "encoder/presig/w", "encoder/presig/b"),
    *("decoder/initial/w", "decoder/initial/b"),
    *_DECODER,
)


def read_js(path: str | Path) -> SketchRNN:
    """Read a model in the JavaScript libraries' format.

    Parameters
    ----------
    path : str or Path
        A `.json` file such as `cat.gen.json`.

    Returns
    -------
    SketchRNN

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a model, naming what is wrong; sizes are checked before anything is allocated.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such model file")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: larger than {MAX_BYTES:,} bytes")
    try:
        info, shapes, blobs = _parts(json.loads(path.read_text(encoding="utf-8")))
        decoder_only = info.get("mode") in (2, "gen")
        names = _DECODER if decoder_only else _VAE
        if len(shapes) != len(names) or len(blobs) != len(names):
            raise ValueError(f"expected {len(names)} tensors, got {len(shapes)} shapes and {len(blobs)} tensors")
        weights: Weights = {
            name: _tensor(blob, shape, name) for name, shape, blob in zip(names, shapes, blobs, strict=True)
        }
        if not decoder_only and info.get("version", 6) < 6:
            raise ValueError(f"a VAE of version {info['version']}: only version 6 and later can be read")
        config = ModelConfig(_hparams(info, weights), float(info["scale_factor"]), str(info.get("name", path.stem)))
        return SketchRNN(config, weights)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not a model of sketch-rnn-js ({error})") from None


def _parts(document: Any) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Return info, shapes and tensors after checking their types."""
    if not (isinstance(document, list) and len(document) == 3):
        raise ValueError("expected a list of info, shapes and tensors")
    info, shapes, blobs = document
    if not (isinstance(info, dict) and isinstance(shapes, list) and isinstance(blobs, list)):
        raise ValueError("expected a list of info, shapes and tensors")
    for key in ("max_seq_len", "scale_factor"):
        if not isinstance(info.get(key), (int, float)) or isinstance(info.get(key), bool):
            raise ValueError(f"info: {key!r} is missing or no number")
    if not isinstance(info.get("version", 6), int):
        raise ValueError("info: 'version' is no whole number")
    if not 1 <= info["max_seq_len"] <= 1 << 16:
        raise ValueError(f"info: max_seq_len is {info['max_seq_len']}")
    return info, shapes, blobs


def _tensor(blob: Any, shape: Any, name: str) -> NDArray[np.float32]:
    if not (isinstance(shape, list) and 1 <= len(shape) <= 2 and all(type(n) is int and n > 0 for n in shape)):
        raise ValueError(f"{name}: {shape!r} is no shape")
    count = math.prod(shape)
    if isinstance(blob, str):
        if len(blob) != 4 * -(-2 * count // 3):
            raise ValueError(f"{name}: {len(blob):,} characters do not hold {count:,} numbers")
        try:
            data = base64.b64decode(blob, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{name}: {error}") from None
        return (np.frombuffer(data, "<i2").astype(np.float32) / np.float32(UNIT)).reshape(shape)
    try:
        values = np.asarray(blob, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None
    if values.size != count:
        raise ValueError(f"{name}: {values.size:,} numbers where shape {shape} asks for {count:,}")
    return values.reshape(shape)


def _hparams(info: dict[str, Any], weights: Weights) -> HParams:
    """Return the hyperparameters that the shapes imply; `SketchRNN` compares every shape with them."""
    outputs = weights["decoder/output/b"].size
    conditional = "encoder/mu/w" in weights
    sizes = {
        "dec_rnn_size": weights["decoder/cell/W_hh"].shape[0],
        "num_mixture": max((outputs - 3) // 6, 1),
        "max_seq_len": int(info["max_seq_len"]),
        "conditional": conditional,
    }
    if conditional:
        sizes |= {
            "enc_rnn_size": weights["encoder/forward/W_hh"].shape[0],
            "z_size": weights["encoder/mu/b"].size,
        }
    return HParams(**sizes)
