"""Errors of third-party parsers, turned into the documented one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["reported"]


@contextmanager
def reported(where: str, problem: str) -> Iterator[None]:
    """Turn an exception of a third-party parser into a ValueError that names the file.

    Such parsers raise more than they document: zlib.error, LZMAError, NotImplementedError, struct.error, and so on.

    Parameters
    ----------
    where : str
        Name of the file, and of the part of it.
    problem : str
        What it means if the parser fails, such as "damaged zip archive".

    Raises
    ------
    ValueError
        For every exception but MemoryError, and OSError of the file system, which names the file itself.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise
        raise ValueError(f"{where}: {problem} ({str(error)[:300] or type(error).__name__})") from None
