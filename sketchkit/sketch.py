"""`Sketch`: one immutable drawing, stored as pen offsets.

Storage
    Row t of `Sketch.offsets` is (Δx, Δy, p): the pen moves by (Δx, Δy), with y pointing downwards, and p is 1 if the
    pen is lifted after this point ("stroke-3", section 3.1 of arXiv 1704.03477).

Start of the pen
    The pen starts *down* at `Sketch.start`, so row 0 is a drawn line. The published data have this format: the median
    length of row 0 in aaron_sheep is 11, similar to rows inside strokes (8) and unlike moves between strokes (34). In
    short_kanji, these three lengths are 20, 63 and 155; in omniglot, row 0 is always zero. Renderers that treat row 0
    as a move omit the first line of every drawing. Models read only the offsets; `start` is the position on the page.

Empty sketches, dots, missing pen lifts
    A sketch may have no rows. A stroke whose points all coincide is a dot. The last row gets a pen lift if it has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchkit.geometry import mean_nearest_distance, points_along, resample, simplify
from sketchkit.svg_document import svg_document

__all__ = ["Sketch"]


class Sketch:
    """One drawing, immutable and hashable.

    Parameters
    ----------
    offsets : array_like, shape (n, 3)
        Stroke-3 rows (Δx, Δy, pen lift after this point: 0 or 1), in the units of the drawing, n >= 0.
        The pen lift of the last row is added if it is missing.
    start : (float, float)
        Point at which the pen first touches the page, in the same units.

    Raises
    ------
    ValueError
        If the array has another shape, a value is not finite, or a pen state is neither 0 nor 1.

    Examples
    --------
    >>> corner = Sketch([[10, 0, 0], [0, 10, 1]])
    >>> len(corner), corner.bounds
    (2, (0.0, 0.0, 10.0, 10.0))
    """

    __slots__ = ("_offsets", "_start")

    def __init__(self, offsets: ArrayLike, start: tuple[float, float] = (0.0, 0.0)) -> None:
        rows = _checked_rows(offsets)
        if len(rows) and rows[-1, 2] == 0:
            rows[-1, 2] = 1
        rows.flags.writeable = False
        x, y = (float(v) for v in start)
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"start must be two finite numbers, got {start!r}")
        self._offsets = rows
        self._start = (x, y)

    @property
    def offsets(self) -> NDArray[np.float32]:
        """Stroke-3 rows (Δx, Δy, pen lift), read-only, shape (n, 3)."""
        return self._offsets

    @property
    def start(self) -> tuple[float, float]:
        """The point (x, y) at which the pen first touches the page."""
        return self._start

    def __len__(self) -> int:
        return len(self._offsets)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return self._start == other._start and np.array_equal(self._offsets, other._offsets)

    def __hash__(self) -> int:
        return hash((self._start, self._offsets.tobytes()))

    def __repr__(self) -> str:
        left, top, right, bottom = self.bounds
        points = f"{len(self)} point{'' if len(self) == 1 else 's'}"
        strokes = f"{self.num_strokes} stroke{'' if self.num_strokes == 1 else 's'}"
        return f"Sketch({points}, {strokes}, {right - left:g} × {bottom - top:g})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Sketch, (np.array(self._offsets), self._start))

    # Constructors ---------------------------------------------------------------------------------

    @classmethod
    def from_polylines(cls, polylines: Iterable[ArrayLike]) -> Sketch:
        """Create a sketch from the absolute points of its strokes.

        Parameters
        ----------
        polylines : iterable of array_like, each of shape (m, 2)
            Points of each stroke. A stroke of one point is a dot; a stroke without points is skipped.

        Returns
        -------
        Sketch
            `start` is the first point; each further point is a row.

        Raises
        ------
        ValueError
            If a stroke is not an array of (x, y) pairs, or a value is not finite.
        """
        strokes = []
        for index, polyline in enumerate(polylines):
            points = np.asarray(polyline, dtype=np.float64)
            if points.size == 0:
                continue
            if points.ndim != 2 or points.shape[1] != 2:
                raise ValueError(f"stroke {index}: expected points of shape (m, 2), got {points.shape}")
            if not np.isfinite(points).all():
                raise ValueError(f"stroke {index}: expected finite coordinates, got NaN or infinity")
            strokes.append(points)
        if not strokes:
            return cls(np.zeros((0, 3)))
        start = (float(strokes[0][0, 0]), float(strokes[0][0, 1]))
        # The first point is the start of the pen, not a row. A dot keeps one zero row for its pen lift.
        if len(strokes[0]) > 1:
            strokes[0] = strokes[0][1:]
        points = np.concatenate(strokes)
        ends = np.cumsum([len(stroke) for stroke in strokes]) - 1
        rows = np.zeros((len(points), 3))
        rows[:, :2] = np.diff(points, axis=0, prepend=[start])
        rows[ends, 2] = 1
        return cls(rows, start)

    @classmethod
    def from_stroke5(
        cls,
        rows: ArrayLike,
        *,
        scale: float = 1.0,
        start: tuple[float, float] = (0.0, 0.0),
        start_token: bool = False,
    ) -> Sketch:
        """Create a sketch from stroke-5 rows (Δx, Δy, pen down, pen up, end).

        The first end row and all later rows are ignored.

        Parameters
        ----------
        rows : array_like, shape (n, 5)
            Stroke-5 rows; the last three columns are one-hot.
        scale : float
            Factor by which the offsets are multiplied. The scale factor of a model converts model units to data units.
        start : (float, float)
            Point at which the pen first touches the page.
        start_token : bool
            Whether row 0 is the start token [0, 0, 1, 0, 0] of a batch and not a row of the drawing. A start token
            cannot be detected, since the drawings of omniglot start with the same row.

        Raises
        ------
        ValueError
            If the shape is not (n, 5).
        """
        array = np.asarray(rows, dtype=np.float64)
        if array.ndim != 2 or array.shape[1] != 5:
            raise ValueError(f"expected stroke-5 rows of shape (n, 5), got {array.shape}")
        if start_token:
            array = array[1:]
        end_rows = np.flatnonzero(array[:, 4] > 0.5)
        if len(end_rows):
            array = array[: end_rows[0]]
        lifted = (array[:, 3] > 0.5).astype(np.float64)
        return cls(np.column_stack([array[:, :2] * scale, lifted]), start)

    # Conversions ----------------------------------------------------------------------------------

    def to_stroke5(self, length: int | None = None) -> NDArray[np.float32]:
        """Return the drawing as stroke-5 rows (Δx, Δy, pen down, pen up, end).

        Parameters
        ----------
        length : int, optional
            Number of rows. Rows after the drawing are end rows [0, 0, 0, 0, 1]. Default: one end row after the
            drawing.

        Returns
        -------
        ndarray of float32, shape (length, 5)
            Stroke-5 rows without a start token.

        Raises
        ------
        ValueError
            If the drawing has more than `length` points.
        """
        n = len(self)
        length = n + 1 if length is None else length
        if n > length:
            raise ValueError(f"length: expected at least the {n} points of the sketch, got {length}")
        rows = np.zeros((length, 5), dtype=np.float32)
        rows[:n, :2] = self._offsets[:, :2]
        rows[:n, 3] = self._offsets[:, 2]
        rows[:n, 2] = 1 - self._offsets[:, 2]
        rows[n:, 4] = 1
        return rows

    def polylines(self) -> list[NDArray[np.float64]]:
        """Return the absolute points of each stroke, shape (m, 2), m >= 1."""
        if not len(self):
            return []
        points = self.points()
        ends = np.flatnonzero(self._offsets[:, 2]) + 2  # index after the last point of each stroke
        strokes = np.split(points, ends[:-1])
        if len(strokes[0]) == 2 and not np.any(self._offsets[0, :2]):
            strokes[0] = strokes[0][:1]
        return strokes

    def points(self) -> NDArray[np.float64]:
        """Return the absolute points of the pen, including the start, shape (n + 1, 2)."""
        path = np.cumsum(self._offsets[:, :2], axis=0, dtype=np.float64)
        return np.concatenate([np.zeros((1, 2)), path]) + self._start

    # Measurements and transformations -------------------------------------------------------------

    @property
    def num_strokes(self) -> int:
        """Number of strokes."""
        return int(self._offsets[:, 2].sum())

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of all drawn points; four zeros for an empty sketch."""
        if not len(self):
            return (0.0, 0.0, 0.0, 0.0)
        points = self.points()
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return (left, top, right, bottom)

    def scaled(self, x: float, y: float | None = None) -> Sketch:
        """Return the drawing scaled about the origin by `x` and `y` (default: `y` equals `x`)."""
        y = x if y is None else y
        factors = np.array([x, y, 1.0])
        return Sketch(self._offsets * factors, (self._start[0] * x, self._start[1] * y))

    @property
    def extent(self) -> float:
        """Longer side of the bounds, in the units of the drawing; 0 for an empty sketch."""
        left, top, right, bottom = self.bounds
        return max(right - left, bottom - top)

    def moved_to(self, x: float, y: float) -> Sketch:
        """Return the drawing moved so that the top left corner of its bounds is at (x, y)."""
        left, top, _, _ = self.bounds
        return Sketch(self._offsets, (self._start[0] + x - left, self._start[1] + y - top))

    def fitted(self, size: float) -> Sketch:
        """Return the drawing scaled uniformly to a longer side of `size`, with the top left corner at (0, 0).

        A dot or an empty sketch has no extent and is only moved.
        """
        extent = self.extent
        return (self.scaled(size / extent) if extent > 0 else self).moved_to(0, 0)

    def simplified(self, epsilon: float = 2.0) -> Sketch:
        """Return the drawing with each stroke simplified by the Ramer-Douglas-Peucker algorithm.

        Parameters
        ----------
        epsilon : float
            Maximum distance of a removed point from the simplified line, in the units of the drawing. 0 removes only
            points that are exactly on the line. Quick, Draw! data use 2.0 for drawings with a longer side of 255.

        Raises
        ------
        ValueError
            If `epsilon` is negative or not finite.
        """
        if not (math.isfinite(epsilon) and epsilon >= 0):
            raise ValueError(f"epsilon must be a finite number >= 0, got {epsilon!r}")
        return Sketch.from_polylines(simplify(points, epsilon) for points in self.polylines())

    def chamfer_distance(self, other: Sketch) -> float:
        """Return the Chamfer distance to another drawing, relative to the longer side of this drawing.

        The centers of the bounds are aligned; the sizes are not changed. The distance is the mean distance from a point
        on the lines of one drawing to the nearest point on the lines of the other, averaged over both directions. The
        points are sampled evenly along the lines, 1/64 of the longer side apart, so the distance hardly depends on
        the number of points in the drawings.

        Parameters
        ----------
        other : Sketch
            The drawing to compare with.

        Returns
        -------
        float
            0 for identical drawings; nan if either is empty.
        """
        if not len(self) or not len(other):
            return math.nan
        side = self.extent or 1.0
        return mean_nearest_distance(self._sample_points(side), other._sample_points(side))

    def _sample_points(self, side: float) -> NDArray[np.float64]:
        """Return points along the strokes, (n, 2), relative to the center of the bounds, in units of `side`."""
        left, top, right, bottom = self.bounds
        return (points_along(self.polylines(), side / 64) - ((left + right) / 2, (top + bottom) / 2)) / side

    def resampled(self, spacing: float = 1.0) -> Sketch:
        """Return the drawing with evenly spaced points along each stroke. The ends of the strokes are kept.

        Parameters
        ----------
        spacing : float
            Distance between adjacent points along the stroke, in the units of the drawing, > 0. The last distance may
            be smaller.

        Raises
        ------
        ValueError
            If `spacing` is not a finite number above 0, or would give more than a million points.
        """
        if not (math.isfinite(spacing) and spacing > 0):
            raise ValueError(f"spacing must be a finite number above 0, got {spacing!r}")
        return Sketch.from_polylines(resample(points, spacing) for points in self.polylines())

    @staticmethod
    def grid(sketches: Sequence[Sketch], columns: int | None = None, cell: float = 1.0) -> Sketch:
        """Arrange sketches in a grid and merge them into one drawing.

        Parameters
        ----------
        sketches : sequence of Sketch
            Sketches in row-major order. Each is fitted into 80% of its cell and centered.
        columns : int, optional
            Number of columns. Default: the square root of the number of sketches, rounded up.
        cell : float
            Side of a cell, in the units of the result.

        Returns
        -------
        Sketch
            One drawing with all strokes. The cell of an empty sketch is empty.
        """
        columns = columns or max(1, math.ceil(math.sqrt(len(sketches))))
        strokes: list[NDArray[np.float64]] = []
        for index, sketch in enumerate(sketches):
            fitted = sketch.fitted(0.8 * cell)
            _, _, width, height = fitted.bounds
            corner = np.array([index % columns, index // columns]) * cell
            offset = corner + (cell - np.array([width, height])) / 2
            strokes += [points + offset for points in fitted.polylines()]
        return Sketch.from_polylines(strokes)

    @staticmethod
    def merge(sketches: Iterable[Sketch]) -> Sketch:
        """Merge the strokes of several drawings, in order, into one drawing. Positions are not changed."""
        return Sketch.from_polylines(points for sketch in sketches for points in sketch.polylines())

    # Display --------------------------------------------------------------------------------------

    def _repr_svg_(self) -> str:
        return svg_document(self.polylines(), self.bounds).text

    def _repr_html_(self) -> str:
        # Untrusted notebooks show images, but no inline SVG.
        return svg_document(self.polylines(), self.bounds).image()


def _checked_rows(offsets: ArrayLike) -> NDArray[np.float32]:
    """Validate stroke-3 rows and return a float32 copy."""
    try:
        array = np.asarray(offsets, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected rows of three numbers, shape (n, 3): {error}") from None
    if array.size == 0:
        array = array.reshape(0, 3)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(f"expected stroke-3 rows of shape (n, 3), got {array.shape}")
    with np.errstate(over="ignore"):
        rows = array.astype(np.float32)
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise ValueError(f"row {row}: expected finite offsets, got {array[row].tolist()}")
    valid_pen = (rows[:, 2] == 0) | (rows[:, 2] == 1)
    if not valid_pen.all():
        row = int(np.argmin(valid_pen))
        raise ValueError(f"row {row}: expected a pen state of 0 or 1, got {array[row, 2]:g}")
    return rows + np.float32(0)  # converts -0.0 to 0.0, so that equal drawings have equal hashes
