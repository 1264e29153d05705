"""Sweeps: a notebook executed once for every point of a grid, a list or a random sample.

sweep.json        the notebook's name and what all points have in common
notebook.ipynb    the notebook as it is executed
points/NAME/      see `sketchkit.sweeps.trial`

The points are handed to an executor of `concurrent.futures`: processes on this machine, or a Dask cluster.
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

from sketchkit.storage.atomic import replacing
from sketchkit.sweeps.search_space import (
    grid_points,
    name_of,
    notebook_parameters,
    parameters_of,
    plain,
    random_points,
    read_points,
)
from sketchkit.sweeps.trial import STOPPING, Limits, Point, run_point

__all__ = ["Sweep", "sweep"]

logger = logging.getLogger("sketchkit")

#: Seconds from one look at all points to the next, and from one line about those that run to the next.
LOOK, WORD = 2.0, 60.0


class Sweep(Sequence[Point]):
    """The points of a sweep, by its directory, in the order they were asked for.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    FileNotFoundError
        If there is no `sweep.json` in it.
    ValueError
        If that file is damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        path = self.folder / "sweep.json"
        if not path.is_file():
            raise FileNotFoundError(f"{self.folder}: not a sweep, sweep.json is missing")
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            self.notebook, self.fixed, self.names = str(told["notebook"]), dict(told["fixed"]), list(told["points"])
            if not all(isinstance(name, str) and name not in ("", ".", "..") and Path(name).name == name
                       for name in self.names):  # fmt: skip
                raise ValueError("a point has no plain name")
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}: damaged ({error})") from None

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Point: ...
    @overload
    def __getitem__(self, index: slice) -> list[Point]: ...
    def __getitem__(self, index: int | slice) -> Point | list[Point]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        folder = self.folder / "points" / self.names[index]
        try:
            return Point.read(folder)
        except ValueError as error:
            return Point(folder, ended="failed", error=str(error))

    def __iter__(self) -> Iterator[Point]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        counts = Counter(point.state for point in self)
        return f"Sweep({str(self.folder)!r}, {_counted(len(self))}: {_tally(counts)})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(point.title)}</td><td>{point.state}</td>"
            f"<td>{_duration(point.seconds)}</td><td style='text-align:left'>{escape(point.error[:200])}</td></tr>"
            for point in self
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
    """Execute a notebook once for every point, each in a process and a run directory of its own.

    The same call again skips finished points and goes on with the others. A point that fails is kept with its
    traceback, and does not stop the rest.

    Parameters
    ----------
    notebook : str or Path
        With a cell tagged `parameters`.
    out : str or Path
        The sweep's directory.
    grid : mapping of str to sequence, optional
        Values of each name; a name is a parameter of the notebook or a hyperparameter.
    points : str, Path or sequence of mappings, optional
        The points themselves, or a `.json` or `.csv` file of them.
    ranges : mapping, optional
        Of each name `(low, high)`, `(low, high, "log")` or a list to choose from, for `count` points by chance.
    count, seed : int
        Of the points by chance.
    parameters : mapping, optional
        The same for all points, by name as in `grid`.
    workers : int
        Points at a time on this machine.
    cluster : str, optional
        The address of a Dask scheduler, such as `tcp://host:8786`; its workers see `out` under the same path.
    executor : concurrent.futures.Executor, optional
        Another one.
    time_limit : float, optional
        Seconds for one execution.
    disk_limit : float, optional
        Megabytes on disk for one point.
    progress : str
        `auto`, `bar`, `lines` or `none`.

    Returns
    -------
    Sweep

    Raises
    ------
    ValueError
        If the points are not understood, name what the notebook does not know, or `out` is another sweep's.
    FileNotFoundError
        If there is no such notebook or file of points.
    OSError
        If `out` cannot be written or the cluster cannot be reached.
    """
    if progress not in ("auto", "bar", "lines", "none"):
        raise ValueError(f"progress: expected auto, bar, lines or none, got {progress!r}")
    if workers < 1:
        raise ValueError(f"workers: expected at least 1, got {workers}")
    for name, limit in (("time_limit", time_limit), ("disk_limit", disk_limit)):
        if limit is not None and not limit > 0:
            raise ValueError(f"{name}: expected more than 0, got {limit}")
    given = [way for way in (grid, points, ranges) if way]
    if len(given) != 1:
        raise ValueError("expected one of grid, points and ranges to say what to sweep over")
    if grid:
        values = grid_points(grid)
    elif ranges:
        values = random_points(ranges, count, seed)
    else:
        values = read_points(points) if isinstance(points, (str, Path)) else [dict(each) for each in points or ()]
    known = notebook_parameters(notebook)
    values = [{name: plain(name, value) for name, value in each.items()} for each in values]
    fixed = {name: plain(name, value) for name, value in (parameters or {}).items()}
    asked = {name_of(each): Point(Path(), each, parameters_of(each, known, fixed)) for each in values}
    folder = Path(out).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=1)
    except Timeout:
        raise ValueError(f"{out}: another process sweeps there") from None
    try:
        _claim(folder, Path(notebook), fixed, asked)
        limits = Limits(time_limit or float("inf"), disk_limit or float("inf"))
        with _executor(executor, cluster, workers) as pool:
            _execute(Sweep(folder), pool, limits, _Teller(progress, len(asked)))
    finally:
        (folder / STOPPING).unlink(missing_ok=True)
        lock.release()
    return Sweep(out)


