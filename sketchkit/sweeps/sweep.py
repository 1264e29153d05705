"""Sweeps: execution of a notebook at every point of a grid, a list or a random sample.

sweep.json        name of the notebook, fixed parameters and names of the points
notebook.ipynb    copy of the notebook that is executed
points/NAME/      trial of a point; see `sketchkit.sweeps.trial`

The trials run in a `concurrent.futures` executor: in processes on this machine, or on a Dask cluster.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from html import escape
from pathlib import Path
from typing import Any, overload

from filelock import FileLock, Timeout

from sketchkit.storage.atomic import atomic_write
from sketchkit.sweeps.search_space import (
    grid_search,
    notebook_parameters,
    random_search,
    read_points,
    resolve_parameters,
    to_json_value,
    trial_name,
)
from sketchkit.sweeps.trial import STOP_FILE, Trial, TrialLimits, run_trial

__all__ = ["Sweep", "sweep"]

logger = logging.getLogger("sketchkit")

#: Interval at which the trials are checked, and minimum interval of the lines about running trials, in seconds.
POLL_SECONDS, LINE_SECONDS = 2.0, 60.0


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
        return f"Sweep({str(self.folder)!r}, {_format_total(len(self))}: {_format_counts(counts)})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(trial.title)}</td><td>{trial.state}</td>"
            f"<td>{_duration(trial.seconds)}</td><td style='text-align:left'>{escape(trial.error[:200])}</td></tr>"
            for trial in self
        )
        return f"<table><tr><th>point</th><th>state</th><th>time</th><th>error</th></tr>{rows}</table>"


def sweep(
    notebook: str | Path,
    out: str | Path,
    grid: Mapping[str, Sequence[Any]] | None = None,
    *,
    points: str | Path | Sequence[Mapping[str, Any]] | None = None,
    ranges: Mapping[str, Any] | None = None,
    count: int = 10,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
    workers: int = 1,
    cluster: str | None = None,
    executor: Executor | None = None,
    time_limit: float | None = None,
    disk_limit: float | None = None,
    progress: str = "auto",
) -> Sweep:
    """Execute a notebook once for every point, each time in a separate process and run directory.

    The same call again skips finished points and executes the others. If a point fails, its traceback is saved and the
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
        If a point is invalid or has a name that the notebook does not accept, or if `out` is another sweep's directory
        or in use.
    FileNotFoundError
        If the notebook or the file of points does not exist.
    OSError
        If `out` cannot be written or the cluster cannot be reached.
    """
    if progress not in ("auto", "bar", "lines", "none"):
        raise ValueError(f"progress: expected auto, bar, lines or none, got {progress!r}")
    if workers < 1:
        raise ValueError(f"workers: expected at least 1, got {workers}")
    for name, limit in (("time_limit", time_limit), ("disk_limit", disk_limit)):
        if limit is not None and not limit > 0:
            raise ValueError(f"{name}: expected a positive number, got {limit}")
    sources = [source for source in (grid, points, ranges) if source]
    if len(sources) != 1:
        raise ValueError("expected exactly one of grid, points and ranges")
    if grid:
        values = grid_search(grid)
    elif ranges:
        values = random_search(ranges, count, seed)
    else:
        values = read_points(points) if isinstance(points, (str, Path)) else [dict(point) for point in points or ()]
    known = notebook_parameters(notebook)
    values = [{name: to_json_value(name, value) for name, value in point.items()} for point in values]
    fixed = {name: to_json_value(name, value) for name, value in (parameters or {}).items()}
    trials = {trial_name(point): Trial(Path(), point, resolve_parameters(point, known, fixed)) for point in values}
    folder = Path(out).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=1)
    except Timeout:
        raise ValueError(f"{out}: another sweep is already running in this directory") from None
    try:
        _prepare_folder(folder, Path(notebook), fixed, trials)
        limits = TrialLimits(time_limit or float("inf"), disk_limit or float("inf"))
        with _executor(executor, cluster, workers) as pool:
            _execute(Sweep(folder), pool, limits, _SweepProgress(progress, len(trials)))
    finally:
        (folder / STOP_FILE).unlink(missing_ok=True)
        lock.release()
    return Sweep(out)


def _prepare_folder(folder: Path, notebook: Path, fixed: dict[str, Any], trials: Mapping[str, Trial]) -> None:
    """Check that the directory is empty or belongs to this sweep, and write its files. New points may be added."""
    path, names = folder / "sweep.json", list(trials)
    settings = {"notebook": notebook.name, "fixed": json.loads(json.dumps(fixed)), "points": names}
    if path.exists():
        saved = Sweep(folder)
        missing = [name for name in saved.names if name not in trials]
        difference = (
            f"its notebook is {saved.notebook}, now {notebook.name}" if saved.notebook != notebook.name
            else f"its fixed parameters are {saved.fixed or 'none'}, now {fixed or 'none'}"
            if saved.fixed != settings["fixed"]
            else f"its point {missing[0]} is missing now" if missing
            else ""
        )  # fmt: skip
        if difference:
            raise ValueError(f"{folder} contains another sweep: {difference}; choose another directory")
        if (folder / "notebook.ipynb").is_file() and (folder / "notebook.ipynb").read_bytes() != notebook.read_bytes():
            logger.warning("%s has changed since the sweep started; finished points are not executed again", notebook)
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


def _executor(executor: Executor | None, cluster: str | None, workers: int) -> Any:
    """Return a context manager whose value is the executor of the trials."""
    if executor is not None:
        from contextlib import nullcontext

        return nullcontext(executor)
    if cluster is None:
        # The threads only wait, because every trial runs in a separate process.
        return ThreadPoolExecutor(workers)
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("cluster: Dask is not installed; run pip install 'sketchkit[cluster]'") from None
    return Client(cluster, timeout=20, set_as_default=False).get_executor()


def _execute(trials: Sweep, pool: Executor, limits: TrialLimits, progress: _SweepProgress) -> None:
    """Execute all trials that are not finished, and report their results."""
    running: dict[Future[Trial], Trial] = {}
    try:
        for trial in trials:
            if trial.finished:
                progress.skip(trial)
            else:
                running[pool.submit(run_trial, str(trial.folder), os.getcwd(), limits)] = trial
        progress.start()
        while running:
            done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                progress.finish(_result(future, running.pop(future)))
            progress.update(running.values())
    except BaseException:
        (trials.folder / STOP_FILE).touch()
        for future in running:
            future.cancel()
        wait(running, timeout=60)
        raise
    finally:
        progress.close()


def _result(future: Future[Trial], trial: Trial) -> Trial:
    """Return the trial with its result; a failed one if the executor failed."""
    try:
        return future.result()
    except (Exception, CancelledError) as error:  # errors of the executor, such as lost workers
        failed = Trial(trial.folder, trial.values, trial.parameters, "failed", f"{type(error).__name__}: {error}")
        try:
            failed.write()
        except OSError as write_error:
            logger.warning("%s", write_error)
        return failed


# Progress -----------------------------------------------------------------------------------------------


class _SweepProgress:
    """Progress report of a sweep: a bar and lines in a terminal or a notebook, only lines elsewhere."""

    def __init__(self, kind: str, total: int) -> None:
        from sketchkit.training.progress import is_interactive, make_progress

        self._total, self._counts, self._last_message = total, Counter[str](), time.monotonic()
        self._kind = ("bar" if is_interactive() else "lines") if kind == "auto" else kind
        self._lines = make_progress("none" if self._kind == "none" else "lines", 0, total)
        self._bar: Any = None
        if self._kind == "bar":
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, unit="point", dynamic_ncols=True)
            self._lines = None

    def skip(self, trial: Trial) -> None:
        """Count a trial that was finished before."""
        self._counts["finished"] += 1
        if self._bar is not None:
            self._bar.update(1)

    def start(self) -> None:
        """Report the number of points."""
        done = self._counts["finished"]
        self._message(f"{_format_total(self._total)}" + (f", {done:,} of them already finished" if done else ""))

    def finish(self, trial: Trial) -> None:
        """Report the result of a trial."""
        self._counts[trial.outcome] += 1
        if self._bar is not None:
            self._bar.update(1)
        result = f"{trial.outcome} in {_duration(trial.seconds)}"
        if trial.error:
            result += f": {trial.error.splitlines()[0][:300]}"
        elif best := _best(trial):
            result += f", best {best}"
        self._message(f"{sum(self._counts.values()):,} of {self._total:,}: {trial.title}: {result}")

    def update(self, unfinished: Any) -> None:
        """Report the steps of the running trials: in the bar at every call, in lines at most once a minute."""
        if self._bar is None and (self._kind == "none" or time.monotonic() - self._last_message < LINE_SECONDS):
            return
        running = [trial for trial in unfinished if trial.state == "running"]
        steps = "; ".join(f"{trial.title}: {_step(trial)}" for trial in running)
        if self._bar is not None:
            self._bar.set_postfix_str(steps[:120])
        elif running:
            self._message(f"running: {steps}")

    def close(self) -> None:
        """Close the bar, and report the number of points in each state."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None
        self._message(
            f"{_format_total(self._total)}: {_format_counts(self._counts)}" if self._counts else "no point ended"
        )

    def _message(self, text: str) -> None:
        self._last_message = time.monotonic()
        if self._bar is not None:
            self._bar.write(text)
        elif self._lines is not None:
            self._lines.message(text)
        else:
            print(text, file=sys.stderr)


def _step(trial: Trial) -> str:
    try:
        run = trial.run
        return f"step {run.step:,} of {run.hparams.num_steps:,}"
    except (OSError, ValueError):
        return "starting"


def _best(trial: Trial) -> str:
    try:
        best = trial.run.best
    except (OSError, ValueError):
        return ""
    return f"{best['loss']:.3f} at step {best['step']:,}" if best else ""


def _format_total(count: int) -> str:
    return f"{count:,} point{'' if count == 1 else 's'}"


def _format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "none"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
