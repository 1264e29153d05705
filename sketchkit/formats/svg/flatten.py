"""Paths to points: curves become lines within a tolerance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from svgelements import Arc, Close, CubicBezier, Line, Move, QuadraticBezier
from svgelements import Path as SvgPath

from sketchkit.formats.svg.limits import MAX_COORDINATE, MAX_POINTS
from sketchkit.sketch import Sketch

__all__ = ["Shape", "flattened", "parse_path", "strokes"]

@dataclass(frozen=True)
class Shape:
    """One shape.

    Attributes
    ----------
    path : svgelements.Path
        In the shape's own coordinates.
    matrix : ndarray, shape (3, 3)
        From there to the pixels of the page.
    stroked : bool
    """

    path: SvgPath
    matrix: NDArray[np.float64]
    stroked: bool


def parse_path(data: str) -> tuple[SvgPath | None, bool]:
    """Return a path as far as its data can be read, and whether all of it could be; None where nothing can."""
    path = SvgPath()
    complete = True
    try:
        path.parse(data)
    except (ValueError, TypeError, AttributeError, IndexError, ZeroDivisionError, OverflowError):
        complete = False
    if not len(path) or not isinstance(path[0], Move):
        return None, complete
    _smooth(path)
    return path, complete


def _smooth(path: SvgPath) -> None:
    """Give S and T their first control point: the last one mirrored after a curve of their kind, else the start.

    svgelements mirrors after any curve, which browsers do not (SVG 2, section 9.3.6).
    """
    before = None
    for segment in path:
        if getattr(segment, "smooth", False):
            for kind, first, last in ((CubicBezier, "control1", "control2"), (QuadraticBezier, "control", "control")):
                if isinstance(segment, kind):
                    mirrored = segment.start * 2 - getattr(before, last) if isinstance(before, kind) else segment.start
                    setattr(segment, first, mirrored)
        before = segment


def flattened(shapes: list[Shape], size: float | None, tolerance: float) -> Sketch:
    """Return shapes as one sketch with its longer side `size` and its curves within `tolerance` of that."""
    if size is None:
        return Sketch.from_polylines(strokes(shapes, tolerance))
    rough = Sketch.from_polylines(strokes(shapes, None))
    left, top, right, bottom = rough.bounds
    extent = max(right - left, bottom - top)
    if not extent:
        return rough.fitted(size)
    return Sketch.from_polylines(strokes(shapes, tolerance * extent / size)).fitted(size)


def strokes(shapes: list[Shape], tolerance: float | None, rough: int = 8) -> Iterator[NDArray[np.float64]]:
    """Yield each stroke in pixels of the page, shape (m, 2).

    Parameters
    ----------
    shapes : list of Shape
    tolerance : float, optional
        Farthest that a curve may lie from the lines that replace it, px.
    rough : int
        Lines to a curve without a tolerance.

    Raises
    ------
    ValueError
        If a coordinate is not finite or there are too many points.
    """
    count = 0
    for shape in shapes:
        turn, shift = shape.matrix[:2, :2], shape.matrix[:2, 2]
        stretch = float(np.linalg.norm(turn, 2)) if np.isfinite(turn).all() else math.inf
        drawn: list[list[tuple[float, float]]] = []
        for segment in shape.path:
            if isinstance(segment, Move):
                drawn.append([(segment.end.x, segment.end.y)])
            elif isinstance(segment, (Line, Close)):
                drawn[-1].append((segment.end.x, segment.end.y))
            else:
                lines = rough if tolerance is None else _lines(segment, tolerance / max(stretch, 1e-12))
                drawn[-1] += segment.npoint(np.linspace(0, 1, lines + 1))[1:].tolist()
                count += lines
            if isinstance(segment, Close):  # a segment that follows without a move starts where this subpath started
                drawn.append([(segment.end.x, segment.end.y)])
            count += 1
            if count > MAX_POINTS:
                raise ValueError(f"expected at most {MAX_POINTS:,} points, got more")
        for stroke in drawn:
            if len(stroke) > 1:  # a move alone draws nothing
                points = np.array(stroke) @ turn.T + shift
                if not np.all(np.abs(points) < MAX_COORDINATE):
                    raise ValueError(f"expected finite coordinates within ±{MAX_COORDINATE:g} px, got others")
                yield points


def _lines(segment: Any, tolerance: float) -> int:
    """Return how many lines stay within `tolerance` of a curve.

    Lines between n + 1 evenly spaced parameters leave a curve B by at most max |B"| / (8 n²) (linear interpolation).
    """
    if isinstance(segment, Arc):
        bend = segment.sweep**2 * max(segment.rx, segment.ry)
    else:
        cubic = isinstance(segment, CubicBezier)
        inner = (segment.control1, segment.control2) if cubic else (segment.control,)
        points = np.array([(p.x, p.y) for p in (segment.start, *inner, segment.end)])
        factor = 6 if cubic else 2
        bend = factor * float(np.linalg.norm(np.diff(points, 2, axis=0), axis=1).max())
    lines = math.sqrt(bend / (8 * tolerance))
    if not lines < MAX_POINTS:
        raise ValueError(f"expected finite coordinates and at most {MAX_POINTS:,} points, got a curve of more")
    return max(math.ceil(lines), 1)
