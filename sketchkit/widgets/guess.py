"""Guesses of the category of a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from sketchkit.model.guess import Prediction, rank
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, CategoryTrait, FloatsResult, InkTrait, SketchTrait

__all__ = ["Guess"]


class Guess(ModelWidget):
    """Draw a category that the widget names, while the model guesses what the drawing shows.

    The game Quick, Draw! by Google works in this way.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with two or more categories.
    category : str, optional
        Category that the user is asked to draw, one of `model.categories`; with "", the user can draw anything.
        Default: one that `seed` selects.
    sketch : Sketch, optional
        The drawing.
    seconds : int
        Time for a drawing, 1 to 600 seconds from its first line; 0, the default, for no limit.
    seed : int
        Seed of the first category.
    epsilon : float
        As in `Complete`.

    Attributes
    ----------
    probabilities : list of float
        Probability of each category, in the order of `model.categories`; empty without a drawing.
    guesses : list of Prediction
        Pairs (category, probability), the most probable first, as returned by `model.guess`.

    Raises
    ------
    ValueError
        If the model has fewer than two categories.

    Examples
    --------
    >>> Guess("quickdraw", category="rabbit", seconds=20)                    # doctest: +SKIP
    """

    _view = traitlets.Unicode("guess").tag(sync=True)
    needs_categories = True
    inputs = ("model", "sketch")
    last_result = "probabilities"
    sketch = SketchTrait(help="The drawing.")
    ink = InkTrait()
    category = CategoryTrait(help="Category that the user is asked to draw.")
    seconds = traitlets.Int(0, min=0, max=600, help="Time limit for a drawing in seconds; 0 for none.").tag(sync=True)
    probabilities = FloatsResult(help="Probability of each category.")
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    def __init__(self, model: str | Path | SketchRNN = "quickdraw", **arguments: Any) -> None:
        checked = self._checked(model)
        if arguments.get("category") is None:
            names = checked.categories
            arguments["category"] = names[(arguments.get("seed") or 0) % len(names)]
        super().__init__(checked, choice=self._choice_of(model), **arguments)
        self._bundled = []  # no other bundled model has several categories

    @property
    def guesses(self) -> list[Prediction]:
        """The categories and their probabilities, the most probable first; empty without a drawing."""
        return rank(self.model.categories, np.array(self.probabilities)) if self.probabilities else []

    def _checked(self, model: str | Path | SketchRNN) -> SketchRNN:
        checked = super()._checked(model)
        if checked.exemplars is None or len(checked.categories) < 2:
            raise ValueError(
                f"Guess needs a model with two or more categories, such as 'quickdraw'; got {checked.name}"
            )
        return checked

    def _available(self) -> list[str]:
        return [*self.models, self._start_choice]

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        if not len(self.sketch):
            return {"probabilities": []}
        probability = dict(self.model.guess(self.sketch))
        return {"probabilities": [probability[name] for name in self.model.categories]}

    def _shown(self) -> list[Sketch]:
        return [self.sketch if len(self.sketch) else self._example(category=self.category)]
