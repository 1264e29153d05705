"""Reader of JSON lines with one drawing on each line, usually a record of Quick, Draw!."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from sketchkit.formats.input_files import lines_of, open_input
from sketchkit.formats.json_drawings import parse_json, parse_json_drawings
from sketchkit.sketch import Sketch

__all__ = ["read_ndjson"]

#: Maximum length of a line, in bytes.
MAX_LINE_BYTES = 4 << 20
#: Maximum number of consecutive empty lines, and of consecutive invalid lines, before reading stops.
MAX_BLANK, MAX_INVALID = 10_000, 10_000


def read_ndjson(
    source: str | Path | IO[bytes],
    *,
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
    errors: list[ValueError] | None = None,
    where: str | None = None,
) -> Iterator[Sketch]:
    """Yield the drawings of a file of JSON lines, in file order. The memory in use does not grow with the file.

    Parameters
    ----------
    source : str, Path or binary file
        An `.ndjson` or `.jsonl` file. Raw Quick, Draw! drawings are simplified like those of the simplified files.
    recognized : bool, optional
        Yield only drawings that the game recognized (True) or did not recognize (False).
    countries : collection of str, optional
        Two-letter country codes; yield only drawings from these countries.
    limit : int, optional
        Maximum number of drawings.
    errors : list, optional
        List to which the errors of skipped lines are appended. Default: errors are raised.
    where : str, optional
        Name of the file in error messages. Default: its path.

    Yields
    ------
    Sketch
        Drawing in the units of the file. The coordinates of Quick, Draw! are 0 to 255, with y pointing down.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If a line is not a drawing and `errors` is not given, or after more than 10,000 consecutive lines without a
        drawing. The message names the file and line.
    """
    with open_input(source, where, "ndjson file") as (file, name):
        yield from islice(_drawings(file, name, recognized, countries, errors), limit)


def _drawings(
    stream: IO[bytes],
    where: str,
    recognized: bool | None,
    countries: Collection[str] | None,
    errors: list[ValueError] | None,
) -> Iterator[Sketch]:
    blank = wrong = 0
    for number, line in lines_of(stream, MAX_LINE_BYTES):
        line_name = f"{where}, line {number}"
        if line is not None and not line.strip():
            blank += 1
            if blank > MAX_BLANK:
                raise ValueError(f"{line_name}: expected a drawing, got {MAX_BLANK:,} empty lines")
            continue
        blank = 0
        try:
            if line is None:
                raise ValueError(f"{line_name}: expected at most {MAX_LINE_BYTES:,} bytes in a line, got more")
            value = parse_json(line, line_name, "a JSON object")
            for sketch in parse_json_drawings(value, line_name, recognized=recognized, countries=countries):
                wrong = 0
                yield sketch
        except ValueError as error:
            if errors is None:
                raise
            errors.append(error)
            wrong += 1
            if wrong > MAX_INVALID:
                raise ValueError(f"{line_name}: expected a drawing, got {MAX_INVALID:,} invalid lines") from None
