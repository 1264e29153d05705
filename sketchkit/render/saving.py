"""Pictures into files and into notebooks."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from sketchkit.storage.atomic import replacing

__all__ = ["data_uri", "write_whole"]


def write_whole(path: str | os.PathLike[str], data: bytes, suffix: str) -> Path:
    """Write `data` to `path`, whole or not at all, and return the path.

    Parameters
    ----------
    path : path-like
        A file already there is replaced.
    data : bytes
        The whole content.
    suffix : str
        What the name must end with, such as ".svg"; upper or lower case.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    FileNotFoundError
        If the folder does not exist.
    OSError
        If it cannot be written; what was there is kept.
    """
    target = Path(path)
    if target.suffix.lower() != suffix:
        raise ValueError(f"expected a file name ending in {suffix}, got {target.name!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target.name}: the folder {target.parent} does not exist")
    with replacing(target) as draft:
        draft.write_bytes(data)
    return target


def data_uri(data: bytes, kind: str) -> str:
    """Return bytes as a `data:` URI of a media type such as image/svg+xml.

    Notebooks that are not trusted (papermill's output, a download) remove inline SVG, but keep images.
    """
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
