"""The drawing: one immutable sketch as pen offsets.

How a drawing is held
    Row t of `Sketch.offsets` is (Δx, Δy, p): the pen moves by (Δx, Δy), y growing downwards, and p is 1
    when it is lifted after arriving there ("stroke-3", section 3.1 of arXiv 1704.03477).

Where the pen starts
    The pen starts *down*, at `Sketch.start`; the origin of the offsets is the first drawn point, and row 0
    is drawn. That is how the published data are stored: row 0 of aaron_sheep has a median length of 11,
    like the rows inside strokes (8) and unlike the travels between strokes (34); of short_kanji 20
    against 63 and 155; in omniglot it is always zero. Renderers that take row 0 for a travel lose the first
    line of every drawing. Models see the offsets alone; `start` only says where on the page they lie.

Empty, dots, open ends
    A sketch may have no rows. A stroke whose points all coincide is a dot, drawn as one. A missing pen
    lift on the last row is added, so every row belongs to a finished stroke.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Sketch"]


class Sketch:
    """One drawing, immutable and hashable.

    Parameters
    ----------
    offsets : array_like, shape (n, 3)
        Stroke-3 rows (Δx, Δy, pen lifted after this point: 0 or 1), in the units of the drawing, n >= 0.
        The last row's pen lift is set if it is missing.
    start : (float, float)
        Where the pen first touches the page, in the same units.

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
        """Where the pen first touches the page."""
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
        return f"Sketch({len(self)} points, {self.stroke_count} strokes, {right - left:g} × {bottom - top:g})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Sketch, (np.array(self._offsets), self._start))

    # Doors in -------------------------------------------------------------------------------------

    @classmethod
    def from_polylines(cls, polylines: Iterable[ArrayLike]) -> Sketch:
        """Make a sketch from strokes given as absolute points.

        Parameters
        ----------
        polylines : iterable of array_like, each of shape (m, 2)
            One stroke each; a stroke of one point is a dot, a stroke of none is left out.

        Returns
        -------
        Sketch
            `start` is the first point; the following points are rows.

        Raises
        ------
        ValueError
            If a stroke is not made of (x, y) pairs or holds a value that is not finite.
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
        # The first point is where the pen starts, not a row; a dot keeps one (zero) row to lift the pen on.
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
        """Make a sketch from stroke-5 rows (Δx, Δy, pen down, pen up, end).

        The first end row and all after it are left out.

        Parameters
        ----------
        rows : array_like, shape (n, 5)
            As the model writes them; the last three columns are one-hot.
        scale : float
            Multiplies the offsets (a model's scale factor turns its units into the data's).
        start : (float, float)
            Where the pen first touches the page.
        start_token : bool
            Row 0 is the start token [0, 0, 1, 0, 0] of a batch, not a row of the drawing. It has to be said:
            the drawings of omniglot begin with a row just like it.

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
        ended = np.flatnonzero(array[:, 4] > 0.5)
        if len(ended):
            array = array[: ended[0]]
        lifted = (array[:, 3] > 0.5).astype(np.float64)
        return cls(np.column_stack([array[:, :2] * scale, lifted]), start)

    @staticmethod
    def from_svg(
        source: str | Path | bytes, *, size: float | None = 255.0, tolerance: float = 0.1, fills: str = "auto"
    ) -> Sketch:
        """Read an SVG document; see `sketchkit.formats.svg.read_svg`.

        Parameters
        ----------
        source : str, Path or bytes
            A file, or the document itself (a text that begins with "<", or bytes).
        size : float, optional
            Length of the longer side, top left at (0, 0). None keeps the pixels of the page.
        tolerance : float
            Farthest that a curve may lie from the lines that replace it, in units of the result.
        fills : {"auto", "outline", "skip"}
            What becomes of shapes that are filled but not stroked: by default their outlines are taken where nothing
            in the document is stroked.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is no SVG, is damaged or too large, or is a picture of pixels.
        """
        from sketchkit.formats.svg import read_svg

        return read_svg(source, size=size, tolerance=tolerance, fills=fills)

    # Doors out ------------------------------------------------------------------------------------

    def stroke5(self, length: int | None = None) -> NDArray[np.float32]:
        """Return the drawing as stroke-5 rows (Δx, Δy, pen down, pen up, end).

        Parameters
        ----------
        length : int, optional
            Number of rows; those past the drawing are end rows [0, 0, 0, 0, 1]. By default one end row
            follows the drawing.

        Returns
        -------
        ndarray of float32, shape (length, 5)
            Without a start token.

        Raises
        ------
        ValueError
            If the drawing has more than `length` points.
        """
        n = len(self)
        length = n + 1 if length is None else length
        if n > length:
            raise ValueError(f"a sketch of {n} points does not fit into {length} rows")
        rows = np.zeros((length, 5), dtype=np.float32)
        rows[:n, :2] = self._offsets[:, :2]
        rows[:n, 3] = self._offsets[:, 2]
        rows[:n, 2] = 1 - self._offsets[:, 2]
        rows[n:, 4] = 1
        return rows

    def polylines(self) -> list[NDArray[np.float64]]:
        """Return the strokes as absolute points, each of shape (m, 2), m >= 1."""
        if not len(self):
            return []
        points = self.points()
        ends = np.flatnonzero(self._offsets[:, 2]) + 2  # past the row's point; points()[0] is the start
        strokes = np.split(points, ends[:-1])
        if len(strokes[0]) == 2 and not np.any(self._offsets[0, :2]):
            strokes[0] = strokes[0][:1]
        return strokes

    def points(self) -> NDArray[np.float64]:
        """Return the start and every point the pen visits, absolute, shape (n + 1, 2)."""
        path = np.cumsum(self._offsets[:, :2], axis=0, dtype=np.float64)
        return np.concatenate([np.zeros((1, 2)), path]) + self._start

    # Measures and changes -------------------------------------------------------------------------

    @property
    def stroke_count(self) -> int:
        """Number of strokes."""
        return int(self._offsets[:, 2].sum())

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of all drawn points; four times zero for an empty sketch."""
        if not len(self):
            return (0.0, 0.0, 0.0, 0.0)
        points = self.points()
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return (left, top, right, bottom)

    def scaled(self, x: float, y: float | None = None) -> Sketch:
        """Return the drawing stretched about the page's origin by `x` and `y` (default: the same)."""
        y = x if y is None else y
        factors = np.array([x, y, 1.0])
        return Sketch(self._offsets * factors, (self._start[0] * x, self._start[1] * y))

    @property
    def extent(self) -> float:
        """Longer side of the bounds, in the units of the drawing; 0 without points."""
        left, top, right, bottom = self.bounds
        return max(right - left, bottom - top)

    def moved_to(self, x: float, y: float) -> Sketch:
        """Return the drawing with the top left corner of its bounds at (x, y)."""
        left, top, _, _ = self.bounds
        return Sketch(self._offsets, (self._start[0] + x - left, self._start[1] + y - top))

    def fitted(self, size: float) -> Sketch:
        """Return the drawing scaled, shape kept, so that its longer side is `size`, top left at (0, 0).

        A dot or an empty sketch has no extent and is only moved.
        """
        left, top, right, bottom = self.bounds
        extent = max(right - left, bottom - top)
        scaled = self.scaled(size / extent) if extent > 0 else self
        return scaled.moved_to(0, 0)

    def simplified(self, epsilon: float = 2.0) -> Sketch:
        """Return the drawing with each stroke simplified by Ramer-Douglas-Peucker.

        Parameters
        ----------
        epsilon : float
            Greatest distance, in the units of the drawing, that a dropped point may lie from the line
            that replaces it; 0 drops only points that are exactly in line. The QuickDraw data use 2.0 on a
            canvas of 256.

        Raises
        ------
        ValueError
            If `epsilon` is negative or not finite.
        """
        if not (math.isfinite(epsilon) and epsilon >= 0):
            raise ValueError(f"epsilon must be a finite number >= 0, got {epsilon!r}")
        from shapely import LineString  # an import of a tenth of a second, wanted only here

        def thin(points: NDArray[np.float64]) -> NDArray[np.float64]:
            if len(points) < 3:
                return points
            if not np.any(points - points[0]):
                return points[:1]
            kept = LineString(points).simplify(epsilon, preserve_topology=False)
            return np.asarray(kept.coords) if not kept.is_empty else points[[0, -1]]

        return Sketch.from_polylines(thin(points) for points in self.polylines())

    def distance(self, other: Sketch) -> float:
        """Return how far another drawing's lines lie from this one's, as a share of this one's longer side.

        Both are laid centre on centre, at the size they have; then it is the mean way from a point of one line to the
        nearest point of the other's, both directions averaged (the Chamfer distance). Points are taken evenly along
        the lines, 1/64 of the longer side apart, so it does not matter how many the drawings are made of.

        Parameters
        ----------
        other : Sketch

        Returns
        -------
        float
            0 for one and the same drawing; nan if either is empty.
        """
        if not len(self) or not len(other):
            return math.nan
        left, top, right, bottom = self.bounds
        side = max(right - left, bottom - top) or 1.0
        p, q = (sketch._points_along(side / 64) / side for sketch in (self, other))  # (m, 2), (n, 2)
        from shapely import STRtree, points  # an import of a tenth of a second, wanted only here

        def way(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
            _, far = STRtree(points(b)).query_nearest(points(a), return_distance=True, all_matches=False)
            return float(np.mean(far))

        return (way(p, q) + way(q, p)) / 2

    def _points_along(self, spacing: float) -> NDArray[np.float64]:
        """Return points along the strokes, every end among them, about the middle of the bounds: (n, 2)."""
        left, top, right, bottom = self.bounds
        along = []
        for stroke in self.polylines():
            along.append(stroke[:1])
            for a, b in itertools.pairwise(stroke):
                parts = min(max(math.ceil(math.dist(a, b) / spacing), 1), 256)
                along.append(a + (b - a) * (np.arange(1, parts + 1) / parts)[:, None])
        every = np.concatenate(along) - ((left + right) / 2, (top + bottom) / 2)
        return every[:: math.ceil(len(every) / 4096)]

    def resampled(self, spacing: float = 1.0) -> Sketch:
        """Return the drawing with the points of each stroke evenly spaced along it; ends stay.

        Parameters
        ----------
        spacing : float
            Distance between neighbours along the stroke, in the units of the drawing, above 0; the last one may be
            nearer.

        Raises
        ------
        ValueError
            If `spacing` is not above 0 and finite, or would give more than a million points.
        """
        if not (math.isfinite(spacing) and spacing > 0):
            raise ValueError(f"spacing must be a finite number above 0, got {spacing!r}")
        strokes = []
        for points in self.polylines():
            walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
            if walked[-1] / spacing > 1e6:
                raise ValueError(f"a spacing of {spacing:g} is too fine for a stroke {walked[-1]:g} long")
            places = np.append(np.arange(0, walked[-1], spacing), walked[-1])
            strokes.append(np.column_stack([np.interp(places, walked, axis) for axis in points.T]))
        return Sketch.from_polylines(strokes)

    @staticmethod
    def grid(sketches: Sequence[Sketch], columns: int | None = None, cell: float = 1.0) -> Sketch:
        """Lay sketches out in rows and join them into one drawing.

        Parameters
        ----------
        sketches : sequence of Sketch
            Placed from left to right, then downwards; each is fitted into 80% of its cell and centred.
        columns : int, optional
            Default: about as many as rows.
        cell : float
            Side of a cell, in the units of the result.

        Returns
        -------
        Sketch
            One drawing with all the strokes. Empty sketches leave their cell empty.
        """
        columns = columns or max(1, math.ceil(math.sqrt(len(sketches))))
        strokes: list[NDArray[np.float64]] = []
        for index, sketch in enumerate(sketches):
            fitted = sketch.fitted(0.8 * cell)
            _, _, width, height = fitted.bounds
            corner = np.array([index % columns, index // columns]) * cell
            place = corner + (cell - np.array([width, height])) / 2
            strokes += [points + place for points in fitted.polylines()]
        return Sketch.from_polylines(strokes)

    @staticmethod
    def concatenated(sketches: Iterable[Sketch]) -> Sketch:
        """Join drawings into one, each where its `start` puts it, strokes in order."""
        return Sketch.from_polylines(points for sketch in sketches for points in sketch.polylines())

    # Display --------------------------------------------------------------------------------------

    def svg(self, **options: Any) -> str:
        """Return the drawing as an SVG document; options as in `sketchkit.render.draw`."""
        from sketchkit.render.svg import draw

        return draw(self, **options).text

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        from sketchkit.render.svg import draw

        return draw(self)._repr_html_()


def _checked_rows(offsets: ArrayLike) -> NDArray[np.float32]:
    """Return a fresh float32 copy of stroke-3 rows, or say what is wrong with them."""
    try:
        given = np.asarray(offsets, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected rows of three numbers, shape (n, 3): {error}") from None
    if given.size == 0:
        given = given.reshape(0, 3)
    if given.ndim != 2 or given.shape[1] != 3:
        raise ValueError(f"expected stroke-3 rows of shape (n, 3), got {given.shape}")
    with np.errstate(over="ignore"):
        rows = given.astype(np.float32)
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise ValueError(f"row {row}: expected finite offsets, got {given[row].tolist()}")
    known = (rows[:, 2] == 0) | (rows[:, 2] == 1)
    if not known.all():
        row = int(np.argmin(known))
        raise ValueError(f"row {row}: expected a pen state of 0 or 1, got {given[row, 2]:g}")
    return rows + np.float32(0)  # -0.0 becomes 0.0: equal drawings have equal bytes, and so equal hashes


def iter_sketches(sketches: Sketch | Iterable[Sketch]) -> Iterator[Sketch]:
    """Yield one or many sketches alike; anything else is a TypeError that says so."""
    if isinstance(sketches, Sketch):
        yield sketches
        return
    for index, sketch in enumerate(sketches):
        if not isinstance(sketch, Sketch):
            raise TypeError(f"item {index}: expected a Sketch, got {type(sketch).__name__}")
        yield sketch
