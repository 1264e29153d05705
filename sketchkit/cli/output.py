"""Output files of commands: checks before the work starts, and the line that reports a written file."""

from __future__ import annotations

from pathlib import Path

import typer

__all__ = ["check_output", "report_written"]


def check_output(out: Path, *endings: str) -> None:
    """Check an output file before anything is computed.

    Raises
    ------
    ValueError
        If the file name has another ending.
    FileNotFoundError
        If the folder of the file does not exist.
    """
    if out.suffix.lower() not in endings:
        expected = f"{', '.join(endings[:-1])} or {endings[-1]}" if len(endings) > 1 else endings[0]
        raise ValueError(f"--out: expected a file ending in {expected}, got {out.name!r}")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"--out: cannot write {out.name}: the folder {out.parent} does not exist")


def report_written(path: Path, *, size: bool = False) -> None:
    """Print the path of a written file, and its size if `size` is true."""
    count = path.stat().st_size if size else 0
    text = f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"
    typer.echo(f"wrote {path} ({text})" if size else f"wrote {path}")
