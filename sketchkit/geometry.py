"""Geometry of polylines (arrays of points, shape (m, 2)): simplification, resampling, distance, page layout."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bounds",
    "Page",
    "Placement",
    "centered",
    "mean_nearest_distance",
    "page",
    "points_along",
    "resample",
    "simplify",
]

#: Bounding box: left, top, right, bottom.
Bounds = tuple[float, float, float, float]

#: Minimum ratio of a page's shorter side to its longer one, so that a straight line gets a page of visible height.
_MIN_ASPECT = 0.25
#: Maximum number of points of a resampled line.
_MAX_POINTS = 1e6
#: Maximum number of points of one segment and of one drawing in `points_along`.
_MAX_PER_SEGMENT, _MAX_PER_DRAWING = 256, 4096


def simplify(points: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
    """Return a line simplified by the Ramer-Douglas-Peucker algorithm.

    If three or more points all coincide, one of them is returned.

    Parameters
    ----------
    points : ndarray, shape (m, 2)
        Points of the line.
    epsilon : float
        Maximum distance of a removed point from the simplified line, >= 0.
    """
    if len(points) < 3:
        return points
    if not np.any(points - points[0]):
        return points[:1]
    from shapely import LineString  # the import takes 0.1 s

    kept = LineString(points).simplify(epsilon, preserve_topology=False)
    return np.asarray(kept.coords) if not kept.is_empty else points[[0, -1]]


def resample(points: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """Return a line with evenly spaced points. Both ends are kept.

    Parameters
    ----------
    points : ndarray, shape (m, 2)
        Points of the line.
    spacing : float
        Distance between adjacent points along the line, > 0. The last distance may be smaller.

    Raises
    ------
    ValueError
        If the result would have more than a million points.
    """
    arc_length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    total = arc_length[-1]
    if total / spacing > _MAX_POINTS:
        raise ValueError(
            f"spacing: expected at least {total / _MAX_POINTS:g} for a stroke of length {total:g}, got {spacing:g}"
        )
    positions = np.append(np.arange(0, total, spacing), total)
    return np.column_stack([np.interp(positions, arc_length, axis) for axis in points.T])


def points_along(lines: Sequence[NDArray[np.float64]], spacing: float) -> NDArray[np.float64]:
    """Return evenly spaced points along lines, including the ends of all segments, shape (n, 2).

    If there are more than 4096 points, only every k-th is returned, with the smallest k that leaves at most 4096.
    """
    pieces = []
    for line in lines:
        pieces.append(line[:1])
        for a, b in itertools.pairwise(line):
            count = min(max(math.ceil(math.dist(a, b) / spacing), 1), _MAX_PER_SEGMENT)
            pieces.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    points = np.concatenate(pieces)
    return points[:: math.ceil(len(points) / _MAX_PER_DRAWING)]


def mean_nearest_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the mean distance from a point of one set to the nearest of the other, averaged over both directions.

    Parameters
    ----------
    a, b : ndarray, shapes (m, 2) and (n, 2)
        The two sets of points, m, n >= 1.
    """
    from shapely import STRtree, points  # the import takes 0.1 s

    def one_way(sources: NDArray[np.float64], targets: NDArray[np.float64]) -> float:
        tree = STRtree(points(targets))
        _, distances = tree.query_nearest(points(sources), return_distance=True, all_matches=False)
        return float(np.mean(distances))

    return (one_way(a, b) + one_way(b, a)) / 2


@dataclass(frozen=True)
class Placement:
    """A mapping from drawing units to pixels: (points - center) * scale + middle.

    The center is subtracted first, which keeps the precision of a small drawing far from the origin.

    Attributes
    ----------
    scale : float
        Pixels per drawing unit.
    center : (float, float)
        Center of the drawing, in drawing units.
    middle : (float, float)
        Position of the center, in pixels.
    """

    scale: float
    center: tuple[float, float]
    middle: tuple[float, float]

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert points, (m, 2), to pixels."""
        return (points - self.center) * self.scale + self.middle


@dataclass(frozen=True)
class Page:
    """A page in pixels and the placement of the drawing on it."""

    width: float
    height: float
    place: Placement


def page(bounds: Bounds, size: float, padding: float) -> Page:
    """Return a page for a drawing with these bounds.

    The longer side of the page is `size` px and includes `padding` px on each side of the drawing. The shorter side is
    at least a quarter of `size`. The page of a drawing without extent is square.
    """
    width, height = _extent(bounds)
    longest = max(width, height)
    inner = size - 2 * padding
    scale = inner / longest if longest > 0 else 1.0
    page_width, page_height = (
        min(size, max(side * scale + 2 * padding, _MIN_ASPECT * size)) if longest > 0 else size
        for side in (width, height)
    )
    return Page(page_width, page_height, centered(bounds, scale, (page_width / 2, page_height / 2)))


def centered(bounds: Bounds, scale: float, middle: tuple[float, float]) -> Placement:
    """Return the placement that scales by `scale` and moves the center of `bounds` to `middle`."""
    left, top, _, _ = bounds
    width, height = _extent(bounds)
    return Placement(scale, (left + width / 2, top + height / 2), middle)


def _extent(bounds: Bounds) -> tuple[float, float]:
    left, top, right, bottom = bounds
    return right - left, bottom - top
