"""sketchkit: train sketch-rnn, a neural network that draws, and draw with it in notebooks.

>>> import sketchkit
>>> model = sketchkit.load("kanji")                           # doctest: +SKIP
>>> model.generate(4, temperature=0.4, seed=1)                # doctest: +SKIP

The main functions and classes are `load` (load a model), `train` (train a model), `Dataset`, and `Sketch` (one
drawing). The module `latent` interpolates between latent codes, and the package `render` creates pictures. TensorFlow
is imported when a model first runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchkit import latent, render
    from sketchkit.data.dataset import Dataset
    from sketchkit.formats.svg import read_svg
    from sketchkit.hparams import HParams
    from sketchkit.interop.sketch_rnn_js import export_js
    from sketchkit.loading import load, models
    from sketchkit.model.sketch_rnn import SketchRNN
    from sketchkit.published.catalog import datasets
    from sketchkit.sketch import Sketch
    from sketchkit.sketches import Sketches
    from sketchkit.sweeps.sweep import Sweep, sweep
    from sketchkit.training.fine_tune import teach
    from sketchkit.training.run import Run
    from sketchkit.training.runs import runs
    from sketchkit.training.trainer import train
    from sketchkit.widgets.export.page import embed

__version__ = "0.2.0"

__all__ = [
    "Dataset",
    "HParams",
    "Run",
    "Sketch",
    "SketchRNN",
    "Sketches",
    "Sweep",
    "datasets",
    "embed",
    "export_js",
    "latent",
    "load",
    "models",
    "read_svg",
    "render",
    "runs",
    "sweep",
    "teach",
    "train",
]

_MODULES = {
    "Dataset": "sketchkit.data.dataset",
    "HParams": "sketchkit.hparams",
    "Run": "sketchkit.training.run",
    "Sketch": "sketchkit.sketch",
    "SketchRNN": "sketchkit.model.sketch_rnn",
    "Sketches": "sketchkit.sketches",
    "datasets": "sketchkit.published.catalog",
    "embed": "sketchkit.widgets.export.page",
    "export_js": "sketchkit.interop.sketch_rnn_js",
    "load": "sketchkit.loading",
    "models": "sketchkit.loading",
    "read_svg": "sketchkit.formats.svg",
    "runs": "sketchkit.training.runs",
    "Sweep": "sketchkit.sweeps.sweep",
    "sweep": "sketchkit.sweeps.sweep",
    "teach": "sketchkit.training.fine_tune",
    "train": "sketchkit.training.trainer",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = getattr(import_module(_MODULES[name]), name)
    elif name in ("latent", "render"):
        value = import_module(f"sketchkit.{name}")
    else:
        raise AttributeError(f"module 'sketchkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
