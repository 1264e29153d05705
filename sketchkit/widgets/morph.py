"""The way from one drawing to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.widgets.base import ModelWidget, SketchTrait, as_code, is_code

__all__ = ["Morph"]


class Morph(ModelWidget):
    """Two ends, a slider between them, and a filmstrip of the way.

    Parameters
    ----------
    model : str, Path or SketchRNN
        With a latent code.
    a, b : Sketch or array_like of shape (z_size,), optional
        The ends: drawings, or codes. Left out, they are random; either can be drawn in place.
    t : float
        0 (a) to 1 (b).
    interpolation : str
        `slerp` or `lerp`.
    temperature, seed, epsilon
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        The code at t.
    sketch : Sketch
        The drawing at t.
    z_a, z_b : list of float
        The codes of the ends.
    """

    _view = traitlets.Unicode("morph").tag(sync=True)
    needs_code = True
    t = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    interpolation = traitlets.Enum(["slerp", "lerp"], "slerp").tag(sync=True)
    z_a = traitlets.List(traitlets.Float()).tag(sync=True)
    z_b = traitlets.List(traitlets.Float()).tag(sync=True)
    sketch_a = SketchTrait(help="End a, where it was drawn.")
    sketch_b = SketchTrait(help="End b, where it was drawn.")
    z = traitlets.List(traitlets.Float(), help="The code at t.").tag(sync=True)
    sketch = SketchTrait(help="The drawing at t.")
    epsilon = traitlets.Float(2.0, min=0).tag(sync=True)

    def __init__(self, model: str | Path | SketchRNN = "kanji", a: Any = None, b: Any = None, **arguments: Any) -> None:
        checked = self._checked(model)
        for name, end in (("a", a), ("b", b)):
            if is_code(end):
                arguments[f"z_{name}"] = as_code(end, checked.hparams.z_size)
            elif end is not None:
                arguments[f"sketch_{name}"] = end
        arguments.setdefault("temperature", 0.1)
        super().__init__(checked, **arguments)
