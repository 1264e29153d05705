"""`Prediction`: a category and its probability, as `SketchRNN.guess` returns them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Prediction", "rank"]


class Prediction(NamedTuple):
    """A category and its probability.

    Attributes
    ----------
    category : str
        Name of the category.
    probability : float
        Its probability, 0 to 1.
    """

    category: str
    probability: float

    def __repr__(self) -> str:
        return f"({self.category!r}, {self.probability:.2g})"


def rank(names: Sequence[str], probabilities: NDArray[np.float32]) -> list[Prediction]:
    """Return the predictions of all categories, the most probable first."""
    order = np.argsort(-probabilities, kind="stable")
    return [Prediction(names[i], float(probabilities[i])) for i in order]
