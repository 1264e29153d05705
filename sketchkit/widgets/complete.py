"""Completions of the beginning of a drawing."""

from __future__ import annotations

from typing import Any

import traitlets

from sketchkit.widgets.base import SYNC_WITHOUT_ECHO, ModelWidget, SketchListTrait, SketchTrait

__all__ = ["Complete"]


class Complete(ModelWidget):
    """Draw the beginning of a drawing and get one to nine completions. Click a completion to continue from it.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with or without a latent code.
    sketch : Sketch, optional
        The beginning of the drawing.
    variants : int
        Number of completions, 1 to 9.
    category : str
        Category to draw, one of `model.categories`; "" for any category.
    models : list of str
        Names or paths of the models that the user can choose in the page.
    temperature : float
        Temperature, 0 or more.
    seed : int
        Seed of the random numbers, which stay the same while the user draws.
    epsilon : float
        Tolerance of the simplification at the end of a stroke, for a pad 255 units wide.

    Attributes
    ----------
    drawings : list of Sketch
        The completed drawings, including the beginning, one for each variant.

    Examples
    --------
    >>> Complete("kanji", variants=9, temperature=0.4)                      # doctest: +SKIP
    >>> Complete("omniglot", models=["omniglot", "kanji"])                  # doctest: +SKIP
    """

    _view = traitlets.Unicode("complete").tag(sync=True)
    sketch = SketchTrait(help="The beginning of the drawing.")
    drawings = SketchListTrait(help="The completed drawings.")
    variants = traitlets.Int(6, min=1, max=9).tag(**SYNC_WITHOUT_ECHO)
    category = traitlets.Unicode("", help="Category to draw.").tag(**SYNC_WITHOUT_ECHO)
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    @traitlets.validate("category")
    def _check_category(self, proposal: Any) -> str:
        name = str(proposal["value"])
        if name:
            exemplars = self._model.exemplars
            if exemplars is None:
                raise traitlets.TraitError(f"{self._model.name} has no exemplars of categories, got {name!r}")
            try:
                exemplars.index(name)
            except ValueError as error:
                raise traitlets.TraitError(str(error)) from None
        return name
