"""Write a file whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | os.PathLike[str], data: bytes, suffix: str) -> Path:
    """Write `data` to `path` through a temporary neighbour, so that no reader sees half a file.

    Parameters
    ----------
    path : path-like
        Where to write; a file already there is replaced.
    data : bytes
        The whole content.
    suffix : str
        What the name must end with, such as ".svg"; upper or lower case.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    FileNotFoundError
        If the folder does not exist.
    """
    target = Path(path)
    if target.suffix.lower() != suffix:
        raise ValueError(f"expected a file name ending in {suffix}, got {target.name!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target.name}: the folder {target.parent} does not exist")
    # Opened by name rather than by tempfile, which would leave the finished file readable by its owner only.
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(data)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target
