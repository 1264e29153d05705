"""Conversion of nested lists and arrays of numbers to drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["parse_drawing", "parse_drawings"]

#: Number of items of a list that are examined to decide whether they are drawings or parts of one drawing.
EXAMINED = 1000
#: Layouts of a drawing and of its parts. A layout is (length of the innermost lists, number of levels of lists).
_DRAWING = ((3, 2), (5, 2), (2, 3))
_PART = ((3, 1), (5, 1), (2, 1), (2, 2))


def parse_drawings(
    value: Any, where: str = "the list", errors: list[ValueError] | None = None, *, item: str = "drawing"
) -> Iterator[Sketch]:
    """Yield the drawings in nested lists or an array. The length of the innermost lists determines the format.

    Parameters
    ----------
    value : nested sequence or array_like
        Rows of three numbers are stroke-3 rows (Δx, Δy, pen lift), and rows of five are stroke-5 rows (Δx, Δy, pen
        down, pen up, end). A list of rows is one drawing; a list of such lists contains several drawings. Pairs are
        absolute points. A list of pairs is a drawing of one stroke, a list of strokes is one drawing, and a list of
        lists of strokes contains several drawings.
    where : str
        Name of the source in error messages.
    errors : list, optional
        List to which the errors of skipped drawings are appended. Default: errors are raised.
    item : str
        Word for a drawing in error messages.

    Raises
    ------
    ValueError
        If the value is nested in another way or, without `errors`, if a drawing cannot be read. The message contains
        the index of the drawing.
    """
    if isinstance(value, np.ndarray) and value.dtype != object and value.ndim:
        items = Counter({(value.shape[-1], value.ndim - 1): 1})
    elif _is_list(value):
        items = Counter(_layout(part) for part in value[:EXAMINED])
    else:
        items = Counter()
    many, one = (sum(items[layout] for layout in layouts) for layouts in (_DRAWING, _PART))
    if not many and not one:
        width, depth = _layout(value)
        raise ValueError(
            f"{where}: expected one or more drawings, each a list of stroke-3 rows, of stroke-5 rows or of strokes "
            f"with points (x, y); got {depth} levels of lists, the innermost of length {width}"
        )
    for index, drawing in enumerate(value if many >= one else [value]):
        try:
            yield parse_drawing(drawing)
        except (ValueError, TypeError, OverflowError) as error:
            wrong = ValueError(f"{where}, {item} {index}: {error}")
            if errors is None:
                raise wrong from None
            errors.append(wrong)


def parse_drawing(drawing: Any) -> Sketch:
    """Return the drawing given by stroke-3 rows, stroke-5 rows, strokes of absolute points, or a single stroke.

    Raises
    ------
    ValueError, TypeError, OverflowError
        If the value has another layout. The message does not name the source.
    """
    width, depth = _layout(drawing)
    if (width, depth) == (3, 2):
        return Sketch(_without_padding(_numbers(drawing)))
    if (width, depth) == (5, 2):
        return _from_stroke5(_numbers(drawing))
    if (width, depth) in ((2, 2), (2, 3)):
        return Sketch.from_polylines(_numbers(stroke) for stroke in (drawing if depth == 3 else [drawing]))
    if width == 0 and 0 < depth < 4:
        return Sketch([])
    raise ValueError(
        f"expected stroke-3 rows, stroke-5 rows or strokes of points (x, y), got {depth} levels of lists, the "
        f"innermost of length {width}"
    )


def _numbers(rows: Any) -> NDArray[np.float64]:
    """Return rows as an array. Strings and None raise ValueError, although NumPy could convert them."""
    array = np.asarray(rows)
    if array.dtype.kind not in "iufb":
        if array.dtype != object or any(isinstance(n, (str, bytes)) or n is None for n in array.flat):
            raise ValueError("expected numbers, got text or None")
        array = array.astype(np.float64)  # NumPy stores integers beyond 64 bits as objects
    return array.astype(np.float64)


def _from_stroke5(rows: NDArray[np.float64]) -> Sketch:
    """Return the drawing of stroke-5 rows. Rows of zeros at the end are padding."""
    filled = np.flatnonzero(np.any(rows != 0, axis=1))
    rows = rows[: filled[-1] + 1] if len(filled) else rows[:0]
    pen = rows[:, 2:]
    wrong = np.flatnonzero(~(((pen == 0) | (pen == 1)).all(axis=1) & (pen.sum(axis=1) == 1)))
    if len(wrong):
        row = int(wrong[0])
        raise ValueError(f"row {row}: expected one pen state of 1 among the last three, got {rows[row].tolist()}")
    return Sketch.from_stroke5(rows)


def _without_padding(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return stroke-3 rows without the rows of zeros at the end. A single row of zeros is kept."""
    filled = np.flatnonzero(np.any(rows != 0, axis=1))
    return rows[: filled[-1] + 1] if len(filled) and len(rows) - filled[-1] > 2 else rows


def _is_list(value: Any) -> bool:
    return isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, (str, bytes)) and _sized(value)


def _sized(value: Any) -> bool:
    return not isinstance(value, np.ndarray) or value.ndim > 0


def _layout(value: Any) -> tuple[int, int]:
    """Return the length of the innermost lists and the number of levels, found in the first non-empty items."""
    depth = width = 0
    while _is_list(value) and depth < 7:
        if isinstance(value, np.ndarray) and value.dtype != object:
            return value.shape[-1], depth + value.ndim
        depth, width = depth + 1, len(value)
        value = next((item for item in value if not hasattr(item, "__len__") or len(item)), None)
    return width, depth
