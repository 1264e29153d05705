"""Completions of the beginning of a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.traits import (
    SYNC_WITHOUT_ECHO,
    BoolsResult,
    CategoryTrait,
    InkTrait,
    SketchListResult,
    SketchResult,
    SketchTrait,
)

__all__ = ["Complete"]

#: Minimum number of endings that are drawn. The first ending that adds a point is put on the pad.
MIN_ENDINGS = 3


class Complete(ModelWidget):
    """Draw together with a model: when you lift the pen, the model continues on the same pad, in a second ink.

    Your next stroke replaces the model's answer to your previous stroke, even while the model is still drawing. After
    *Accept*, your next stroke does not replace the answer. *Continue* also accepts the answer, and lets the model add
    more. Undo takes back one turn of the model or one of your strokes. *Another ending* replaces the model's latest
    turn, or all its strokes if that turn added very little.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with or without a latent code.
    sketch : Sketch, optional
        The beginning of the drawing.
    auto : bool
        Whether the model continues when the pen is lifted. Otherwise, it continues when *Continue* is pressed.
    speed : str
        Speed of the model's pen: `slow`, `lively`, `fast` (0.4, 1.2 and 4 widths of the pad per second) or
        `instant`.
    variants : int
        Number of endings that are shown next to the pad, 0 to 9. A click puts one of them on the pad.
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
        strokes; the pad shows the strokes as they were drawn.

    Attributes
    ----------
    sketch : Sketch
        The strokes of the user.
    ink : list of list of [x, y, pressure]
        The strokes of the user as they were drawn, as in `SketchPad`.
    completion : Sketch
        The drawing on the pad, with the strokes of the user and those of the model in the order in which they were
        drawn.
    by_model : list of bool
        For each stroke of `completion`, whether the model drew it.
    added : Sketch
        The strokes of the model.
    drawings : list of Sketch
        The endings next to the pad, each a drawing that includes the beginning.

    Examples
    --------
    >>> Complete("kanji")                                                   # doctest: +SKIP
    >>> Complete("kanji", variants=9, auto=False)                           # doctest: +SKIP
    """

    _view = traitlets.Unicode("complete").tag(sync=True)
    inputs = ("model", "sketch", "variants", "category", "auto", "temperature", "seed")
    last_result = "completion"
    sketch = SketchTrait(help="The strokes of the user.")
    ink = InkTrait()
    completion = SketchResult(help="The drawing on the pad.")
    by_model = BoolsResult(help="For each stroke of `completion`, whether the model drew it.")
    drawings = SketchListResult(help="The endings next to the pad.")
    auto = traitlets.Bool(True, help="Whether the model continues when the pen is lifted.").tag(**SYNC_WITHOUT_ECHO)
    speed = traitlets.Enum(["slow", "lively", "fast", "instant"], "lively").tag(**SYNC_WITHOUT_ECHO)
    variants = traitlets.Int(0, min=0, max=9).tag(**SYNC_WITHOUT_ECHO)
    category = CategoryTrait(help="Category to draw.")
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    @property
    def added(self) -> Sketch:
        """The strokes of the model."""
        lines = self.completion.polylines()
        return Sketch.from_polylines([line for line, model in zip(lines, self.by_model, strict=False) if model])

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        if before is None or before["sketch"] != self.sketch:
            base, by_model = self.sketch, [False] * self.sketch.num_strokes
            draws = self.auto and len(base) > 0
        else:  # other inputs have changed, so draw the latest strokes of the model again
            by_model = list(self.by_model)
            draws = bool(by_model) and by_model[-1]
            while by_model and by_model[-1]:
                by_model.pop()
            base = Sketch.from_polylines(self.completion.polylines()[: len(by_model)])
        endings = self._endings(base) if draws or self.variants else []
        added = next((ending for ending in endings if len(ending) > len(base)), base) if draws else base
        return {
            "drawings": endings[: self.variants],
            "completion": added,
            "by_model": by_model + [True] * (added.num_strokes - len(by_model)),
        }

    def _endings(self, base: Sketch) -> list[Sketch]:
        """Return whole drawings that begin with `base`; none if `base` has the maximum number of points or more."""
        if len(base) >= self.model.hparams.max_seq_len:
            return []
        return self.model.complete(
            base,
            max(self.variants, MIN_ENDINGS),
            category=self.category or None,
            seed=self.seed,
            temperature=self.temperature,
            fit=False,
        )

    def _shown(self) -> list[Sketch]:
        shown = (
            self.completion if len(self.completion) else self._example(max(self.variants, MIN_ENDINGS), self.category)
        )
        return [shown, *self.drawings]
