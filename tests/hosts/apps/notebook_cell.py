"""The cell of the notebook that Voila and nbconvert show."""

import ipywidgets
from IPython.display import display

from sketchkit.widgets import Complete

widget = Complete("kanji", seed=1, speed="instant")
count = ipywidgets.Label("strokes in Python: 0")
widget.observe(lambda change: setattr(count, "value", f"strokes in Python: {change.new.num_strokes}"), "sketch")
display(widget, count)
