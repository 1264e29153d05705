"""Output files of commands: their endings, and the line that reports them."""

from __future__ import annotations

from pathlib import Path

import typer

__all__ = ["check_ending", "report_written"]


def check_ending(out: Path, *endings: str) -> None:
    """Raise ValueError if the output file has an unsupported ending, before anything is computed."""
    if out.suffix.lower() not in endings:
        raise ValueError(f"--out: expected a file ending in {' or '.join(endings)}, got {out.name!r}")


def report_written(path: Path) -> None:
    """Print the path of a written file."""
    typer.echo(f"wrote {path}")
