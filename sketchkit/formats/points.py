"""Drawings as plain numbers: nested lists, JSON files, arrays, CSV tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import IO, Any

import numpy as np

from sketchkit.sketch import Sketch

__all__ = ["drawings_in", "read_csv", "read_json"]

MAX_JSON_BYTES = 256 << 20
MAX_ROW_BYTES = 10_000
COLUMNS = ("drawing", "stroke", "x", "y")


def drawings_in(value: Any, where: str = "the list") -> Iterator[Sketch]:
    """Yield the drawings in nested lists or an array; the innermost length tells what the numbers are.

    Parameters
    ----------
    value : nested sequence or array_like
        Rows of three numbers are stroke-3 rows (Δx, Δy, pen lift): a list of rows is a drawing, a list of those are
        many. Pairs are absolute points: a list of pairs is a drawing of one stroke, a list of strokes is a drawing, a
        list of drawings are many.
    where : str
        Names the source in errors.

    Raises
    ------
    ValueError
        If it is nested otherwise, or holds what is no finite number; the message names the drawing.
    """
    width, depth = _innermost(value)
    if not (width == 3 and depth in (2, 3)) and not (width == 2 and depth in (2, 3, 4)):
        raise ValueError(
            f"{where}: expected lists of points (x, y) within strokes within drawings, or of stroke-3 rows within "
            f"drawings, got {depth} levels of lists, the innermost of {width}"
        )
    if width == 3:
        drawings = value if depth == 3 else [value]
    else:
        drawings = value if depth == 4 else [value] if depth == 3 else [[value]]
    for index, drawing in enumerate(drawings):
        try:
            yield Sketch(drawing) if width == 3 else Sketch.from_polylines(drawing)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{where}, drawing {index}: {error}") from None


def _innermost(value: Any) -> tuple[int, int]:
    """Return the length of the innermost of nested lists, and how deep they go; of the first that is not empty."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return (value.shape[-1], value.ndim) if value.ndim else (0, 0)
    depth = width = 0
    while isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, (str, bytes)) and depth < 6:
        depth, width = depth + 1, len(value)
        value = next((item for item in value if not hasattr(item, "__len__") or len(item)), None)
    return width, depth


def read_json(source: str | Path | IO[bytes], *, where: str | None = None) -> Iterator[Sketch]:
    """Read a JSON file of nested lists; see `drawings_in`.

    Parameters
    ----------
    source : str, Path or binary file
    where : str, optional
        Names the file in errors. Default: its path.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no JSON, larger than 256 MiB, or holds something else.
    """
    if isinstance(source, (str, Path)):
        if not Path(source).is_file():
            raise FileNotFoundError(f"{source}: no such JSON file")
        with Path(source).open("rb") as file:
            yield from read_json(file, where=where or str(source))
        return
    where = where or "the file"
    data = source.read(MAX_JSON_BYTES + 1)
    if len(data) > MAX_JSON_BYTES:
        raise ValueError(f"{where}: expected a JSON file of at most {MAX_JSON_BYTES:,} bytes, got more")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: expected nested lists as JSON ({error})") from None
    yield from drawings_in(value, where)


def read_csv(
    source: str | Path | IO[bytes], *, refused: list[ValueError] | None = None, where: str | None = None
) -> Iterator[Sketch]:
    """Read a table of absolute points: columns drawing, stroke, x, y, one point a row.

    Rows of a drawing stand together, as do those of a stroke. A first row that names the columns may order them as it
    likes and have others beside them; without one they are stroke, x, y or drawing, stroke, x, y. Commas, semicolons
    or tabs stand between. Memory holds one drawing at a time.

    Parameters
    ----------
    source : str, Path or binary file
        Text in UTF-8.
    refused : list, optional
        Rows that cannot be read are left out with the drawing they are in, and their errors put here, not raised.
    where : str, optional
        Names the file in errors. Default: its path.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If columns are missing, a row cannot be read, or a drawing's rows do not stand together; with file and line.
    """
    if isinstance(source, (str, Path)):
        if not Path(source).is_file():
            raise FileNotFoundError(f"{source}: no such CSV file")
        with Path(source).open("rb") as file:
            yield from read_csv(file, refused=refused, where=where or str(source))
        return
    where = where or "the file"
    seen = set()
    for name, rows in groupby(_rows(source, where), key=lambda row: row[1]):
        strokes: list[list[tuple[float, float]]] = []
        before = object()
        wrong: ValueError | None = None
        for number, _, stroke, x, y in rows:
            at = f"{where}, line {number}"
            try:
                if name in seen:
                    raise ValueError(f"{at}: the rows of drawing {name!r} do not stand together; sort the file by it")
                point = _number(x, at), _number(y, at)
            except ValueError as error:
                if refused is None:
                    raise
                wrong = wrong or error
                continue
            if stroke != before:
                strokes.append([])
                before = stroke
            strokes[-1].append(point)
        seen.add(name)
        if wrong is None:
            yield Sketch.from_polylines(strokes)
        elif refused is not None:
            refused.append(wrong)


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not abs(value) < 1e9:
        raise ValueError(f"{where}: expected a number within ±1e9, got {text[:40]!r}")
    return value


def _rows(stream: IO[bytes], where: str) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield line number, drawing, stroke, x and y of each row, as text."""

    def lines() -> Iterator[str]:
        for number, line in enumerate(iter(partial(stream.readline, MAX_ROW_BYTES + 1), b""), start=1):
            if len(line) > MAX_ROW_BYTES:
                raise ValueError(f"{where}, line {number}: expected at most {MAX_ROW_BYTES:,} bytes a line")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise ValueError(f"{where}, line {number}: expected text in UTF-8 ({error.reason})") from None

    text: Iterator[str] = lines()
    first = next(text, "")
    delimiter = max(",;\t", key=first.count)
    head = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    if set(COLUMNS[1:]) <= set(head):
        places: list[int | None] = [head.index(name) if name in head else None for name in COLUMNS]
        begin = 2
    elif len(head) in (3, 4) and not any(cell in COLUMNS for cell in head):
        places = [None, 0, 1, 2] if len(head) == 3 else [0, 1, 2, 3]
        text, begin = chain([first], text), 1
    else:
        raise ValueError(f"{where}: expected the columns drawing (or none), stroke, x, y, got {', '.join(head)[:80]!r}")
    try:
        for number, row in enumerate(csv.reader(text, delimiter=delimiter), start=begin):
            if row:
                drawing, stroke, x, y = (
                    "" if place is None else row[place].strip() if place < len(row) else "" for place in places
                )
                yield number, drawing, stroke, x, y
    except csv.Error as error:
        raise ValueError(f"{where}: expected a table of points ({error})") from None
