"""Arguments as papermill and command lines pass them: a number for a name, None for a default, commas for a list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["path_of", "seed_of", "sources_of"]


def path_of(value: Any, name: str) -> Path:
    """Return a path given as text, as a Path, or as a number (`-p run 2024`).

    Raises
    ------
    ValueError
        If it is something else; the message names the argument.
    """
    if isinstance(value, bool) or not isinstance(value, (str, Path, int, float)) or value == "":
        raise ValueError(f"{name}: expected a path, got {value!r}")
    return Path(str(value)).expanduser()


def seed_of(value: Any, default: int = 0) -> int:
    """Return a seed given as a whole number or as the text of one; None is the default.

    Raises
    ------
    ValueError
        If it is something else, or not from 0 to 2^63 - 1.
    """
    if value is None:
        return default
    try:
        number = int(value) if isinstance(value, str) or value == int(value) else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or not 0 <= number < 1 << 63:
        raise ValueError(f"seed: expected 0 to 2^63 - 1, got {value!r}")
    return number


def sources_of(value: Any, name: str, folder: Path = Path()) -> list[str | Path]:
    """Return names or files given one by one, in a sequence, or as text with commas between them.

    Parameters
    ----------
    value : str, Path, number or sequence of them
    name : str
        Of the argument, for errors.
    folder : Path
        Base of relative paths. A file whose name contains a comma is not split.

    Raises
    ------
    ValueError
        If it is empty or something else; the message names the argument.
    """
    if isinstance(value, str) and "," in value and not (folder / value).exists():
        items: Sequence[Any] = [part.strip() for part in value.split(",") if part.strip()]
    else:
        items = value if isinstance(value, (list, tuple)) else [value]
    if not items:
        raise ValueError(f"{name}: expected the name of a dataset or files, got {value!r}")
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (str, Path, int, float)) or item == "":
            raise ValueError(f"{name}: expected names of datasets or files, got {item!r}")
    return [item if isinstance(item, Path) else str(item) for item in items]
