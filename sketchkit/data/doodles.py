"""Doodles: a small generated dataset for the quickstart and the tests.

Classes
    Characters (`GLYPHS`): kanji of three to eight strokes, as hand-written templates in Japanese stroke order and
    direction. Objects: line drawings of everyday subjects whose proportions and parts vary.

Generation
    The points of a template are jittered and joined by a smooth curve that keeps sharp corners. A slow wobble is added
    along the curve, each stroke is shifted, and the drawing is rotated, sheared and scaled. `Sketch.simplified` then
    reduces the points to about the density of published kanji data (offsets inside the strokes of characters are about
    65 units), and positions are rounded, since published data are integers.

License
    The templates and every drawing made from them are dedicated to the public domain, CC0-1.0.
"""

from __future__ import annotations

import difflib
import operator
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["CATEGORIES", "GLYPHS", "draw", "splits"]

Points = NDArray[np.float64]  # absolute, shape (m, 2)

# Templates have a page of 100 × 100 units with y pointing down; drawings have a page of 600 × 600 units.
UNIT = 6.0
EPSILON = 2.0  # simplification tolerance, in units of a drawing
SHORTEST, LONGEST = 15, 90  # minimum and maximum number of points of a drawing

GLYPHS: dict[str, str] = {
    "mountain": "山",
    "river": "川",
    "fire": "火",
    "water": "水",
    "tree": "木",
    "origin": "本",
    "big": "大",
    "sky": "天",
    "small": "小",
    "middle": "中",
    "sun": "日",
    "eye": "目",
    "moon": "月",
    "field": "田",
    "king": "王",
    "rain": "雨",
}
"""The character of each character class."""

# Strokes are separated by slashes, points by spaces.
_WRITTEN = {
    "mountain": "50,13 51,77 / 19,40 20,80 80,79 / 80,37 81,87",
    "river": "22,18 23,48 18,70 9,86 / 50,22 51,76 / 80,14 81,90",
    "fire": "21,34 25,44 23,55 / 80,31 75,42 66,52 / 50,10 50,34 45,56 33,75 11,90 / 51,48 62,66 76,80 91,89",
    "water": "50,9 51,82 48,90 38,82 / 14,37 39,36 31,57 9,78 / 83,25 71,38 56,48 / 53,47 65,63 78,75 93,84",
    "tree": "13,34 87,33 / 50,9 50,92 / 48,36 39,53 26,68 8,80 / 52,36 62,53 76,68 92,79",
    "origin": "12,33 88,32 / 50,9 50,92 / 48,35 39,51 26,64 7,75 / 52,35 62,51 76,64 93,74 / 34,73 66,72",
    "big": "13,38 88,37 / 50,11 49,36 42,58 30,76 10,90 / 51,39 60,58 73,76 92,89",
    "sky": "20,21 80,20 / 13,48 87,47 / 50,22 49,48 42,67 29,81 10,92 / 51,50 61,67 75,81 92,91",
    "small": "50,9 51,82 47,90 37,82 / 28,37 22,55 9,72 / 72,36 82,50 90,68",
    "middle": "19,30 22,66 / 20,32 81,31 77,64 / 23,62 77,61 / 50,8 50,94",
    "sun": "28,15 29,87 / 29,17 72,16 72,87 / 30,49 71,48 / 30,82 71,81",
    "eye": "29,11 30,91 / 30,13 71,12 71,91 / 31,37 70,36 / 31,61 70,60 / 31,86 70,85",
    "moon": "31,13 32,56 27,76 12,92 / 32,15 74,14 74,83 71,91 61,85 / 33,38 73,37 / 33,61 73,60",
    "field": "19,20 21,84 / 20,22 81,21 79,84 / 50,22 50,80 / 21,50 79,49 / 21,81 79,80",
    "king": "18,20 83,19 / 50,20 50,83 / 22,51 78,50 / 9,85 92,84",
    "rain": "16,15 85,14 / 15,34 14,91 / 16,36 86,35 85,82 82,90 73,84 / 50,15 50,89"
    " / 28,47 38,53 / 27,66 37,73 / 62,47 72,53 / 61,66 71,73",
}


