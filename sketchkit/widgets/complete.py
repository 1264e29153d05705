"""Completions of the beginning of a drawing."""

from __future__ import annotations

from typing import Any

import traitlets

from sketchkit.sketch import Sketch
from sketchkit.widgets.base import SYNC_WITHOUT_ECHO, ModelWidget, SketchListTrait, SketchTrait
from sketchkit.widgets.export.fallback_image import fallback_image

__all__ = ["Complete"]


class Complete(ModelWidget):
    """Draw together with a model: when you lift the pen, the model continues on the same paper, in a second ink.

    If you draw while the model draws, its unfinished turn is removed. A finished turn stays and is part of the drawing.
    Undo takes back one turn of the model or one of your strokes.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with or without a latent code.
    sketch : Sketch, optional
        The beginning of the drawing.
    auto : bool
        Whether the model continues when the pen is lifted. Otherwise, the button *Continue* asks it to.
    speed : str
        Speed of the model's pen: `slow`, `lively`, `fast` (0.4, 1.2 and 4 widths of the paper per second) or
        `instant`.
    variants : int
        Number of endings that are shown next to the paper, 0 to 9. A click puts one of them on the paper.
    category : str
        Category to draw, one of `model.categories`; "" for any category.
    models : list of str
        Names or paths of the models that the user can choose in the page.
    temperature : float
        Temperature, 0 or more.
    seed : int
        Seed of the random numbers, which stay the same while the user draws.
    epsilon : float
        Tolerance of the simplification at the end of a stroke, for a pad 255 units wide. The model sees the simplified
        strokes; the paper shows them as they were drawn.

    Attributes
    ----------
    sketch : Sketch
        The strokes of the user.
    completion : Sketch
        The drawing on the paper, with the strokes of the user and those of the model in the order in which they were
        drawn.
    by_model : list of bool
        Whether the model drew each stroke of `completion`.
    added : Sketch
        The strokes of the model.
    drawings : list of Sketch
        The endings next to the paper, each a drawing that includes the beginning.

    Examples
    --------
    >>> Complete("kanji")                                                   # doctest: +SKIP
    >>> Complete("kanji", variants=9, auto=False)                           # doctest: +SKIP
    """

    _view = traitlets.Unicode("complete").tag(sync=True)
    sketch = SketchTrait(help="The strokes of the user.")
    completion = SketchTrait(help="The drawing on the paper.")
    by_model = traitlets.List(traitlets.Bool(), help="Whether the model drew each stroke.").tag(**SYNC_WITHOUT_ECHO)
    drawings = SketchListTrait(help="The endings next to the paper.")
    auto = traitlets.Bool(True, help="Whether the model continues when the pen is lifted.").tag(**SYNC_WITHOUT_ECHO)
    speed = traitlets.Enum(["slow", "lively", "fast", "instant"], "lively").tag(**SYNC_WITHOUT_ECHO)
    variants = traitlets.Int(0, min=0, max=9).tag(**SYNC_WITHOUT_ECHO)
    category = traitlets.Unicode("", help="Category to draw.").tag(**SYNC_WITHOUT_ECHO)
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    @property
    def added(self) -> Sketch:
        """The strokes of the model."""
        lines = self.completion.polylines()
        return Sketch.from_polylines([line for line, model in zip(lines, self.by_model, strict=False) if model])

    def _png(self) -> bytes:
        shown = self.completion if len(self.completion) else self.sketch
        return fallback_image(self._caption(), [drawing for drawing in (shown, *self.drawings) if len(drawing)])

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
