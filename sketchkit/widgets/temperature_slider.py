"""A drawing at different temperatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.codes import as_code, value_or_category
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, SketchResult

__all__ = ["TemperatureSlider"]


class TemperatureSlider(ModelWidget):
    """Show a drawing decoded from a latent code, or by an unconditional model, at different temperatures.

    The random numbers stay the same, so only the temperature changes the drawing.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with or without a latent code.
    z : array_like, shape (z_size,), optional
        Latent code. Default: the code of `model.generate(seed=seed)`.
    category : str, optional
        In place of `z`: a category of the model. The drawing is `model.generate(category=category, seed=seed)`.
    temperature : float
        Temperature, 0 or more; the range of the slider is 0 to 1.5.
    seed : int
        Seed of the random numbers.
    density : bool
        Whether to show the probability density of the next point as a heat map under the drawing.

    Attributes
    ----------
    sketch : Sketch
        The drawing at `temperature`.

    Raises
    ------
    ValueError
        If the model has no latent code or no such category, or if both `z` and `category` are given.

    Examples
    --------
    >>> TemperatureSlider("quickdraw", category="bird")                     # doctest: +SKIP
    >>> TemperatureSlider("kanji", temperature=0.7, density=True)           # doctest: +SKIP
    """

    _view = traitlets.Unicode("temperature_slider").tag(sync=True)
    codes = ("z",)
    inputs = ("model", "z", "temperature", "seed")
    last_result = "sketch"
    density = traitlets.Bool(False, help="Whether to show the density of the next point.").tag(**SYNC_WITHOUT_ECHO)
    z = traitlets.List(traitlets.Float(), help="The latent code.").tag(**SYNC_WITHOUT_ECHO)
    sketch = SketchResult(help="The drawing.")

    def __init__(
        self,
        model: str | Path | SketchRNN = "kanji",
        z: Any = None,
        *,
        category: str | None = None,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        z = value_or_category("z", z, category, checked, arguments.get("seed"))
        if category:
            arguments["_categories"] = {"z": category}
        if z is not None:
            if not checked.conditional:
                raise ValueError(f"{checked.name} is an unconditional model; omit z")
            arguments["z"] = as_code(z, checked.hparams.z_size)
        super().__init__(checked, choice=self._choice_of(model), **arguments)

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"sketch": self._at([self.temperature])[0]}

    def _at(self, temperatures: Sequence[float]) -> list[Sketch]:
        """Return the drawing at different temperatures."""
        model, seed = self.model, self.seed
        if self.z:
            return [model.decode(self.z, seed=seed, temperature=value) for value in temperatures]
        return [model.generate(seed=seed, temperature=value) for value in temperatures]

    def _shown(self) -> list[Sketch]:
        return self._at([0.2, 0.4, 0.6, 0.8, 1.0])
