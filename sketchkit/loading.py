"""Loading of models by name or path: bundled models, published models, and folders and files of all formats."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from sketchkit.argument_errors import short_errors
from sketchkit.arguments import parse_path
from sketchkit.interop.sketch_rnn_js import read_js
from sketchkit.model.card import write_card
from sketchkit.model.config import ModelConfig
from sketchkit.model.model_folder import write_folder
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.published.archive import unpack
from sketchkit.published.catalog import Catalog, ModelEntry, model_entry, published_models
from sketchkit.storage.atomic import recover
from sketchkit.storage.cache import cache_folder
from sketchkit.storage.download import fetch
from sketchkit.suggest import did_you_mean
from sketchkit.svg_document import data_uri

__all__ = ["bundled_models", "cached_models", "load", "load_published", "models", "sample_picture"]


@short_errors
def models(*words: str) -> Catalog:
    """Return the catalog of the models that can be loaded by name, bundled models first.

    Parameters
    ----------
    *words : str
        Words that an entry must contain in any column: `models("bundled")`, `models("conditional", "cat")`.

    Returns
    -------
    sketchkit.published.catalog.Catalog
        Sequence of names, which is displayed as a table. Without words, the table has one line for each family
        of models, such as `quickdraw/*`.
    """
    entries = []
    for name in _bundled():
        h = ModelConfig.from_json((_bundled_models_dir() / name / "config.json").read_text(encoding="utf-8")).hparams
        size = f"{h.dec_rnn_size}, {h.enc_rnn_size}, z {h.z_size}" if h.conditional else str(h.dec_rnn_size)
        kind = "conditional" if h.conditional else "decoder-only"
        entries.append(
            ModelEntry(name, "sketchkit", kind, h.dec_model, size, _license(name), picture=sample_picture(name))
        )
    columns = ("name", "source", "kind", "cell", "size", "license", "megabytes", "where")
    return Catalog([*entries, *published_models()], columns, by_family=True).filter(*words)


@short_errors
def load(name: str | Path, *, scale_factor: float | None = None) -> SketchRNN:
    """Load a model by name or path. TensorFlow is not imported until it is needed.

    Parameters
    ----------
    name : str or Path
        A name in `models()`, or the path of a model folder, a run directory, a `.json` model of the JavaScript
        libraries, or a run directory of the TF1 trainer. A published model is downloaded on first use; later uses
        work offline.
    scale_factor : float, optional
        Data units per model unit, > 0; overrides the value of the model. TF1 weights do not contain a scale factor,
        and for some published models the scale factor is estimated (docs/published-models.md).

    Returns
    -------
    SketchRNN

    Raises
    ------
    FileNotFoundError
        If the model does not exist. The message suggests similar names.
    ConnectionError
        If a published model cannot be downloaded.
    ValueError
        If files are damaged or differ from the published ones, or `scale_factor` is out of range.
    """
    if scale_factor is None:
        return _found(name, None)
    if not 0 < scale_factor <= sys.float_info.max:
        raise ValueError(f"scale_factor: expected a finite number > 0, got {scale_factor!r}")
    return _rescaled(_found(name, float(scale_factor)), float(scale_factor))


def _rescaled(model: SketchRNN, scale_factor: float) -> SketchRNN:
    """Return the model with another scale factor."""
    if model.scale_factor == scale_factor:
        return model
    size = model.config.drawing_size
    if size is not None:
        size *= scale_factor / model.scale_factor
    config = replace(model.config, scale_factor=scale_factor, drawing_size=size)
    rescaled = SketchRNN(config, model.weights, model.exemplars, model.classifier)
    rescaled.card = model.card
    return rescaled


def _found(name: str | Path, scale_factor: float | None) -> SketchRNN:
    """Return the model with this name or path. `scale_factor` is used for files that do not contain one."""
    path = parse_path(name, "model")
    if str(name) in _bundled():
        return SketchRNN.open(_bundled_models_dir() / str(name))
    for folder in (path, path / "model"):
        recover(folder.resolve())
    if (path / "run.json").is_file():
        if not (path / "model").is_dir():
            raise FileNotFoundError(f"{path}: the run has no model yet; the first validation writes it")
        return SketchRNN.open(path / "model")
    if path.is_dir():
        from sketchkit.interop.magenta_tf1 import is_tf1_folder, read_tf1

        if is_tf1_folder(path):
            return read_tf1(path, scale_factor=scale_factor)
        return SketchRNN.open(path)
    if path.is_file():
        if path.suffix.lower() in (".svg", ".svgz"):
            raise ValueError(f"{path}: expected a model, got a drawing; to read it, use sketchkit.read_svg")
        if path.suffix.lower() != ".json":
            raise ValueError(
                f"{path}: expected a .json model or a folder; to read weights in .npz, use "
                "sketchkit.interop.magenta_tf1.from_tf1"
            )
        return read_js(path)
    entry = model_entry(str(name))
    if entry is not None:
        return load_published(entry)
    names = [*_bundled(), *(entry.name for entry in published_models())]
    listed = f"bundled models: {', '.join(_bundled()) or 'none'}; sketchkit.models() lists all models"
    suggestion = did_you_mean(str(name), names, listed, max_names=3, cutoff=0.5)
    raise FileNotFoundError(f"{name}: no such model folder or model name; {suggestion}")


def load_published(entry: ModelEntry, *, force: bool = False) -> SketchRNN:
    """Return a published model, which is downloaded and converted on first use.

    Parameters
    ----------
    entry : ModelEntry
        Entry of the model in the catalog.
    force : bool
        Download and convert the model again. The cached model is kept until the new one is complete.
    """
    converted = cache_folder() / "models" / entry.name
    recover(converted)
    if not force and (converted / "config.json").is_file():
        return SketchRNN.open(converted)
    downloaded = [entry.name for entry in published_models() if entry.where == "cached"]
    file = fetch(entry.url, alternatives=[*_bundled(), *downloaded], force=force)
    if entry.member:  # only this conversion reads a checkpoint, which needs TensorFlow
        from sketchkit.interop.magenta_tf1 import read_tf1

        folder = unpack(file, entry.member, cache_folder() / "unpacked" / entry.member, replace=force)
        model, data = read_tf1(folder, scale_factor=entry.scale_factor, name=entry.name), entry.source
    else:
        model, data = read_js(file, name=entry.name), f"Quick, Draw! drawings ({entry.source})"
    config = replace(model.config, drawing_size=entry.drawing_size or model.measure_size())
    card = write_card(config, data=data, license=entry.license, pictures={"sample.svg": "A sample"})
    sample = SketchRNN(config, model.weights).generate(seed=0)._repr_svg_()
    write_folder(config, model.weights, card, converted, pictures={"sample.svg": sample})
    return SketchRNN.open(converted)


@cache
def bundled_models(*, conditional: bool | None = None) -> tuple[str, ...]:
    """Return the names of the bundled models.

    Parameters
    ----------
    conditional : bool, optional
        Whether to return only the models with a latent code (True) or only those without (False).
    """
    kinds = {
        name: ModelConfig.from_json((_bundled_models_dir() / name / "config.json").read_text(encoding="utf-8"))
        for name in _bundled()
    }
    return tuple(name for name, config in kinds.items() if conditional in (None, config.hparams.conditional))


def cached_models(*, conditional: bool | None = None) -> tuple[str, ...]:
    """Return the names of the published models that have been downloaded.

    Parameters
    ----------
    conditional : bool, optional
        As in `bundled_models`.
    """
    kinds = {True: ("conditional",), False: ("decoder-only",), None: ("conditional", "decoder-only")}[conditional]
    return tuple(entry.name for entry in published_models() if entry.kind in kinds and entry.where == "cached")


def sample_picture(name: str) -> str:
    """Return the sample picture of a model as a data URI, or an empty string if the model has no picture.

    Parameters
    ----------
    name : str
        Name of a bundled or cached model, or path of a model folder.
    """
    folders = (_bundled_models_dir() / name, cache_folder() / "models" / name, Path(name))
    path = next((path for folder in folders if (path := folder / "sample.svg").is_file()), None)
    return data_uri(path.read_bytes(), "image/svg+xml") if path else ""


def _bundled() -> list[str]:
    return sorted(folder.name for folder in _bundled_models_dir().glob("*") if (folder / "config.json").is_file())


def _license(name: str) -> str:
    """Return the license in the card of a bundled model."""
    card = (_bundled_models_dir() / name / "README.md").read_text(encoding="utf-8")
    line = next((line for line in card.splitlines() if line.startswith(("| License", "| Licence"))), "||see its card|")
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line.split("|")[2].strip())  # replace links by their text


def _bundled_models_dir() -> Path:
    """Return the folder of the bundled models: in the installed package, or next to the package in a checkout."""
    installed = resources.files("sketchkit.published") / "bundled"
    return Path(str(installed)) if installed.is_dir() else Path(__file__).parents[1] / "pretrained"