def _claim(folder: Path, notebook: Path, fixed: dict[str, Any], asked: Mapping[str, Point]) -> None:
    """Write what the sweep is, or check that the directory is its own; points may be added."""
    path, names = folder / "sweep.json", list(asked)
    told = {"notebook": notebook.name, "fixed": json.loads(json.dumps(fixed)), "points": names}
    if path.exists():
        before = Sweep(folder)
        lost = [name for name in before.names if name not in asked]
        what = (
            f"of {before.notebook}, not of {notebook.name}" if before.notebook != notebook.name
            else f"with {before.fixed or 'no parameters'} for all points, now {fixed or 'none'}"
            if before.fixed != told["fixed"]
            else f"with a point {lost[0]} that is not among these" if lost
            else ""
        )  # fmt: skip
        if what:
            raise ValueError(f"{folder} holds another sweep, {what}; choose another directory")
        if (folder / "notebook.ipynb").is_file() and (folder / "notebook.ipynb").read_bytes() != notebook.read_bytes():
            logger.warning("%s has changed since the sweep began; finished points are kept as they are", notebook)
    elif any(entry.name != ".lock" for entry in folder.iterdir()):
        raise ValueError(f"{folder} holds something else than a sweep; choose another directory")
    (folder / STOPPING).unlink(missing_ok=True)
    with replacing(folder / "notebook.ipynb") as part:
        shutil.copyfile(notebook, part)
    with replacing(path) as part:
        part.write_text(json.dumps(told, indent=1), encoding="utf-8")
    for name, point in asked.items():
        place = folder / "points" / name
        try:
            Point.read(place)
        except ValueError:
            Point(place, point.values, point.parameters).write()


def _executor(executor: Executor | None, cluster: str | None, workers: int) -> Any:
    """Return what points are handed to, as a context."""
    if executor is not None:
        from contextlib import nullcontext

        return nullcontext(executor)
    if cluster is None:
        # Threads that wait: every point is a process of its own.
        return ThreadPoolExecutor(workers)
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("a cluster needs Dask: pip install 'sketchkit[cluster]'") from None
    return Client(cluster, timeout=20, set_as_default=False).get_executor()


def _execute(found: Sweep, pool: Executor, limits: Limits, teller: _Teller) -> None:
    """Have all points executed that are not finished, and tell of them as they end."""
    running: dict[Future[Point], Point] = {}
    try:
        for point in found:
            if point.finished:
                teller.skipped(point)
            else:
                running[pool.submit(run_point, str(point.folder), os.getcwd(), limits)] = point
        teller.begun()
        while running:
            done, _ = wait(running, timeout=LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                teller.ended(_outcome(future, running.pop(future)))
            teller.look(running.values())
    except BaseException:
        (found.folder / STOPPING).touch()
        for future in running:
            future.cancel()
        wait(running, timeout=60)
        raise
    finally:
        teller.close()


def _outcome(future: Future[Point], point: Point) -> Point:
    try:
        return future.result()
    except (Exception, CancelledError) as error:  # an executor's own trouble: workers that died, say
        lost = Point(point.folder, point.values, point.parameters, "failed", f"{type(error).__name__}: {error}")
        try:
            lost.write()
        except OSError as problem:
            logger.warning("%s", problem)
        return lost


# Telling ------------------------------------------------------------------------------------------------


class _Teller:
    """Tells of a sweep: a bar and lines in a terminal or a notebook, lines alone elsewhere."""

    def __init__(self, kind: str, total: int) -> None:
        from sketchkit.training.progress import reporter, someone_watches

        self._total, self._counts, self._said = total, Counter[str](), time.monotonic()
        self._kind = ("bar" if someone_watches() else "lines") if kind == "auto" else kind
        self._words = reporter("none" if self._kind == "none" else "lines", 0, total)
        self._bar: Any = None
        if self._kind == "bar":
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, unit="point", dynamic_ncols=True)
            self._words = None

    def skipped(self, point: Point) -> None:
        self._counts["finished"] += 1
        if self._bar is not None:
            self._bar.update(1)

    def begun(self) -> None:
        done = self._counts["finished"]
        self._say(f"{_counted(self._total)}" + (f", {done:,} of them finished before" if done else ""))

    def ended(self, point: Point) -> None:
        self._counts[point.ended] += 1
        if self._bar is not None:
            self._bar.update(1)
        what = f"{point.ended} in {_duration(point.seconds)}"
        if point.error:
            what += f": {point.error.splitlines()[0][:300]}"
        elif best := _best(point):
            what += f", best {best}"
        self._say(f"{sum(self._counts.values()):,} of {self._total:,}: {point.title}: {what}")

    def look(self, running: Any) -> None:
        """Tell of points that run: often in a bar, once in a while in lines."""
        if self._bar is None and (self._kind == "none" or time.monotonic() - self._said < WORD):
            return
        at = [point for point in running if point.state == "running"]
        words = "; ".join(f"{point.title}: {_step(point)}" for point in at)
        if self._bar is not None:
            self._bar.set_postfix_str(words[:120])
        elif at:
            self._say(f"running: {words}")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
        self._say(f"{_counted(self._total)}: {_tally(self._counts)}" if self._counts else "nothing ended")

    def _say(self, text: str) -> None:
        self._said = time.monotonic()
        if self._bar is not None:
            self._bar.write(text)
        elif self._words is not None:
            self._words.say(text)
        else:
            print(text, file=sys.stderr)


def _step(point: Point) -> str:
    try:
        run = point.run
        return f"step {run.step:,} of {run.hparams.num_steps:,}"
    except (OSError, ValueError):
        return "begins"


def _best(point: Point) -> str:
    try:
        best = point.run.best
    except (OSError, ValueError):
        return ""
    return f"{best['loss']:.3f} at step {best['step']:,}" if best else ""


def _counted(count: int) -> str:
    return f"{count:,} point{'' if count == 1 else 's'}"


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "none"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