def draw(name: str, seed: int) -> Sketch:
    """Return one drawing of a class.

    Parameters
    ----------
    name : str
        Name of the class, one of `CATEGORIES`.
    seed : int
        Seed of the drawing, at least 0. The drawing is a function of (name, seed).

    Returns
    -------
    Sketch
        Drawing of 15 to 90 points with integer offsets, on a page of about 600 × 600 units.

    Raises
    ------
    ValueError
        If there is no class of this name (the message names the most similar one), or the seed is negative.

    Examples
    --------
    >>> draw("river", 7).num_strokes
    3
    """
    if name not in CATEGORIES:
        nearest = difflib.get_close_matches(str(name), CATEGORIES, n=1, cutoff=0)[0]
        raise ValueError(f"no class {name!r}; did you mean {nearest!r}? The classes are {', '.join(CATEGORIES)}")
    rng = _generator(name, seed)
    template = _OBJECTS[name](rng) if name in _OBJECTS else _character(name)
    transform = _page_transform(rng)
    center = np.array([50, 50]) * UNIT
    strokes = [(_draw_stroke(points * UNIT, rng) - center) @ transform + center for points in template]
    simplified = _simplify(Sketch.from_polylines(strokes))
    # Positions are rounded, not offsets, so that rounding errors do not accumulate.
    return Sketch.from_polylines(np.rint(points) for points in simplified.polylines())


def splits(per_class: int = 25, seed: int = 0) -> dict[str, list[Sketch]]:
    """Return a dataset with all classes in each split, about 80 : 10 : 10.

    Parameters
    ----------
    per_class : int
        Number of drawings of each class in all splits together, at least 3.
    seed : int
        Seed of the drawings and of their order, at least 0. Datasets with the same `per_class` and different seeds have
        no drawing in common.

    Returns
    -------
    dict of str to list of Sketch
        The splits "train", "valid" and "test", each shuffled.

    Raises
    ------
    ValueError
        If `per_class` is below 3, or the seed is negative.
    """
    if per_class < 3:
        raise ValueError(f"per_class: expected at least 3, one for each split, got {per_class}")
    order = _generator("order", seed)
    # Of ten drawings, the second goes into valid and the third into test, so that three are enough for all splits.
    split_of = {1: "valid", 2: "test"}
    drawings: dict[str, list[Sketch]] = {"train": [], "valid": [], "test": []}
    for name in CATEGORIES:
        for index in range(per_class):
            drawings[split_of.get(index % 10, "train")].append(draw(name, seed * per_class + index))
    return {split: [unordered[i] for i in order.permutation(len(unordered))] for split, unordered in drawings.items()}


# From templates to drawings -----------------------------------------------------------------------


def _generator(name: str, seed: int) -> np.random.Generator:
    """Return the random generator of (name, seed)."""
    number = operator.index(seed)
    if number < 0:
        raise ValueError(f"seed: expected at least 0, got {number}")
    return np.random.Generator(np.random.Philox(key=[zlib.crc32(name.encode()), number]))


def _page_transform(rng: np.random.Generator) -> Points:
    """Return a random small rotation, shear and scale of the page, shape (2, 2)."""
    angle, shear = rng.normal(0, (0.035, 0.04))
    size, aspect = np.exp(rng.normal(0, (0.06, 0.04)))
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    stretch = np.array([[size * aspect, 0], [size * shear, size / aspect]])
    return np.asarray(stretch @ rotation)


