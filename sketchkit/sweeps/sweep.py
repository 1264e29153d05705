"""Sweeps: execution of a notebook at every point of a grid, a list or a random sample.

sweep.json        name of the notebook, fixed parameters and names of the points
notebook.ipynb    copy of the notebook that is executed
points/NAME/      trial of a point; see `sketchkit.sweeps.trial`

The trials run in a `concurrent.futures` executor: in processes on this machine, or on a Dask cluster.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from html import escape
from pathlib import Path
from typing import Any, overload

from filelock import FileLock, Timeout

from sketchkit.argument_errors import short_errors
from sketchkit.storage.atomic import atomic_write
from sketchkit.sweeps.execution import execute, open_executor
from sketchkit.sweeps.progress import SweepProgress, format_counts, format_duration, format_total
from sketchkit.sweeps.search_space import (
    Distribution,
    Values,
    grid_search,
    notebook_parameters,
    random_search,
    read_points,
    resolve_parameters,
    to_json_value,
    trial_name,
)
from sketchkit.sweeps.trial import STOP_FILE, Trial, TrialLimits
from sketchkit.training.progress import ProgressKind, check_progress

__all__ = ["Sweep", "sweep"]

logger = logging.getLogger("sketchkit")


class Sweep(Sequence[Trial]):
    """Sequence of the trials of a sweep, in the order of its points.

    Parameters
    ----------
    folder : str or Path
        Directory of the sweep.

    Raises
    ------
    FileNotFoundError
        If the directory has no `sweep.json`.
    ValueError
        If `sweep.json` is damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        path = self.folder / "sweep.json"
        if not path.is_file():
            raise FileNotFoundError(f"{self.folder}: not a sweep directory; sweep.json is missing")
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            self.notebook, self.fixed, self.names = str(saved["notebook"]), dict(saved["fixed"]), list(saved["points"])
            if not all(isinstance(name, str) and name not in ("", ".", "..") and Path(name).name == name
                       for name in self.names):  # fmt: skip
                raise ValueError("the name of a point is not a file name")
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}: damaged ({error})") from None

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Trial: ...
    @overload
    def __getitem__(self, index: slice) -> list[Trial]: ...
    def __getitem__(self, index: int | slice) -> Trial | list[Trial]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        folder = self.folder / "points" / self.names[index]
        try:
            return Trial.read(folder)
        except ValueError as error:
            return Trial(folder, outcome="failed", error=str(error))

    def __iter__(self) -> Iterator[Trial]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        counts = Counter(trial.state for trial in self)
        return f"Sweep({str(self.folder)!r}, {format_total(len(self))}: {format_counts(counts)})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(trial.title)}</td><td>{trial.state}</td>"
            f"<td>{format_duration(trial.seconds)}</td>"
            f"<td style='text-align:left'>{escape(trial.error[:200])}</td></tr>"
            for trial in self
        )
        return f"<table><tr><th>point</th><th>state</th><th>time</th><th>error</th></tr>{rows}</table>"


@short_errors
def sweep(
    notebook: str | Path,
    out: str | Path,
    grid: Mapping[str, Sequence[Any]] | None = None,
    *,
    points: str | Path | Sequence[Mapping[str, Any]] | None = None,
    ranges: Mapping[str, Distribution] | None = None,
    count: int = 10,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
    workers: int = 1,
    cluster: str | None = None,
    executor: Executor | None = None,
    time_limit: float | None = None,
    disk_limit: float | None = None,
    progress: ProgressKind = "auto",
) -> Sweep:
    """Execute a notebook once for every point, each time in a separate process and run directory.

    A repeated call skips finished points and executes the others. If a point fails, its traceback is saved and the
    sweep continues with the other points.

    Parameters
    ----------
    notebook : str or Path
        Notebook with a cell tagged `parameters`.
    out : str or Path
        Directory of the sweep.
    grid : mapping of str to sequence, optional
        List of values of each name. A name is a parameter of the notebook or a hyperparameter.
    points : str, Path or sequence of mappings, optional
        List of points, or a `.json` or `.csv` file with them.
    ranges : mapping, optional
        Distribution of each name, from which `count` random points are drawn: `(low, high)`, `(low, high, "log")` or a
        list of choices; see `sketchkit.sweeps.search_space.random_search`.
    count : int
        Number of random points.
    seed : int
        Seed of the random points.
    parameters : mapping, optional
        Parameters and hyperparameters that are the same for all points, by name.
    workers : int
        Number of points that are executed at the same time on this machine.
    cluster : str, optional
        Address of a Dask scheduler, such as `tcp://host:8786`. Its workers must have access to `out` at the same path.
    executor : concurrent.futures.Executor, optional
        Executor to use in place of `workers` and `cluster`.
    time_limit : float, optional
        Maximum time of one execution, in seconds.
    disk_limit : float, optional
        Maximum size of one point's folder on disk, in MB.
    progress : str
        Type of progress report: `auto`, `bar`, `lines` or `none`.

    Returns
    -------
    Sweep

    Raises
    ------
    ValueError
        If a point is invalid or has a name that the notebook does not accept, or if `out` is in use or belongs to
        another sweep.
    FileNotFoundError
        If the notebook or the file of points does not exist.
    OSError
        If `out` cannot be written or the cluster cannot be reached.
    """
    check_progress(progress)
    if workers < 1:
        raise ValueError(f"workers: expected at least 1, got {workers}")
    for name, limit in (("time_limit", time_limit), ("disk_limit", disk_limit)):
        if limit is not None and not limit > 0:
            raise ValueError(f"{name}: expected a positive number, got {limit}")
    limits = TrialLimits(time_limit or float("inf"), disk_limit or float("inf"))
    known = notebook_parameters(notebook)
    fixed = {name: to_json_value(name, value) for name, value in (parameters or {}).items()}
    trials = {
        trial_name(point): Trial(Path(), point, resolve_parameters(point, known, fixed))
        for point in _resolve_points(grid, points, ranges, count, seed)
    }
    with _locked(Path(out)) as folder:
        _prepare_folder(folder, Path(notebook), fixed, trials)
        with open_executor(executor, cluster, workers) as pool:
            execute(Sweep(folder), folder, pool, limits, SweepProgress(progress, len(trials)))
    return Sweep(out)


