"""A drawing is encoded and redrawn."""

from __future__ import annotations

import traitlets

from sketchkit.widgets.base import SHARED, Drawings, ModelWidget, SketchTrait

__all__ = ["Reconstruct"]


class Reconstruct(ModelWidget):
    """Draw or hand in a sketch; it is encoded and redrawn one to nine times.

    Parameters
    ----------
    model : str, Path or SketchRNN
        With a latent code.
    sketch : Sketch, optional
        What to redraw.
    variants : int
        1 to 9.
    temperature, seed, epsilon
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        The code of the sketch.
    drawings : list of Sketch
    distances : list of float
        How far each lies from the sketch, `sketch.distance(drawing)`; 1 where nothing was drawn.

    Examples
    --------
    >>> Reconstruct("kanji", sketch=sketchkit.Sketch.from_polylines([[(0, 0), (90, 0)]]))      # doctest: +SKIP
    """

    _view = traitlets.Unicode("reconstruct").tag(sync=True)
    needs_code = True
    codes = ("z",)
    sketch = SketchTrait(help="What is redrawn.")
    z = traitlets.List(traitlets.Float(), help="Its code.").tag(**SHARED)
    drawings = Drawings(help="The redrawn ones.")
    distances = traitlets.List(traitlets.Float(), help="How far they are off.").tag(**SHARED)
    variants = traitlets.Int(6, min=1, max=9).tag(**SHARED)
    epsilon = traitlets.Float(2.0, min=0).tag(**SHARED)
