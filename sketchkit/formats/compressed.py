"""Bounded, in-memory reading of untrusted zip and gzip files; all errors are ValueErrors that name the file."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from sketchkit.parser_errors import as_value_error

__all__ = ["BoundedReader", "file_size", "open_gzip", "open_member", "open_zip", "unpacked_limit"]

#: The maximum unpacked size is the compressed size times `MAX_RATIO`, but at least `FREE_BYTES` bytes.
FREE_BYTES, MAX_RATIO = 16 << 20, 20
#: Maximum number of members of a zip archive.
MAX_MEMBERS = 1_000_000


def unpacked_limit(size: int, ratio: int = MAX_RATIO) -> int:
    """Return the maximum unpacked size, in bytes, of a compressed file of `size` bytes."""
    return max(FREE_BYTES, ratio * size)


def file_size(source: Path | IO[bytes]) -> int:
    """Return the size of a file in bytes. The position of an open file does not change."""
    if isinstance(source, Path):
        return source.stat().st_size
    position = source.tell()
    size = source.seek(0, 2)
    source.seek(position)
    return size


class BoundedReader:
    """A binary file of at most `limit` bytes. Larger files and decompression errors raise ValueError.

    Parameters
    ----------
    stream : binary file
        Source of the data.
    limit : int
        Maximum size in bytes.
    where : str
        Name of the file in error messages.
    """

    def __init__(self, stream: IO[bytes], limit: int, where: str) -> None:
        self._stream, self._limit, self._left, self._where = stream, limit, limit, where

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes; all if `size` is negative."""
        return self._take(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        """Read a line, at most `size` bytes; a complete line if `size` is negative."""
        return self._take(self._stream.readline, size)

    def _take(self, method: Callable[[int], bytes], size: int) -> bytes:
        with as_value_error(self._where, "damaged or truncated"):
            data = method(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(f"{self._where}: expected at most {self._limit:,} bytes unpacked, got more")
        return data


@contextmanager
def open_zip(source: Path | IO[bytes], where: str, limit: int | None = None) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive for reading, without extracting its members.

    Parameters
    ----------
    source : Path or binary file
        The archive.
    where : str
        Name of the archive in error messages.
    limit : int, optional
        Maximum total unpacked size that the archive may declare, in bytes. Default: `unpacked_limit` of the file size.

    Raises
    ------
    ValueError
        If the file is not a zip archive, is damaged, has more than a million members or declares more than `limit`
        bytes.
    """
    limit = unpacked_limit(file_size(source)) if limit is None else limit
    with as_value_error(where, "expected a zip archive, got a damaged file or one of another type"):
        archive = zipfile.ZipFile(source)
    with archive:
        members = archive.infolist()
        declared = sum(info.file_size for info in members)
        if len(members) > MAX_MEMBERS or declared > limit:
            raise ValueError(
                f"{where}: expected at most {MAX_MEMBERS:,} files and {limit:,} bytes unpacked, "
                f"got {len(members):,} and {declared:,}"
            )
        yield archive


@contextmanager
def open_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, limit: int | None = None
) -> Iterator[IO[bytes]]:
    """Open a member of an archive, bounded to `limit` bytes. Default: the size that the archive declares."""
    with as_value_error(where, "damaged, encrypted or compressed by an unsupported method"):
        stream = archive.open(info)
    with stream:
        yield cast("IO[bytes]", BoundedReader(stream, info.file_size if limit is None else limit, where))


@contextmanager
def open_gzip(source: Path | IO[bytes], where: str) -> Iterator[IO[bytes]]:
    """Open a gzip file, bounded to `unpacked_limit` bytes."""
    limit = unpacked_limit(file_size(source))
    with gzip.open(source, "rb") as stream:
        yield cast("IO[bytes]", BoundedReader(cast("IO[bytes]", stream), limit, where))
