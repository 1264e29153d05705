"""Quick, Draw! drawings: one JSON object a line, strokes as lists of x and of y; raw files add lists of times."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["read_ndjson", "simplified_as_published"]

#: No line of a file comes near this many bytes.
MAX_LINE_BYTES = 4 << 20


def read_ndjson(
    source: str | Path | IO[bytes],
    *,
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
    refused: list[ValueError] | None = None,
    where: str | None = None,
) -> Iterator[Sketch]:
    """Read drawings one after the other, in file order; memory stays flat.

    Parameters
    ----------
    source : str, Path or binary file
        An `.ndjson` file, simplified or raw. Raw drawings are simplified as the published ones were.
    recognized : bool, optional
        Only drawings that the game recognised (or only those that it did not).
    countries : collection of str, optional
        Only drawings from these, as two-letter codes.
    limit : int, optional
        At most so many drawings.
    refused : list, optional
        Lines that are no drawing, a cut last one say, are left out and their errors put here, instead of raised.
    where : str, optional
        Names the file in errors. Default: its path.

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
    if isinstance(source, (str, Path)):
        path = Path(source)
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such ndjson file")
        with path.open("rb") as file:
            yield from read_ndjson(
                file, recognized=recognized, countries=countries, limit=limit, refused=refused, where=where or str(path)
            )
        return
    lines = iter(partial(source.readline, MAX_LINE_BYTES + 1), b"")

    def chosen() -> Iterator[Sketch]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            at = f"{where or 'the file'}, line {number}"
            if len(line) > MAX_LINE_BYTES:  # where the next line begins is not known
                raise ValueError(f"{at}: expected at most {MAX_LINE_BYTES:,} bytes a line")
            try:
                record = _record(line, at)
                if recognized is not None and record.get("recognized") is not recognized:
                    continue
                if countries is not None and record.get("countrycode") not in countries:
                    continue
                sketch = _sketch(record["drawing"], at)
            except ValueError as error:
                if refused is None:
                    raise
                refused.append(error)
                continue
            yield sketch

    yield from islice(chosen(), limit)


def simplified_as_published(raw: Sketch) -> Sketch:
    """Return a raw drawing as the simplified files have it.

    The steps are those of the README of the Quick, Draw! dataset (github.com/googlecreativelab/quickdraw-dataset):
    the top left corner goes to (0, 0), the longer side becomes 255, strokes are resampled at a spacing of 1 and
    simplified by Ramer-Douglas-Peucker with an epsilon of 2. That distances are those to the whole line, not to the
    piece of it between the ends, and that the results are rounded, was found by comparing files.

    Parameters
    ----------
    raw : Sketch
        In any units.
    """
    fine = raw.fitted(255).resampled(1.0).polylines()
    return Sketch.from_polylines(np.rint(_thinned(points, 2.0)) for points in fine)


def _thinned(points: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
    """Return what Ramer-Douglas-Peucker keeps of a stroke, (m, 2), with distances to whole lines."""
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
    raw = False
    for index, stroke in enumerate(drawing):
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
        if not all(isinstance(value, (int, float)) and abs(value) <= 1e6 for value in xs + ys):
            raise ValueError(f"{what}: expected numbers within ±1,000,000")
        strokes.append(list(zip(xs, ys, strict=True)))
    sketch = Sketch.from_polylines(strokes)
    return simplified_as_published(sketch) if raw else sketch
