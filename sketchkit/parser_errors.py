"""Conversion of third-party parser errors to ValueError."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["as_value_error"]


@contextmanager
def as_value_error(where: str, problem: str) -> Iterator[None]:
    """Convert an exception of a third-party parser to a ValueError that names the file.

    Parsers can raise undocumented exceptions, such as zlib.error, LZMAError, NotImplementedError or struct.error.

    Parameters
    ----------
    where : str
        Name of the file, and of the part that is read.
    problem : str
        Description of the error, such as "damaged zip archive".

    Raises
    ------
    ValueError
        In place of the original exception. A MemoryError, or an OSError that names a file, is raised unchanged.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise
        raise ValueError(f"{where}: {problem} ({str(error)[:300] or type(error).__name__})") from None
