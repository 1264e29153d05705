"""Detection of file types by content or, if it is ambiguous, by the ending of the file name, ignoring case."""

from __future__ import annotations

import gzip
import json
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from sketchkit.formats.raster_image import PIXELS, pixel_format
from sketchkit.formats.tables import is_header

__all__ = ["ENDINGS", "KINDS", "FileKind", "file_kind"]

#: Supported file types, with their descriptions in messages.
KINDS = {
    "svg": "an SVG document",
    "ndjson": "a file of JSON lines",
    "json": "a JSON file of drawings",
    "csv": "a CSV table of drawings",
    "npz": "an .npz dataset",
    "npy": "an .npy array of drawings",
    "zip": "a zip archive of drawings",
    "pixels": "a raster image",
}
#: File type of each file name ending.
ENDINGS = {
    ".svg": "svg",
    ".svgz": "svg",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".npz": "npz",
    ".npy": "npy",
    ".zip": "zip",
    **dict.fromkeys(PIXELS, "pixels"),
}
#: Number of bytes at the beginning of a file that are examined.
HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class FileKind:
    """Type of a file.

    Attributes
    ----------
    name : str
        A key of `KINDS`; empty for other types.
    gzipped : bool
        Whether the file is compressed with gzip.
    """

    name: str
    gzipped: bool = False

    def __str__(self) -> str:
        return f"{KINDS.get(self.name, 'a file of another type')}{' compressed with gzip' * self.gzipped}"


def file_kind(source: Path | IO[bytes], name: str) -> FileKind:
    """Return the type of a file.

    Parameters
    ----------
    source : Path or binary file
        The file. The position of an open file must be 0, and is 0 afterwards.
    name : str
        Name of the file, with its ending.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file_kind(file, name)
    head = source.read(HEAD_BYTES)
    source.seek(0)
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    gzipped = head.startswith(b"\x1f\x8b")
    if gzipped:
        head = _unzipped(source)
        suffixes = suffixes[:-1] if suffixes[-1:] in ([".gz"], [".gzip"]) else suffixes
    ending = ENDINGS.get(suffixes[-1], "") if suffixes else ""
    return FileKind(_content(head, ending, source) or ending, gzipped)


def _unzipped(source: IO[bytes]) -> bytes:
    """Return the beginning of a gzip file's content; empty if the file is damaged."""
    head = b""
    with suppress(Exception), gzip.open(source) as stream:  # the reader of the file type reports the error
        head = stream.read(HEAD_BYTES)
    source.seek(0)
    return head


def _content(head: bytes, ending: str, source: IO[bytes]) -> str:
    """Return the file type according to the beginning of the content; empty if the content is ambiguous."""
    if head.startswith(b"\x93NUMPY"):
        return "npy"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _archive(ending, source)
    if pixel_format(head):
        return "pixels"
    if ending in ("svg", "npz", "npy", "zip", "pixels"):
        return ""
    with suppress(UnicodeDecodeError):
        text = head.decode(json.detect_encoding(head), errors="ignore").removeprefix("\ufeff").lstrip()
        if text.startswith("<"):
            return "svg"
        line, _, rest = text.partition("\n")
        if text.startswith(("{", "[")):
            return ending if ending in ("json", "ndjson") and not rest.strip() else _json(line, rest, ending)
        if is_header(line):
            return "csv"
    return ""


def _archive(ending: str, source: IO[bytes]) -> str:
    """Return the file type of a zip archive: `npz` or `zip`."""
    if ending in ("npz", "zip"):
        members = []
        with suppress(Exception):  # the reader of the file type reports the error
            members = zipfile.ZipFile(source).namelist()
        source.seek(0)
        if any(name in members for name in ("train.npy", "valid.npy", "test.npy")):
            return "npz"
        return ending
    return "zip"


def _json(line: str, rest: str, ending: str) -> str:
    """Return `ndjson` if the first line is a JSON value and another value follows.

    Otherwise, the ending of the file name decides: return `ndjson` for `.ndjson` and `.jsonl`, and `json` for others.
    """
    follows = rest.lstrip()[:1]
    if follows not in ("{", "["):
        return "ndjson" if ending == "ndjson" else "json"
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return ending if ending in ("json", "ndjson") else "json"
    return "ndjson"
