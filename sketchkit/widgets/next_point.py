"""Prediction of the next point while the user draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets

from sketchkit.model.temperature import temperature_scales
from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, CategoryTrait, FloatsResult, InkTrait, SketchTrait

__all__ = ["NextPoint"]

#: The lowest temperature that is shown. At 0 the density is a single point.
MIN_TEMPERATURE = 0.02


class NextPoint(ModelWidget):
    """Draw, and see the model's prediction: the density of the next point as a heat map, and the pen probabilities.

    A model with a latent code encodes the unfinished drawing as if it were complete. If `category` is set, the code of
    an exemplar is used instead.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with or without a latent code.
    sketch : Sketch, optional
        The beginning of the drawing.
    temperature : float
        Temperature, 0 or more; the density is shown at a temperature of at least 0.02.
    category : str
        Category that the model expects, one of `model.categories`; "" to encode the drawing instead.
    seed : int
        Seed that selects an exemplar of the category.
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
    inputs = ("model", "sketch", "category", "temperature", "seed")
    last_result = "pen"
    sketch = SketchTrait(help="The drawing.")
    ink = InkTrait()
    pen = FloatsResult(help="Probabilities of pen down, pen up and end.")
    category = CategoryTrait(help="Category that the model expects.")
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        model, z = self.model, None
        if self.category:
            z = model.new_codes(self.category, 1, self.seed)[0]
        elif model.conditional and not len(self.sketch):
            z = np.zeros(model.hparams.z_size, dtype=np.float32)
        probabilities = model.mixture(self.sketch, z).pen[-1].astype(np.float64)  # (3,)
        sampling = model.sampling
        scales = temperature_scales(
            max(self.temperature, MIN_TEMPERATURE), sampling.convention, sampling.pen_temperature
        )
        powers = np.exp(scales.pen * np.log(np.maximum(probabilities / probabilities.max(), 1e-300)))
        return {"pen": (powers / powers.sum()).tolist()}

    def _shown(self) -> list[Sketch]:
        return [self.sketch if len(self.sketch) else self._example(category=self.category)]
