"""Prediction of the next point while the user draws."""

from __future__ import annotations

import traitlets

from sketchkit.widgets.base import SYNC_WITHOUT_ECHO, ModelWidget, SketchTrait

__all__ = ["NextPoint"]


class NextPoint(ModelWidget):
    """Draw, and see the model's prediction: the density of the next point as a heat map, and the pen probabilities.

    A model with a latent code encodes the unfinished drawing as if it were complete, as in `Complete`.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with or without a latent code.
    sketch : Sketch, optional
        The beginning of the drawing.
    temperature : float
        Temperature, 0 or more; the density is shown at a temperature of at least 0.02.
    epsilon : float
        As in `Complete`.

    Attributes
    ----------
    pen : list of float
        Probabilities that the pen stays down after the next point, that it lifts, and that the drawing ends, at the
        temperature (equations 7 and 8 of arXiv 1704.03477).

    Examples
    --------
    >>> NextPoint("omniglot", temperature=0.5)                              # doctest: +SKIP
    """

    _view = traitlets.Unicode("next_point").tag(sync=True)
    sketch = SketchTrait(help="The drawing.")
    pen = traitlets.List(traitlets.Float(), help="Probabilities of pen down, pen up and end.").tag(**SYNC_WITHOUT_ECHO)
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)
