"""Random line drawings of everyday subjects, in units of a template."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sketchkit.data.doodles.hand import Points

__all__ = ["OBJECTS"]


def _arc(x: float, y: float, rx: float, ry: float, begin: float = -90, end: float = 280) -> Points:
    """Return a clockwise arc about (x, y) from `begin` to `end`, in degrees: 0 is right of (x, y), 90 is below it."""
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
    # One stroke: from the upper tip of the tail along the belly, around the nose and along the back to the lower tip.
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
    for middle in np.pi / 2 + 2 * half * np.arange(petals):  # the first petal points down, toward the stem
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
    cheek = _arc(50, 56, width, height, -32, 212)  # the outline from ear to ear around the chin
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


#: For each category of objects, the function that draws it and returns the strokes in units of a template.
OBJECTS: dict[str, Callable[[np.random.Generator], list[Points]]] = {
    "house": _house,
    "face": _face,
    "fish": _fish,
    "flower": _flower,
    "boat": _boat,
    "pine": _pine,
    "star": _star,
    "cat": _cat,
}
