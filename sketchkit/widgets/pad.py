"""A pad for drawing."""

from __future__ import annotations

import traitlets

from sketchkit.sketch import Sketch
from sketchkit.widgets.base import SketchWidget
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, InkTrait, SketchListTrait, SketchTrait

__all__ = ["SketchPad"]


class SketchPad(SketchWidget):
    """Draw with mouse, pen or touch; `pad.sketch` is updated when a stroke ends.

    The pad has undo (also Ctrl+Z), redo, clear, an eraser for strokes, and a slider for the simplification.

    Parameters
    ----------
    sketch : Sketch, optional
        Initial drawing; the pad is 255 units wide, with y pointing down.
    epsilon : float
        Tolerance of the simplification at the end of a stroke, in units of the pad; 0 keeps all points. When it
        changes, strokes that were drawn on the pad are simplified again.
    collect : bool
        Whether to show a button that keeps the drawing and clears the pad for the next one.

    Attributes
    ----------
    ink : list of list of [x, y, pressure]
        The strokes as they were drawn, before the simplification. The pressure is 0 to 1, and 0.5 for a mouse.
    drawings : list of Sketch
        The kept drawings, for example for `Dataset.from_sketches(pad.drawings)`.

    Examples
    --------
    >>> pad = SketchPad(collect=True)                               # doctest: +SKIP
    >>> pad.observe(lambda change: print(change.new), "sketch")     # doctest: +SKIP
    """

    _view = traitlets.Unicode("pad").tag(sync=True)
    kept = ("drawings",)
    sketch = SketchTrait(help="The drawing.")
    ink = InkTrait()
    epsilon = traitlets.Float(2.0, min=0, help="Tolerance of the simplification.").tag(**SYNC_WITHOUT_ECHO)
    drawings = SketchListTrait(help="Kept drawings.")
    collect = traitlets.Bool(False, help="Whether to show a button that keeps the drawing.").tag(sync=True)

    def _shown(self) -> list[Sketch]:
        return [self.sketch, *self.drawings]
