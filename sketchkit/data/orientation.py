"""Detection of drawings that are mirrored or rotated relative to the other drawings of a dataset.

The features of a drawing are the positions and slopes of its lines, independent of the pen's direction. There are eight
orientations (quarter turns, mirrored or not). A conditional logit model, fitted on other drawings, estimates the
probability of each orientation of a drawing. A drawing that is probably not in the usual orientation is reported.
Drawings of subjects without a usual orientation, such as circles, are not reported. The idea to learn orientations from
rotations of the drawings themselves is from Gidaris et al., "Unsupervised Representation Learning by Predicting Image
Rotations", arXiv 1803.07728. The conditional logit model is McFadden's (1974).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["ORIENTATIONS", "orientation_probabilities", "reorient"]

#: Orientations as (mirrored left to right, number of clockwise quarter turns); mirroring is applied first.
ORIENTATIONS = tuple((mirrored, quarters) for mirrored in (False, True) for quarters in range(4))

#: Number of cells across and down, and number of slopes in each cell.
CELLS, SLOPES = 4, 8
#: Maximum length of the segments that lines are cut into, as a share of the drawing's longer side.
MAX_SEGMENT = 1 / 8
#: Ridge penalty of the weights; a compromise for datasets of 25 and of 2,000 drawings.
RIDGE = 0.1
#: Number of cross-validation folds; a drawing is never judged by a model that was fitted on it.
FOLDS = 5
#: Maximum number of Newton steps; about six are enough.
STEPS = 20


def reorient(sketch: Sketch, orientation: int) -> Sketch:
    """Return a drawing mirrored and rotated about its start.

    Parameters
    ----------
    sketch : Sketch
    orientation : int
        Index into `ORIENTATIONS`; 0 returns the drawing unchanged.
    """
    if orientation == 0:
        return sketch
    mirrored, quarters = ORIENTATIONS[orientation]
    offsets = sketch.offsets.astype(np.float32)
    if mirrored:
        offsets[:, 0] *= -1
    for _ in range(quarters):
        offsets[:, :2] = np.column_stack([-offsets[:, 1], offsets[:, 0]])
    return Sketch(offsets, sketch.start)


def orientation_probabilities(sketches: Sequence[Sketch]) -> NDArray[np.float64]:
    """Return, for each drawing, the probability that each of its orientations is the usual one.

    Parameters
    ----------
    sketches : sequence of Sketch
        At least `FOLDS` drawings, none of them empty.

    Returns
    -------
    ndarray, shape (drawings, 8)
        Each row sums to 1. Column w is the probability that the drawing has the usual orientation after
        `reorient(sketch, w)`; column 0 is that of the unchanged drawing.
    """
    features = _features(sketches)  # (drawings, features)
    views = np.stack([features[:, order] for order in _feature_permutations()], axis=1)  # (drawings, 8, features)
    probabilities = np.empty(views.shape[:2])
    fold = np.random.Generator(np.random.Philox(key=0)).permutation(len(features)) % FOLDS
    for k in range(FOLDS):
        probabilities[fold == k] = _softmax(views[fold == k] @ _fit_weights(views[fold != k]))
    return probabilities


def _fit_weights(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the feature weights that distinguish orientation 0 from the others, fitted by Newton's method."""
    count = views.shape[-1]
    weights = np.zeros(count)
    for _ in range(STEPS):
        probabilities = _softmax(views @ weights)  # (drawings, 8)
        expected = np.einsum("nw,nwf->nf", probabilities, views)
        gradient = (views[:, 0] - expected).sum(axis=0) - RIDGE * weights
        weighted = (views * np.sqrt(probabilities)[..., None]).reshape(-1, count)
        step = np.linalg.solve(weighted.T @ weighted - expected.T @ expected + RIDGE * np.eye(count), gradient)
        weights += step
        if np.abs(step).max() < 1e-3:
            break
    return weights


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _features(sketches: Sequence[Sketch]) -> NDArray[np.float64]:
    """Return the square root of the share of the line length in each cell and slope, shape (drawings, features)."""
    begins, vectors, drawing = [], [], []
    for number, sketch in enumerate(sketches):
        left, top, right, bottom = sketch.bounds
        size = max(right - left, bottom - top) or 1.0
        for stroke in sketch.polylines():
            placed = (stroke - [(left + right) / 2, (top + bottom) / 2]) / size + 0.5  # 0 to 1
            begins.append(placed[:-1])
            vectors.append(np.diff(placed, axis=0))
            drawing.append(np.full(len(placed) - 1, number))
    begin, vector, owner = np.concatenate(begins), np.concatenate(vectors), np.concatenate(drawing)
    length = np.hypot(*vector.T)
    cuts = np.maximum(np.ceil(length / MAX_SEGMENT), 1).astype(int)
    segment = np.repeat(np.arange(len(cuts)), cuts)
    middle = (np.arange(len(segment)) - np.repeat(np.cumsum(cuts) - cuts, cuts) + 0.5) / cuts[segment]
    # in units of cells, relative to the center of the first cell
    position = (begin[segment] + middle[:, None] * vector[segment]) * CELLS - 0.5
    slope = np.arctan2(vector[segment, 1], vector[segment, 0]) * SLOPES / np.pi  # modulo SLOPES
    low = np.floor(np.column_stack([position, slope])).astype(int)
    part = np.column_stack([position, slope]) - low
    shares = np.zeros(len(sketches) * CELLS * CELLS * SLOPES)
    for corner in np.ndindex(2, 2, 2):  # each segment is distributed to the nearest cells and slopes
        x, y, sloping = (low + corner).T
        weight = (length / cuts)[segment] * np.abs(1 - np.array(corner) - part).prod(axis=1)
        x, y = np.clip(x, 0, CELLS - 1), np.clip(y, 0, CELLS - 1)
        index = ((owner[segment] * CELLS + x) * CELLS + y) * SLOPES + sloping % SLOPES
        shares += np.bincount(index, weight, len(shares))
    rows = shares.reshape(len(sketches), -1)
    return np.asarray(np.sqrt(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-12)))


def _feature_permutations() -> list[NDArray[np.int64]]:
    """Return, for each orientation, the permutation of features that gives the features of a reoriented drawing."""
    x, y, sloping = np.indices((CELLS, CELLS, SLOPES))
    last, quarter = CELLS - 1, SLOPES // 2
    orders = []
    for mirrored, quarters in ORIENTATIONS:
        # To find the source of the feature at (x, y, sloping), undo the rotation, then the mirroring.
        source = x, y, sloping
        for _ in range(quarters):
            source = source[1], last - source[0], source[2] - quarter
        if mirrored:
            source = last - source[0], source[1], -source[2]
        orders.append(np.ravel_multi_index((source[0], source[1], source[2] % SLOPES), x.shape).ravel())
    return orders
