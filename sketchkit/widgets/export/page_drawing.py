"""Conversion of drawings to and from JSON, for the traits of widgets and saved states."""

from __future__ import annotations

from typing import Any

import numpy as np

from sketchkit.sketch import Sketch

__all__ = ["as_ink", "as_json", "as_sketch"]

#: Maximum number of points of a drawing from the page.
MAX_POINTS = 200_000


def as_json(sketch: Sketch | None, _: Any = None) -> dict[str, Any]:
    """Return the start point and the flattened stroke-3 rows of a sketch.

    Numbers have six significant digits, as in the page. Therefore a drawing from the page is unchanged by a round trip
    and is not sent back.
    """
    if sketch is None:
        return {"start": [0, 0], "rows": []}
    rows = sketch.offsets.reshape(-1).tolist()
    return {"start": [float(f"{x:.6g}") for x in sketch.start], "rows": [float(f"{x:.6g}") for x in rows]}


def as_sketch(data: Any, _: Any = None) -> Sketch:
    """Return the sketch for data from the page. Raise ValueError if the data are invalid."""
    if isinstance(data, Sketch):
        return data
    if not isinstance(data, dict) or not isinstance(data.get("rows"), list) or len(data["rows"]) > 3 * MAX_POINTS:
        expected = f"an object with 'start' and a list 'rows' of at most {MAX_POINTS:,} points"
        rows = data.get("rows") if isinstance(data, dict) else None
        received = f"{len(rows) // 3:,} points" if isinstance(rows, list) else f"{data!r:.40}"
        raise ValueError(f"expected {expected}, got {received}")
    rows = np.asarray(data["rows"], dtype=np.float64).reshape(-1, 3)
    start = data.get("start", [0, 0])
    return Sketch(rows, (float(start[0]), float(start[1])))


def as_ink(data: Any, _: Any = None) -> list[list[list[float]]]:
    """Return strokes of points [x, y, pressure] from the page. Raise ValueError if the data are invalid."""
    strokes = [np.asarray(stroke, dtype=np.float64).reshape(-1, 3) for stroke in data]
    if sum(map(len, strokes)) > MAX_POINTS or not all(np.isfinite(stroke).all() for stroke in strokes):
        raise ValueError("expected strokes of points with finite x, y and pressure")
    return [stroke.tolist() for stroke in strokes]
