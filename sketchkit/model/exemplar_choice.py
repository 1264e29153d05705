"""Selection of exemplars: the drawings whose codes represent the categories of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.exemplars import Exemplars
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["choose_exemplars"]


#: A drawing can be an exemplar if its number of points is between these quantiles; the first pair is for models of
#: several categories, the second for models of one category. Simple drawings are the easiest to reconstruct, but have
#: too little detail to tell categories apart. A model of one category draws drawings of medium length best.
LENGTHS, LENGTHS_OF_ONE = (0.5, 1.0), (0.4, 0.7)
#: Fraction of the drawings of a category that become candidates: those with the best reconstructions.
CANDIDATES = 0.3
#: Number of reconstructions of a candidate, each with a different seed.
SEEDS = 4
#: Weight of the identity matrix that is added to the covariance of the codes, so that the covariance of few codes is
#: invertible, too.
SHRINKAGE = 0.1


def choose_exemplars(model: SketchRNN, drawings: Mapping[str, Sequence[Sketch]], count: int = 16) -> Exemplars:
    """Return, for each category, codes that the model decodes to good drawings which are clearly of this category.

    Drawings whose number of points is outside `LENGTHS` (or `LENGTHS_OF_ONE`, if there is only one category) are
    skipped. If fewer than `count` drawings of a category would remain, all its drawings are used. The
    drawings are ranked by `Sketch.chamfer_distance` from their reconstruction, and the best become candidates. The
    candidates are reconstructed with several seeds, and the reconstructions are encoded. The candidates whose
    reconstructions have the highest mean score are chosen. The score of a code is the log probability of its category,
    from a linear discriminant of the codes of all drawings. If there is only one category, the score is the log density
    of a normal distribution that is fitted to the codes.

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
    lengths = LENGTHS if len(drawings) > 1 else LENGTHS_OF_ONE
    usable = [_with_lengths(category_drawings, *lengths, count) for category_drawings in drawings.values()]
    codes = [model.encode(sketches) for sketches in usable]  # a list of (drawings, z_size)
    score = _fit_score(codes)
    chosen = []
    for category, (sketches, z) in enumerate(zip(usable, codes, strict=True)):
        order = np.argsort(_distances(sketches, model.decode(z, seed=0)))
        candidates = order[: max(int(CANDIDATES * len(order)), count)]
        scores = np.zeros(len(candidates))
        for seed in range(SEEDS):
            scores += score(model.encode(model.decode(z[candidates], seed=seed)))[:, category]
        best = candidates[np.argsort(-scores)[:count]]
        chosen.append(np.resize(z[best], (count, z.shape[1])))
    return Exemplars(tuple(drawings), np.stack(chosen).astype(np.float16).astype(np.float32))


def _with_lengths(sketches: Sequence[Sketch], low: float, high: float, count: int) -> list[Sketch]:
    """Return the drawings whose number of points is between two quantiles; return all if fewer than `count` remain."""
    shortest, longest = np.quantile([len(sketch) for sketch in sketches], [low, high])
    kept = [sketch for sketch in sketches if shortest <= len(sketch) <= longest]
    return kept if len(kept) >= count else list(sketches)


def _distances(sketches: Sequence[Sketch], others: Sequence[Sketch]) -> NDArray[np.float64]:
    """Return the distance between each drawing and its reconstruction; infinity if one of the two is empty."""
    distances = [sketch.chamfer_distance(other) for sketch, other in zip(sketches, others, strict=True)]
    return np.nan_to_num(distances, nan=np.inf)


def _fit_score(codes: Sequence[NDArray[np.float32]]) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """Return a function that maps codes, (n, z_size), to scores for each category, (n, categories).

    The function assumes normal distributions with one mean for each category and one covariance for all categories, and
    equal frequencies of the categories (linear discriminant analysis).
    """
    means = np.stack([z.mean(axis=0, dtype=np.float64) for z in codes])  # (categories, z_size)
    residuals = np.concatenate([z - mean for z, mean in zip(codes, means, strict=True)])
    covariance = residuals.T @ residuals / len(residuals)
    size = len(covariance)
    covariance += SHRINKAGE * max(np.trace(covariance) / size, 1e-6) * np.eye(size)
    precision = np.linalg.inv(covariance)

    def score(z: NDArray[np.float32]) -> NDArray[np.float64]:
        distances = z[:, None] - means  # (n, categories, z_size)
        log_density = -0.5 * np.sum((distances @ precision) * distances, axis=2)
        if len(means) == 1:
            return np.asarray(log_density)
        log_density -= log_density.max(axis=1, keepdims=True)
        return np.asarray(log_density - np.log(np.exp(log_density).sum(axis=1, keepdims=True)))

    return score
