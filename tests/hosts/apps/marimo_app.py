"""A widget in marimo."""

import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    from sketchkit.widgets import Complete

    widget = mo.ui.anywidget(Complete("kanji", seed=1, speed="instant"))
    widget  # noqa: B018 - marimo shows the last expression of a cell
    return mo, widget


@app.cell
def _(mo, widget):
    _ = widget.value  # this cell runs again when a trait changes
    mo.md(f"strokes in Python: {widget.sketch.num_strokes}")
    return


if __name__ == "__main__":
    app.run()
