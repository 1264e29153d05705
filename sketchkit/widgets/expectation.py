"""What the model expects next, while somebody draws."""

from __future__ import annotations

import traitlets

from sketchkit.widgets.base import SHARED, ModelWidget, SketchTrait

__all__ = ["Expectation"]


class Expectation(ModelWidget):
    """Draw, and see where the model expects the pen next, as heat, and whether it will be lifted.

    With a latent code, the model takes what has been drawn so far for the whole drawing, as `Complete` does.

    Parameters
    ----------
    model : str, Path or SketchRNN
        With or without a latent code.
    sketch : Sketch, optional
        The beginning.
    temperature : float
        0 or more; the density is drawn no colder than 0.02.
    epsilon : float
        As in `Complete`.

    Attributes
    ----------
    pen : list of float
        Chances that the pen draws on, is lifted after the next point, or has done, at the temperature (equations 6
        and 8 of arXiv 1704.03477).

    Examples
    --------
    >>> Expectation("omniglot", temperature=0.5)                            # doctest: +SKIP
    """

    _view = traitlets.Unicode("expectation").tag(sync=True)
    sketch = SketchTrait(help="What has been drawn.")
    pen = traitlets.List(traitlets.Float(), help="Chances of pen down, pen up, end.").tag(**SHARED)
    epsilon = traitlets.Float(2.0, min=0).tag(**SHARED)
