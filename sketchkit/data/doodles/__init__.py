"""Doodles: a small generated dataset for the quickstart and the tests.

Categories
    Characters (`glyphs.py`): kanji of three to eight strokes, as hand-written templates in Japanese stroke order and
    direction. Objects (`objects.py`): line drawings of everyday subjects whose proportions and parts vary.

Generation (`hand.py`)
    The points of a template are jittered and joined by a smooth curve that keeps sharp corners. A slow wobble is added
    along the curve, each stroke is shifted, and the drawing is rotated, sheared and scaled. `Sketch.simplified` then
    reduces the points to about the density of sketch-rnn's kanji dataset (offsets inside the strokes of characters are
    about 65 units), and positions are rounded, since the data of sketch-rnn are integers.

License
    The templates and every drawing made from them are dedicated to the public domain, CC0-1.0.
"""

from __future__ import annotations

import numpy as np

from sketchkit.argument_errors import short_errors
from sketchkit.data.doodles.glyphs import GLYPHS, character_strokes
from sketchkit.data.doodles.hand import UNIT, draw_stroke, page_transform, random_generator, simplify_to_limits
from sketchkit.data.doodles.objects import OBJECTS
from sketchkit.formats.npz import SplitName
from sketchkit.sketch import Sketch
from sketchkit.suggest import did_you_mean

__all__ = ["CATEGORIES", "GLYPHS", "categories", "draw", "splits"]

#: Names of the categories: the characters, then the objects.
CATEGORIES: tuple[str, ...] = (*GLYPHS, *OBJECTS)


@short_errors
def draw(name: str, seed: int) -> Sketch:
    """Return one drawing of a category.

    Parameters
    ----------
    name : str
        Name of the category, one of `CATEGORIES`.
    seed : int
        Seed of the drawing, at least 0. The same name and seed give the same drawing.

    Returns
    -------
    Sketch
        Drawing of 15 to 90 points with integer offsets, on a page of about 600 × 600 units.

    Raises
    ------
    ValueError
        If there is no category of this name (the message names the most similar one), or the seed is negative.

    Examples
    --------
    >>> draw("river", 7).num_strokes
    3
    """
    if name not in CATEGORIES:
        suggestion = did_you_mean(str(name), CATEGORIES, "", cutoff=0)
        raise ValueError(f"no category {name!r}; {suggestion} The categories are {', '.join(CATEGORIES)}")
    rng = random_generator(name, seed)
    template = OBJECTS[name](rng) if name in OBJECTS else character_strokes(name)
    transform = page_transform(rng)
    center = np.array([50, 50]) * UNIT
    strokes = [(draw_stroke(points * UNIT, rng) - center) @ transform + center for points in template]
    simplified = simplify_to_limits(Sketch.from_polylines(strokes))
    # Positions are rounded, not offsets, so that rounding errors do not accumulate.
    return Sketch.from_polylines(np.rint(points) for points in simplified.polylines())


def splits(per_category: int = 25, seed: int = 0) -> dict[SplitName, list[Sketch]]:
    """Return the splits of a dataset, in a ratio of about 80 : 10 : 10, each with all categories.

    Parameters
    ----------
    per_category : int
        Number of drawings of each category in all splits together, at least 3.
    seed : int
        Seed of the drawings and of their order, at least 0. Datasets with the same `per_category` and different
        seeds have no drawing in common.

    Returns
    -------
    dict of str to list of Sketch
        The splits "train", "valid" and "test", each shuffled.

    Raises
    ------
    ValueError
        If `per_category` is below 3, or the seed is negative.
    """
    if per_category < 3:
        raise ValueError(f"per_category: expected at least 3, one for each split, got {per_category}")
    return {
        split: [draw(*drawing) for drawing in drawings] for split, drawings in _shuffled(per_category, seed).items()
    }


def categories(per_category: int = 25, seed: int = 0) -> dict[SplitName, list[str]]:
    """Return the category of each drawing of `splits(per_category, seed)`, by split."""
    return {split: [name for name, _ in drawings] for split, drawings in _shuffled(per_category, seed).items()}


def _shuffled(per_category: int, seed: int) -> dict[SplitName, list[tuple[str, int]]]:
    """Return the arguments of `draw` for all drawings of the splits."""
    order = random_generator("order", seed)
    # Of ten drawings, the second goes into valid and the third into test, so that three are enough for all splits.
    split_of: dict[int, SplitName] = {1: "valid", 2: "test"}
    drawings: dict[SplitName, list[tuple[str, int]]] = {"train": [], "valid": [], "test": []}
    for name in CATEGORIES:
        for index in range(per_category):
            drawings[split_of.get(index % 10, "train")].append((name, seed * per_category + index))
    return {split: [unordered[i] for i in order.permutation(len(unordered))] for split, unordered in drawings.items()}
