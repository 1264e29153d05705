"""Reader and writer of the JSON format of sketch-rnn-js and @magenta/sketch: `[info, shapes, tensors]`.

A tensor is either nested lists of numbers, or base64 of little-endian int16 integers. An integer n stands for the
weight n * 10 / 32767, so weights are limited to ±10. `info.mode` is 2 or "gen" for an unconditional decoder; other
values mean a VAE. In files before version 6, the initial state of a VAE's decoder is computed from tanh(z) instead of
z.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.argument_errors import short_errors
from sketchkit.hparams import HParams
from sketchkit.model.card import write_card
from sketchkit.model.config import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import Weights
from sketchkit.storage.atomic import atomic_write

__all__ = ["Quantization", "export_js", "read_js"]

MAX_BYTES = 256 << 20
#: int16 value of the weight 1.
UNIT = 32767 / 10

_DECODER = ("decoder/output/w", "decoder/output/b", "decoder/cell/W_xh", "decoder/cell/W_hh", "decoder/cell/bias")
_VAE = (
    *(f"encoder/{direction}/{part}" for direction in ("forward", "backward") for part in ("W_xh", "W_hh", "bias")),
    *("encoder/mu/w", "encoder/mu/b", "encoder/presig/w", "encoder/presig/b"),
    *("decoder/initial/w", "decoder/initial/b"),
    *_DECODER,
)

#: Recommended settings of JavaScript models: the temperature convention of these libraries, and a low temperature.
SAMPLING = Sampling(temperature=0.3, convention="js")


def read_js(path: str | Path, *, name: str | None = None) -> SketchRNN:
    """Read a model in the JavaScript libraries' format.

    Parameters
    ----------
    path : str or Path
        A `.json` file such as `cat.gen.json`.
    name : str, optional
        Name of the model. Default: the name in the file.

    Returns
    -------
    SketchRNN

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is not a model of this format. Sizes are checked before memory is allocated.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such model file")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: expected at most {MAX_BYTES:,} bytes, got {path.stat().st_size:,}")
    try:
        info, shapes, blobs = _parts(json.loads(path.read_text(encoding="utf-8")))
        decoder_only = info.get("mode") in (2, "gen")
        names = _DECODER if decoder_only else _VAE
        if len(shapes) != len(names) or len(blobs) != len(names):
            raise ValueError(f"expected {len(names)} tensors, got {len(shapes)} shapes and {len(blobs)} tensors")
        weights: Weights = {
            name: _tensor(blob, shape, name) for name, shape, blob in zip(names, shapes, blobs, strict=True)
        }
        model_name = name or str(info.get("name", path.stem))
        config = ModelConfig(
            _hparams(info, weights),
            float(info["scale_factor"]),
            model_name,
            categories=_categories(info),
            sampling=SAMPLING,
        )
        model = SketchRNN(config, weights)
        model.card = write_card(config, data="unknown (not in the file)", license="unknown (not in the file)")
        return model
    except (ValueError, RecursionError, OverflowError) as error:
        raise ValueError(f"{path}: not a model of sketch-rnn-js ({error})") from None


@dataclass(frozen=True)
class Quantization:
    """Quantization errors of an exported model.

    Attributes
    ----------
    path : Path
        The file.
    largest : mapping of str to float
        Largest absolute difference between a weight and its value in the file, by tensor.
    saturated : mapping of str to int
        Number of weights beyond ±10, which were clipped, by tensor.
    """

    path: Path
    largest: dict[str, float]
    saturated: dict[str, int]

    def __repr__(self) -> str:
        lines = [f"{self.path}: largest error {max(self.largest.values()):.2g} "
                 f"(rounding alone causes at most {5 / 32767:.2g}), "
                 f"{sum(self.saturated.values()):,} weights clipped to ±10"]  # fmt: skip
        lines += [f"  {name}: {count:,} clipped" for name, count in self.saturated.items() if count]
        return "\n".join(lines)


