"""Write pictures into files."""

from __future__ import annotations

import os
from pathlib import Path

from sketchkit.storage.atomic import replacing

__all__ = ["write_file"]


def write_file(path: str | os.PathLike[str], data: bytes, suffix: str) -> Path:
    """Write `data` to `path`, whole or not at all, and return the path.

    Parameters
    ----------
    path : path-like
        An existing file is replaced atomically.
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
