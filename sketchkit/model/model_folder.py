"""A model folder: everything that a model is, readable without TensorFlow and without its data.

config.json          hyperparameters, scale factor, classes, how it was trained
model.safetensors    weights by name, float32 or float16
README.md            the card: data, licence, losses
categories.safetensors   where the codes of each class lie, for models that can be asked for one
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sketchkit.model.categories import Categories
from sketchkit.model.config import FORMAT, ModelConfig
from sketchkit.model.weights import Weights, check_weights
from sketchkit.parser_errors import reported
from sketchkit.storage.atomic import install_folder, recover, replacing, save_tensors, temporary_folder

__all__ = ["check_replaceable", "read_folder", "write_folder"]

MAX_CONFIG_BYTES = 1 << 20

#: The files of a model folder; the pictures are its own if its card shows them.
FILES = ("config.json", "model.safetensors", "README.md", "categories.safetensors")
PICTURES = ("samples.svg", "reconstructions.svg", "interpolation.svg", "completions.svg", "sample.svg")
#: Files that file managers leave in any folder; they stay there.
FILE_MANAGER_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")


def read_folder(folder: str | Path) -> tuple[ModelConfig, Weights]:
    """Read a model folder; needs NumPy alone.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its files is missing.
    ValueError
        If the configuration is not understood, or a tensor is missing, of another shape, or not finite.
    """
    from safetensors.numpy import load_file

    folder = Path(folder)
    recover(folder.resolve())
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
    with reported(str(weights_path), "damaged or not a safetensors file"):
        tensors = load_file(weights_path)
    return config, check_weights(tensors, config.hparams, str(weights_path))


def check_replaceable(folder: Path) -> None:
    """Make sure that a folder can be written as a model folder without loss: it is missing, empty or a model folder.

    Raises
    ------
    FileExistsError
        If it is a file, has no `config.json` of a model, or holds a file that sketchkit did not write.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FileExistsError(f"{folder} exists and is not a model folder but a file; choose another place")
    names = {entry.name for entry in folder.iterdir()} - {*FILE_MANAGER_FILES}
    if not names:
        return
    if not _is_model(folder / "config.json"):
        raise FileExistsError(
            f'{folder} exists and is not a model folder (it has no config.json with "format": "{FORMAT}"); '
            "choose another place"
        )
    shown = _pictures_of(folder)
    foreign = sorted(
        name for name in names if name not in (*FILES, *shown) or not (folder / name).is_file()
    )  # fmt: skip
    if foreign:
        listed = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise FileExistsError(
            f"{folder} is a model folder but also holds {listed}, which sketchkit did not write; "
            "move that elsewhere, or choose another place"
        )


def _is_model(path: Path) -> bool:
    """Tell whether a file is the `config.json` of a model, of any version."""
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            return False
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get("format") == FORMAT


def _pictures_of(folder: Path) -> list[str]:
    """Return the pictures that a model's card shows."""
    try:
        card = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [name for name in PICTURES if f"]({name})" in card]


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
    """Write a model folder, complete or not at all; an existing model folder is replaced in one step at the end.

    A process that is killed leaves the old folder or the new one; what else it leaves is removed when the folder is
    next read or written.

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
        Shown by the card; the names are some of `PICTURES`.
    categories : Categories, optional
        Codes of the classes, in their order.

    Raises
    ------
    ValueError
        If a weight is missing, misshapen, not finite, or too large for `dtype`.
    FileExistsError
        If `folder` exists and is not a model folder, or holds a file that sketchkit did not write; nothing is changed.
    OSError
        If the disk is full or the place cannot be written; the existing folder is left unchanged.
    """
    if dtype not in ("float32", "float16"):
        raise ValueError(f"dtype: expected float32 or float16, got {dtype!r}")
    if unknown := set(pictures or ()) - {*PICTURES}:
        raise ValueError(f"pictures: expected names among {', '.join(PICTURES)}, got {', '.join(sorted(unknown))}")
    given, folder = Path(folder), Path(folder).resolve()  # a link stays a link, to the new folder
    recover(folder)
    check_replaceable(folder)
    checked = check_weights(weights, config.hparams, "the model")
    with np.errstate(over="ignore"):
        tensors = {name: np.ascontiguousarray(value.astype(dtype)) for name, value in checked.items()}
    check_weights(tensors, config.hparams, f"the model as {dtype}")
    # The card shows these still, and file managers find their own.
    kept = [name for name in PICTURES if f"]({name})" in card and name not in (pictures or {})]
    try:
        with temporary_folder(folder) as part:
            with replacing(part / "model.safetensors") as path:
                save_tensors(path, tensors)
            if categories is not None:
                categories.save(part)
            for name, text in {"config.json": config.as_json(), "README.md": card, **(pictures or {})}.items():
                with replacing(part / name) as path:
                    path.write_text(text, encoding="utf-8")
            for name in (*kept, *FILE_MANAGER_FILES):
                if (folder / name).is_file():
                    shutil.copy2(folder / name, part / name)
            install_folder(part, folder)
    except OSError as error:
        if error.errno is None:
            raise
        why = os.strerror(error.errno)
        raise OSError(
            error.errno, f"could not write {given} ({why}); the existing folder was left unchanged"
        ) from error
    return given
