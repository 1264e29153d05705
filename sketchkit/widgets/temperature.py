"""One code at many temperatures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.base import SHARED, ModelWidget, SketchTrait, as_code

__all__ = ["Temperature"]


class Temperature(ModelWidget):
    """One code, or the decoder alone, from cold to warm; the noise is held still while the slider moves.

    Parameters
    ----------
    model : str, Path or SketchRNN
    z : array_like, shape (z_size,), optional
        The code; left out, that of `model.generate(seed=seed)`.
    temperature : float
        0 or more; the slider goes to 1.5.
    seed : int
    density : bool
        Show where the next point is expected, as heat under the drawing.

    Attributes
    ----------
    sketch : Sketch
        The drawing at the temperature.

    Examples
    --------
    >>> Temperature("kanji", temperature=0.7, density=True)                 # doctest: +SKIP
    """

    _view = traitlets.Unicode("temperature").tag(sync=True)
    codes = ("z",)
    density = traitlets.Bool(False, help="Show where the next point is expected.").tag(**SHARED)
    z = traitlets.List(traitlets.Float(), help="The code.").tag(**SHARED)
    sketch = SketchTrait(help="The drawing.")

    def __init__(self, model: str | Path | SketchRNN = "kanji", z: Any = None, **arguments: Any) -> None:
        checked = self._checked(model)
        if z is not None:
            if not checked.conditional:
                raise ValueError(f"{checked.name} is a decoder without a latent code: leave out z")
            arguments["z"] = as_code(z, checked.hparams.z_size)
        super().__init__(checked, choice=self._choice_of(model), **arguments)
