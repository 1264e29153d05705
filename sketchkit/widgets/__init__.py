"""Interactive widgets. Their neural networks run in the page, so the widgets respond even while the kernel is busy.

>>> from sketchkit.widgets import Complete           # doctest: +SKIP
>>> Complete("kanji")                                # doctest: +SKIP
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchkit.widgets.complete import Complete
    from sketchkit.widgets.gallery import Gallery
    from sketchkit.widgets.guess import Guess
    from sketchkit.widgets.latent_map import LatentMap
    from sketchkit.widgets.latent_slider import LatentSlider
    from sketchkit.widgets.latent_sliders import LatentSliders
    from sketchkit.widgets.morph import Morph
    from sketchkit.widgets.next_point import NextPoint
    from sketchkit.widgets.pad import SketchPad
    from sketchkit.widgets.reconstruct import Reconstruct
    from sketchkit.widgets.temperature_slider import TemperatureSlider
    from sketchkit.widgets.training.fine_tune import Teach
    from sketchkit.widgets.training.monitor import TrainingMonitor

__all__ = [
    "Complete",
    "Gallery",
    "Guess",
    "LatentMap",
    "LatentSlider",
    "LatentSliders",
    "Morph",
    "NextPoint",
    "Reconstruct",
    "SketchPad",
    "Teach",
    "TemperatureSlider",
    "TrainingMonitor",
]

#: Module of each name, imported on first use, because only two of the widgets need `sketchkit.training`.
_MODULES = {
    "Complete": "complete",
    "Gallery": "gallery",
    "Guess": "guess",
    "LatentMap": "latent_map",
    "LatentSlider": "latent_slider",
    "LatentSliders": "latent_sliders",
    "Morph": "morph",
    "NextPoint": "next_point",
    "Reconstruct": "reconstruct",
    "SketchPad": "pad",
    "Teach": "training.fine_tune",
    "TemperatureSlider": "temperature_slider",
    "TrainingMonitor": "training.monitor",
}
#: Names of version 0.1.0, which notebooks still use.
_RENAMED = {"Dimension": "LatentSlider", "Expectation": "NextPoint", "Temperature": "TemperatureSlider"}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        warnings.warn(f"{name} is now {_RENAMED[name]}", FutureWarning, stacklevel=2)
        name = _RENAMED[name]
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
