"""Interpolation between drawings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.base import SYNC_WITHOUT_ECHO, ModelWidget, SketchTrait, as_code, is_code

__all__ = ["Morph"]


class Morph(ModelWidget):
    """Interpolate between two drawings with a slider, or over the square between four drawings.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    a, b : Sketch or array_like of shape (z_size,), optional
        The ends: drawings or latent codes. Default: random codes. The user can draw both ends in the widget.
    c, d : Sketch or array_like, optional
        Two more ends: a, b are then the upper corners of a square and c, d the lower ones.
    square : bool
        Whether there are four ends. Default: true if c or d is given.
    t : float
        Position from 0 (a) to 1 (b).
    u : float
        Position from 0 (upper side) to 1 (lower side) of the square.
    interpolation : str
        `slerp` (spherical) or `lerp` (linear).
    temperature, seed, epsilon
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        Latent code at `t` and `u`.
    sketch : Sketch
        Drawing of that code.
    z_a, z_b, z_c, z_d : list of float
        Latent codes of the ends.

    Examples
    --------
    >>> morph = Morph("kanji")                                              # doctest: +SKIP
    >>> Morph("kanji", morph.z_a, morph.z_b, square=True)                   # doctest: +SKIP
    """

    _view = traitlets.Unicode("morph").tag(sync=True)
    needs_code = True
    codes = ("z_a", "z_b", "z_c", "z_d", "z")
    t = traitlets.Float(0.5, min=0, max=1).tag(**SYNC_WITHOUT_ECHO)
    u = traitlets.Float(0.5, min=0, max=1).tag(**SYNC_WITHOUT_ECHO)
    square = traitlets.Bool(False, help="Four ends instead of two.").tag(sync=True)
    interpolation = traitlets.Enum(["slerp", "lerp"], "slerp").tag(**SYNC_WITHOUT_ECHO)
    z_a = traitlets.List(traitlets.Float()).tag(**SYNC_WITHOUT_ECHO)
    z_b = traitlets.List(traitlets.Float()).tag(**SYNC_WITHOUT_ECHO)
    z_c = traitlets.List(traitlets.Float()).tag(**SYNC_WITHOUT_ECHO)
    z_d = traitlets.List(traitlets.Float()).tag(**SYNC_WITHOUT_ECHO)
    sketch_a = SketchTrait(help="Drawing at end a, empty if the end is a code.")
    sketch_b = SketchTrait(help="Drawing at end b, empty if the end is a code.")
    sketch_c = SketchTrait(help="Drawing at end c, empty if the end is a code.")
    sketch_d = SketchTrait(help="Drawing at end d, empty if the end is a code.")
    z = traitlets.List(traitlets.Float(), help="Latent code at t and u.").tag(**SYNC_WITHOUT_ECHO)
    sketch = SketchTrait(help="Drawing at t and u.")
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

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
