"""A widget in Solara."""

import solara

from sketchkit.widgets import Complete

strokes = solara.reactive(0)


@solara.component
def Page():  # noqa: N802 - Solara looks for this name
    """Show the widget and the number of strokes that Python knows."""

    def make():
        widget = Complete("kanji", seed=1, speed="instant")
        widget.observe(lambda change: strokes.set(change.new.num_strokes), "sketch")
        return widget

    with solara.Column():
        solara.display(solara.use_memo(make, []))
        solara.Text(f"strokes in Python: {strokes.value}")
