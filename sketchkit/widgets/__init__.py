"""Interactive widgets. Their network runs in the page, so they respond even while the kernel is busy.

>>> from sketchkit.widgets import Complete           # doctest: +SKIP
>>> Complete("kanji")                                # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchkit.widgets.complete import Complete
    from sketchkit.widgets.dimension import Dimension
    from sketchkit.widgets.expectation import Expectation
    from sketchkit.widgets.morph import Morph
    from sketchkit.widgets.pad import SketchPad
    from sketchkit.widgets.reconstruct import Reconstruct
    from sketchkit.widgets.temperature import Temperature
    from sketchkit.widgets.training.fine_tune import Teach
    from sketchkit.widgets.training.monitor import TrainingMonitor

__all__ = [
    "Complete",
    "Dimension",
    "Expectation",
    "Morph",
    "Reconstruct",
    "SketchPad",
    "Teach",
    "Temperature",
    "TrainingMonitor",
]

#: Module of each name, imported on first use, because only two of the widgets need `sketchkit.training`.
_MODULES = {
    "Complete": "complete",
    "Dimension": "dimension",
    "Expectation": "expectation",
    "Morph": "morph",
    "Reconstruct": "reconstruct",
    "SketchPad": "pad",
    "Teach": "training.fine_tune",
    "Temperature": "temperature",
    "TrainingMonitor": "training.monitor",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
