"""Reconstructions of a drawing."""

from __future__ import annotations

import traitlets

from sketchkit.widgets.base import SYNC_WITHOUT_ECHO, ModelWidget, SketchListTrait, SketchTrait

__all__ = ["Reconstruct"]


class Reconstruct(ModelWidget):
    """Encode a drawing and reconstruct it one to nine times.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    sketch : Sketch, optional
        The drawing to reconstruct.
    variants : int
        Number of reconstructions, 1 to 9.
    temperature, seed, epsilon
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        Latent code of the drawing.
    drawings : list of Sketch
        The reconstructions.
    distances : list of float
        Distance of each reconstruction from the drawing, `sketch.chamfer_distance(drawing)`; 1 for an empty
        reconstruction.

    Examples
    --------
    >>> Reconstruct("kanji", sketch=sketchkit.Sketch.from_polylines([[(0, 0), (90, 0)]]))      # doctest: +SKIP
    """

    _view = traitlets.Unicode("reconstruct").tag(sync=True)
    needs_code = True
    codes = ("z",)
    sketch = SketchTrait(help="The drawing to reconstruct.")
    z = traitlets.List(traitlets.Float(), help="Latent code of the drawing.").tag(**SYNC_WITHOUT_ECHO)
    drawings = SketchListTrait(help="The reconstructions.")
    distances = traitlets.List(traitlets.Float(), help="Distances of the reconstructions.").tag(**SYNC_WITHOUT_ECHO)
    variants = traitlets.Int(6, min=1, max=9).tag(**SYNC_WITHOUT_ECHO)
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)
