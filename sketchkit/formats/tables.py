"""Reader of CSV tables of drawings: one point in each row, or one Quick, Draw! drawing as JSON (Kaggle's files)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import IO

from sketchkit.formats.input_files import lines_of, open_input
from sketchkit.formats.json_drawings import parse_json
from sketchkit.formats.quickdraw import matches_filters, parse_record
from sketchkit.sketch import Sketch

__all__ = ["is_header", "read_csv"]

#: Maximum length, in bytes, of a row with a point and of a row with a drawing as JSON.
MAX_ROW_BYTES, MAX_RECORD_BYTES = 10_000, 4 << 20
#: Columns of a table of points; the first one is optional.
COLUMNS = ("drawing", "stroke", "x", "y")


@dataclass(frozen=True)
class _Row:
    """A row of a table of points, as strings; `error` is set if the row could not be read."""

    number: int
    drawing: str = ""
    stroke: str = ""
    x: str = ""
    y: str = ""
    error: ValueError | None = None


def is_header(line: str) -> bool:
    """Return whether a line contains the column names of a table of drawings."""
    names = _cells(line, max(",;\t", key=line.count)) or []
    names = [name.strip().lower() for name in names]
    return set(COLUMNS[1:]) <= set(names) or {"drawing", "word"} <= set(names)


def read_csv(
    source: str | Path | IO[bytes],
    *,
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    errors: list[ValueError] | None = None,
    where: str | None = None,
) -> Iterator[Sketch]:
    """Yield the drawings of a table of absolute points, or of a table of Quick, Draw! drawings.

    A table of points has the columns drawing, stroke, x, y and one point in each row. The rows of a drawing, and those
    of a stroke, must be contiguous. A header may name the columns in any order, together with other columns; without a
    header the columns are stroke, x, y or drawing, stroke, x, y. A table of Quick, Draw! drawings has a column
    `drawing` that contains JSON, and no columns x and y. The separator is a comma, a semicolon or a tab. One drawing is
    in memory at a time.

    Parameters
    ----------
    source : str, Path or binary file
        The table, encoded in UTF-8.
    recognized, countries : optional
        Filters of Quick, Draw! drawings; see `sketchkit.formats.quickdraw.matches_filters`.
    errors : list, optional
        List to which the errors of skipped drawings are appended. Default: errors are raised.
    where : str, optional
        Name of the file in error messages. Default: its path.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If columns are missing; or, without `errors`, if a row cannot be read or the rows of a drawing are not
        contiguous. The message names the file and line.
    """
    with open_input(source, where, "CSV file") as (file, name):
        first = _decoded(file.readline(MAX_ROW_BYTES + 1), f"{name}, line 1", "utf-8-sig")
        if len(first) > MAX_ROW_BYTES:
            raise ValueError(f"{name}, line 1: expected at most {MAX_ROW_BYTES:,} bytes in a line, got more")
        delimiter = max(",;\t", key=first.count)
        head = [cell.strip().lower() for cell in _cells(first, delimiter) or []]
        if "drawing" in head and not {"x", "y"} & set(head):
            yield from _records(file, name, head, delimiter, recognized, countries, errors)
        else:
            yield from _drawings(_rows(file, name, first, head, delimiter), name, errors)


def _cells(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a row; None if it cannot be read."""
    with suppress(csv.Error):
        return next(csv.reader([line], delimiter=delimiter), [])
    return None


def _decoded(line: bytes, where: str, encoding: str = "utf-8") -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"{where}: expected text in UTF-8 ({error.reason})") from None


def _lines(stream: IO[bytes], where: str, longest: int) -> Iterator[tuple[int, str | ValueError]]:
    """Yield the number of each line after the first, and its text or, if the text cannot be read, the error."""
    for number, line in lines_of(stream, longest, first=2):
        if line is None:
            yield number, ValueError(f"{where}, line {number}: expected at most {longest:,} bytes in a line, got more")
            continue
        try:
            yield number, _decoded(line, f"{where}, line {number}")
        except ValueError as error:
            yield number, error


