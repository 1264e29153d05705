"""Reader of JSON files of drawings: nested lists, and records of Quick, Draw!, sketchkit's pad or drawing programs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from sketchkit.formats.input_files import open_input
from sketchkit.formats.points import parse_drawings
from sketchkit.formats.quickdraw import matches_filters, parse_record
from sketchkit.sketch import Sketch

__all__ = ["parse_json", "parse_json_drawings", "read_json"]

MAX_BYTES = 256 << 20
#: Maximum number of levels of lists and objects that are searched.
MAX_DEPTH = 8
#: Keys of drawings, strokes or points in the files of drawing programs.
CONTAINERS = ("drawings", "sketches", "strokes", "lines", "paths", "path", "points", "data")


def read_json(
    source: str | Path | IO[bytes],
    *,
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    errors: list[ValueError] | None = None,
    where: str | None = None,
) -> Iterator[Sketch]:
    """Read a JSON file of drawings; see `parse_json_drawings`.

    Parameters
    ----------
    source : str, Path or binary file
        The file.
    recognized, countries : optional
        Filters, as in `parse_json_drawings`.
    errors : list, optional
        List to which the errors of skipped drawings are appended. Default: errors are raised.
    where : str, optional
        Name of the file in error messages. Default: its path.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is not JSON, is larger than 256 MiB, or does not contain drawings.
    """
    with open_input(source, where, "JSON file") as (file, name):
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{name}: expected a JSON file of at most {MAX_BYTES:,} bytes, got more")
    value = parse_json(data, name, "nested lists as JSON")
    yield from parse_json_drawings(value, name, recognized=recognized, countries=countries, errors=errors)


def parse_json(data: bytes | str, where: str, expected: str) -> Any:
    """Parse JSON. If it is invalid, raise a ValueError whose message names the source and what was `expected`."""
    try:
        if isinstance(data, bytes):
            data = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: expected {expected}, got {data[:40]!r} ({error})") from None


def parse_json_drawings(
    value: Any,
    where: str,
    *,
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    errors: list[ValueError] | None = None,
) -> Iterator[Sketch]:
    """Yield the drawings in a JSON value.

    Parameters
    ----------
    value : list or dict
        A record of Quick, Draw! (an object with `drawing`), a record of sketchkit's pad (an object with `start` and
        `rows`), a list of records, or nested lists as in `sketchkit.formats.points.parse_drawings`. In nested lists, a
        point may also be an object with `x` and `y`; a stroke may be an object with `points` (signature_pad and other
        drawing programs) or with lists `x` and `y`; and a drawing may be an object with `strokes`, `lines` or `paths`.
    where : str
        Name of the source in error messages.
    recognized, countries : optional
        Filters of Quick, Draw! records; see `sketchkit.formats.quickdraw.matches_filters`.
    errors : list, optional
        List to which the errors of skipped drawings are appended. Default: errors are raised.

    Raises
    ------
    ValueError
        If the value does not contain drawings or, without `errors`, if a drawing cannot be read. The message contains
        the index of the drawing.
    """
    items, is_list = ([value], False) if _is_record(value) else (value, True)
    if not isinstance(items, list) or not any(_is_record(item) for item in items):
        if isinstance(value, dict) and not any(name in value for name in (*CONTAINERS, "x")):
            keys = ", ".join(map(str, value))[:100] or "none"
            raise ValueError(
                f"{where}: expected a drawing, such as a list under the key 'drawing', got the keys {keys}"
            )
        yield from parse_drawings(_as_lists(value), where, errors)
        return
    for index, item in enumerate(items):
        item_name = f"{where}, drawing {index}" if is_list else where
        try:
            if isinstance(item, dict) and "drawing" in item:
                if matches_filters(item, recognized, countries):
                    yield parse_record(item, item_name)
            elif _is_record(item):
                yield _pad_sketch(item, item_name)
            else:
                yield from parse_drawings(_as_lists(item), item_name)
        except ValueError as error:
            if errors is None:
                raise
            errors.append(error)


def _is_record(value: Any) -> bool:
    """Return whether a value is a record of Quick, Draw! or of the pad."""
    return isinstance(value, dict) and ("drawing" in value or "rows" in value)


def _pad_sketch(record: dict[str, Any], where: str) -> Sketch:
    """Return the drawing of a record of the pad with the point `start` and the concatenated stroke-3 rows `rows`."""
    rows, start = record["rows"], record.get("start", [0, 0])
    if not isinstance(rows, list) or len(rows) % 3 or not _are_numbers(rows):
        given = f"a list of {len(rows)} items" if isinstance(rows, list) else type(rows).__name__
        raise ValueError(f"{where}: expected a list of numbers under the key 'rows', three for each point, got {given}")
    if not isinstance(start, list) or len(start) != 2 or not _are_numbers(start):
        raise ValueError(f"{where}: expected two numbers under the key 'start', got {str(start)[:40]}")
    try:
        return Sketch([rows[i : i + 3] for i in range(0, len(rows), 3)], (start[0], start[1]))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{where}: {error}") from None


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in values)


def _as_lists(value: Any, depth: int = 0) -> Any:
    """Convert objects in nested lists to points (pairs) and strokes (lists of pairs), where possible."""
    if depth >= MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [_as_lists(item, depth + 1) for item in value]
    if isinstance(value, dict):
        x, y = value.get("x"), value.get("y")
        if isinstance(x, list) and isinstance(y, list) and len(x) == len(y):
            return [list(point) for point in zip(x, y, strict=True)]
        inner = next((name for name in CONTAINERS if isinstance(value.get(name), (list, dict))), None)
        # In an object that also has x and y, the points are relative to that position, which is not supported.
        if inner is not None and not ("x" in value and "y" in value):
            return _as_lists(value[inner], depth + 1)
        if inner is None and "x" in value and "y" in value:
            return [x, y]
    return value