def _draw_stroke(points: Points, rng: np.random.Generator) -> Points:
    """Return a template's stroke with the irregularities of handwriting.

    Parameters
    ----------
    points : ndarray, shape (m, 2)
        Template points in units of a drawing. A single point is a dot, which is only shifted.

    Returns
    -------
    ndarray, shape (k, 2)
        Densely sampled points of the stroke.
    """
    shift = rng.normal(0, 0.7 * UNIT, 2)
    if len(points) == 1:
        return points + shift
    chords = np.diff(points, axis=0)
    unit = chords / np.linalg.norm(chords, axis=1, keepdims=True)
    bends = (unit[1:] * unit[:-1]).sum(axis=1) > np.cos(np.radians(50))  # the other inner points are corners
    # Small details have close points, which get less jitter.
    jitter = min(0.7 * UNIT, 0.12 * float(np.linalg.norm(chords, axis=1).mean()))
    line = _curve(points + rng.normal(0, jitter, points.shape), bends)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    path_length = np.concatenate([[0.0], np.cumsum(steps)])
    waves = np.sin(np.pi * np.outer(path_length / path_length[-1], (1, 2, 3)))
    wobble = rng.normal(0, 1, (3, 2)) * np.array([[0.012], [0.009], [0.006]])
    return np.asarray(line + waves @ wobble * min(path_length[-1], 80 * UNIT) + shift)


def _simplify(sketch: Sketch) -> Sketch:
    """Return a densely sampled drawing simplified with `EPSILON`, adjusted so that it has 15 to 90 points."""
    epsilon = EPSILON
    simplified = sketch.simplified(epsilon)
    # Smooth drawings can have too few points and detailed ones too many.
    while not SHORTEST <= len(simplified) <= LONGEST:
        epsilon *= 0.7 if len(simplified) < SHORTEST else 1.2
        simplified = sketch.simplified(epsilon)
    return simplified


# Cubic Hermite weights of (begin, slope at begin, end, slope at end) at six positions along a chord.
_T = np.arange(6)[:, None] / 6
_HERMITE = np.hstack([2 * _T**3 - 3 * _T**2 + 1, _T**3 - 2 * _T**2 + _T, 3 * _T**2 - 2 * _T**3, _T**3 - _T**2])


def _curve(knots: Points, bends: NDArray[np.bool_]) -> Points:
    """Return points of a curve through knots.

    Parameters
    ----------
    knots : ndarray, shape (m, 2)
        Knots; consecutive knots differ.
    bends : ndarray of bool, shape (m - 2,)
        Whether the curve is smooth at an inner knot; at the others it has a corner.

    Returns
    -------
    ndarray, shape (6 (m - 1) + 1, 2)
    """
    chords = np.diff(knots, axis=0)
    length = np.linalg.norm(chords, axis=1, keepdims=True)
    unit = chords / length
    begin, end = chords.copy(), chords.copy()
    # The slope is limited by the shorter chord, so that it bends a long neighbor only near their common knot.
    shared = (unit[:-1] + unit[1:]) / 2 * np.minimum(length[:-1], length[1:])
    begin[1:][bends] = end[:-1][bends] = shared[bends]
    # A free end has no curvature, as in a natural spline.
    free_begin = ~np.concatenate([[False], bends])
    free_end = ~np.concatenate([bends, [False]]) & ~free_begin
    begin[free_begin] = (1.5 * chords - 0.5 * end)[free_begin]
    end[free_end] = (1.5 * chords - 0.5 * begin)[free_end]
    corners = np.stack([knots[:-1], begin, knots[1:], end], axis=1)
    return np.concatenate([(_HERMITE @ corners).reshape(-1, 2), knots[-1:]])


# Characters ---------------------------------------------------------------------------------------


@cache
def _character(name: str) -> list[Points]:
    """Return the strokes of a character class with traces of a brush, in template units."""
    return [_brushed(_points(stroke)) for stroke in _WRITTEN[name].split("/")]


def _points(text: str) -> Points:
    """Parse "x,y x,y ..."."""
    return np.array([[float(v) for v in pair.split(",")] for pair in text.split()])


