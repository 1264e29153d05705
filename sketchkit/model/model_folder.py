"""A model folder: everything that a model is, readable without TensorFlow and without its data.

config.json          hyperparameters, scale factor, classes, how it was trained
model.safetensors    weights by name, float32 or float16
README.md            the card: data, licence, losses
categories.safetensors   where the codes of each class lie, for models that can be asked for one
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sketchkit.model.categories import Categories
from sketchkit.model.config import ModelConfig
from sketchkit.model.weights import Weights, check_weights
from sketchkit.storage.atomic import replacing

__all__ = ["read_folder", "write_folder"]

MAX_CONFIG_BYTES = 1 << 20


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
