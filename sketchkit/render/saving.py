"""Writing of pictures to files."""

from __future__ import annotations

import os
from pathlib import Path

from sketchkit.storage.atomic import atomic_write

__all__ = ["write_file"]


def write_file(data: bytes, path: str | os.PathLike[str], suffix: str) -> Path:
    """Write a file atomically and return its path.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : path-like
        Path of the file. An existing file is replaced.
    suffix : str
        Required ending of the file name, such as ".svg", in lower case. The comparison ignores case.

    Raises
    ------
    ValueError
        If the file name has another ending.
    FileNotFoundError
        If the folder does not exist.
    OSError
        If the file cannot be written. An existing file is left unchanged.
    """
    target = Path(path)
    if target.suffix.lower() != suffix:
        raise ValueError(f"expected a file name ending in {suffix}, got {target.name!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target.name}: the folder {target.parent} does not exist")
    with atomic_write(target) as draft:
        draft.write_bytes(data)
    return target