def _brushed(points: Points) -> Points:
    """Add traces of a brush: a start from the upper left, and a press at the end of a horizontal line."""
    brushed = np.vstack([points[0] - (1.6, 1.3), points])
    across, down = points[-1] - points[-2]
    if across > 20 * abs(down):
        brushed = np.vstack([brushed, points[-1] + (1.8, 0.9)])
    return brushed


# Objects ------------------------------------------------------------------------------------------


def _arc(x: float, y: float, rx: float, ry: float, begin: float = -90, end: float = 280) -> Points:
    """Return a clockwise arc about (x, y) from `begin` to `end`, in degrees; 0 points right, 90 points down."""
    angles = np.radians(np.linspace(begin, end, 2 + int(abs(end - begin) / 40)))
    return np.column_stack([x + rx * np.cos(angles), y + ry * np.sin(angles)])


def _mirrored(points: Points, x: float) -> Points:
    """Return points mirrored about the vertical line at x."""
    return points * (-1, 1) + (2 * x, 0)


def _house(rng: np.random.Generator) -> list[Points]:
    half, eaves, ridge = rng.uniform((24, 44, 18), (34, 52, 27))
    left, right = 50 - half, 50 + half
    walls = [(left, eaves), (left, 88), (right, 88), (right, eaves)]
    over = rng.uniform(4, 9)
    roof = [(left - over, eaves + 2), (50, ridge), (right + over, eaves + 2), (left - over, eaves + 2)]
    offset, width, top = rng.uniform((-0.55, 13, 60), (-0.2, 17, 66))
    door = 50 + offset * half + np.array([-0.5, 0.5]) * width
    strokes = [walls, roof, [(door[0], 88), (door[0], top), (door[1], top), (door[1], 88)]]
    x, y, side = 50 + half * 0.45, eaves + 16, rng.uniform(6, 8)
    strokes.append([(x - side, y - side), (x - side, y + side), (x + side, y + side), (x + side, y - side)])
    strokes[-1].append(strokes[-1][0])
    if rng.random() < 0.6:
        strokes += [[(x, y - side), (x, y + side)], [(x - side, y), (x + side, y)]]
    arrays = [np.array(stroke) for stroke in strokes]
    if rng.random() < 0.6:
        slope = (eaves + 2 - ridge) / (half + over)
        near, far = 50 + half * 0.4, 50 + half * 0.7
        chimney = [(near, ridge + slope * (near - 50)), (near, ridge - 2), (far, ridge - 2)]
        arrays.append(np.array([*chimney, (far, ridge + slope * (far - 50))]))
        curl = np.array([(0, 0), (4, -4), (1, -8), (6, -12), (12, -11), (12, -7)])
        arrays.append(curl * rng.uniform(0.8, 1.2) + ((near + far) / 2, ridge - 5))
    return arrays


def _face(rng: np.random.Generator) -> list[Points]:
    width, height, apart, gaze = rng.uniform((32, 34, 11, -2), (38, 40, 15, 2))
    strokes = [_arc(50, 50, width, height)]
    kind = rng.integers(3)  # type of eyes: round, short strokes or closed
    for x in (50 + gaze - apart, 50 + gaze + apart):
        if kind == 0:
            strokes.append(_arc(x, 42, 3.2, 4.2))
        elif kind == 1:
            strokes.append(np.array([(x, 38), (x, 46)]))
        else:
            strokes.append(_arc(x, 45, 5.5, 5.5, 200, 340))
    if rng.random() < 0.7:
        strokes.append(np.array([(51 + gaze, 46), (47 + gaze, 57), (52 + gaze, 58)]))
    smile, depth = rng.uniform((13, 5), (19, 14))
    strokes.append(_arc(50 + gaze, 66, smile, depth, 170, 10))
    for x in 50 + np.linspace(-8, 8, rng.integers(0, 6)):
        root = 50 - height * np.sqrt(1 - ((x - 50) / width) ** 2)
        lean = rng.uniform(-5, 5)
        strokes.append(np.array([(x, root), (x + lean * 0.3, root - 5), (x + lean, root - 9)]))
    return strokes


