"""A widget in Panel. The extension `ipywidgets` needs the package ipywidgets_bokeh."""

import panel as pn

from sketchkit.widgets import Complete

pn.extension("ipywidgets")
widget = Complete("kanji", seed=1, speed="instant")
count = pn.pane.Markdown("strokes in Python: 0")


def show(change: object) -> None:
    """Show the number of strokes that Python knows."""
    count.object = f"strokes in Python: {widget.sketch.num_strokes}"


widget.observe(show, "sketch")
pn.Column(pn.panel(widget), count).servable()
