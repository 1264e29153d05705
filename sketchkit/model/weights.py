"""Every weight of a model: its name, shape and first value.

Names are paths, parts joined by `/`; shapes follow from the hyperparameters alone, so a model folder can be
checked, and a fresh model made, before TensorFlow is imported.

    encoder/forward/..., encoder/backward/...   one cell each
    encoder/mu/w, /b   encoder/presig/w, /b     latent mean and log-variance
    decoder/initial/w, /b                       latent code to the decoder's first state
    decoder/cell/...                            the cell
    decoder/output/w, /b                        hidden state to mixture parameters
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.hparams import HParams
from sketchkit.streams import Purpose, generator

__all__ = [
    "HYPER_EMBEDDING",
    "HYPER_UNITS",
    "check_weights",
    "initial_weights",
    "state_size",
    "weight_shapes",
]

#: Sizes of the small network inside the hyper cell; the published code fixes them.
HYPER_UNITS = 256
HYPER_EMBEDDING = 32

#: The maps from the small network to the main cell's gates: (gate, of the input x or the hidden state h).
HYPER_MAPS = tuple(f"hyper_{gate}{source}" for source in "xh" for gate in "ijfo")

Weights = dict[str, NDArray[np.float32]]


def weight_shapes(hparams: HParams) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every weight of a model with these hyperparameters."""
    h = hparams
    shapes: dict[str, tuple[int, ...]] = {}
    input_size = 5
    if h.conditional:
        for direction in ("forward", "backward"):
            shapes |= _cell_shapes(f"encoder/{direction}", h.enc_model, 5, h.enc_rnn_size)
        for name in ("mu", "presig"):
            shapes |= {f"encoder/{name}/w": (2 * h.enc_rnn_size, h.z_size), f"encoder/{name}/b": (h.z_size,)}
        state = state_size(h.dec_model, h.dec_rnn_size)
        shapes |= {"decoder/initial/w": (h.z_size, state), "decoder/initial/b": (state,)}
        input_size += h.z_size
    shapes |= _cell_shapes("decoder/cell", h.dec_model, input_size, h.dec_rnn_size)
    outputs = 3 + 6 * h.num_mixture
    return shapes | {"decoder/output/w": (h.dec_rnn_size, outputs), "decoder/output/b": (outputs,)}


def state_size(cell: str, units: int) -> int:
    """Return how many numbers the flat state of a cell has."""
    return 2 * (units + (HYPER_UNITS if cell == "hyper" else 0))


def _cell_shapes(path: str, cell: str, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        f"{path}/W_xh": (inputs, 4 * units),
        f"{path}/W_hh": (units, 4 * units),
    }
    if cell != "layer_norm":
        shapes[f"{path}/bias"] = (4 * units,)
    if cell == "hyper":
        shapes |= _cell_shapes(f"{path}/inner", "layer_norm", inputs + units, HYPER_UNITS)
        for name in HYPER_MAPS:
            shapes |= {
                f"{path}/{name}/zw/w": (HYPER_UNITS, HYPER_EMBEDDING),
                f"{path}/{name}/zw/b": (HYPER_EMBEDDING,),
                f"{path}/{name}/alpha/w": (HYPER_EMBEDDING, units),
            }
            if name.endswith("h"):
                shapes |= {
                    f"{path}/{name}/zb/w": (HYPER_UNITS, HYPER_EMBEDDING),
                    f"{path}/{name}/beta/w": (HYPER_EMBEDDING, units),
                }
    if cell != "lstm":
        for part, size in (("ln_all", 4 * units), ("ln_c", units)):
            shapes |= {f"{path}/{part}/gamma": (size,), f"{path}/{part}/beta": (size,)}
    return shapes


def initial_weights(hparams: HParams, seed: int) -> Weights:
    """Return fresh weights, a function of the hyperparameters and the seed.

    As published: recurrent matrices orthogonal gate by gate, input matrices and the output layer uniform
    (Glorot), the maps around the latent code normal with deviation 0.001, hyper scales as a constant 0.1.

    Parameters
    ----------
    hparams : HParams
    seed : int
        0 or more.
    """
    weights = {}
    for name, shape in weight_shapes(hparams).items():
        # One stream a name: adding a weight leaves the others as they were.
        noise = generator(seed, Purpose.WEIGHTS, zlib.crc32(name.encode()))
        weights[name] = _initial(name, shape, noise).astype(np.float32)
    return weights


def _initial(name: str, shape: tuple[int, ...], noise: np.random.Generator) -> NDArray[Any]:
    part, leaf = name.split("/")[-2:]
    if leaf == "W_hh":
        units = shape[0]
        return np.concatenate([_orthogonal(units, noise) for _ in range(4)], axis=1)
    if leaf == "gamma":
        return np.ones(shape)
    if leaf in ("bias", "beta"):
        return np.zeros(shape)
    if part in ("mu", "presig", "initial"):
        return noise.normal(0, 0.001, shape) if leaf == "w" else np.zeros(shape)
    if part == "zw":
        return np.zeros(shape) if leaf == "w" else np.ones(shape)
    if part == "alpha":
        return np.full(shape, 0.1 / HYPER_EMBEDDING)
    if part == "zb":
        return noise.normal(0, 0.01, shape)
    if part == "beta":
        return np.zeros(shape)
    # W_xh, output/w and, as published, output/b: for a vector fan-in and fan-out are both its length.
    limit = math.sqrt(6 / (shape[0] + shape[-1]))
    return noise.uniform(-limit, limit, shape)


def _orthogonal(size: int, noise: np.random.Generator) -> NDArray[np.float64]:
    q, r = np.linalg.qr(noise.normal(size=(size, size)))
    return np.asarray(q * np.sign(np.diag(r)))


def check_weights(weights: Mapping[str, NDArray[Any]], hparams: HParams, where: str) -> Weights:
    """Return weights as float32 after comparing names, shapes and values with what is expected.

    Raises
    ------
    ValueError
        If a tensor is missing, has another shape, holds NaN or infinity, or is not one of the model's.
    """
    expected = weight_shapes(hparams)
    for name, shape in expected.items():
        if name not in weights:
            raise ValueError(f"{where}: tensor {name!r} is missing")
        if tuple(weights[name].shape) != shape:
            raise ValueError(f"{where}: tensor {name!r} has shape {tuple(weights[name].shape)}, expected {shape}")
        if weights[name].dtype.kind not in "iuf":
            raise ValueError(f"{where}: tensor {name!r} holds {weights[name].dtype}, expected real numbers")
        if not np.isfinite(weights[name]).all():
            raise ValueError(f"{where}: tensor {name!r} holds NaN or infinity")
    unknown = sorted(set(weights) - set(expected))
    if unknown:
        raise ValueError(f"{where}: tensor {unknown[0]!r:.100} is not one of this model's (cell, sizes or name differ)")
    with np.errstate(over="ignore"):
        checked = {name: np.asarray(weights[name], dtype=np.float32) for name in expected}
    for name, value in checked.items():
        if not np.isfinite(value).all():
            raise ValueError(f"{where}: tensor {name!r} holds numbers beyond float32")
    return checked
