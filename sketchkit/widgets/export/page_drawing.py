"""A drawing as JSON, in the traits of widgets and in saved states."""

from __future__ import annotations

from typing import Any

import numpy as np

from sketchkit.sketch import Sketch

__all__ = ["as_json", "as_sketch"]

#: A drawing from the page may not have more points than this.
MOST_POINTS = 200_000


def as_json(sketch: Sketch | None, _: Any = None) -> dict[str, Any]:
    """Return a sketch as the page has it: where the pen starts, and stroke-3 rows end to end.

    Numbers have six digits, there and here: so what comes from the page goes back the same, and is not sent again.
    """
    if sketch is None:
        return {"start": [0, 0], "rows": []}
    rows = sketch.offsets.reshape(-1).tolist()
    return {"start": [float(f"{x:.6g}") for x in sketch.start], "rows": [float(f"{x:.6g}") for x in rows]}


def as_sketch(data: Any, _: Any = None) -> Sketch:
    """Return the sketch that the page means; a ValueError says what is wrong with it."""
    if isinstance(data, Sketch):
        return data
    if not isinstance(data, dict) or not isinstance(data.get("rows"), list) or len(data["rows"]) > 3 * MOST_POINTS:
        raise ValueError("expected a drawing with start and rows")
    rows = np.asarray(data["rows"], dtype=np.float64).reshape(-1, 3)
    start = data.get("start", [0, 0])
    return Sketch(rows, (float(start[0]), float(start[1])))