def _resolve_points(
    grid: Mapping[str, Sequence[Any]] | None,
    points: str | Path | Sequence[Mapping[str, Any]] | None,
    ranges: Mapping[str, Distribution] | None,
    count: int,
    seed: int,
) -> list[Values]:
    """Return the points, with values of JSON types. Exactly one of grid, points and ranges must be given."""
    if sum(map(bool, (grid, points, ranges))) != 1:
        given = [name for name, value in (("grid", grid), ("points", points), ("ranges", ranges)) if value]
        raise ValueError(f"expected exactly one of grid, points and ranges, got {' and '.join(given) or 'none'}")
    values: Sequence[Mapping[str, Any]]
    if grid:
        values = grid_search(grid)
    elif ranges:
        values = random_search(ranges, count, seed)
    else:
        values = read_points(points) if isinstance(points, (str, Path)) else points or ()
    return [{name: to_json_value(name, value) for name, value in point.items()} for point in values]


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[Path]:
    """Create and lock the directory of a sweep, and return its absolute path."""
    folder = out.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=1)
    except Timeout:
        raise ValueError(f"{out}: another sweep is already running in this directory") from None
    try:
        yield folder
    finally:
        (folder / STOP_FILE).unlink(missing_ok=True)
        lock.release()


def _prepare_folder(folder: Path, notebook: Path, fixed: dict[str, Any], trials: Mapping[str, Trial]) -> None:
    """Check that the directory is empty or belongs to this sweep, and write its files. New points may be added."""
    path = folder / "sweep.json"
    settings = {"notebook": notebook.name, "fixed": json.loads(json.dumps(fixed)), "points": list(trials)}
    if path.exists():
        _check_same_sweep(Sweep(folder), notebook, settings)
    elif any(entry.name != ".lock" for entry in folder.iterdir()):
        raise ValueError(f"{folder} is not empty and is not a sweep directory; choose another directory")
    (folder / STOP_FILE).unlink(missing_ok=True)
    with atomic_write(folder / "notebook.ipynb") as part:
        shutil.copyfile(notebook, part)
    with atomic_write(path) as part:
        part.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    for name, trial in trials.items():
        trial_folder = folder / "points" / name
        try:
            Trial.read(trial_folder)
        except ValueError:
            Trial(trial_folder, trial.values, trial.parameters).write()


def _check_same_sweep(saved: Sweep, notebook: Path, settings: Mapping[str, Any]) -> None:
    """Check that the settings are those of the saved sweep. Points may be added."""
    fixed, missing = settings["fixed"], [name for name in saved.names if name not in settings["points"]]
    difference = ""
    if saved.notebook != notebook.name:
        difference = f"its notebook is {saved.notebook}, not {notebook.name}"
    elif saved.fixed != fixed:
        difference = f"its fixed parameters are {saved.fixed or 'none'}, not {fixed or 'none'}"
    elif missing:
        difference = f"its point {missing[0]} is not in the new list"
    if difference:
        raise ValueError(f"{saved.folder} contains another sweep: {difference}; choose another directory")
    copy = saved.folder / "notebook.ipynb"
    if copy.is_file() and copy.read_bytes() != notebook.read_bytes():
        logger.warning("%s has changed since the sweep started; finished points are not executed again", notebook)
