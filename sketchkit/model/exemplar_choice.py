"""Selection of exemplars: the drawings whose codes represent the categories of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sketchkit.model.exemplars import Exemplars
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["choose_exemplars"]


def choose_exemplars(model: SketchRNN, drawings: Mapping[str, Sequence[Sketch]], count: int = 16) -> Exemplars:
    """Return the codes of the drawings that the model reconstructs best in each category.

    The measure is `Sketch.chamfer_distance` between a drawing and its reconstruction. Drawings with fewer points than
    the median are skipped: simple drawings are the easiest to reconstruct, but show little detail.

    Parameters
    ----------
    model : SketchRNN
        A conditional model.
    drawings : mapping of str to sequence of Sketch
        Drawings of each category, in data units.
    count : int
        Number of codes for each category. The codes of a category with fewer drawings are repeated.

    Returns
    -------
    Exemplars
    """
    chosen = []
    for category_drawings in drawings.values():
        median = np.median([len(sketch) for sketch in category_drawings])
        sketches = [sketch for sketch in category_drawings if len(sketch) >= median]
        codes = model.encode(sketches)  # (drawings, z_size)
        reconstructions = model.decode(codes, seed=0)
        distances = [sketch.chamfer_distance(other) for sketch, other in zip(sketches, reconstructions, strict=True)]
        best = np.argsort(np.nan_to_num(distances, nan=np.inf))[:count]
        chosen.append(np.resize(codes[best], (count, codes.shape[1])))
    return Exemplars(tuple(drawings), np.stack(chosen).astype(np.float16).astype(np.float32))
