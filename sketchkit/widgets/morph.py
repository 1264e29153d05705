"""Interpolation between drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from sketchkit.latent import lerp, slerp
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.codes import codes_of_ends
from sketchkit.widgets.export.bundle import widget_stylesheet
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, FloatsResult, SketchResult, SketchTrait

__all__ = ["Morph"]

#: Default seed. With seed 0, the drawings of the bundled model "sheep" in the middle of the square are scribbles.
SEED = 1


class Morph(ModelWidget):
    """Interpolate with a slider between two or more drawings, or over the square between four drawings.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    a, b : Sketch, array_like of shape (z_size,) or str, optional
        The ends of the interpolation: drawings, latent codes, or names of categories, from which `seed` selects a
        drawing. Default: codes that `seed` selects. The user can draw both ends in the widget.
    c, d : Sketch, array_like or str, optional
        Two more ends: a, b are then the upper corners of a square and c, d the lower ones.
    path : sequence of Sketch, array_like or str, optional
        Two or more drawings, codes or names of categories in place of a and b. The slider passes through all of them.
    square : bool
        Whether there are four ends. Default: true if c or d is given.
    t : float
        Position from 0 (a) to 1 (b).
    u : float
        Position from 0 (upper side) to 1 (lower side) of the square.
    interpolation : str
        `slerp` (spherical) or `lerp` (linear).
    seed : int
        Seed of the random numbers, which also selects the ends that are not given. Default: 1. With this seed, the
        drawings between the ends are clean for each of the bundled models.
    temperature, epsilon
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        Latent code at `t` and `u`.
    sketch : Sketch
        Drawing of that code.
    z_a, z_b, z_c, z_d : list of float
        Latent codes of the ends.

    Raises
    ------
    ValueError
        If the model has no latent code, or no category with a given name, or if a code has another size.

    Examples
    --------
    >>> Morph("quickdraw", "rabbit", "bear")                                # doctest: +SKIP
    >>> morph = Morph("kanji")                                              # doctest: +SKIP
    >>> Morph("kanji", morph.z_a, morph.z_b, square=True)                   # doctest: +SKIP
    >>> Morph("quickdraw", path=[sheep, rabbit, bear])                      # doctest: +SKIP
    """

    _css = widget_stylesheet("views/morph.css")
    _view = traitlets.Unicode("morph").tag(sync=True)
    needs_code = True
    own_temperature = 0.1
    codes = ("z_a", "z_b", "z_c", "z_d", "z", "path")
    inputs = (
        *("model", "t", "u", "path", "square", "interpolation", "temperature", "seed"),
        *(f"{part}_{end}" for end in "abcd" for part in ("z", "sketch")),
    )
    last_result = "sketch"
    t = traitlets.Float(0.5, min=0, max=1).tag(**SYNC_WITHOUT_ECHO)
    u = traitlets.Float(0.5, min=0, max=1).tag(**SYNC_WITHOUT_ECHO)
    seed = traitlets.Int(SEED, min=0, max=2**53 - 1, help="Seed of the random numbers.").tag(**SYNC_WITHOUT_ECHO)
    square = traitlets.Bool(False, help="Whether to interpolate between four ends instead of two.").tag(sync=True)
    path = traitlets.List(traitlets.List(traitlets.Float()), help="Codes on the path.").tag(sync=True)
    interpolation = traitlets.Enum(["slerp", "lerp"], "slerp").tag(**SYNC_WITHOUT_ECHO)
    z_a = FloatsResult(help="Latent code of end a.")
    z_b = FloatsResult(help="Latent code of end b.")
    z_c = FloatsResult(help="Latent code of end c.")
    z_d = FloatsResult(help="Latent code of end d.")
    sketch_a = SketchTrait(help="Drawing at end a, empty if the end is a code.")
    sketch_b = SketchTrait(help="Drawing at end b, empty if the end is a code.")
    sketch_c = SketchTrait(help="Drawing at end c, empty if the end is a code.")
    sketch_d = SketchTrait(help="Drawing at end d, empty if the end is a code.")
    z = FloatsResult(help="Latent code at t and u.")
    sketch = SketchResult(help="Drawing at t and u.")
    epsilon = traitlets.Float(2.0, min=0).tag(**SYNC_WITHOUT_ECHO)

    def __init__(
        self,
        model: str | Path | SketchRNN = "kanji",
        a: Any = None,
        b: Any = None,
        c: Any = None,
        d: Any = None,
        *,
        path: Sequence[Any] | None = None,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        ends, seed = {"a": a, "b": b, "c": c, "d": d}, arguments.get("seed")
        if seed is None:
            arguments["seed"] = seed = SEED
        if path is not None:
            if any(end is not None for end in ends.values()) or arguments.get("square"):
                raise ValueError("path: expected either a path or the ends a to d, got both")
            if len(path) < 2:
                raise ValueError(f"path: expected at least 2 drawings, codes or categories, got {len(path)}")
            stations = {f"path, item {i}": station for i, station in enumerate(path)}
            codes = codes_of_ends(checked, stations, seed)
            arguments["path"] = [codes.get(name) or checked.encode(each).tolist() for name, each in stations.items()]
        codes = codes_of_ends(checked, ends, seed)
        arguments |= {f"z_{name}": code for name, code in codes.items()}
        arguments["_categories"] = {f"z_{name}": end for name, end in ends.items() if isinstance(end, str)}
        arguments |= {f"sketch_{name}": end for name, end in ends.items() if isinstance(end, Sketch)}
        arguments.setdefault("square", c is not None or d is not None)
        super().__init__(checked, choice=self._choice_of(model), **arguments)

    def frames(self, n: int = 9) -> list[Sketch]:
        """Return `n` drawings along the path or from `a` to `b`; for a square, at the current `u`."""
        return self._at([(t, self.u) for t in np.linspace(0, 1, n)])[1]

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        codes = {} if self.path else self._end_codes(before)
        self._trait_values.update(codes)
        z, drawings = self._at([(self.t, self.u)])
        return {**codes, "z": z[0].tolist(), "sketch": drawings[0]}

    def _end_codes(self, before: Mapping[str, Any] | None) -> dict[str, list[float]]:
        """Return the codes of the ends.

        An end is encoded if its drawing is new, or if it has a drawing but no code yet. An end without a drawing and
        without a code gets the code that `seed` selects. Other codes are kept.
        """
        model, ends = self.model, "abcd" if self.square else "ab"
        selected = model.new_codes(None, len(ends), self.seed)
        codes = {}
        for end, default in zip(ends, selected, strict=True):
            z, sketch = getattr(self, f"z_{end}"), getattr(self, f"sketch_{end}")
            is_new = before is not None and before[f"sketch_{end}"] != sketch
            if len(z) != model.hparams.z_size or (is_new and len(sketch)):
                z = (model.encode(sketch) if len(sketch) else default).tolist()
            codes[f"z_{end}"] = z
        return codes

    def _at(self, places: Sequence[tuple[float, float]]) -> tuple[NDArray[np.float32], list[Sketch]]:
        """Return the codes (n, z_size) and the drawings at positions (t, u)."""
        interpolate = slerp if self.interpolation == "slerp" else lerp
        codes = []
        stations = self.path or [self.z_a, self.z_b]
        for t, u in places:
            segment = min(int(t * (len(stations) - 1)), len(stations) - 2)
            z = interpolate(stations[segment], stations[segment + 1], t * (len(stations) - 1) - segment)
            codes.append(interpolate(z, interpolate(self.z_c, self.z_d, t), u) if self.square else z)
        many = np.stack(codes)
        return many, list(self.model.decode(many, seed=self.seed, temperature=self.temperature))

    def _shown(self) -> list[Sketch]:
        if not self.square:
            return self.frames(5)
        return self._at([(t, u) for u in (0, 0.5, 1) for t in (0, 0.5, 1)])[1]
