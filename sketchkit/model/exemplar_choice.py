"""Selection of exemplars: the drawings whose codes represent the categories of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.exemplars import Exemplars
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["choose_exemplars"]


#: Drawings that are compared with several seeds for each exemplar that is chosen, and the number of seeds.
CANDIDATES, SEEDS = 4, 6


def choose_exemplars(model: SketchRNN, drawings: Mapping[str, Sequence[Sketch]], count: int = 16) -> Exemplars:
    """Return the codes of the drawings that the model reconstructs best in each category.

    The measure is `Sketch.chamfer_distance` between a drawing and its reconstruction. The best drawings are
    reconstructed again with other seeds, and those with the smallest mean distance are chosen: their codes give good
    drawings for most seeds. Drawings with fewer points than the median are skipped: simple drawings are the easiest to
    reconstruct, but show little detail.

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
        best = np.argsort(_distances(model, sketches, codes, seed=0))[: CANDIDATES * count]
        sketches, codes = [sketches[i] for i in best], codes[best]
        distances = np.mean([_distances(model, sketches, codes, seed) for seed in range(SEEDS)], axis=0)
        best = np.argsort(distances)[:count]
        chosen.append(np.resize(codes[best], (count, codes.shape[1])))
    return Exemplars(tuple(drawings), np.stack(chosen).astype(np.float16).astype(np.float32))


def _distances(
    model: SketchRNN, sketches: Sequence[Sketch], codes: NDArray[np.float32], seed: int
) -> NDArray[np.float64]:
    """Return the distance between each drawing and its reconstruction; infinity if one of them is empty."""
    reconstructions = model.decode(codes, seed=seed)
    distances = [sketch.chamfer_distance(other) for sketch, other in zip(sketches, reconstructions, strict=True)]
    return np.nan_to_num(distances, nan=np.inf)
