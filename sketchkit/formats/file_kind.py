"""Which kind of file a file is, by its content and, where that does not tell, by its ending in any case."""

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

#: Kinds that hold drawings, and what they are called in messages.
KINDS = {
    "svg": "an SVG document",
    "ndjson": "a file of JSON lines",
    "json": "a JSON file of drawings",
    "csv": "a CSV table of drawings",
    "npz": "an .npz dataset",
    "npy": "an .npy array of drawings",
    "zip": "a zip archive of drawings",
    "pixels": "an image of pixels",
}
#: Endings of files that are read, and their kinds.
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
#: Bytes from the beginning of a file that tell its kind.
HEAD_BYTES = 1 << 16


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

    Attributes
    ----------
    name : str
        A key of `KINDS`; empty if it is none of them.
    gzipped : bool
        Whether the file is compressed with gzip.
    """

    name: str
    gzipped: bool = False

    def __str__(self) -> str:
        return f"{KINDS.get(self.name, 'a file of another kind')}{' compressed with gzip' * self.gzipped}"


def file_kind(source: Path | IO[bytes], name: str) -> FileKind:
    """Return the kind of a file.

    Parameters
    ----------
    source : Path or binary file
        A file is read from its beginning, where it is afterwards.
    name : str
        The file's name, with its ending.

    Raises
    ------
    OSError
        If it cannot be read.
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
    """Return the beginning of a gzip file's content, empty if it is damaged."""
    head = b""
    with suppress(Exception), gzip.open(source) as stream:  # the reader of the kind says what is wrong
        head = stream.read(HEAD_BYTES)
    source.seek(0)
    return head


def _content(head: bytes, ending: str, source: IO[bytes]) -> str:
    """Return the kind that a file's beginning shows; empty if it shows none."""
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
    """Tell a zip of drawings from an npz."""
    if ending in ("npz", "zip"):
        members = []
        with suppress(Exception):  # the reader of the kind says what is wrong
            members = zipfile.ZipFile(source).namelist()
        source.seek(0)
        if any(name in members for name in ("train.npy", "valid.npy", "test.npy")):
            return "npz"
        return ending
    return "zip"


def _json(line: str, rest: str, ending: str) -> str:
    """Tell JSON lines from one JSON value, by whether the first line is a value and another one follows."""
    follows = rest.lstrip()[:1]
    if follows not in ("{", "["):
        return "ndjson" if ending == "ndjson" else "json"
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return ending if ending in ("json", "ndjson") else "json"
    return "ndjson"
