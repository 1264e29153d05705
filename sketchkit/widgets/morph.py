"""The way from one drawing to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.base import SHARED, ModelWidget, SketchTrait, as_code, is_code

__all__ = ["Morph"]


class Morph(ModelWidget):
    """Two ends, a slider between them, and a filmstrip of the way; or four ends, and a square to drag in.

    Parameters
    ----------
    model : str, Path or SketchRNN
        With a latent code.
    a, b : Sketch or array_like of shape (z_size,), optional
        The ends: drawings, or codes. Left out, they are random; either can be drawn in place.
    c, d : Sketch or array_like, optional
        A second pair: a, b are then the upper corners of a square and c, d the lower ones.
    square : bool
        Have the second pair, drawn in place or random.
    t : float
        0 (a) to 1 (b).
    u : float
        0 (upper side) to 1 (lower side) of the square.
    interpolation : str
        `slerp` or `lerp`.
    temperature, seed, epsilon
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        The code at t (and u).
    sketch : Sketch
        The drawing there.
    z_a, z_b, z_c, z_d : list of float
        The codes of the ends.

    Examples
    --------
    >>> morph = Morph("kanji")                                              # doctest: +SKIP
    >>> Morph("kanji", morph.z_a, morph.z_b, square=True)                   # doctest: +SKIP
    """

    _view = traitlets.Unicode("morph").tag(sync=True)
    needs_code = True
    codes = ("z_a", "z_b", "z_c", "z_d", "z")
    t = traitlets.Float(0.5, min=0, max=1).tag(**SHARED)
    u = traitlets.Float(0.5, min=0, max=1).tag(**SHARED)
    square = traitlets.Bool(False, help="Four ends instead of two.").tag(sync=True)
    interpolation = traitlets.Enum(["slerp", "lerp"], "slerp").tag(**SHARED)
    z_a = traitlets.List(traitlets.Float()).tag(**SHARED)
    z_b = traitlets.List(traitlets.Float()).tag(**SHARED)
    z_c = traitlets.List(traitlets.Float()).tag(**SHARED)
    z_d = traitlets.List(traitlets.Float()).tag(**SHARED)
    sketch_a = SketchTrait(help="End a, where it was drawn.")
    sketch_b = SketchTrait(help="End b, where it was drawn.")
    sketch_c = SketchTrait(help="End c, where it was drawn.")
    sketch_d = SketchTrait(help="End d, where it was drawn.")
    z = traitlets.List(traitlets.Float(), help="The code at t.").tag(**SHARED)
    sketch = SketchTrait(help="The drawing at t.")
    epsilon = traitlets.Float(2.0, min=0).tag(**SHARED)

    def __init__(
        self,
        model: str | Path | SketchRNN = "kanji",
        a: Any = None,
        b: Any = None,
        c: Any = None,
        d: Any = None,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        for name, end in (("a", a), ("b", b), ("c", c), ("d", d)):
            if is_code(end):
                arguments[f"z_{name}"] = as_code(end, checked.hparams.z_size)
            elif end is not None:
                arguments[f"sketch_{name}"] = end
        arguments.setdefault("temperature", 0.1)
        arguments.setdefault("square", c is not None or d is not None)
        super().__init__(checked, choice=self._choice_of(model), **arguments)
