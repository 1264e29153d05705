"""Opening of input files, and reading of their lines with a maximum length."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

__all__ = ["lines_of", "open_input"]


@contextmanager
def open_input(source: str | Path | IO[bytes], where: str | None, kind: str) -> Iterator[tuple[IO[bytes], str]]:
    """Yield a binary file and its name in error messages.

    Parameters
    ----------
    source : str, Path or binary file
        A path or an open file. If it is a path, the file is opened, and closed at the end of the context.
    where : str or None
        Name of the file. Default: its path.
    kind : str
        Kind of the file, for the error message.

    Raises
    ------
    FileNotFoundError
        If there is no file at the path.
    """
    if not isinstance(source, (str, Path)):
        yield source, where or "the file"
        return
    if not Path(source).is_file():
        raise FileNotFoundError(f"{source}: no such {kind}")
    with Path(source).open("rb") as file:
        yield file, where or str(source)


def lines_of(stream: IO[bytes], longest: int, *, first: int = 1) -> Iterator[tuple[int, bytes | None]]:
    """Yield the number and the contents of each line. A line that is too long is skipped: its contents are None.

    Parameters
    ----------
    stream : binary file
        The file.
    longest : int
        Maximum length of a line, in bytes.
    first : int
        Number of the first line that is read.
    """
    for number, line in enumerate(iter(partial(stream.readline, longest + 1), b""), start=first):
        if len(line) <= longest:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 16)
        yield number, None