def _fish(rng: np.random.Generator) -> list[Points]:
    long, tall, tail = rng.uniform((30, 17, 11), (36, 26, 17))
    joint = 44 + long * 0.86
    # One stroke: from the upper tip of the tail below the belly, around the nose and over the back to the lower tip.
    tips = np.array([(joint + 18, 50 - tail), (joint + 18, 50 + tail)])
    body = _arc(44, 50, long, tall, 40, 320)
    strokes = [np.vstack([tips[:1], [(joint, 50)], body, [(joint, 50)], tips[1:]])]
    strokes.append(np.array([tips[1], (joint + 13, 50), tips[0]]))
    eye = (44 - long * 0.58, 50 - tall * 0.2)
    strokes.append(np.array([eye]) if rng.random() < 0.3 else _arc(*eye, 3, 3))
    strokes.append(_arc(44 - long * 0.5, 50, 8, tall * 0.6, -60, 60))
    strokes.append(np.array([(40, 50 - tall), (48, 50 - tall - 11), (58, 50 - tall * 0.8)]))
    if rng.random() < 0.6:
        for x in (46, 56)[: rng.integers(1, 3)]:
            strokes.append(_arc(x, 50, 5, 6, -80, 80))
    for x, y, size in ((7, 34, 2.5), (4, 22, 3.5))[: rng.integers(0, 3)]:
        strokes.append(_arc(x, y, size, size))
    return strokes


def _flower(rng: np.random.Generator) -> list[Points]:
    petals = int(rng.integers(5, 8))
    heart, reach, lean, x = rng.uniform((6, 21, -6, 47), (8, 26, 6, 53))
    y = 34.0
    strokes = [_arc(x, y, heart, heart)]
    half = np.pi / petals
    ring = []
    for middle in np.pi / 2 + 2 * half * np.arange(petals):  # the first petal points down, to the stem
        angles = middle + half * np.array([-0.9, -0.85, -0.4, 0.4, 0.85])
        radii = np.array([heart + 1, 0.75 * reach, reach, reach, 0.75 * reach])
        ring.append(np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)]))
    strokes.append(np.vstack([*ring, ring[0][:1]]))
    strokes.append(np.array([(x, y + reach), (x + lean, 75), (x + lean * 0.4, 95)]))
    leaf = np.array([(0, 0), (8, -10), (20, -13), (14, -3), (0, 0.5)]) * rng.uniform(0.8, 1.2)
    sides = ((1, 1), (-1, 1)) if rng.random() < 0.6 else ((1, 1),)
    return strokes + [leaf * side + (x + lean * 0.9, 82) for side in sides]


def _boat(rng: np.random.Generator) -> list[Points]:
    half, deep, mast, top = rng.uniform((32, 15, -6, 8), (38, 20, 4, 16))
    mast += 50
    deck = 66.0
    hull = [(50 - half, deck), (50 - half * 0.7, deck + deep), (50 + half * 0.65, deck + deep)]
    strokes = [np.array([*hull, (50 + half, deck - 2), (50 - half, deck)])]
    strokes.append(np.array([(mast, deck), (mast, top)]))
    wide, low = rng.uniform((22, 54), (30, 60))
    sail = [(mast, top + 3), (mast + wide * 0.65, (top + low) / 2), (mast + wide, low), (mast, low - 1)]
    strokes.append(np.array(sail))
    if rng.random() < 0.6:
        strokes.append(np.array([(mast, top + 9), (mast - wide * 0.8, low), (mast, low - 1)]))
    else:
        strokes.append(np.array([(mast, top), (mast - 11, top + 4), (mast, top + 8)]))
    crests = int(rng.integers(3, 6))
    sea = np.linspace(6, 94, 2 * crests + 1)
    strokes.append(np.column_stack([sea, deck + deep + 5 + 4 * (np.arange(2 * crests + 1) % 2)]))
    return strokes


