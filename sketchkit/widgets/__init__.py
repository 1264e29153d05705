"""Widgets whose network runs in the page: they answer while you draw, whatever the kernel is doing.

>>> from sketchkit.widgets import Complete           # doctest: +SKIP
>>> Complete("kanji")                                # doctest: +SKIP
"""

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
