"""Templates of the characters, in Japanese stroke order and direction."""

from __future__ import annotations

from functools import cache

import numpy as np

from sketchkit.data.doodles.hand import Points

__all__ = ["GLYPHS", "character_strokes"]

#: Characters, by the names of their categories. The other categories are objects.
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


@cache
def character_strokes(name: str) -> list[Points]:
    """Return the strokes of a character, with brush marks, in template units."""
    return [_brushed(_points(stroke)) for stroke in _WRITTEN[name].split("/")]


def _points(text: str) -> Points:
    """Parse "x,y x,y ..."."""
    return np.array([[float(v) for v in pair.split(",")] for pair in text.split()])


def _brushed(points: Points) -> Points:
    """Add brush marks to a stroke: a hook at its start and, if it ends in a horizontal line, a hook at its end."""
    brushed = np.vstack([points[0] - (1.6, 1.3), points])
    across, down = points[-1] - points[-2]
    if across > 20 * abs(down):
        brushed = np.vstack([brushed, points[-1] + (1.8, 0.9)])
    return brushed
