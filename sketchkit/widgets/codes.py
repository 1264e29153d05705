"""Latent codes from the arguments of widgets: arrays, drawings and names of categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sketchkit.argument_errors import number_array, received
from sketchkit.model.noise import check_seed
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["as_code", "codes_of_ends", "is_code", "value_or_category"]


def as_code(z: Any, size: int) -> list[float]:
    """Return a latent code as a list of floats, which a trait can contain.

    Raises
    ------
    ValueError
        If its shape is not `(size,)` or a value is not finite.
    """
    code = number_array(z, "z")
    if code.shape != (size,):
        raise ValueError(f"z: expected {size} finite numbers, got shape {code.shape}")
    if not np.isfinite(code).all():
        raise ValueError(f"z: expected {size} finite numbers, got NaN or infinity")
    return [float(x) for x in code]


def is_code(end: Any) -> bool:
    """Return whether an argument is a latent code rather than a drawing."""
    return isinstance(end, (np.ndarray, Sequence)) and not isinstance(end, (str, Sketch))


def _category_code(model: SketchRNN, category: Any, seed: Any, *, index: int = 0) -> list[float]:
    """Return the latent code of an exemplar of a category.

    Parameters
    ----------
    model : SketchRNN
        A model with categories.
    category : str
        One of `model.categories`.
    seed : int or None
        Seed of the selection; None stands for 0, the default of the widgets.
    index : int
        Number of the exemplar in the series that the seed determines. `model.generate(category=category, seed=seed)`
        draws the first one, index 0.

    Raises
    ------
    ValueError
        If the model does not have this category. The message suggests a similar name.
    """
    if model.exemplars is None:
        raise ValueError(f"{model.name} has no categories, got {category!r}")
    codes = model.new_codes(category, index + 1, check_seed(seed or 0))
    return as_code(codes[index], model.hparams.z_size)


def value_or_category(name: str, value: Any, category: str | None, model: SketchRNN, seed: Any) -> Any:
    """Return the value of an argument, or the latent code of the category that is given in its place.

    Raises
    ------
    ValueError
        If both are given, or the model does not have this category.
    """
    if not category:
        return value
    if value is not None:
        raise ValueError(f"expected either category or {name}, got both")
    return _category_code(model, category, seed)


def codes_of_ends(model: SketchRNN, ends: Mapping[str, Any], seed: Any) -> dict[str, list[float]]:
    """Return the latent codes of those ends of an interpolation that are codes or names of categories.

    The keys are those of `ends`. An end with the category of an earlier end gets the code of another exemplar. Ends
    that are drawings or None are left out.

    Raises
    ------
    TypeError
        If an end is not a drawing, a code, the name of a category, or None.
    ValueError
        If a code has another size, or the model does not have a category.
    """
    codes: dict[str, list[float]] = {}
    categories: list[str] = []
    for name, end in ends.items():
        if isinstance(end, str):
            try:
                codes[name] = _category_code(model, end, seed, index=categories.count(end))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
            categories.append(end)
        elif is_code(end):
            codes[name] = as_code(end, model.hparams.z_size)
        elif end is not None and not isinstance(end, Sketch):
            expected = "a Sketch, a latent code or the name of a category"
            raise TypeError(f"{name}: expected {expected}, {received(end)}")
    return codes
