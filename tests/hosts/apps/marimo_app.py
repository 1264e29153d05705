"""A widget in marimo."""

import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    from sketchkit.widgets import Complete

    drawing = mo.ui.anywidget(Complete("kanji", seed=1, speed="instant"))
    drawing  # noqa: B018 - marimo shows the last expression of a cell
    return drawing, mo


@app.cell
def _(drawing, mo):
    mo.md(f"strokes in Python: {drawing.widget.sketch.num_strokes}")  # this cell runs again when a trait changes
    return


@app.cell
def _(drawing):
    drawing.widget.completion  # noqa: B018 - marimo shows the last expression of a cell
    return


if __name__ == "__main__":
    app.run()
