"""Zip and gzip files of unknown origin: read in memory, with bounds; every failure is a ValueError naming the file."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from sketchkit.parser_errors import reported

__all__ = ["BoundedReader", "file_size", "open_gzip", "open_member", "open_zip", "unpacked_limit"]

#: A compressed file may unpack to this many bytes, or to this many times its size, whichever is more.
FREE_BYTES, MAX_RATIO = 16 << 20, 20
#: A zip archive may have this many members.
MAX_MEMBERS = 1_000_000


def unpacked_limit(size: int, ratio: int = MAX_RATIO) -> int:
    """Return how many bytes a compressed file of `size` bytes may unpack to."""
    return max(FREE_BYTES, ratio * size)


def file_size(source: Path | IO[bytes]) -> int:
    """Return the size of a file in bytes; an open file keeps its position."""
    if isinstance(source, Path):
        return source.stat().st_size
    position = source.tell()
    size = source.seek(0, 2)
    source.seek(position)
    return size


class BoundedReader:
    """A binary file that gives at most `limit` bytes; more is a ValueError, as is a failure to unpack.

    Parameters
    ----------
    stream : binary file
    limit : int
        Bytes.
    where : str
        Names the file in errors.
    """

    def __init__(self, stream: IO[bytes], limit: int, where: str) -> None:
        self._stream, self._limit, self._left, self._where = stream, limit, limit, where

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes, or all."""
        return self._take(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        """Read a line, or at most `size` bytes of it."""
        return self._take(self._stream.readline, size)

    def _take(self, method: Callable[[int], bytes], size: int) -> bytes:
        with reported(self._where, "damaged or cut short"):
            data = method(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(f"{self._where}: expected at most {self._limit:,} bytes unpacked, got more")
        return data


@contextmanager
def open_zip(source: Path | IO[bytes], where: str, limit: int | None = None) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive to be read member by member, without extracting anything.

    Parameters
    ----------
    source : Path or binary file
    where : str
        Names the archive in errors.
    limit : int, optional
        Bytes that all members may claim to have unpacked. Default: `unpacked_limit` of the archive's size.

    Raises
    ------
    ValueError
        If it is not a zip archive, is damaged, has more than a million members or claims more than `limit` bytes.
    """
    limit = unpacked_limit(file_size(source)) if limit is None else limit
    with reported(where, "expected a zip archive, but it is damaged or of another kind"):
        archive = zipfile.ZipFile(source)
    with archive:
        members = archive.infolist()
        claimed = sum(info.file_size for info in members)
        if len(members) > MAX_MEMBERS or claimed > limit:
            raise ValueError(
                f"{where}: expected at most {MAX_MEMBERS:,} files and {limit:,} bytes unpacked, "
                f"got {len(members):,} and {claimed:,}"
            )
        yield archive


@contextmanager
def open_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, limit: int | None = None
) -> Iterator[IO[bytes]]:
    """Open a member of an archive, bounded to `limit` bytes, by default to those that it claims."""
    with reported(where, "damaged, encrypted or packed in an unknown way"):
        stream = archive.open(info)
    with stream:
        yield cast("IO[bytes]", BoundedReader(stream, info.file_size if limit is None else limit, where))


@contextmanager
def open_gzip(source: Path | IO[bytes], where: str) -> Iterator[IO[bytes]]:
    """Open a gzip file, bounded to `unpacked_limit` bytes."""
    limit = unpacked_limit(file_size(source))
    with gzip.open(source, "rb") as stream:
        yield cast("IO[bytes]", BoundedReader(cast("IO[bytes]", stream), limit, where))
