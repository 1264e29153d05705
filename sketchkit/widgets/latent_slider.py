"""A slider for one dimension of a latent code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.codes import as_code, is_code, value_or_category
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, FloatResult, FloatsResult, SketchResult, SketchTrait

__all__ = ["LatentSlider"]


class LatentSlider(ModelWidget):
    """Vary one dimension of a latent code while the others stay the same.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    z : Sketch or array_like of shape (z_size,), optional
        A latent code, or a drawing to encode. Default: the code of `model.generate(seed=seed)`.
    category : str, optional
        In place of `z`: a category of the model, from which `seed` selects a drawing.
    dimension : int, optional
        Index of the dimension, from 0. Default: the dimension in which the codes of the training drawings vary most, or
        0 if the model does not record these codes.
    value : float
        Value of the dimension; the range of the slider is -3 to 3. With 0, the default, the slider starts at the value
        that the code has in this dimension.
    temperature, seed
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        The latent code, unchanged by `value`.
    sketch : Sketch
        The drawing decoded from the code with this value.

    Raises
    ------
    ValueError
        If the model has no latent code, no such dimension or no such category, or if both `z` and `category` are given.

    Examples
    --------
    >>> LatentSlider("kanji", doodles.draw("tree", 4).simplified(8), dimension=52)       # doctest: +SKIP
    """

    _view = traitlets.Unicode("latent_slider").tag(sync=True)
    needs_code = True
    own_temperature = 0.1
    codes = ("z",)
    inputs = ("model", "given", "z", "dimension", "value", "temperature", "seed")
    last_result = "sketch"
    dimension = traitlets.Int(0, min=0, help="Index of the dimension.").tag(**SYNC_WITHOUT_ECHO)
    value = FloatResult(help="Value of the dimension.")
    z = FloatsResult(help="The latent code, unchanged by `value`.")
    given = SketchTrait(help="The drawing that is encoded.")
    sketch = SketchResult(help="The drawing decoded from the code with this value.")

    def __init__(
        self,
        model: str | Path | SketchRNN = "kanji",
        z: Any = None,
        *,
        category: str | None = None,
        dimension: int | None = None,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        size = checked.hparams.z_size
        if dimension is None:
            codes = checked.config.codes
            dimension = int(np.argmax(codes.std)) if codes else 0
        if dimension >= size:
            raise ValueError(f"dimension: expected 0 to {size - 1} for {checked.name}, got {dimension}")
        z = value_or_category("z", z, category, checked, arguments.get("seed"))
        if category:
            arguments["_categories"] = {"z": category}
        if is_code(z):
            arguments["z"] = as_code(z, size)
        elif z is not None:
            arguments["given"] = z
        super().__init__(checked, choice=self._choice_of(model), dimension=dimension, **arguments)

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        model, z, value = self.model, self.z, self.value
        dimension = min(self.dimension, model.hparams.z_size - 1)
        if len(z) != model.hparams.z_size:
            z = (model.encode(self.given) if len(self.given) else model.new_codes(None, 1, self.seed)[0]).tolist()
            value = value or round(20 * z[dimension]) / 20  # the step of the slider is 0.05
        return {"z": z, "value": value, "sketch": self._at(z, dimension, [value])[0]}

    def _at(self, z: Sequence[float], dimension: int, values: Sequence[float]) -> list[Sketch]:
        """Return the drawings of a code with different values in a dimension."""
        codes = np.tile(np.asarray(z, dtype=np.float32), (len(values), 1))  # (values, z_size)
        codes[:, dimension] = values
        return list(self.model.decode(codes, seed=self.seed, temperature=self.temperature))

    def _shown(self) -> list[Sketch]:
        return self._at(self.z, min(self.dimension, len(self.z) - 1), [-3, -1.5, 0, 1.5, 3])
