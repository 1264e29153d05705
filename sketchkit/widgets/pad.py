"""A pad to draw on."""

from __future__ import annotations

import traitlets

from sketchkit.widgets.base import SketchTrait, SketchWidget

__all__ = ["SketchPad"]


class SketchPad(SketchWidget):
    """Draw with mouse, pen or touch; `pad.sketch` is the drawing as soon as a stroke ends.

    Undo (also ctrl-z), redo, clear, an eraser for strokes, and what simplification leaves of what was drawn.

    Parameters
    ----------
    sketch : Sketch, optional
        What to start from; the pad is 255 units across, y pointing down.
    epsilon : float
        Tolerance of the simplification when a stroke ends, in those units; 0 keeps all points.

    Examples
    --------
    >>> pad = SketchPad()                                   # doctest: +SKIP
    >>> pad.observe(lambda change: print(change.new), "sketch")     # doctest: +SKIP
    """

    _view = traitlets.Unicode("pad").tag(sync=True)
    sketch = SketchTrait(help="The drawing.")
    epsilon = traitlets.Float(2.0, min=0, help="Tolerance of the simplification.").tag(sync=True)
