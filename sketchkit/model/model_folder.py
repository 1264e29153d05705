"""Reading and writing of model folders, which are readable without TensorFlow and without the training data.

config.json              hyperparameters, scale factor, categories, training record
model.safetensors        weights by name, float32 or float16
README.md                the model card: data, license, losses
categories.safetensors   codes of exemplars of each category (optional)
classifier.safetensors   weights of the classifier that guesses the category of a drawing (optional)
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from sketchkit.model.classifier import Classifier
from sketchkit.model.config import FORMAT, ModelConfig
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.weights import Weights, check_weights
from sketchkit.parser_errors import as_value_error
from sketchkit.storage.atomic import atomic_write, install_folder, recover, save_tensors, temporary_folder

__all__ = ["WeightType", "check_replaceable", "read_folder", "write_folder"]

#: Type of saved weights.
WeightType = Literal["float32", "float16"]

MAX_CONFIG_BYTES = 1 << 20

#: Files of a model folder. A picture belongs to the folder if the card shows it.
FILES = ("config.json", "model.safetensors", "README.md", "categories.safetensors", "classifier.safetensors")
PICTURES = ("samples.svg", "reconstructions.svg", "interpolation.svg", "completions.svg", "sample.svg")
#: Files that file managers create in any folder. They are kept.
FILE_MANAGER_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")


def read_folder(folder: str | Path) -> tuple[ModelConfig, Weights]:
    """Read the configuration and the weights of a model folder.

    Raises
    ------
    FileNotFoundError
        If the folder or one of its files is missing.
    ValueError
        If the configuration is invalid, or a tensor is missing, has another shape, or is not finite.
    """
    from safetensors.numpy import load_file

    folder = Path(folder)
    recover(folder.resolve())
    config_path, weights_path = folder / "config.json", folder / "model.safetensors"
    for path in (config_path, weights_path):
        if not path.is_file():
            raise FileNotFoundError(f"{folder}: not a model folder ({path.name} is missing)")
    if config_path.stat().st_size > MAX_CONFIG_BYTES:
        raise ValueError(f"{config_path}: expected at most {MAX_CONFIG_BYTES:,} bytes, got a larger file")
    try:
        config = ModelConfig.from_json(config_path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{config_path}: {error}") from None
    with as_value_error(str(weights_path), "damaged or not a safetensors file"):
        tensors = load_file(weights_path)
    return config, check_weights(tensors, config.hparams, str(weights_path))


def check_replaceable(folder: Path) -> None:
    """Check that a model folder can be written to a path without data loss.

    The path must not exist, or must be an empty folder or a model folder.

    Raises
    ------
    FileExistsError
        If the path is a file, a folder that is neither empty nor a model folder, or a model folder with a file that
        sketchkit did not write.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FileExistsError(f"{folder} is an existing file, not a model folder; choose another path")
    names = {entry.name for entry in folder.iterdir()} - {*FILE_MANAGER_FILES}
    if not names:
        return
    if not _is_model(folder / "config.json"):
        raise FileExistsError(
            f'{folder} exists and is not a model folder (no config.json with "format": "{FORMAT}"); choose another path'
        )
    pictures = _card_pictures(folder)
    foreign = sorted(
        name for name in names if name not in (*FILES, *pictures) or not (folder / name).is_file()
    )  # fmt: skip
    if foreign:
        listed = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise FileExistsError(
            f"{folder} is a model folder, but also contains {listed}, which sketchkit did not write; "
            "move these files elsewhere, or choose another path"
        )


def _is_model(path: Path) -> bool:
    """Return whether a file is the `config.json` of a model, in any version."""
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            return False
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get("format") == FORMAT


def _card_pictures(folder: Path) -> list[str]:
    """Return the names of the pictures that the card in a model folder shows."""
    try:
        card = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [name for name in PICTURES if f"]({name})" in card]


def write_folder(
    config: ModelConfig,
    weights: Weights,
    card: str,
    folder: str | Path,
    *,
    dtype: WeightType = "float32",
    pictures: Mapping[str, str] | None = None,
    exemplars: Exemplars | None = None,
    classifier: Classifier | None = None,
) -> Path:
    """Write a model folder atomically. An existing model folder is replaced in one step.

    If the process is killed, the folder is either the old or the new one. Temporary files are removed when the folder
    is next read or written.

    Parameters
    ----------
    config : ModelConfig
        Configuration of the model.
    weights : dict of str to ndarray
        Weights by name.
    card : str
        Content of README.md, Markdown.
    folder : str or Path
        Path of the model folder.
    dtype : str
        Type of the saved weights, `float32` or `float16`.
    pictures : mapping of file name to SVG text, optional
        Pictures that the card shows, by names from `PICTURES`.
    exemplars : Exemplars, optional
        Codes of the exemplars of each category, in the order of `config.categories`.
    classifier : Classifier, optional
        The classifier, with its categories in the order of `config.categories`.

    Returns
    -------
    Path
        The path of the folder.

    Raises
    ------
    ValueError
        If a weight is missing, has another shape, is not finite, or is too large for `dtype`.
    FileExistsError
        If `folder` is a file, a folder that is neither empty nor a model folder, or a model folder with a file that
        sketchkit did not write. The folder is left unchanged.
    OSError
        If the disk is full or the path is not writable. The existing folder is left unchanged.
    """
    if dtype not in get_args(WeightType):
        raise ValueError(f"dtype: expected float32 or float16, got {dtype!r}")
    if unknown := set(pictures or ()) - {*PICTURES}:
        raise ValueError(f"pictures: expected names among {', '.join(PICTURES)}, got {', '.join(sorted(unknown))}")
    requested, folder = Path(folder), Path(folder).resolve()  # a symbolic link is kept; its target is replaced
    recover(folder)
    check_replaceable(folder)
    checked = check_weights(weights, config.hparams, "the model")
    with np.errstate(over="ignore"):
        tensors = {name: np.ascontiguousarray(value.astype(dtype)) for name, value in checked.items()}
    check_weights(tensors, config.hparams, f"the model as {dtype}")
    # Existing pictures that the new card shows, and the files of file managers, are copied to the new folder.
    kept = [name for name in PICTURES if f"]({name})" in card and name not in (pictures or {})]
    try:
        with temporary_folder(folder) as part:
            with atomic_write(part / "model.safetensors") as path:
                save_tensors(tensors, path)
            if exemplars is not None:
                exemplars.save(part)
            if classifier is not None:
                classifier.save(part)
            for name, text in {"config.json": config.as_json(), "README.md": card, **(pictures or {})}.items():
                with atomic_write(part / name) as path:
                    path.write_text(text, encoding="utf-8", errors="replace")
            for name in (*kept, *FILE_MANAGER_FILES):
                if (folder / name).is_file():
                    shutil.copy2(folder / name, part / name)
            install_folder(part, folder)
    except OSError as error:
        if error.errno is None:
            raise
        reason = os.strerror(error.errno)
        raise OSError(
            error.errno, f"could not write {requested} ({reason}); the existing folder was left unchanged"
        ) from error
    return requested
