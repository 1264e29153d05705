"""List of the runs in a directory, with their status."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import overload

from sketchkit.argument_errors import short_errors
from sketchkit.text_table import text_table
from sketchkit.training.run import Run

__all__ = ["Runs", "runs"]

_COLUMNS = ("run", "state", "step", "best", "since")


class Runs(Sequence[Run]):
    """Sequence of runs, displayed as a table in notebooks and terminals.

    Parameters
    ----------
    items : sequence of Run
        The runs.
    damaged : sequence of str
        Error messages of the run directories that cannot be read.
    folder : Path
        Directory that was searched; the table shows paths relative to it.
    """

    def __init__(self, items: Sequence[Run], damaged: Sequence[str], folder: Path) -> None:
        self._items, self.damaged, self.folder = list(items), list(damaged), folder

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Runs: ...
    def __getitem__(self, index: int | slice) -> Run | Runs:
        if isinstance(index, slice):
            return Runs(self._items[index], (), self.folder)
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Run]:
        return iter(self._items)

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for run in self._items:
            status, best = run.status, run.best
            rows.append((
                str(run.folder.relative_to(self.folder)) if run.folder != self.folder else str(run.folder),
                f"{status.state}: {status.error.splitlines()[0][:120]}" if status.error else status.state,
                f"{run.step:,} of {run.hparams.num_steps:,}",
                f"{best['loss']:.3f} at {best['step']:,}" if best else "",
                time.strftime("%Y-%m-%d %H:%M", time.localtime(status.since)) if status.since else "",
            ))  # fmt: skip
        return rows

    def __str__(self) -> str:
        lines = text_table([_COLUMNS, *self._rows()]) if self._items else [f"{self.folder}: no runs"]
        return "\n".join([*lines, *self.damaged])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in _COLUMNS)
        body = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        damaged = "".join(f"<p>{escape(text)}</p>" for text in self.damaged)
        return f"<table><tr>{head}</tr>{body}</table>{damaged}"


@short_errors
def runs(folder: str | Path = "runs") -> Runs:
    """Find the runs in a directory and its subdirectories.

    Parameters
    ----------
    folder : str or Path
        Directory to search.

    Returns
    -------
    Runs
        The runs, most recent last.

    Raises
    ------
    FileNotFoundError
        If the directory does not exist.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such directory")
    found, damaged = [], []
    for path, subfolders, files in os.walk(folder):
        if "run.json" in files or "checkpoints" in subfolders:
            subfolders.clear()  # runs are not nested
            try:
                found.append(Run(path))
            except (ValueError, OSError) as error:
                damaged.append(str(error))
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
    return Runs(sorted(found, key=lambda run: run.status.since), damaged, folder)
