"""One number of a latent code, turned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.base import SHARED, ModelWidget, SketchTrait, as_code, is_code

__all__ = ["Dimension"]


class Dimension(ModelWidget):
    """One dimension of a code from low to high, the others held still: what the drawing has to do with it.

    Parameters
    ----------
    model : str, Path or SketchRNN
        With a latent code.
    z : Sketch or array_like of shape (z_size,), optional
        A code, or a drawing that has one; left out, the code of `model.generate(seed=seed)`.
    dimension : int
        Which number is turned, from 0 on.
    value : float
        What it is set to; the slider goes from -3 to 3. Left out, or 0, it begins with the code's own.
    temperature, seed
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        The code as it was.
    sketch : Sketch
        The drawing at the value.

    Raises
    ------
    ValueError
        If the model has no latent code, or no such dimension.

    Examples
    --------
    >>> Dimension("kanji", doodles.draw("tree", 4).simplified(8), dimension=12)          # doctest: +SKIP
    """

    _view = traitlets.Unicode("dimension").tag(sync=True)
    needs_code = True
    codes = ("z",)
    dimension = traitlets.Int(0, min=0, help="Which number is turned.").tag(**SHARED)
    value = traitlets.Float(0.0, help="What it is set to.").tag(**SHARED)
    z = traitlets.List(traitlets.Float(), help="The code as it was.").tag(**SHARED)
    given = SketchTrait(help="The drawing whose code it is.")
    sketch = SketchTrait(help="The drawing at the value.")

    def __init__(self, model: str | Path | SketchRNN = "kanji", z: Any = None, **arguments: Any) -> None:
        checked = self._checked(model)
        size = checked.hparams.z_size
        if arguments.get("dimension", 0) >= size:
            raise ValueError(f"dimension: {checked.name} has {size}, from 0 on; got {arguments['dimension']}")
        if is_code(z):
            arguments["z"] = as_code(z, size)
        elif z is not None:
            arguments["given"] = z
        arguments.setdefault("temperature", 0.1)
        super().__init__(checked, choice=self._choice_of(model), **arguments)
