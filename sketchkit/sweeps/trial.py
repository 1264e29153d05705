"""A point of a sweep: one execution of the notebook, in a process of its own, and what came of it.

point.json      parameters, how it ended, of what it failed
report.ipynb    the executed notebook
run/            the run directory
log.txt         what the process and its kernel said besides
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sketchkit.storage.atomic import replacing
from sketchkit.training.run import Run
from sketchkit.training.run_control import is_occupied

__all__ = ["STOPPING", "Limits", "Point", "run_point"]

#: A file of this name in the sweep's folder ends all of its points.
STOPPING = ".stopping"
#: Seconds from one look at a running point to the next.
LOOK = 0.5
#: Seconds to wait for a process that lost its point to end.
PATIENCE = 120.0
#: The end of a traceback, in characters, is what is kept: an answer has to fit into a pipe.
LONGEST = 8000

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Limits:
    """What a point may use.

    Attributes
    ----------
    seconds : float
        For one execution.
    megabytes : float
        On disk, in its folder.
    """

    seconds: float = float("inf")
    megabytes: float = float("inf")


@dataclass(frozen=True)
class Point:
    """A point.

    Attributes
    ----------
    folder : Path
    values : dict
        What makes it differ from the others.
    parameters : dict
        What the notebook is given, besides `run`.
    ended : str
        `finished`, `failed` or `stopped`; empty before that.
    error, traceback : str
        What it failed of.
    seconds : float
        Over all executions.
    executions : int
    """

    folder: Path
    values: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    ended: str = ""
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0
    executions: int = 0

    @classmethod
    def read(cls, folder: Path) -> Point:
        """Read a point.

        Raises
        ------
        ValueError
            If `point.json` is missing or damaged.
        """
        path = folder / "point.json"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            point = cls(folder, **data)
            if not all(isinstance(getattr(point, n), type(v)) for n, v in asdict(cls(folder)).items() if n != "folder"):
                raise TypeError("a field is of the wrong kind")
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise ValueError(f"{path}: damaged ({error})") from None
        return point

    def write(self) -> None:
        """Write it; an OSError says why not."""
        data = {name: value for name, value in asdict(self).items() if name != "folder"}
        with replacing(self.folder / "point.json") as part:
            part.write_text(json.dumps(data, indent=1), encoding="utf-8")

    @property
    def report(self) -> Path:
        """The executed notebook."""
        return self.folder / "report.ipynb"

    @property
    def finished(self) -> bool:
        """Whether it needs no further execution."""
        return self.ended == "finished" and self.report.is_file()

    @property
    def state(self) -> str:
        """How it stands: waiting, running, finished, failed or stopped."""
        if self.finished:
            return "finished"
        if is_occupied(self.folder):
            return "running"
        return "waiting" if self.ended in ("", "finished") else self.ended

    @property
    def run(self) -> Run:
        """The run; errors as those of `Run`."""
        return Run(self.folder / "run")

    @property
    def title(self) -> str:
        """Its values in one line."""
        return ", ".join(f"{name}={value}" for name, value in self.values.items()) or "as it is"


def run_point(folder: str, cwd: str, limits: Limits) -> Point:
    """Execute the notebook of a point, unless that is done, and return what came of it; nothing is raised.

    Parameters
    ----------
    folder : str
        The point's, two levels below the sweep's, which holds `notebook.ipynb`.
    cwd : str
        Where relative paths of the notebook begin.
    limits : Limits
    """
    place = Path(folder)
    try:
        with FileLock(place / ".lock").acquire(timeout=PATIENCE):
            point = Point.read(place)
            return point if point.finished else _ended(_executed(point, cwd, limits))
    except Timeout:
        return Point(place, ended="failed", error="another process executes this point")
    except (OSError, ValueError) as error:
        return _ended(Point(place, ended="failed", error=f"{type(error).__name__}: {error}"))


def _ended(point: Point) -> Point:
    with suppress(OSError):  # a full disk: the sweep is told all the same
        point.write()
    return point


def _executed(point: Point, cwd: str, limits: Limits) -> Point:
    began, sweep = time.monotonic(), point.folder.parents[1]
    command = [sys.executable, "-m", "sketchkit.sweeps.trial", str(point.folder), cwd]
    why = ""
    with (point.folder / "log.txt").open("ab") as log, subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=cwd
    ) as process:  # fmt: skip
        try:
            while process.poll() is None:
                try:
                    process.wait(LOOK)
                except subprocess.TimeoutExpired:
                    why = _too_much(point.folder, time.monotonic() - began, limits)
                    if why or (sweep / STOPPING).exists():
                        _end_with_children(process.pid)
        except BaseException:
            _end_with_children(process.pid)
            raise
        answer = process.stdout.read() if process.stdout else b""
    spent = round(point.seconds + time.monotonic() - began, 1)
    point = replace(point, error="", traceback="", seconds=spent, executions=point.executions + 1)
    if why:
        return replace(point, ended="failed", error=why)
    try:
        return replace(point, **json.loads(answer))
    except ValueError:
        if (sweep / STOPPING).exists():
            return replace(point, ended="stopped")
        error = f"its process ended with {process.returncode}; see {point.folder / 'log.txt'}"
        return replace(point, ended="failed", error=error)


def _too_much(folder: Path, seconds: float, limits: Limits) -> str:
    if seconds > limits.seconds:
        return f"took longer than its limit of {limits.seconds:,.0f} s"
    if limits.megabytes < float("inf"):
        size = 0
        for path in folder.rglob("*"):
            with suppress(OSError):  # gone since
                size += path.stat().st_size
        if size > limits.megabytes * 1e6:
            return f"took {size / 1e6:,.1f} MB on disk, its limit is {limits.megabytes:,.1f} MB"
    return ""


def _end_with_children(pid: int) -> None:
    """Kill a process, and what it started: a kernel is in a session of its own."""
    import psutil

    try:
        process = psutil.Process(pid)
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for each in family:
        with suppress(psutil.NoSuchProcess):
            each.kill()


# The process of a point ---------------------------------------------------------------------------------


def main(folder: str, cwd: str) -> None:
    """Execute the notebook and answer with what came of it, as JSON on the standard output."""
    with os.fdopen(os.dup(1), "w") as answer:
        os.dup2(2, 1)  # a kernel inherits it; the answer goes out alone
        threading.Thread(target=_end_with_parent, daemon=True).start()
        answer.write(json.dumps(_execute(Path(folder), cwd)))


def _end_with_parent() -> None:
    """Wait until the other end of the standard input is closed, as the system does for who is killed."""
    while os.read(0, 1):
        pass
    _end_with_children(os.getpid())


def _execute(folder: Path, cwd: str) -> dict[str, str]:
    from papermill import PapermillExecutionError, execute_notebook

    from sketchkit.sweeps.search_space import notebook_parameters

    try:
        point, notebook = Point.read(folder), folder.parents[1] / "notebook.ipynb"
        own = {"run": str(folder / "run")} if "run" in notebook_parameters(notebook) else {}
        execute_notebook(
            str(notebook), str(point.report), {**point.parameters, **own}, cwd=cwd, progress_bar=False,
            log_output=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        return _failure(f"{error.ename}: {error.evalue}", "\n".join(error.traceback))
    except Exception as error:
        return _failure(f"{type(error).__name__}: {error}", traceback.format_exc())
    try:
        stopped = point.run.state.state == "stopped"
    except (OSError, ValueError):  # a notebook need not train
        stopped = False
    return {"ended": "stopped" if stopped else "finished", "error": "", "traceback": ""}


def _failure(error: str, trace: str) -> dict[str, str]:
    return {"ended": "failed", "error": error[:LONGEST], "traceback": _COLOUR.sub("", trace)[-LONGEST:]}


if __name__ == "__main__":
    main(*sys.argv[1:])
