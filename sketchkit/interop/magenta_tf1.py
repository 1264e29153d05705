"""Conversion of models of Magenta's TF1 code: checkpoints with their `model_config.json`, and weights by TF1 names.

TF1 checkpoints do not contain the scale factor. If the caller does not pass a scale factor, it is 1, and drawings are
in model units.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.hparams import HParams
from sketchkit.model.config import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import Weights, check_weights
from sketchkit.parser_errors import as_value_error

__all__ = ["from_tf1", "is_tf1_folder", "read_tf1", "tf1_name", "to_tf1"]

logger = logging.getLogger("sketchkit")

MAX_CONFIG_BYTES = 1 << 20
#: Maximum number of points if the configuration does not contain it; the value of the TF1 trainer's default dataset.
MAX_SEQ_LEN = 250

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
_CELLS = {"LSTMCell": "lstm", "LayerNormLSTMCell": "layer_norm", "HyperLSTMCell": "hyper"}
_CELL_NAMES = {cell: name for name, cell in _CELLS.items()}


def tf1_name(variable: str) -> str:
    """Return sketchkit's name for a TF1 variable such as `vector_rnn/RNN/LSTMCell/W_xh`."""
    name = variable.removeprefix("vector_rnn/")
    for pattern, replacement in _RENAMED:
        name = re.sub(pattern, replacement, name, count=1)
    return name


def from_tf1(variables: Mapping[str, NDArray[Any]], hparams: HParams, where: str = "TF1 weights") -> Weights:
    """Return the weights among TF1 variables, under sketchkit's names.

    Parameters
    ----------
    variables : mapping of str to ndarray
        TF1 variables by name. Names of weights begin with `vector_rnn/`; other variables (optimizer state, global step)
        are ignored.
    hparams : HParams
        Hyperparameters of the model.
    where : str
        Name of the source in error messages.

    Raises
    ------
    ValueError
        If a variable is missing, or its shape does not match the hyperparameters.
    """
    weights = {tf1_name(name): np.asarray(value) for name, value in variables.items() if _is_weight(name)}
    return check_weights(weights, hparams, where)


def to_tf1(model: SketchRNN) -> dict[str, NDArray[np.float32]]:
    """Return the float32 weights of a model under their TF1 variable names, for instance for `numpy.savez`."""
    h = model.hparams
    return {f"vector_rnn/{_tf1_weight_name(name, h)}": value for name, value in model.weights.items()}


def is_tf1_folder(folder: Path) -> bool:
    """Return whether a folder contains a checkpoint of the TF1 code."""
    return any(folder.glob("vector-*.index"))


def read_tf1(folder: str | Path, *, scale_factor: float | None = None, name: str | None = None) -> SketchRNN:
    """Read a model folder of Magenta's archive of models, or a run directory of the TF1 trainer.

    Parameters
    ----------
    folder : str or Path
        Folder with `vector-STEP.index` and its data files. The file `checkpoint` selects the step; the path in it is
        ignored. `model_config.json` may be incomplete or missing: sizes and cells are taken from the tensors.
    scale_factor : float, optional
        Divisor of the offsets of the training data; the checkpoint does not contain it. Default: 1, with a warning.
    name : str, optional
        Name of the model. Default: the name of the folder.

    Returns
    -------
    SketchRNN

    Raises
    ------
    FileNotFoundError
        If there is no checkpoint.
    ValueError
        If the checkpoint is damaged, or does not contain a sketch-rnn model.
    """
    folder = Path(folder)
    prefix = _latest_checkpoint(folder)
    variables = _read_variables(prefix)
    hparams = _hparams(folder / "model_config.json", variables)
    if scale_factor is None:
        logger.warning("%s: TF1 checkpoints do not contain the scale factor; using 1, which gives drawings in model "
                       "units. Pass scale_factor to get data units.", folder)  # fmt: skip
        scale_factor = 1.0
    step = int(prefix.name.removeprefix("vector-"))
    config = ModelConfig(hparams, scale_factor, name or folder.name, training={"step": step})
    return SketchRNN(config, from_tf1(variables, hparams, str(prefix)))


def _is_weight(name: str) -> bool:
    """Return whether a variable is a weight of the network, not optimizer state, step, learning rate or KL weight."""
    return bool(re.match(r"vector_rnn/(ENC_RNN|RNN|linear)", name)) and not re.search(r"/Adam(_1)?$", name)


def _latest_checkpoint(folder: Path) -> Path:
    """Return the file prefix of the checkpoint that the file `checkpoint` names, or of the latest one.

    The latest one is used if the file is missing, or names no checkpoint in this folder.
    """
    prefixes = {int(match[1]): path.with_suffix("") for path in folder.glob("vector-*.index")
                if (match := re.fullmatch(r"vector-(\d{1,12})\.index", path.name))}  # fmt: skip
    if not prefixes:
        raise FileNotFoundError(f"{folder}: no TF1 checkpoint; expected vector-STEP.index and its data files")
    record = folder / "checkpoint"
    if record.is_file() and record.stat().st_size <= MAX_CONFIG_BYTES:
        text = record.read_text(encoding="utf-8", errors="replace")
        match = re.search(r'model_checkpoint_path: "[^"]*?vector-(\d{1,12})"', text)
        if match and int(match[1]) in prefixes:
            return prefixes[int(match[1])]
    return prefixes[max(prefixes)]


