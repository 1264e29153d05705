"""Weights of the TF1 code by its variable names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.hparams import HParams
from sketchkit.model.weights import Weights, check_weights

__all__ = ["from_tf1", "tf1_name"]

_RENAMED = (
    (r"^ENC_RNN/fw/", "encoder/forward/"),
    (r"^ENC_RNN/bw/", "encoder/backward/"),
    (r"^ENC_RNN_mu/", "encoder/mu/"),
    (r"^ENC_RNN_sigma/", "encoder/presig/"),
    (r"^linear/", "decoder/initial/"),
    (r"^RNN/output_(w|b)$", r"decoder/output/\1"),
    (r"^RNN/", "decoder/cell/"),
    (r"HyperLSTMCell/LayerNormLSTMCell/", "inner/"),
    (r"(LSTMCell|LayerNormLSTMCell|HyperLSTMCell)/", ""),
    (r"super_linear_(w|b)$", r"\1"),
    (r"/ln_(gamma|beta)$", r"/\1"),
)


def tf1_name(variable: str) -> str:
    """Return our name for a TF1 variable such as `vector_rnn/RNN/LSTMCell/W_xh`."""
    name = variable.removeprefix("vector_rnn/")
    for pattern, replacement in _RENAMED:
        name = re.sub(pattern, replacement, name, count=1)
    return name


def from_tf1(variables: Mapping[str, NDArray[Any]], hparams: HParams, where: str = "TF1 weights") -> Weights:
    """Return our weights from TF1 variables by name.

    Parameters
    ----------
    variables : mapping of str to ndarray
        Names begin with `vector_rnn/`; others (optimiser state, global step) are left out.
    hparams : HParams
        The model's.
    where : str
        Names the source in errors.

    Raises
    ------
    ValueError
        If a variable is missing or has another shape than the hyperparameters call for.
    """
    slots = ("Adam", "Adam_1")
    weights = {
        tf1_name(name): np.asarray(value)
        for name, value in variables.items()
        if name.startswith("vector_rnn/") and name.rsplit("/", 1)[-1] not in slots
    }
    return check_weights(weights, hparams, where)