# Tables of points -------------------------------------------------------------------------------------


def _rows(stream: IO[bytes], where: str, first: str, head: list[str], delimiter: str) -> Iterator[_Row]:
    lines = _lines(stream, where, MAX_ROW_BYTES)
    if set(COLUMNS[1:]) <= set(head):
        columns: list[int | None] = [head.index(name) if name in head else None for name in COLUMNS]
    elif len(head) in (3, 4) and not any(cell in COLUMNS for cell in head):
        columns = [None, 0, 1, 2] if len(head) == 3 else [0, 1, 2, 3]
        lines = chain([(1, first)], lines)
    else:
        raise ValueError(
            f"{where}: expected the columns drawing (optional), stroke, x, y, or a column drawing with Quick, Draw! "
            f"drawings as JSON, got {', '.join(head)[:80]!r}"
        )
    for number, line in lines:
        cells = _cells(line, delimiter) if isinstance(line, str) else None
        if cells is None:
            error = line if isinstance(line, ValueError) else None
            yield _Row(number, error=error or ValueError(f"{where}, line {number}: expected a row in CSV format"))
        elif cells:
            drawing, stroke, x, y = ("" if i is None or i >= len(cells) else cells[i].strip() for i in columns)
            yield _Row(number, drawing, stroke, x, y)


def _drawings(rows: Iterator[_Row], where: str, errors: list[ValueError] | None) -> Iterator[Sketch]:
    seen = set()
    for name, group in groupby(rows, key=_drawing_key()):
        strokes: list[list[tuple[float, float]]] = []
        last_stroke: str | None = None
        wrong: ValueError | None = None
        for row in group:
            line_name = f"{where}, line {row.number}"
            try:
                if row.error:
                    raise row.error
                if name in seen:
                    raise ValueError(
                        f"{line_name}: the rows of drawing {name!r} are not contiguous; sort the file by the drawing "
                        "column"
                    )
                point = _number(row.x, line_name), _number(row.y, line_name)
            except ValueError as error:
                if errors is None:
                    raise error from None
                wrong = wrong or error
                continue
            if row.stroke != last_stroke:
                strokes.append([])
                last_stroke = row.stroke
            strokes[-1].append(point)
        seen.add(name)
        if wrong is None:
            yield Sketch.from_polylines(strokes)
        elif errors is not None:
            errors.append(wrong)


def _drawing_key() -> Callable[[_Row], str]:
    """Return a function that names the drawing of a row. A row that cannot be read belongs to the drawing before it."""
    latest = [""]

    def key(row: _Row) -> str:
        if row.error is None:
            latest[0] = row.drawing
        return latest[0]

    return key


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:
        raise ValueError(f"{where}: expected a number within ±1e9, got {text[:40]!r}")
    return value


# Tables of Quick, Draw! drawings ----------------------------------------------------------------------


def _records(
    stream: IO[bytes],
    where: str,
    head: list[str],
    delimiter: str,
    recognized: bool | None,
    countries: Collection[str] | None,
    errors: list[ValueError] | None,
) -> Iterator[Sketch]:
    for number, line in _lines(stream, where, MAX_RECORD_BYTES):
        line_name = f"{where}, line {number}"
        try:
            if isinstance(line, ValueError):
                raise line
            cells = _cells(line, delimiter)
            if cells == []:
                continue
            if cells is None or len(cells) != len(head):
                count = "none" if cells is None else len(cells)
                raise ValueError(f"{line_name}: expected {len(head)} columns, got {count}")
            record = dict(zip(head, cells, strict=True))
            attributes = {"countrycode": record.get("countrycode"), "recognized": record.get("recognized") == "True"}
            drawing = parse_json(record["drawing"], line_name, "a drawing as JSON")
            if matches_filters(attributes, recognized, countries):
                yield parse_record({"drawing": drawing}, line_name)
        except ValueError as error:
            if errors is None:
                raise error from None
            errors.append(error)