@short_errors
def export_js(model: SketchRNN, path: str | Path) -> Quantization:
    """Write a model in the format of sketch-rnn-js and @magenta/sketch.

    Parameters
    ----------
    model : SketchRNN
        Model with lstm cells. An unconditional model is written as `gen`, a conditional one as `vae`.
    path : str or Path
        File to write, usually named `NAME.gen.json` or `NAME.vae.json`.

    Returns
    -------
    Quantization
        Errors of the quantization to 16 bits.

    Raises
    ------
    ValueError
        If the format does not support the model, or the ending of the file name does not match the model.
    """
    path, h = Path(path), model.hparams
    if h.conditional and path.name.endswith(".gen.json"):
        raise ValueError(
            f"{path}: {model.name} is conditional, and the gen format does not support the latent code that its "
            "decoder reads at every step; write a .vae.json, or train with conditional=false"
        )
    if not h.conditional and path.name.endswith(".vae.json"):
        raise ValueError(f"{path}: {model.name} is unconditional and has no encoder; write a .gen.json")
    cells = {h.dec_model, h.enc_model} if h.conditional else {h.dec_model}
    if cells != {"lstm"}:
        raise ValueError(
            f"{path}: the JavaScript libraries support only lstm cells, but {model.name} has {', '.join(cells)}"
        )
    names, weights = (_VAE if h.conditional else _DECODER), model.weights
    info = {
        "mode": 1 if h.conditional else 2,
        "version": 5 if h.tanh_code else 6,
        "max_seq_len": h.max_seq_len,
        "name": model.name,
        "scale_factor": model.scale_factor,
    }
    shapes, blobs, largest, saturated = [], [], {}, {}
    for name in names:
        units = np.rint(weights[name].astype(np.float64) * UNIT)
        clipped = np.clip(units, -32767, 32767).astype("<i2")
        shapes.append(list(clipped.shape))
        blobs.append(base64.b64encode(clipped.tobytes()).decode("ascii"))
        largest[name] = float(np.abs(clipped / UNIT - weights[name]).max())
        saturated[name] = int((np.abs(units) > 32767).sum())
    with atomic_write(path) as part:
        part.write_text(json.dumps([info, shapes, blobs], separators=(",", ":")), encoding="utf-8")
    return Quantization(path, largest, saturated)


def _categories(info: dict[str, Any]) -> tuple[str, ...]:
    name = info.get("name")
    return (name,) if isinstance(name, str) and 0 < len(name) <= 100 else ()


def _parts(document: Any) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Return info, shapes and tensors after checking their types."""
    if not (isinstance(document, list) and len(document) == 3):
        raise ValueError("expected a list of info, shapes and tensors")
    info, shapes, blobs = document
    if not (isinstance(info, dict) and isinstance(shapes, list) and isinstance(blobs, list)):
        raise ValueError("expected a list of info, shapes and tensors")
    for key in ("max_seq_len", "scale_factor"):
        if not isinstance(info.get(key), (int, float)) or isinstance(info.get(key), bool):
            raise ValueError(f"info: expected a number under the key {key!r}, got {str(info.get(key))[:40]}")
    if not isinstance(info.get("version", 6), int):
        raise ValueError(f"info: expected an integer under the key 'version', got {str(info['version'])[:40]}")
    if not 0 < info["scale_factor"] < 1e6:
        raise ValueError(f"info: expected a scale_factor above 0 and below 1e6, got {info['scale_factor']}")
    if not 1 <= info["max_seq_len"] <= 1 << 16:
        raise ValueError(f"info: expected a max_seq_len from 1 to {1 << 16:,}, got {info['max_seq_len']}")
    return info, shapes, blobs


def _tensor(blob: Any, shape: Any, name: str) -> NDArray[np.float32]:
    if not (isinstance(shape, list) and 1 <= len(shape) <= 2 and all(type(n) is int and n > 0 for n in shape)):
        raise ValueError(f"{name}: expected a shape of one or two integers, got {str(shape)[:40]}")
    count = math.prod(shape)
    if isinstance(blob, str):
        if len(blob) != 4 * -(-2 * count // 3):
            raise ValueError(
                f"{name}: expected {4 * -(-2 * count // 3):,} base64 characters for {count:,} numbers, "
                f"got {len(blob):,}"
            )
        try:
            data = base64.b64decode(blob, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{name}: {error}") from None
        return (np.frombuffer(data, "<i2").astype(np.float32) / np.float32(UNIT)).reshape(shape)
    try:
        values = np.asarray(blob, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from None
    if values.size != count:
        raise ValueError(f"{name}: expected {count:,} numbers for the shape {shape}, got {values.size:,}")
    return values.reshape(shape)


def _hparams(info: dict[str, Any], weights: Weights) -> HParams:
    """Return the hyperparameters implied by the shapes; `SketchRNN` then checks every shape against them."""
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
            "tanh_code": info.get("version", 6) < 6,
        }
    return HParams(**sizes)
