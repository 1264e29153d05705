"""A pad to draw on."""

from __future__ import annotations

import traitlets

from sketchkit.widgets.base import SHARED, Drawings, SketchTrait, SketchWidget

__all__ = ["SketchPad"]


class SketchPad(SketchWidget):
    """Draw with mouse, pen or touch; `pad.sketch` is the drawing as soon as a stroke ends.

    Undo (also ctrl-z), redo, clear, an eraser for strokes, and what simplification leaves of what was drawn.

    Parameters
    ----------
    sketch : Sketch, optional
        What to start from; the pad is 255 units across, y pointing down.
    epsilon : float
        Tolerance of the simplification when a stroke ends, in those units; 0 keeps all points. What was drawn on the
        pad itself is simplified anew when this changes.
    collect : bool
        With a button that keeps the drawing and clears the pad for the next.

    Attributes
    ----------
    drawings : list of Sketch
        Those kept: data to train on, as `Dataset.from_sketches(pad.drawings)`.

    Examples
    --------
    >>> pad = SketchPad(collect=True)                               # doctest: +SKIP
    >>> pad.observe(lambda change: print(change.new), "sketch")     # doctest: +SKIP
    """

    _view = traitlets.Unicode("pad").tag(sync=True)
    sketch = SketchTrait(help="The drawing.")
    epsilon = traitlets.Float(2.0, min=0, help="Tolerance of the simplification.").tag(**SHARED)
    drawings = Drawings(help="Drawings kept.")
    collect = traitlets.Bool(False, help="Offer to keep drawings.").tag(sync=True)
