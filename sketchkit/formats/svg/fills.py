"""Shapes that are filled but not stroked: backgrounds, dots and outlines."""

from __future__ import annotations

import numpy as np
from svgelements import Path as SvgPath

from sketchkit.formats.svg.flatten import Shape, strokes

__all__ = ["dot", "is_background", "select"]

#: Maximum size of a filled shape that becomes a dot, as a share of the longer side of the page.
SMALL = 0.06


def select(shapes: list[Shape], fills: str, side: float) -> list[Shape]:
    """Return the shapes to read.

    Parameters
    ----------
    shapes : list of Shape
    fills : {"auto", "outline", "skip"}
        See `read_svg`.
    side : float
        Longer side of the page, px.
    """
    if fills == "auto" and any(shape.stroked for shape in shapes):
        return [taken for shape in shapes if (taken := shape if shape.stroked else dot(shape, side))]
    return [shape for shape in shapes if shape.stroked or fills != "skip"]


def dot(shape: Shape, side: float) -> Shape | None:
    """Return a dot at the position of a small shape, such as an eye or the dot of an i; None for other shapes."""
    points = np.concatenate([np.zeros((0, 2)), *strokes([shape], None)])
    if not len(points) or np.ptp(points, axis=0).max() > SMALL * side:
        return None
    x, y = (points.min(axis=0) + points.max(axis=0)) / 2
    return Shape(SvgPath(f"M{x} {y}z"), np.eye(3), stroked=True)


def is_background(shape: Shape, width: float, height: float) -> bool:
    """Return whether a fill is one area about as large as the page, or larger."""
    if len(shape.path) > 12:
        return False
    drawn = list(strokes([shape], None))
    x, y = drawn[0].T if len(drawn) == 1 else np.zeros((2, 1))
    area = abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2  # the shoelace formula
    return area > 0.95 * width * height
