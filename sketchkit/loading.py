"""Models by name or path: bundled ones, published ones, folders of any kind that holds one."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from sketchkit.arguments import path_of
from sketchkit.model.card import write_card
from sketchkit.model.config import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import recover
from sketchkit.storage.cache import cache_folder

__all__ = ["load", "models", "published"]


def models(*words: str) -> Any:
    """Return the models that load by name, bundled ones first.

    Parameters
    ----------
    *words : str
        Keep those that contain every word in some column: `models("bundled")`, `models("conditional", "cat")`.

    Returns
    -------
    sketchkit.published.catalogue.Catalogue
        A sequence of names that shows itself as a table.
    """
    from sketchkit.published.catalogue import Catalogue, ModelEntry, published_models

    entries = []
    for name in _bundled():
        h = ModelConfig.from_json((_shelf() / name / "config.json").read_text(encoding="utf-8")).hparams
        size = f"{h.dec_rnn_size}, {h.enc_rnn_size}, z {h.z_size}" if h.conditional else str(h.dec_rnn_size)
        kind = "conditional" if h.conditional else "decoder-only"
        entries.append(ModelEntry(name, "sketchkit", kind, h.dec_model, size, _licence(name), picture=_picture(name)))
    columns = ("name", "source", "kind", "cell", "size", "licence", "megabytes", "where")
    return Catalogue([*entries, *published_models()], columns).filter(*words)


def load(name: str | Path, *, scale_factor: float | None = None) -> SketchRNN:
    """Load a model by name or path. TensorFlow is imported when it first runs.

    Parameters
    ----------
    name : str or Path
        A name of `models()`, a model folder, a training run's directory, a `.json` model of the JavaScript
        libraries, or a folder that the TF1 code left. A published model is downloaded the first time; after that no
        network is needed.
    scale_factor : float, optional
        Units of drawings per unit of the model, > 0, instead of what the model says. TF1 weights do not say theirs, and
        for some published models it is estimated (docs/published-models.md).

    Raises
    ------
    FileNotFoundError
        If there is none; names that are near are suggested.
    ConnectionError
        If it has to be downloaded and cannot be.
    ValueError
        If files are damaged, or not what was published, or `scale_factor` is out of range.
    """
    if scale_factor is None:
        return _found(name, None)
    if not (math.isfinite(scale_factor) and scale_factor > 0):
        raise ValueError(f"scale_factor: expected a finite number > 0, got {scale_factor!r}")
    return _rescaled(_found(name, float(scale_factor)), float(scale_factor))


def _rescaled(model: SketchRNN, scale_factor: float) -> SketchRNN:
    """Return a model whose drawings are in other units."""
    if model.scale_factor == scale_factor:
        return model
    size = model.config.drawing_size
    if size is not None:
        size *= scale_factor / model.scale_factor
    config = replace(model.config, scale_factor=scale_factor, drawing_size=size)
    rescaled = SketchRNN(config, model.weights, model.categories)
    rescaled.card = model.card
    return rescaled


def _found(name: str | Path, scale_factor: float | None) -> SketchRNN:
    """Return the model of a name or path; `scale_factor` is for files that do not say theirs."""
    from sketchkit.interop.sketch_rnn_js import read_js
    from sketchkit.published.catalogue import model_entry, nearest, published_models

    path = path_of(name, "model")
    if str(name) in _bundled():
        return SketchRNN.open(_shelf() / str(name))
    for folder in (path, path / "model"):
        recover(folder.resolve())
    if (path / "run.json").is_file():
        if not (path / "model").is_dir():
            raise FileNotFoundError(f"{path}: this training run has not validated yet, so it has no model")
        return SketchRNN.open(path / "model")
    if path.is_dir():
        from sketchkit.interop.magenta_tf1 import is_tf1_folder, read_tf1

        if is_tf1_folder(path):
            return read_tf1(path, scale_factor=scale_factor)
        return SketchRNN.open(path)
    if path.is_file():
        if path.suffix.lower() != ".json":
            raise ValueError(
                f"{path}: expected a .json model or a folder; weights in .npz are read by "
                "sketchkit.interop.magenta_tf1.from_tf1"
            )
        return read_js(path)
    entry = model_entry(str(name))
    if entry is not None:
        return published(entry)
    hint = nearest(str(name), [*_bundled(), *(entry.name for entry in published_models())])
    bundled = f"bundled models are {', '.join(_bundled()) or 'none'}, sketchkit.models() lists all"
    raise FileNotFoundError(f"{name}: no model folder and no known model; {hint or bundled}")


def published(entry: Any, *, force: bool = False) -> SketchRNN:
    """Return a published model, downloaded if need be.

    Parameters
    ----------
    entry : ModelEntry
    force : bool
        Download and convert it again. What is in the cache is kept until the new one is complete.
    """
    from sketchkit.interop.sketch_rnn_js import read_js
    from sketchkit.published.archive import unpack
    from sketchkit.published.catalogue import published_models
    from sketchkit.storage.download import fetch

    kept = cache_folder() / "models" / entry.name
    recover(kept)
    if not force and (kept / "config.json").is_file():
        return SketchRNN.open(kept)
    downloaded = [entry.name for entry in published_models() if entry.where == "cached"]
    file = fetch(entry.url, instead=[*_bundled(), *downloaded[:8]], force=force)
    if not entry.member:
        model = read_js(file, name=entry.name)
        config = replace(model.config, drawing_size=entry.drawing_size or model.measure_size())
        card = write_card(config, data=f"Quick, Draw! drawings ({entry.source})", licence=entry.licence)
        SketchRNN(config, model.weights).save(kept, card=card)
        return SketchRNN.open(kept)
    # TensorFlow reads the checkpoint this once; from then on it is a model folder.
    from sketchkit.interop.magenta_tf1 import read_tf1

    folder = unpack(file, entry.member, cache_folder() / "unpacked" / entry.member, replace=force)
    model = read_tf1(folder, scale_factor=entry.scale_factor, name=entry.name)
    config = replace(model.config, drawing_size=entry.drawing_size)
    card = write_card(config, data=entry.source, licence=entry.licence)
    SketchRNN(config, model.weights).save(kept, card=card)
    return SketchRNN.open(kept)


def _bundled() -> list[str]:
    return sorted(folder.name for folder in _shelf().glob("*") if (folder / "config.json").is_file())


def _picture(name: str) -> str:
    """Return the sample on a bundled model's card as a data URI; empty if the card has none."""
    from sketchkit.svg_document import data_uri

    path = _shelf() / name / "sample.svg"
    return data_uri(path.read_bytes(), "image/svg+xml") if path.is_file() else ""


def _licence(name: str) -> str:
    """Return the licence that a bundled model's card names."""
    card = (_shelf() / name / "README.md").read_text(encoding="utf-8")
    line = next((line for line in card.splitlines() if line.startswith(("| License", "| Licence"))), "||see its card|")
    return line.split("|")[2].strip()


def _shelf() -> Path:
    """Return the folder of the bundled models: in the package when installed, beside it in a checkout."""
    installed = resources.files("sketchkit.published") / "bundled"
    return Path(str(installed)) if installed.is_dir() else Path(__file__).parents[1] / "pretrained"
