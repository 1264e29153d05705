"""Sliders for directions in the latent space, which change attributes of a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.codes import as_code, is_code, value_or_category
from sketchkit.widgets.traits import SYNC_WITHOUT_ECHO, FloatsResult, SketchResult, SketchTrait

__all__ = ["LatentSliders"]

#: Range of the sliders, in multiples of a direction.
MAX_STRENGTH = 3


class LatentSliders(ModelWidget):
    """Change attributes of a drawing, with one slider for each direction of the latent space.

    The code of the drawing is the code of the start plus the sum of the directions, each multiplied by its strength.
    `sketchkit.latent.direction` computes the direction of an attribute.

    Parameters
    ----------
    model : str, Path or SketchRNN
        A model with a latent code.
    start : Sketch or array_like of shape (z_size,), optional
        A drawing to encode, or a latent code. Default: the code of `model.generate(seed=seed)`.
    directions : mapping of str to array_like of shape (z_size,)
        The vector of each direction; its key is the name of the attribute that it changes.
    category : str, optional
        In place of `start`: a category of the model, from which `seed` selects a drawing.
    strengths : mapping of str to float
        Strength of each direction; the range of the sliders is -3 to 3. Default: 0.
    temperature, seed
        As in `Complete`.

    Attributes
    ----------
    z : list of float
        The latent code of the start.
    code : ndarray of float32
        The latent code that results from the strengths.
    sketch : Sketch
        The drawing decoded from that code.

    Raises
    ------
    ValueError
        If the model has no latent code or no such category, if both `start` and `category` are given, if there are no
        directions, or if a direction has another size or is not finite.
    traitlets.TraitError
        If a strength is not a number, or its name is not the name of a direction.

    Examples
    --------
    >>> wide = latent.direction(model.encode(wide_sheep), model.encode(narrow_sheep))      # doctest: +SKIP
    >>> LatentSliders(model, sheep, {"width": wide})                                       # doctest: +SKIP
    """

    _view = traitlets.Unicode("latent_sliders").tag(sync=True)
    needs_code = True
    own_temperature = 0.1
    codes = ("z",)
    inputs = ("model", "given", "z", "directions", "strengths", "temperature", "seed")
    last_result = "sketch"
    directions = traitlets.Dict(help="The vector of each direction, with its name as key.").tag(sync=True)
    strengths = traitlets.Dict(
        key_trait=traitlets.Unicode(),
        value_trait=traitlets.Float(),
        help="The strength of each direction, with its name as key.",
    ).tag(**SYNC_WITHOUT_ECHO)
    z = FloatsResult(help="The latent code of the start.")
    given = SketchTrait(help="The drawing that is encoded.")
    sketch = SketchResult(help="The drawing decoded from the code that results from the strengths.")

    def __init__(
        self,
        model: str | Path | SketchRNN = "quickdraw",
        start: Any = None,
        directions: Mapping[str, ArrayLike] | None = None,
        *,
        category: str | None = None,
        **arguments: Any,
    ) -> None:
        checked = self._checked(model)
        size = checked.hparams.z_size
        if not directions:
            raise ValueError("directions: expected a dictionary of one or more names and codes, got none")
        vectors = {}
        for name, direction in directions.items():
            try:
                vectors[str(name)] = as_code(direction, size)
            except ValueError as error:
                raise ValueError(f"directions, {name!r}{str(error).removeprefix('z')}") from None
        start = value_or_category("start", start, category, checked, arguments.get("seed"))
        if category:
            arguments["_categories"] = {"z": category}
        if is_code(start):
            arguments["z"] = as_code(start, size)
        elif start is not None:
            arguments["given"] = start
        super().__init__(checked, choice=self._choice_of(model), directions=vectors, **arguments)

    @property
    def code(self) -> NDArray[np.float32]:
        """The latent code of the start plus the directions, multiplied by their strengths; shape (z_size,)."""
        return np.asarray(self._at([self.strengths])[0])

    def _own_names(self) -> Iterable[str]:
        return (*super()._own_names(), *self.directions)

    @traitlets.validate("strengths")
    def _check_strengths(self, proposal: Any) -> dict[str, float]:
        strengths = dict(proposal["value"])
        if unknown := [name for name in strengths if name not in self.directions]:
            known = ", ".join(self.directions)
            raise traitlets.TraitError(f"strengths: expected names among {known}, got {', '.join(unknown)}")
        return strengths

    def _checked(self, model: str | Path | SketchRNN) -> SketchRNN:
        checked = super()._checked(model)
        for name, direction in self.directions.items():
            if len(direction) != checked.hparams.z_size:
                found = f"{checked.name} has codes of {checked.hparams.z_size} numbers"
                raise ValueError(f"directions, {name!r}: has {len(direction)} numbers, but {found}")
        return checked

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        model, z = self.model, self.z
        if len(z) != model.hparams.z_size:
            z = (model.encode(self.given) if len(self.given) else model.new_codes(None, 1, self.seed)[0]).tolist()
            self._trait_values["z"] = z
        return {"z": z, "sketch": self._draw([self.strengths])[0]}

    def _at(self, strengths: Sequence[Mapping[str, float]]) -> NDArray[np.float32]:
        """Return one code for each of n mappings of strengths, (n, z_size)."""
        names = list(self.directions)
        weights = np.array([[each.get(name, 0.0) for name in names] for each in strengths])  # (n, names)
        vectors = np.array([self.directions[name] for name in names])  # (names, z_size)
        return np.asarray(np.asarray(self.z) + weights @ vectors, dtype=np.float32)

    def _draw(self, strengths: Sequence[Mapping[str, float]]) -> list[Sketch]:
        return list(self.model.decode(self._at(strengths), seed=self.seed, temperature=self.temperature))

    def _shown(self) -> list[Sketch]:
        name = next(iter(self.directions))
        return self._draw([{**self.strengths, name: value} for value in (-2, -1, 0, 1, 2)])
