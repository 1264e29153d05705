"""Orientation: which drawings lie mirrored or turned against the others of their set.

A drawing is described by where its lines are and how they slope there, whichever way the pen went. Of the eight ways to
lay it (turned by quarters, mirrored or not), a conditional logit model learns from the others which one is usual; a
drawing that all the others tell to lie another way is an outlier. Where no way is usual, as with circles, none is one.
Learning from the drawings' own turns what is upright follows Gidaris et al., "Unsupervised Representation Learning by
Predicting Image Rotations", arXiv 1803.07728; the model is McFadden's (1974).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["WAYS", "laid", "usual_chances"]

#: The ways to lay a drawing: mirrored left to right or not, and then so many quarter turns from x to y.
WAYS = tuple((mirrored, quarters) for mirrored in (False, True) for quarters in range(4))

#: A drawing is seen in so many cells across and down, and so many slopes of the line in each.
CELLS, SLOPES = 4, 8
#: Lines are cut into pieces no longer than this, in shares of the drawing's longer side.
PIECE = 1 / 8
#: How strongly the model's weights are held near 0; a compromise between sets of 25 drawings and of 2,000.
RIDGE = 0.1
#: A drawing is judged by what the others teach, a fifth being left out each time.
FOLDS = 5
#: Newton steps; some six are enough.
STEPS = 20


def laid(sketch: Sketch, way: int) -> Sketch:
    """Return a drawing mirrored and turned about the point where it starts.

    Parameters
    ----------
    sketch : Sketch
    way : int
        A place in `WAYS`; 0 leaves it as it is.
    """
    if way == 0:
        return sketch
    mirrored, quarters = WAYS[way]
    offsets = sketch.offsets.astype(np.float32)
    if mirrored:
        offsets[:, 0] *= -1
    for _ in range(quarters):
        offsets[:, :2] = np.column_stack([-offsets[:, 1], offsets[:, 0]])
    return Sketch(offsets, sketch.start)


def usual_chances(sketches: Sequence[Sketch]) -> NDArray[np.float64]:
    """Return how likely each way of laying each drawing is the usual one, as the other drawings tell.

    Parameters
    ----------
    sketches : sequence of Sketch
        None of them empty; at least `FOLDS`.

    Returns
    -------
    ndarray, shape (drawings, 8)
        Rows add up to 1. Column w is the chance that the drawing would lie as the others do if it were laid in way w
        of `WAYS`; column 0, that it does so as it is.
    """
    seen = _seen(sketches)  # (drawings, features)
    views = np.stack([seen[:, order] for order in _orders()], axis=1)  # (drawings, 8, features)
    chances = np.empty(views.shape[:2])
    fold = np.random.Generator(np.random.Philox(key=0)).permutation(len(seen)) % FOLDS
    for k in range(FOLDS):
        chances[fold == k] = _softmax(views[fold == k] @ _learnt(views[fold != k]))
    return chances


def _learnt(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of features that tell the way drawings lie, way 0, from the others; by Newton's method."""
    count = views.shape[-1]
    weights = np.zeros(count)
    for _ in range(STEPS):
        chances = _softmax(views @ weights)  # (drawings, 8)
        expected = np.einsum("nw,nwf->nf", chances, views)
        gradient = (views[:, 0] - expected).sum(axis=0) - RIDGE * weights
        weighted = (views * np.sqrt(chances)[..., None]).reshape(-1, count)
        step = np.linalg.solve(weighted.T @ weighted - expected.T @ expected + RIDGE * np.eye(count), gradient)
        weights += step
        if np.abs(step).max() < 1e-3:
            break
    return weights


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _seen(sketches: Sequence[Sketch]) -> NDArray[np.float64]:
    """Return the square roots of the shares of line in each cell and slope; shape (drawings, features)."""
    begins, ways, drawing = [], [], []
    for number, sketch in enumerate(sketches):
        left, top, right, bottom = sketch.bounds
        size = max(right - left, bottom - top) or 1.0
        for stroke in sketch.polylines():
            placed = (stroke - [(left + right) / 2, (top + bottom) / 2]) / size + 0.5  # 0 to 1
            begins.append(placed[:-1])
            ways.append(np.diff(placed, axis=0))
            drawing.append(np.full(len(placed) - 1, number))
    begin, way, owner = np.concatenate(begins), np.concatenate(ways), np.concatenate(drawing)
    length = np.hypot(*way.T)
    cuts = np.maximum(np.ceil(length / PIECE), 1).astype(int)
    piece = np.repeat(np.arange(len(cuts)), cuts)
    middle = (np.arange(len(piece)) - np.repeat(np.cumsum(cuts) - cuts, cuts) + 0.5) / cuts[piece]
    place = (begin[piece] + middle[:, None] * way[piece]) * CELLS - 0.5  # in cells, 0 the middle of the first
    slope = np.arctan2(way[piece, 1], way[piece, 0]) * SLOPES / np.pi  # SLOPES is the same as 0
    low = np.floor(np.column_stack([place, slope])).astype(int)
    part = np.column_stack([place, slope]) - low
    shares = np.zeros(len(sketches) * CELLS * CELLS * SLOPES)
    for corner in np.ndindex(2, 2, 2):  # each piece is shared out among the nearest cells and slopes
        x, y, sloping = (low + corner).T
        weight = (length / cuts)[piece] * np.abs(1 - np.array(corner) - part).prod(axis=1)
        x, y = np.clip(x, 0, CELLS - 1), np.clip(y, 0, CELLS - 1)
        index = ((owner[piece] * CELLS + x) * CELLS + y) * SLOPES + sloping % SLOPES
        shares += np.bincount(index, weight, len(shares))
    rows = shares.reshape(len(sketches), -1)
    return np.sqrt(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-12))


def _orders() -> list[NDArray[np.int64]]:
    """Return, for each way, in which order a drawing's features are those of the drawing laid so."""
    x, y, sloping = np.indices((CELLS, CELLS, SLOPES))
    last, quarter = CELLS - 1, SLOPES // 2
    orders = []
    for mirrored, quarters in WAYS:
        # Where what is seen at (x, y, sloping) was before: undone from the last turn back to the mirror.
        at = x, y, sloping
        for _ in range(quarters):
            at = at[1], last - at[0], at[2] - quarter
        if mirrored:
            at = last - at[0], at[1], -at[2]
        orders.append(np.ravel_multi_index((at[0], at[1], at[2] % SLOPES), x.shape).ravel())
    return orders
