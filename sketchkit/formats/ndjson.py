"""Quick, Draw! drawings: one JSON object a line, strokes as lists of x and of y (simplified files)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sketchkit.sketch import Sketch

__all__ = ["read_ndjson"]

#: No line of a simplified file comes near this many bytes.
MAX_LINE_BYTES = 1 << 20


def read_ndjson(
    path: str | Path,
    *,
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
) -> Iterator[Sketch]:
    """Read drawings one after the other, in file order; memory stays flat.

    Parameters
    ----------
    path : str or Path
        A simplified `.ndjson` file.
    recognized : bool, optional
        Only drawings that the game recognised (or only those that it did not).
    countries : collection of str, optional
        Only drawings from these, as two-letter codes.
    limit : int, optional
        At most so many drawings.

    Yields
    ------
    Sketch
        In the file's units: 0 to 255, y pointing down.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line is no drawing, naming file and line.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such ndjson file")

    def chosen() -> Iterator[Sketch]:
        with path.open("rb") as file:
            for number, line in enumerate(iter(partial(file.readline, MAX_LINE_BYTES + 1), b""), start=1):
                where = f"{path}, line {number}"
                if len(line) > MAX_LINE_BYTES:
                    raise ValueError(f"{where}: expected at most {MAX_LINE_BYTES:,} bytes a line")
                if not line.strip():
                    continue
                record = _record(line, where)
                if recognized is not None and record.get("recognized") is not recognized:
                    continue
                if countries is not None and record.get("countrycode") not in countries:
                    continue
                yield _sketch(record["drawing"], where)

    yield from islice(chosen(), limit)


def _record(line: bytes, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: expected a JSON object, got {line[:40]!r} ({error})") from None
    if not isinstance(record, dict) or not isinstance(record.get("drawing"), list):
        raise ValueError(f"{where}: expected an object with a list under the key 'drawing'")
    return record


def _sketch(drawing: list[Any], where: str) -> Sketch:
    strokes = []
    for index, stroke in enumerate(drawing):
        what = f"{where}, stroke {index}"
        if isinstance(stroke, list) and len(stroke) == 3:
            raise ValueError(f"{what}: has times, so this is a raw file; expected a simplified one")
        if not isinstance(stroke, list) or len(stroke) != 2 or not all(isinstance(axis, list) for axis in stroke):
            raise ValueError(f"{what}: expected a list of x and a list of y")
        xs, ys = stroke
        if len(xs) != len(ys):
            raise ValueError(f"{what}: expected as many y as x, got {len(ys)} and {len(xs)}")
        if not all(isinstance(value, (int, float)) and abs(value) <= 1e6 for value in xs + ys):
            raise ValueError(f"{what}: expected numbers within ±1,000,000")
        strokes.append(list(zip(xs, ys, strict=True)))
    return Sketch.from_polylines(strokes)
