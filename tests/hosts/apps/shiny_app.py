"""A widget in Shiny for Python, with the package shinywidgets."""

from shiny.express import render
from shinywidgets import reactive_read, render_widget

from sketchkit.widgets import Complete


@render_widget
def drawing():
    """Return the widget."""
    return Complete("kanji", seed=1, speed="instant")


@render.text
def strokes():
    """Return the number of strokes that Python knows."""
    return f"strokes in Python: {reactive_read(drawing.widget, 'sketch').num_strokes}"
