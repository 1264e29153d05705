"""Conversion of arguments of papermill and command lines, where a path can be a number and a list can be a string."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["FALSE", "TRUE", "parse_bool", "parse_path", "parse_seed", "parse_sources"]

#: Strings that mean true and false, in lower case.
TRUE, FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def parse_bool(text: str) -> bool:
    """Convert one of the strings in `TRUE` and `FALSE` to a bool, ignoring case.

    Raises
    ------
    ValueError
        If it is not one of these strings.
    """
    if text.lower() not in TRUE + FALSE:
        raise ValueError(f"expected true, yes, on, 1, false, no, off or 0, got {text!r}")
    return text.lower() in TRUE


def parse_path(value: Any, name: str) -> Path:
    """Convert a string, a Path, or a number (`-p run 2024`) to a path.

    Raises
    ------
    ValueError
        If the value has another type or is empty. The message names the argument.
    """
    if isinstance(value, bool) or not isinstance(value, (str, Path, int, float)) or value == "":
        raise ValueError(f"{name}: expected a path, got {value!r}")
    return Path(str(value)).expanduser()


def parse_seed(value: Any, default: int = 0) -> int:
    """Convert an integer or a string to a seed; None gives `default`.

    Raises
    ------
    ValueError
        If the value is not an integer from 0 to 2^63 - 1.
    """
    if value is None:
        return default
    try:
        number = int(value) if isinstance(value, str) or value == int(value) else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or not 0 <= number < 1 << 63:
        raise ValueError(f"seed: expected a whole number from 0 to 2^63 - 1, got {value!r}")
    return number


def parse_sources(value: Any, name: str, folder: Path = Path()) -> list[str | Path]:
    """Convert a single value, a sequence, or a comma-separated string to a list of names or files.

    Parameters
    ----------
    value : str, Path, number or sequence of them
        Names of datasets, or files. A string that contains commas is split, unless a file has this name.
    name : str
        Name of the argument in error messages.
    folder : Path
        Base folder of relative paths.

    Raises
    ------
    ValueError
        If the value is empty or has another type. The message names the argument.
    """
    if isinstance(value, str) and "," in value and not (folder / value).exists():
        items: Sequence[Any] = [part.strip() for part in value.split(",") if part.strip()]
    else:
        items = value if isinstance(value, (list, tuple)) else [value]
    if not items:
        raise ValueError(f"{name}: expected names of datasets, or files, got {value!r}")
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (str, Path, int, float)) or item == "":
            raise ValueError(f"{name}: expected names of datasets, or files, got {item!r}")
    return [item if isinstance(item, Path) else str(item) for item in items]
