"""Lines as arrays of points, shape (m, 2): simplification, resampling, distance, and their place on a page."""

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
    "centred",
    "chamfer_distance",
    "page",
    "points_along",
    "resample",
    "simplify",
]

#: Left, top, right, bottom.
Bounds = tuple[float, float, float, float]

#: Shorter side of a page, as a share of the longer one, at least: a straight line still gets a card.
_THINNEST = 0.25
#: Points of a resampled line, at most.
_MAX_POINTS = 1e6
#: Points that a distance is measured between: of one segment and of one drawing, at most.
_MAX_PER_SEGMENT, _MAX_MEASURED = 256, 4096


def simplify(points: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
    """Return a line simplified by Ramer-Douglas-Peucker; points that all coincide become one.

    Parameters
    ----------
    points : ndarray, shape (m, 2)
    epsilon : float
        Greatest distance that a dropped point may lie from the line that replaces it; >= 0.
    """
    if len(points) < 3:
        return points
    if not np.any(points - points[0]):
        return points[:1]
    from shapely import LineString  # takes a tenth of a second to import

    kept = LineString(points).simplify(epsilon, preserve_topology=False)
    return np.asarray(kept.coords) if not kept.is_empty else points[[0, -1]]


def resample(points: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """Return a line with points evenly spaced along it; both ends stay.

    Parameters
    ----------
    points : ndarray, shape (m, 2)
    spacing : float
        Distance between neighbors along the line, > 0; the last two may be closer.

    Raises
    ------
    ValueError
        If the result would have more than a million points.
    """
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    if walked[-1] / spacing > _MAX_POINTS:
        raise ValueError(f"a spacing of {spacing:g} is too fine for a stroke {walked[-1]:g} long")
    places = np.append(np.arange(0, walked[-1], spacing), walked[-1])
    return np.column_stack([np.interp(places, walked, axis) for axis in points.T])


def points_along(lines: Sequence[NDArray[np.float64]], spacing: float) -> NDArray[np.float64]:
    """Return points evenly spaced along lines, with every end of a segment, shape (n, 2)."""
    along = []
    for line in lines:
        along.append(line[:1])
        for a, b in itertools.pairwise(line):
            parts = min(max(math.ceil(math.dist(a, b) / spacing), 1), _MAX_PER_SEGMENT)
            along.append(a + (b - a) * (np.arange(1, parts + 1) / parts)[:, None])
    every = np.concatenate(along)
    return every[:: math.ceil(len(every) / _MAX_MEASURED)]


def chamfer_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the mean distance from a point to the nearest point of the other set, averaged over both directions.

    Parameters
    ----------
    a, b : ndarray, shapes (m, 2) and (n, 2)
        m, n >= 1.
    """
    from shapely import STRtree, points  # takes a tenth of a second to import

    def one_way(start: NDArray[np.float64], goal: NDArray[np.float64]) -> float:
        _, far = STRtree(points(goal)).query_nearest(points(start), return_distance=True, all_matches=False)
        return float(np.mean(far))

    return (one_way(a, b) + one_way(b, a)) / 2


@dataclass(frozen=True)
class Placement:
    """Maps drawing units to pixels: the drawing's `centre` goes to `middle`, scaled about it.

    Subtracting the centre first keeps the digits of a small drawing far away from the origin.
    """

    scale: float
    centre: tuple[float, float]
    middle: tuple[float, float]

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `points` (m, 2) in pixels."""
        return (points - self.centre) * self.scale + self.middle


@dataclass(frozen=True)
class Page:
    """A page in pixels and the placement of the drawing on it."""

    width: float
    height: float
    place: Placement


def page(bounds: Bounds, size: float, padding: float) -> Page:
    """Return the page whose longer side is `size` px, shaped like `bounds`, with `padding` px around.

    A drawing without extent gets a square page; a very thin one a page of at least a quarter of `size`.
    """
    width, height = _extent(bounds)
    longest = max(width, height)
    inner = size - 2 * padding
    scale = inner / longest if longest > 0 else 1.0
    page_width, page_height = (
        min(size, max(side * scale + 2 * padding, _THINNEST * size)) if longest > 0 else size
        for side in (width, height)
    )
    return Page(page_width, page_height, centred(bounds, scale, (page_width / 2, page_height / 2)))


def centred(bounds: Bounds, scale: float, middle: tuple[float, float]) -> Placement:
    """Return the placement that scales by `scale` and puts the middle of `bounds` at `middle`."""
    left, top, _, _ = bounds
    width, height = _extent(bounds)
    return Placement(scale, (left + width / 2, top + height / 2), middle)


def _extent(bounds: Bounds) -> tuple[float, float]:
    left, top, right, bottom = bounds
    return right - left, bottom - top
