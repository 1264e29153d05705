"""A beginning is drawn, the model goes on."""

from __future__ import annotations

from typing import Any

import traitlets

from sketchkit.widgets.base import SHARED, Drawings, ModelWidget, SketchTrait

__all__ = ["Complete"]


class Complete(ModelWidget):
    """Draw a beginning and the model finishes it, in one to nine ways; click one to go on from there.

    Parameters
    ----------
    model : str, Path or SketchRNN
        With or without a latent code.
    sketch : Sketch, optional
        The beginning.
    variants : int
        1 to 9.
    category : str
        What to draw, of a model that tells categories apart (`model.categories.names`); "" leaves it open.
    models : list of str
        Names or paths of models to choose from in the page.
    temperature : float
        0 or more.
    seed : int
        Of the noise, which is held still while you draw.
    epsilon : float
        Simplification of the strokes, on a pad taken as 255 units across.

    Attributes
    ----------
    drawings : list of Sketch
        The beginning and what follows, one for each variant.

    Examples
    --------
    >>> Complete("kanji", variants=9, temperature=0.4)                      # doctest: +SKIP
    >>> Complete("omniglot", models=["omniglot", "kanji"])                  # doctest: +SKIP
    """

    _view = traitlets.Unicode("complete").tag(sync=True)
    sketch = SketchTrait(help="The beginning.")
    drawings = Drawings(help="All of each variant.")
    variants = traitlets.Int(6, min=1, max=9).tag(**SHARED)
    category = traitlets.Unicode("", help="What to draw.").tag(**SHARED)
    epsilon = traitlets.Float(2.0, min=0).tag(**SHARED)

    @traitlets.validate("category")
    def _known(self, proposal: Any) -> str:
        name = str(proposal["value"])
        if name:
            categories = self._model.categories
            if categories is None:
                raise traitlets.TraitError(f"{self._model.name} has no categories, got {name!r}")
            try:
                categories.index(name)
            except ValueError as error:
                raise traitlets.TraitError(str(error)) from None
        return name
