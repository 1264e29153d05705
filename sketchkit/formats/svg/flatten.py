"""Conversion of paths to points: lines replace curves within a tolerance."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from svgelements import Arc, Close, CubicBezier, Line, Move, QuadraticBezier
from svgelements import Path as SvgPath

from sketchkit.formats.svg.limits import MAX_COORDINATE, MAX_POINTS
from sketchkit.sketch import Sketch

__all__ = ["Shape", "flattened", "parse_path", "segment_count", "strokes"]


@dataclass(frozen=True)
class Shape:
    """One shape.

    Attributes
    ----------
    path : svgelements.Path
        Path in the coordinates of the shape.
    matrix : ndarray, shape (3, 3)
        Matrix from these coordinates to the pixels of the page.
    stroked : bool
    has_caps : bool
        Whether strokes of zero length are visible, as dots.
    """

    path: SvgPath
    matrix: NDArray[np.float64]
    stroked: bool
    has_caps: bool = True


_SPACE = r"[ \t\r\n\f]*+"
# The pattern excludes "1.", which is not a number in browsers, and which svgelements cannot read.
_NUMBER = r"(?>[+-]?(?:\d++(?:\.\d++|(?!\.))|\.\d++)(?:[eE][+-]?\d++)?)"
_COMMA = rf"(?>{_SPACE},?{_SPACE})"


def _arguments(*items: str) -> str:
    """Return a pattern for one or more groups of arguments."""
    group = _COMMA.join(items)
    return rf"{_SPACE}(?>{group})(?>{_COMMA}{group})*+"


_MOVE = rf"{_SPACE}[Mm]{_arguments(_NUMBER, _NUMBER)}"
#: Pattern for the longest beginning of path data that follows the grammar (SVG 2, section 9.3.9).
_DATA = re.compile(
    rf"{_MOVE}(?>{_SPACE}(?>[MmLlTt]{_arguments(*[_NUMBER] * 2)}|[HhVv]{_arguments(_NUMBER)}"
    rf"|[Cc]{_arguments(*[_NUMBER] * 6)}|[SsQq]{_arguments(*[_NUMBER] * 4)}"
    rf"|[Aa]{_arguments(*[_NUMBER] * 3, '[01]', '[01]', *[_NUMBER] * 2)}|[Zz]))*+"
)


_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*+)")
_ARITY = {"H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7}


def segment_count(data: str) -> int:
    """Return the approximate number of segments in path data, much faster than parsing it."""
    if len(data) < 1000:
        return len(data) // 2  # an estimate is enough for short data
    counts = ((name.upper(), len(re.findall(_NUMBER, rest))) for name, rest in _COMMAND.findall(data))
    return sum(max(1, count // _ARITY.get(name, 2)) for name, count in counts)


def parse_path(data: str) -> tuple[SvgPath | None, bool]:
    """Return the path of the valid beginning of path data (None if there is none), and whether all data are valid."""
    valid = _DATA.match(data)
    if valid is None:
        return None, not data.strip()
    path = SvgPath()
    complete = not data[valid.end() :].strip()
    try:
        path.parse(valid[0])
    except (ValueError, TypeError, AttributeError, IndexError, ArithmeticError):
        complete = False  # the path keeps the segments before the error
    _smooth(path)
    return (path if len(path) else None), complete


def _smooth(path: SvgPath) -> None:
    """Set the first control point of the smooth curves (commands S and T).

    After a curve of the same kind, this point is the mirrored last control point of that curve; otherwise, it is the
    start point of the smooth curve (SVG 2, section 9.3.6). svgelements mirrors the control point after any curve.
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
    """Return shapes as one sketch with a longer side of `size` units and curves accurate to `tolerance` units."""
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
        Maximum distance between a curve and the lines that replace it, px.
    rough : int
        Number of lines that replace a curve if `tolerance` is None.

    Raises
    ------
    ValueError
        If a coordinate is not finite or there are too many points.
    """
    count = 0
    for shape in shapes:
        linear, offset = shape.matrix[:2, :2], shape.matrix[:2, 2]
        stretch = float(np.linalg.norm(linear, 2)) if np.isfinite(linear).all() else math.inf
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
            if isinstance(segment, Close):  # the next segment, if it is not a move, starts where this subpath started
                drawn.append([(segment.end.x, segment.end.y)])
            count += 1
            if count > MAX_POINTS:
                raise ValueError(f"expected at most {MAX_POINTS:,} points, got more")
        for stroke in drawn:
            # A move alone draws nothing. A line of zero length without caps is not visible, either.
            if len(stroke) > 1 and (shape.has_caps or any(point != stroke[0] for point in stroke)):
                points = np.array(stroke) @ linear.T + offset
                if not np.all(np.abs(points) < MAX_COORDINATE):
                    largest = np.abs(points).max()
                    raise ValueError(f"expected finite coordinates within ±{MAX_COORDINATE:g} px, got {largest:g}")
                yield points


def _lines(segment: Any, tolerance: float) -> int:
    """Return the number of lines that approximate a curve within `tolerance`.

    n lines between evenly spaced parameters deviate from a curve B by at most max |B"| / (8 n²) (linear interpolation).
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
        raise ValueError(
            f"expected finite coordinates and at most {MAX_POINTS:,} points, got a curve of {lines:g} lines"
        )
    return max(math.ceil(lines), 1)
