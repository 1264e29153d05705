from . import latent, render
from .data.dataset import Dataset
from .formats.svg import read_svg
from .hparams import HParams
from .interop.sketch_rnn_js import export_js
from .latent_codes import embed_codes
from .loading import load, models
from .model.sketch_rnn import SketchRNN
from .published.catalog import datasets
from .sketch import Sketch
from .sketches import Sketches
from .sweeps.sweep import Sweep, sweep
from .training.callbacks import Callback
from .training.fine_tune import teach
from .training.run import Run
from .training.runs import runs
from .training.train import train
from .widgets.export.page import embed

__version__: str

__all__ = [
    "Callback",
    "Dataset",
    "HParams",
    "Run",
    "Sketch",
    "SketchRNN",
    "Sketches",
    "Sweep",
    "datasets",
    "embed",
    "embed_codes",
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
