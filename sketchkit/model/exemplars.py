"""Choose the drawings whose codes stand for the categories of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sketchkit.model.categories import Categories
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["choose_exemplars"]


def choose_exemplars(model: SketchRNN, drawings: Mapping[str, Sequence[Sketch]], count: int = 16) -> Categories:
    """Return the codes of the drawings of each category that the model reconstructs best, by `Sketch.distance`.

    Only drawings with at least the median number of points compete, since plain ones are the easiest to reconstruct
    and show the least.

    Parameters
    ----------
    model : SketchRNN
        A conditional model.
    drawings : mapping of str to sequence of Sketch
        Drawings of each category, in the units of the model's data.
    count : int
        Codes of each category. Where there are fewer drawings, their codes repeat.
    """
    chosen = []
    for given in drawings.values():
        median = np.median([len(sketch) for sketch in given])
        sketches = [sketch for sketch in given if len(sketch) >= median]
        codes = model.encode(sketches)  # (drawings, z_size)
        redrawn = model.decode(codes, seed=0)
        far = [sketch.distance(other) for sketch, other in zip(sketches, redrawn, strict=True)]
        best = np.argsort(np.nan_to_num(far, nan=np.inf))[:count]
        chosen.append(np.resize(codes[best], (count, codes.shape[1])))
    return Categories(tuple(drawings), np.stack(chosen).astype(np.float16).astype(np.float32))