def _read_variables(prefix: Path) -> dict[str, NDArray[Any]]:
    from sketchkit.model.quiet_tensorflow import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    size = sum(path.stat().st_size for path in prefix.parent.glob(f"{prefix.name}.data-*"))
    if not size:
        raise FileNotFoundError(f"{prefix}.data-*: the data files are missing or empty")
    # For damaged files, TensorFlow's reader raises its own error types, and also RuntimeError and others.
    with as_value_error(str(prefix), "damaged checkpoint"):
        reader = tf.train.load_checkpoint(str(prefix))
        shapes = {name: shape for name, shape in reader.get_variable_to_shape_map().items() if _is_weight(name)}
        types = reader.get_variable_to_dtype_map()
        if any(type(n) is not int or n < 1 for shape in shapes.values() for n in shape) or (
            4 * sum(math.prod(shape) for shape in shapes.values()) > size
        ):
            raise ValueError("the index declares more values than the data files contain")
        if other := [name for name in shapes if not (types[name].is_floating or types[name].is_integer)]:
            raise ValueError(f"the tensor {other[0]} does not contain numbers")
        return {name: reader.get_tensor(name) for name in shapes}


def _hparams(path: Path, variables: Mapping[str, NDArray[Any]]) -> HParams:
    """Return the hyperparameters of the configuration file, with sizes and cell types inferred from the variables."""
    known = HParams().as_dict()
    configured: dict[str, Any] = {}
    if path.is_file() and path.stat().st_size <= MAX_CONFIG_BYTES:
        try:
            configured = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path}: not JSON ({error})") from None
        # The TF1 trainer can write a list of names without values, and other programs can add further keys.
        is_object = isinstance(configured, dict)
        configured = {key: value for key, value in configured.items() if key in known} if is_object else {}
    by_name = {tf1_name(name): np.shape(value) for name, value in variables.items()}
    try:
        inferred: dict[str, Any] = {
            "conditional": "encoder/mu/w" in by_name,
            "dec_model": _cell(variables, "vector_rnn/RNN/"),
            "dec_rnn_size": by_name["decoder/output/w"][0],
            "num_mixture": (by_name["decoder/output/b"][0] - 3) // 6,
        }
        if inferred["conditional"]:
            inferred |= {
                "enc_model": _cell(variables, "vector_rnn/ENC_RNN/fw/"),
                "enc_rnn_size": by_name["encoder/mu/w"][0] // 2,
                "z_size": by_name["encoder/mu/w"][1],
            }
    except KeyError as error:
        raise ValueError(f"{path.parent}: not a sketch-rnn checkpoint, {error} is missing") from None
    except IndexError:
        raise ValueError(f"{path.parent}: not a sketch-rnn checkpoint, a weight has too few dimensions") from None
    try:
        hparams = HParams().replace({**configured, **inferred})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return hparams if hparams.max_seq_len else hparams.replace(max_seq_len=MAX_SEQ_LEN)


def _cell(variables: Mapping[str, Any], prefix: str) -> str:
    """Return the cell type of the variables whose names begin with a prefix.

    Raises
    ------
    KeyError
        If there is no variable of a known cell.
    """
    parts = {name.removeprefix(prefix).split("/")[0] for name in variables if name.startswith(prefix)}
    for part in sorted(parts):
        if part in _CELLS:
            return _CELLS[part]
    raise KeyError(f"{prefix}{'|'.join(_CELLS)}")


def _tf1_weight_name(name: str, h: HParams) -> str:
    """Return the TF1 name of a weight, without the prefix `vector_rnn/`."""
    side, part, rest = name.split("/", 2)
    if (side, part) == ("decoder", "output"):
        return f"RNN/output_{rest}"
    if (side, part) == ("decoder", "initial"):
        return f"linear/super_linear_{rest}"
    if part in ("mu", "presig"):
        return f"ENC_RNN_{'mu' if part == 'mu' else 'sigma'}/super_linear_{rest}"
    scope, cell = (f"ENC_RNN/{'fw' if part == 'forward' else 'bw'}", h.enc_model) if side == "encoder" else (
        "RNN", h.dec_model)  # fmt: skip
    if rest.startswith("inner/"):
        rest = rest.replace("inner/", "LayerNormLSTMCell/", 1)
    rest = re.sub(r"/(gamma|beta)$", r"/ln_\1", rest)
    if rest.startswith("hyper_"):
        rest = re.sub(r"/(w|b)$", r"/super_linear_\1", rest)
    return f"{scope}/{_CELL_NAMES[cell]}/{rest}"