def _pine(rng: np.random.Generator) -> list[Points]:
    tiers = int(rng.integers(2, 5))
    wide, top, foot = rng.uniform((26, 8, 76), (36, 16, 82))
    levels = np.linspace(top, foot, tiers + 1)[1:]
    side = [(50.0, top)]
    for tier, level in enumerate(levels, start=1):
        reach = wide * (0.35 + 0.65 * tier / tiers)
        side.append((50 + reach, level))
        if tier < tiers:
            side.append((50 + reach * 0.45, level - 2))
    right = np.array(side)
    strokes = [_mirrored(right, 50), right]
    strokes.append(np.array([right[-1] * (-1, 1) + (100, 0), (50, foot + 3), right[-1]]))
    for x in (44.5, 55.5):
        strokes.append(np.array([(x, foot + 3), (x, 94)]))
    if rng.random() < 0.7:
        for x, y in rng.uniform((-0.5, 0.35), (0.5, 0.9), (rng.integers(1, 5), 2)):
            strokes.append(_arc(50 + x * wide * y, top + y * (foot - top), 2.6, 2.6))
    return strokes


def _star(rng: np.random.Generator) -> list[Points]:
    tips = int(rng.choice((5, 5, 5, 6)))
    inner = rng.uniform(0.4, 0.52)
    corners = np.arange(2 * tips + 1)
    radii = 40 * np.where(corners % 2, inner, 1.0)
    angles = corners * np.pi / tips - np.pi / 2
    rays = np.column_stack([np.cos(angles), np.sin(angles)])
    strokes = [50 + radii[:, None] * rays]
    kind = rng.integers(3)  # type of decoration: rays between the tips, a face, or a smaller star inside
    if kind == 0:
        strokes += [np.array([50 + 31 * ray, 50 + 41 * ray]) for ray in rays[1::2]]
    elif kind == 1:
        strokes += [np.array([(x, 44), (x, 50)]) for x in (43, 57)]
        strokes.append(_arc(50, 54, 9, 7, 170, 10))
    else:
        strokes.append(50 + 0.5 * radii[:, None] * rays)
    return strokes


def _cat(rng: np.random.Generator) -> list[Points]:
    width, height, ear = rng.uniform((31, 26, 19), (37, 31, 26))
    cheek = _arc(50, 56, width, height, -32, 212)  # from below the right ear, around the chin
    dip = np.array([(50 + width * 0.3, 56 - height * 0.95)])
    tip = np.array([(50 + width * 0.78, 56 - height - ear * 0.75)])
    strokes = [np.vstack([_mirrored(dip, 50), dip, tip, cheek, _mirrored(tip, 50), _mirrored(dip, 50)])]
    kind = rng.integers(3)  # type of eyes: round, slits or closed
    for x in (38.0, 62.0):
        if kind == 0:
            strokes.append(_arc(x, 51, 3.6, 4.6))
        elif kind == 1:
            strokes.append(np.array([(x, 46), (x, 55)]))
        else:
            strokes.append(_arc(x, 49, 5.5, 4.5, 165, 15))
    strokes.append(np.array([(46.5, 61), (53.5, 61), (50, 65), (46.5, 61)]))
    smile = np.array([(50, 65), (49.5, 69), (46, 72), (42, 71), (40, 68)])
    strokes += [smile, _mirrored(smile, 50)]
    spread = rng.uniform(3, 6)
    for side in (-1, 1):
        for step in (-1, 0, 1)[: rng.integers(2, 4)]:
            near, far = (50 + side * 20, 64 + step * 4), (50 + side * 47, 63 + step * (4 + spread))
            strokes.append(np.array([near, far]))
    return strokes


_OBJECTS: dict[str, Callable[[np.random.Generator], list[Points]]] = {
    "house": _house,
    "face": _face,
    "fish": _fish,
    "flower": _flower,
    "boat": _boat,
    "pine": _pine,
    "star": _star,
    "cat": _cat,
}

CATEGORIES: tuple[str, ...] = (*GLYPHS, *_OBJECTS)
"""Names of the classes: the characters, then the objects."""
