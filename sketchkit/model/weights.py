"""Names, shapes and initial values of the weights of a model.

A name is a path whose parts are joined by `/`. The shapes follow from the hyperparameters, so a model folder can be
validated and a new model created without importing TensorFlow.

    encoder/forward/..., encoder/backward/...   cells of the two directions
    encoder/mu/w, /b   encoder/presig/w, /b     layers for the latent mean and log-variance
    decoder/initial/w, /b                       layer from the latent code to the decoder's initial state
    decoder/cell/...                            cell of the decoder
    decoder/output/w, /b                        layer from the hidden state to the mixture parameters
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
    "EPSILON",
    "FORGET_BIAS",
    "HYPER_EMBEDDING",
    "HYPER_MAPS",
    "HYPER_UNITS",
    "check_weights",
    "initial_weights",
    "state_size",
    "state_sizes",
    "subtree",
    "weight_shapes",
]

#: Units and embedding size of the inner network of the hyper cell, as in the original sketch-rnn code.
HYPER_UNITS = 256
HYPER_EMBEDDING = 32

#: Layers from the inner network to the gates of the main cell, for the input x and the hidden state h.
HYPER_MAPS = tuple(f"hyper_{gate}{source}" for source in "xh" for gate in "ijfo")

#: Constants of the cells, as in sketch-rnn: the term added to the input of the forget gate, and the term added
#: to the variance in a layer norm.
FORGET_BIAS = 1.0
EPSILON = 1e-3

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


def subtree(weights: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the weights whose names start with a path, keyed by the remainder of the name."""
    return {name[len(path) + 1 :]: value for name, value in weights.items() if name.startswith(path + "/")}


def state_sizes(cell: str, units: int) -> tuple[int, ...]:
    """Return the sizes of the parts of a cell's state, in the order of its flat state vector."""
    return (units, HYPER_UNITS, units, HYPER_UNITS) if cell == "hyper" else (units, units)


def state_size(cell: str, units: int) -> int:
    """Return the size of a cell's flat state vector."""
    return sum(state_sizes(cell, units))


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
    """Return initial weights, determined by the hyperparameters and the seed.

    The distributions are those of sketch-rnn: an orthogonal recurrent matrix for each gate; Glorot uniform input
    matrices and output layer; normally distributed matrices (standard deviation 0.001) in the layers before and after
    the latent code; and, in the hyper cell, constant scales of 0.1, and normally distributed matrices (standard
    deviation 0.01) in the embeddings of the biases.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the model.
    seed : int
        Seed of the random numbers, 0 or more.

    Returns
    -------
    dict of str to ndarray of float32
    """
    weights = {}
    for name, shape in weight_shapes(hparams).items():
        # Each name has its own random stream, so adding a weight does not change the others.
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
    # Glorot uniform, for W_xh, output/w and (as in sketch-rnn) output/b. Fan-in and fan-out of a vector are
    # its length.
    limit = math.sqrt(6 / (shape[0] + shape[-1]))
    return noise.uniform(-limit, limit, shape)


def _orthogonal(size: int, noise: np.random.Generator) -> NDArray[np.float64]:
    q, r = np.linalg.qr(noise.normal(size=(size, size)))
    return np.asarray(q * np.sign(np.diag(r)))


def check_weights(weights: Mapping[str, NDArray[Any]], hparams: HParams, where: str) -> Weights:
    """Validate the names, shapes and values of weights, and return the weights as float32.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Weights by name.
    hparams : HParams
        Hyperparameters of the model.
    where : str
        Source of the weights, for error messages.

    Raises
    ------
    ValueError
        If a tensor is missing, unknown, has another shape, or contains NaN, infinity or a value beyond float32.
    """
    expected = weight_shapes(hparams)
    for name, shape in expected.items():
        if name not in weights:
            raise ValueError(f"{where}: tensor {name!r} is missing")
        if tuple(weights[name].shape) != shape:
            raise ValueError(f"{where}: tensor {name!r} has shape {tuple(weights[name].shape)}, expected {shape}")
        if weights[name].dtype.kind not in "iuf":
            raise ValueError(f"{where}: tensor {name!r} has dtype {weights[name].dtype}, expected real numbers")
        if not np.isfinite(weights[name]).all():
            raise ValueError(f"{where}: tensor {name!r} contains NaN or infinity")
    unknown = sorted(set(weights) - set(expected))
    if unknown:
        raise ValueError(
            f"{where}: tensor {unknown[0]!r:.100} does not belong to this model (check the cells, sizes and names)"
        )
    with np.errstate(over="ignore"):
        checked = {name: np.asarray(weights[name], dtype=np.float32) for name in expected}
    for name, value in checked.items():
        if not np.isfinite(value).all():
            raise ValueError(f"{where}: tensor {name!r} contains values beyond the range of float32")
    return checked
