"""A model folder: everything that a model is, readable without TensorFlow and without its data.

config.json          hyperparameters, scale factor, classes, how it was trained
model.safetensors    weights by name, float32 or float16
README.md            the card: data, licence, losses
categories.safetensors   where the codes of each class lie, for models that can be asked for one
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.hparams import HParams
from sketchkit.model.categories import Categories
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import Weights, check_weights
from sketchkit.storage.atomic import replacing

__all__ = ["ModelConfig", "read_folder", "write_folder"]

FORMAT, VERSION = "sketchkit-model", 1
MAX_CONFIG_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelConfig:
    """What `config.json` holds.

    Attributes
    ----------
    hparams : HParams
        `max_seq_len` is the longest drawing seen in training, never 0.
    scale_factor : float
        Data units are model units times this; > 0.
    name : str
    classes : tuple of str
        What the model draws.
    training : dict
        Step, seed, data, losses: a record for people, not read back by the model.
    drawing_size : float or None
        Median of the longer side of the training drawings, in data units; > 0. None: not known.
    sampling : Sampling
        Recommended settings for drawing.
    """

    hparams: HParams
    scale_factor: float
    name: str = "model"
    classes: tuple[str, ...] = ()
    training: dict[str, Any] = field(default_factory=dict)
    drawing_size: float | None = None
    sampling: Sampling = Sampling()

    def __post_init__(self) -> None:
        if not _is_positive(self.scale_factor):
            raise ValueError(f"scale_factor: expected a finite number > 0, got {self.scale_factor!r}")
        if self.drawing_size is not None and not _is_positive(self.drawing_size):
            raise ValueError(f"drawing_size: expected a finite number > 0, got {self.drawing_size!r}")
        if self.hparams.max_seq_len < 1:
            raise ValueError("max_seq_len: a model needs the length of its longest drawing, got 0")

    def as_json(self) -> str:
        """Return the text of `config.json`."""
        return json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "name": self.name,
                "classes": list(self.classes),
                "scale_factor": self.scale_factor,
                "drawing_size": self.drawing_size,
                "sampling": self.sampling.as_json(),
                "hparams": self.hparams.as_dict(),
                "training": self.training,
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read the text of `config.json`; a ValueError names the key that is wrong."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError(f'expected "format": "{FORMAT}"')
        if data.get("version") != VERSION:
            raise ValueError(f"expected version {VERSION}, got {data.get('version')!r}")
        for key, kind in (
            ("hparams", dict),
            ("scale_factor", (int, float)),
            ("name", str),
            ("classes", list),
        ):
            if not isinstance(data.get(key), kind) or isinstance(data.get(key), bool):
                raise ValueError(f"key {key!r} is missing or of the wrong type")
        if not all(isinstance(item, str) for item in data["classes"]):
            raise ValueError("key 'classes' must hold names")
        training = data.get("training", {})
        training = training if isinstance(training, dict) else {}
        size = data.get("drawing_size", _recorded_size(training))
        return cls(
            HParams().updated(data["hparams"]),
            float(data["scale_factor"]),
            data["name"],
            tuple(data["classes"]),
            training,
            size,
            Sampling.from_json(data["sampling"]) if "sampling" in data else Sampling(),
        )


def _is_positive(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and value > 0


def _recorded_size(training: dict[str, Any]) -> float | None:
    """Return the size that version 0.1 kept in the training record, if there is one."""
    record = training.get("data")
    size = record.get("size") if isinstance(record, dict) else None
    return float(size) if size is not None and _is_positive(size) else None


def read_folder(folder: str | Path) -> tuple[ModelConfig, Weights]:
    """Read a model folder; needs NumPy alone.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its files is missing.
    ValueError
        If the configuration is not understood, or a tensor is missing, of another shape, or not finite.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    folder = Path(folder)
    config_path, weights_path = folder / "config.json", folder / "model.safetensors"
    for path in (config_path, weights_path):
        if not path.is_file():
            raise FileNotFoundError(f"{folder}: not a model folder, {path.name} is missing")
    if config_path.stat().st_size > MAX_CONFIG_BYTES:
        raise ValueError(f"{config_path}: larger than {MAX_CONFIG_BYTES:,} bytes")
    try:
        config = ModelConfig.from_json(config_path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{config_path}: {error}") from None
    try:
        tensors = load_file(weights_path)
    except (SafetensorError, OSError, TypeError, KeyError) as error:
        raise ValueError(f"{weights_path}: damaged or not a safetensors file ({error})") from None
    return config, check_weights(tensors, config.hparams, str(weights_path))


def write_folder(
    folder: str | Path,
    config: ModelConfig,
    weights: Weights,
    card: str,
    *,
    dtype: str = "float32",
    pictures: Mapping[str, str] | None = None,
    categories: Categories | None = None,
) -> Path:
    """Write a model folder, whole or not at all; one that is there is replaced at the end.

    Parameters
    ----------
    folder : str or Path
    config : ModelConfig
    weights : dict of str to ndarray
    card : str
        Markdown for README.md.
    dtype : str
        `float32` or `float16`.
    pictures : mapping of file name to SVG text, optional
        Shown by the card.
    categories : Categories, optional
        Codes of the classes, in their order.

    Raises
    ------
    ValueError
        If a weight is missing, misshapen, not finite, or too large for `dtype`.
    FileExistsError
        If `folder` exists and is not a model folder.
    OSError
        If the disk is full or the place cannot be written; what was there is kept.
    """  # fmt: skip
    from safetensors.numpy import save_file

    if dtype not in ("float32", "float16"):
        raise ValueError(f"dtype: expected float32 or float16, got {dtype!r}")
    folder = Path(folder)
    if folder.exists() and not (folder / "config.json").exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} exists and is not a model folder; choose another place")
    checked = check_weights(weights, config.hparams, "the model")
    with np.errstate(over="ignore"):
        tensors = {name: np.ascontiguousarray(value.astype(dtype)) for name, value in checked.items()}
    check_weights(tensors, config.hparams, f"the model as {dtype}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        with replacing(part / "model.safetensors") as path:
            save_file(tensors, path)
        if categories is not None:
            categories.save(part)
        for name, text in {"config.json": config.as_json(), "README.md": card, **(pictures or {})}.items():
            with replacing(part / name) as path:
                path.write_text(text, encoding="utf-8")
        part.chmod(0o755)
        old = part.with_suffix(".old")
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder
