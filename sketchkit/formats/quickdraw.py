"""Records of Quick, Draw!: objects whose key "drawing" contains strokes, each a list of x and a list of y.

Each stroke of a raw record also has a list of times. Raw records are simplified like the simplified records
that Quick, Draw! publishes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["matches_filters", "parse_record", "simplify_as_published"]

#: Largest absolute coordinate.
MAX_COORDINATE = 1e6
#: Maximum length of the pen's path, including moves between strokes, in a raw drawing whose longer side is scaled to
#: 255. A path that fills the page with lines 1 unit apart has a length of about 65,025.
MAX_INK = 100_000


def parse_record(record: Any, where: str) -> Sketch:
    """Return the drawing of a record.

    Parameters
    ----------
    record : mapping
        Record, as parsed from JSON.
    where : str
        Name of the record in error messages.

    Raises
    ------
    ValueError
        If the value is not a record, or a stroke is not a list of x and a list of y.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get("drawing"), list):
        raise ValueError(f"{where}: expected an object with a list under the key 'drawing'")
    strokes = []
    raw = False
    for index, stroke in enumerate(record["drawing"]):
        stroke_name = f"{where}, stroke {index}"
        if (
            not isinstance(stroke, list)
            or len(stroke) not in (2, 3)
            or not all(isinstance(axis, list) for axis in stroke)
        ):
            raise ValueError(f"{stroke_name}: expected a list of x, a list of y and, in raw files, a list of times")
        raw |= len(stroke) == 3
        xs, ys = stroke[:2]
        if len(xs) != len(ys):
            raise ValueError(f"{stroke_name}: expected as many y as x, got {len(ys)} and {len(xs)}")
        if not all(isinstance(value, (int, float)) and abs(value) <= MAX_COORDINATE for value in xs + ys):
            raise ValueError(f"{stroke_name}: expected numbers within ±{MAX_COORDINATE:,.0f}")
        strokes.append(list(zip(xs, ys, strict=True)))
    sketch = Sketch.from_polylines(strokes)
    if not raw:
        return sketch
    fitted = sketch.fitted(255)
    ink = float(np.hypot(*fitted.offsets[:, :2].T.astype(np.float64)).sum())
    if not ink <= MAX_INK:
        raise ValueError(
            f"{where}: expected a raw drawing in which the pen moves by at most {MAX_INK:,} units when the longer "
            f"side is scaled to 255 units, got {ink:,.0f}"
        )
    return simplify_as_published(sketch)


def matches_filters(record: Mapping[str, Any], recognized: bool | None, countries: Collection[str] | None) -> bool:
    """Return whether a record passes the filters.

    Parameters
    ----------
    record : mapping
        Record, as parsed from JSON.
    recognized : bool, optional
        Accept only drawings that the game recognized (True) or did not recognize (False).
    countries : collection of str, optional
        Two-letter country codes; accept only drawings from these countries.
    """
    if recognized is not None and record.get("recognized") is not recognized:
        return False
    country = record.get("countrycode")
    return countries is None or (isinstance(country, str) and country in countries)


def simplify_as_published(raw: Sketch) -> Sketch:
    """Return a raw drawing simplified as in the simplified files of the Quick, Draw! dataset.

    The README of the Quick, Draw! dataset (github.com/googlecreativelab/quickdraw-dataset) describes the steps: the top
    left corner is moved to (0, 0), the longer side is scaled to 255, strokes are resampled at a spacing of 1 and
    simplified by Ramer-Douglas-Peucker with an epsilon of 2. A comparison with the published files shows that distances
    are measured to the infinite line, not to the segment between the end points, and that the results are rounded.

    Parameters
    ----------
    raw : Sketch
        Raw drawing, in any units.
    """
    fine = raw.fitted(255).resampled(1.0).polylines()
    return Sketch.from_polylines(np.rint(_simplified_stroke(points, 2.0)) for points in fine)


def _simplified_stroke(points: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
    """Return a stroke, (m, 2), simplified by Ramer-Douglas-Peucker with distances to infinite lines."""
    kept = np.zeros(len(points), dtype=bool)
    kept[[0, -1]] = True
    pieces = [(0, len(points) - 1)]
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        (x, y), inner = points[last] - points[first], points[first + 1 : last] - points[first]
        length = np.hypot(x, y)
        distance = np.abs(x * inner[:, 1] - y * inner[:, 0]) / length if length else np.hypot(*inner.T)
        farthest = first + 1 + int(distance.argmax())
        if distance.max() > epsilon:
            kept[farthest] = True
            pieces += [(first, farthest), (farthest, last)]
    return points[kept]
