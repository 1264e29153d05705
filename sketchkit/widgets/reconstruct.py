"""Reconstructions of a drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import DRAWING_SIZE_RANGE, SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.sketches import Sketches
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.codes import value_or_category
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, FloatsResult, InkTrait, SketchListResult, SketchTrait

__all__ = ["Reconstruct"]


class Reconstruct(ModelWidget):
    """Encode a drawing and reconstruct it one to nine times.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    sketch : Sketch, optional
        The drawing to reconstruct.
    category : str, optional
        In place of `sketch`: a category of the model. The drawing is `model.generate(category=category, seed=seed)`.
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

    Raises
    ------
    ValueError
        If the model has no latent code or no such category, or if both `sketch` and `category` are given.

    Examples
    --------
    >>> Reconstruct("quickdraw", category="rabbit")                                             # doctest: +SKIP
    >>> Reconstruct("kanji", sketch=sketchkit.Sketch.from_polylines([[(0, 0), (90, 0)]]))      # doctest: +SKIP
    """

    _view = traitlets.Unicode("reconstruct").tag(sync=True)
    needs_code = True
    codes = ("z",)
    inputs = ("model", "sketch", "variants", "temperature", "seed")
    last_result = "drawings"
    sketch = SketchTrait(help="The drawing to reconstruct.")
    ink = InkTrait()
    z = FloatsResult(help="Latent code of the drawing.")
    drawings = SketchListResult(help="The reconstructions.")
    distances = FloatsResult(help="Distances of the reconstructions.")
    variants = traitlets.Int(6, min=1, max=9).tag(**SYNC_WITHOUT_ECHO)
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    def __init__(
        self,
        model: str | Path | SketchRNN = "kanji",
        sketch: Sketch | None = None,
        *,
        category: str | None = None,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        if category:
            seed, temperature = arguments.get("seed") or 0, arguments.get("temperature")
            code = value_or_category("sketch", sketch, category, checked, seed)
            sketch = checked.decode(code, seed=seed, temperature=temperature)
            arguments["_categories"] = {"sketch": category}
        if sketch is not None:
            arguments["sketch"] = sketch
        super().__init__(checked, choice=self._choice_of(model), **arguments)

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        if not len(self.sketch):
            return {"z": [], "drawings": [], "distances": []}
        z, drawings = self._reconstructions(self.sketch)
        distances = [self.sketch.chamfer_distance(drawing) for drawing in drawings]
        return {"z": z, "drawings": drawings, "distances": [1.0 if math.isnan(value) else value for value in distances]}

    def _reconstructions(self, sketch: Sketch) -> tuple[list[float], list[Sketch]]:
        """Return the code of a drawing, and its reconstructions, scaled to the size of the drawing."""
        model = self.model
        z = model.encode(sketch)
        drawings = model.decode(z, n=self.variants, seed=self.seed, temperature=self.temperature)
        scale = model.fit_scale(sketch, DRAWING_SIZE_RANGE) / model.scale_factor
        return z.tolist(), Sketches(drawing.scaled(scale) for drawing in drawings)

    def _shown(self) -> list[Sketch]:
        if len(self.sketch):
            return [self.sketch, *self.drawings]
        example = self._example()
        return [example, *self._reconstructions(example)[1]] if len(example) else []
