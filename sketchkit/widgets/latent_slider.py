"""A slider for one dimension of a latent code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.base import SYNC_WITHOUT_ECHO, ModelWidget, SketchTrait, as_code, is_code

__all__ = ["LatentSlider"]


class LatentSlider(ModelWidget):
    """Vary one dimension of a latent code while the others stay the same.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    z : Sketch or array_like of shape (z_size,), optional
        A latent code, or a drawing to encode. Default: the code of `model.generate(seed=seed)`.
    dimension : int
        Index of the dimension, from 0.
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
        The drawing of the code with this value.

    Raises
    ------
    ValueError
        If the model has no latent code, or no such dimension.

    Examples
    --------
    >>> LatentSlider("kanji", doodles.draw("tree", 4).simplified(8), dimension=12)       # doctest: +SKIP
    """

    _view = traitlets.Unicode("latent_slider").tag(sync=True)
    needs_code = True
    codes = ("z",)
    dimension = traitlets.Int(0, min=0, help="Index of the dimension.").tag(**SYNC_WITHOUT_ECHO)
    value = traitlets.Float(0.0, help="Value of the dimension.").tag(**SYNC_WITHOUT_ECHO)
    z = traitlets.List(traitlets.Float(), help="The latent code, unchanged by `value`.").tag(**SYNC_WITHOUT_ECHO)
    given = SketchTrait(help="The drawing that is encoded.")
    sketch = SketchTrait(help="The drawing of the code with this value.")

    def __init__(self, model: str | Path | SketchRNN = "kanji", z: Any = None, **arguments: Any) -> None:
        checked = self._checked(model)
        size = checked.hparams.z_size
        if arguments.get("dimension", 0) >= size:
            raise ValueError(f"dimension: expected 0 to {size - 1} for {checked.name}, got {arguments['dimension']}")
        if is_code(z):
            arguments["z"] = as_code(z, size)
        elif z is not None:
            arguments["given"] = z
        arguments.setdefault("temperature", 0.1)
        super().__init__(checked, choice=self._choice_of(model), **arguments)
