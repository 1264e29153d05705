"""Records of Quick, Draw!: an object with the strokes under the key "drawing", as lists of x and of y.

Raw records add a list of times to each stroke; they are simplified as the published ones were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["is_chosen", "simplified_as_published", "sketch_of_record"]

#: Coordinates are within ± this.
MAX_COORDINATE = 1e6
#: Length of the lines of a raw drawing, where its longer side is 255. A page painted black line by line has 65,025.
MAX_INK = 100_000


def sketch_of_record(record: Any, where: str) -> Sketch:
    """Return the drawing of a record.

    Parameters
    ----------
    record : mapping
        As JSON has it.
    where : str
        Names it in errors.

    Raises
    ------
    ValueError
        If it is not a record, or its strokes are not lists of x and of y.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get("drawing"), list):
        raise ValueError(f"{where}: expected an object with a list under the key 'drawing'")
    strokes = []
    raw = False
    for index, stroke in enumerate(record["drawing"]):
        what = f"{where}, stroke {index}"
        if (
            not isinstance(stroke, list)
            or len(stroke) not in (2, 3)
            or not all(isinstance(axis, list) for axis in stroke)
        ):
            raise ValueError(f"{what}: expected a list of x and a list of y, and in raw files one of times")
        raw |= len(stroke) == 3
        xs, ys = stroke[:2]
        if len(xs) != len(ys):
            raise ValueError(f"{what}: expected as many y as x, got {len(ys)} and {len(xs)}")
        if not all(isinstance(value, (int, float)) and abs(value) <= MAX_COORDINATE for value in xs + ys):
            raise ValueError(f"{what}: expected numbers within ±{MAX_COORDINATE:,.0f}")
        strokes.append(list(zip(xs, ys, strict=True)))
    sketch = Sketch.from_polylines(strokes)
    if not raw:
        return sketch
    fitted = sketch.fitted(255)
    ink = float(np.hypot(*fitted.offsets[:, :2].T.astype(np.float64)).sum())
    if not ink <= MAX_INK:
        raise ValueError(f"{where}: expected a raw drawing with lines of at most {MAX_INK:,} units, got {ink:,.0f}")
    return simplified_as_published(sketch)


def is_chosen(record: Mapping[str, Any], recognized: bool | None, countries: Collection[str] | None) -> bool:
    """Tell whether a record is among those to be read.

    Parameters
    ----------
    record : mapping
    recognized : bool, optional
        Only drawings that the game recognized, or only the others.
    countries : collection of str, optional
        Only drawings from these, as two-letter codes.
    """
    if recognized is not None and record.get("recognized") is not recognized:
        return False
    country = record.get("countrycode")
    return countries is None or (isinstance(country, str) and country in countries)


def simplified_as_published(raw: Sketch) -> Sketch:
    """Return a raw drawing as the simplified files have it.

    The steps are those of the README of the Quick, Draw! dataset (github.com/googlecreativelab/quickdraw-dataset):
    the top left corner goes to (0, 0), the longer side becomes 255, strokes are resampled at a spacing of 1 and
    simplified by Ramer-Douglas-Peucker with an epsilon of 2. Comparison of the published files shows that distances are
    those to the infinite line, not to the segment between the ends, and that the results are rounded.

    Parameters
    ----------
    raw : Sketch
        In any units.
    """
    fine = raw.fitted(255).resampled(1.0).polylines()
    return Sketch.from_polylines(np.rint(_thinned(points, 2.0)) for points in fine)


def _thinned(points: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
    """Return the points of a stroke, (m, 2), that Ramer-Douglas-Peucker keeps, with distances to infinite lines."""
    kept = np.zeros(len(points), dtype=bool)
    kept[[0, -1]] = True
    pieces = [(0, len(points) - 1)]
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        (x, y), away = points[last] - points[first], points[first + 1 : last] - points[first]
        length = np.hypot(x, y)
        distance = np.abs(x * away[:, 1] - y * away[:, 0]) / length if length else np.hypot(*away.T)
        farthest = first + 1 + int(distance.argmax())
        if distance.max() > epsilon:
            kept[farthest] = True
            pieces += [(first, farthest), (farthest, last)]
    return points[kept]
