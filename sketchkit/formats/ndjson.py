"""JSON lines: one drawing a line, usually a record of Quick, Draw!."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from sketchkit.formats.json_drawings import drawings_in_json, parsed
from sketchkit.sketch import Sketch

__all__ = ["read_ndjson"]

#: A line may have this many bytes.
MAX_LINE_BYTES = 4 << 20
#: So many lines in a row without anything on them, or so many that are not drawings and none that is, end the reading.
MAX_BLANK, MAX_REFUSED = 10_000, 10_000


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
        An `.ndjson` or `.jsonl` file. Raw drawings of Quick, Draw! are simplified as the published ones were.
    recognized : bool, optional
        Only drawings that the game recognized, or only the others.
    countries : collection of str, optional
        Only drawings from these, as two-letter codes.
    limit : int, optional
        Drawings to read at most.
    refused : list, optional
        Lines that cannot be read are skipped and their errors appended here. By default they are raised.
    where : str, optional
        Names the file in errors. Default: its path.

    Yields
    ------
    Sketch
        In the file's units; those of Quick, Draw! are 0 to 255, y pointing down.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        Without `refused`, if a line is not a drawing; the message names file and line. Also if more than 10,000 lines
        follow each other of which none is a drawing.
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
    where = where or "the file"
    drawings = _drawings(source, where, recognized, countries, refused)
    yield from islice(drawings, limit)


def _drawings(
    stream: IO[bytes],
    where: str,
    recognized: bool | None,
    countries: Collection[str] | None,
    refused: list[ValueError] | None,
) -> Iterator[Sketch]:
    blank = wrong = 0
    for number, line in enumerate(iter(partial(stream.readline, MAX_LINE_BYTES + 1), b""), start=1):
        at = f"{where}, line {number}"
        if not line.strip():
            blank += 1
            if blank > MAX_BLANK:
                raise ValueError(f"{at}: expected a drawing, got {MAX_BLANK:,} empty lines")
            continue
        blank = 0
        try:
            if len(line) > MAX_LINE_BYTES:
                _skip_line(stream, line)
                raise ValueError(f"{at}: expected at most {MAX_LINE_BYTES:,} bytes a line")
            value = parsed(line, at, "a JSON object")
            for sketch in drawings_in_json(value, at, recognized=recognized, countries=countries):
                wrong = 0
                yield sketch
        except ValueError as error:
            if refused is None:
                raise
            refused.append(error)
            wrong += 1
            if wrong > MAX_REFUSED:
                raise ValueError(f"{at}: expected a drawing, got {MAX_REFUSED:,} lines that are none") from None


def _skip_line(stream: IO[bytes], line: bytes) -> None:
    """Read to the end of a line whose beginning was read."""
    while line and not line.endswith(b"\n"):
        line = stream.readline(1 << 16)
