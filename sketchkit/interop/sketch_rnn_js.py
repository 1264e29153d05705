"""Models as sketch-rnn-js and @magenta/sketch read and publish them: one JSON file, `[info, shapes, tensors]`.

A tensor is base64 of little-endian int16, value * 10 / 32767, so weights end at ±10; or nested lists of
numbers. `info.mode` is 2 or "gen" for a decoder alone, anything else is a whole VAE. Below version 6 a VAE's initial
state is made from tanh(z), not z.
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

from sketchkit.hparams import HParams
from sketchkit.model.card import write_card
from sketchkit.model.model_folder import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import Weights
from sketchkit.storage.atomic import replacing

__all__ = ["Quantisation", "read_js", "write_js"]

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

#: Published JavaScript models draw best with the convention of their own library, at a low temperature.
SAMPLING = Sampling(temperature=0.3, convention="js")


def read_js(path: str | Path, *, name: str | None = None) -> SketchRNN:
    """Read a model in the JavaScript libraries' format.

    Parameters
    ----------
    path : str or Path
        A `.json` file such as `cat.gen.json`.
    name : str, optional
        Default: the one in the file.

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
        said = name or str(info.get("name", path.stem))
        config = ModelConfig(
            _hparams(info, weights), float(info["scale_factor"]), said, classes=_classes(info), sampling=SAMPLING
        )
        model = SketchRNN(config, weights)
        model.card = write_card(config, data="not said in the file", licence="not said in the file")
        return model
    except (ValueError, RecursionError, OverflowError) as error:
        raise ValueError(f"{path}: not a model of sketch-rnn-js ({error})") from None


@dataclass(frozen=True)
class Quantisation:
    """What 16 bits cost a model's weights.

    Attributes
    ----------
    path : Path
        The file.
    largest : mapping of str to float
        By tensor, the largest difference between a weight and what the file holds.
    saturated : mapping of str to int
        By tensor, how many weights lie beyond ±10 and were cut there.
    """

    path: Path
    largest: dict[str, float]
    saturated: dict[str, int]

    def __repr__(self) -> str:
        lines = [f"{self.path}: largest error {max(self.largest.values()):.2g} "
                 f"({5 / 32767:.2g} is half a step), {sum(self.saturated.values()):,} weights cut at ±10"]  # fmt: skip
        lines += [f"  {name}: {count:,} cut" for name, count in self.saturated.items() if count]
        return "\n".join(lines)


def write_js(model: SketchRNN, path: str | Path) -> Quantisation:
    """Write a model for sketch-rnn-js and @magenta/sketch.

    Parameters
    ----------
    model : SketchRNN
        Of lstm cells; a decoder alone is written as `gen`, a conditional model as `vae`.
    path : str or Path
        Usually ends in `.gen.json` or `.vae.json`.

    Returns
    -------
    Quantisation
        What 16 bits lose.

    Raises
    ------
    ValueError
        If the model is one that the format has no place for, or the file's name says another kind.
    """
    path, h = Path(path), model.hparams
    if h.conditional and path.name.endswith(".gen.json"):
        raise ValueError(
            f"{path}: {model.name} is conditional: its decoder reads a latent code at every step, and the gen format "
            "has no place for one; write a .vae.json, or train with conditional=false"
        )
    if not h.conditional and path.name.endswith(".vae.json"):
        raise ValueError(f"{path}: {model.name} is a decoder alone, without the encoder of a VAE; write a .gen.json")
    cells = {h.dec_model, h.enc_model} if h.conditional else {h.dec_model}
    if cells != {"lstm"}:
        raise ValueError(f"{path}: the JavaScript libraries know lstm cells only, {model.name} has {', '.join(cells)}")
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
        cut = np.clip(units, -32767, 32767).astype("<i2")
        shapes.append(list(cut.shape))
        blobs.append(base64.b64encode(cut.tobytes()).decode("ascii"))
        largest[name] = float(np.abs(cut / UNIT - weights[name]).max())
        saturated[name] = int((np.abs(units) > 32767).sum())
    with replacing(path) as part:
        part.write_text(json.dumps([info, shapes, blobs], separators=(",", ":")), encoding="utf-8")
    return Quantisation(path, largest, saturated)


def _classes(info: dict[str, Any]) -> tuple[str, ...]:
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
            raise ValueError(f"info: {key!r} is missing or no number")
    if not isinstance(info.get("version", 6), int):
        raise ValueError("info: 'version' is no whole number")
    if not 0 < info["scale_factor"] < 1e6:
        raise ValueError(f"info: scale_factor is {info['scale_factor']}")
    if not 1 <= info["max_seq_len"] <= 1 << 16:
        raise ValueError(f"info: max_seq_len is {info['max_seq_len']}")
    return info, shapes, blobs


def _tensor(blob: Any, shape: Any, name: str) -> NDArray[np.float32]:
    if not (isinstance(shape, list) and 1 <= len(shape) <= 2 and all(type(n) is int and n > 0 for n in shape)):
        raise ValueError(f"{name}: expected a shape of one or two whole numbers, got {str(shape)[:40]}")
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
    except (TypeError, ValueError, OverflowError) as error:
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
            "tanh_code": info.get("version", 6) < 6,
        }
    return HParams(**sizes)
