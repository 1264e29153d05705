"""Trials of a sweep: executions of the notebook, each in a separate process with its own parameters, and their results.

point.json      parameters, outcome and error
report.ipynb    the executed notebook
run/            the run directory
log.txt         output of the process and its kernel
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
from typing import Any, Literal

from filelock import FileLock, Timeout

from sketchkit.storage.atomic import atomic_write
from sketchkit.training.run import Run
from sketchkit.training.run_control import is_locked

__all__ = ["STOP_FILE", "Trial", "TrialLimits", "TrialState", "run_trial"]

#: Name of a file in the sweep's directory. If the file exists, all trials of the sweep stop.
STOP_FILE = ".stopping"
#: Interval at which a running trial is checked, in seconds.
POLL_SECONDS = 0.5
#: Maximum time to wait for an earlier process of the same trial to end, in seconds.
LOCK_TIMEOUT_SECONDS = 120.0
#: Maximum length of an error message or traceback, in characters. The result must fit into the buffer of a pipe.
MAX_ERROR_LENGTH = 8000

_ANSI_COLOR = re.compile(r"\x1b\[[0-9;]*m")
#: Fields of `Trial` that are stored in `point.json` under another name, and that name.
_KEYS = {"outcome": "ended"}
_FIELDS = {key: name for name, key in _KEYS.items()}


#: Result of an execution; empty before the first one ends.
Outcome = Literal["", "finished", "failed", "stopped"]
TrialState = Literal["waiting", "running", "finished", "failed", "stopped"]


@dataclass(frozen=True)
class TrialLimits:
    """Resource limits of a trial.

    Attributes
    ----------
    seconds : float
        Maximum time of one execution, in seconds.
    megabytes : float
        Maximum size of the trial's folder on disk, in MB.
    """

    seconds: float = float("inf")
    megabytes: float = float("inf")


@dataclass(frozen=True)
class Trial:
    """The executions of a notebook with one combination of parameters, and the latest result.

    Attributes
    ----------
    folder : Path
        Folder of the trial.
    values : dict
        The point: parameters and hyperparameters that differ between trials, by name.
    parameters : dict
        Parameters of the notebook, without `run`.
    outcome : str
        `finished`, `failed` or `stopped`; empty before the first execution ends.
    error, traceback : str
        Error message and traceback, if the trial failed.
    seconds : float
        Total time of all executions, in seconds.
    executions : int
        Number of executions that have ended.
    """

    folder: Path
    values: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome = ""
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0
    executions: int = 0

    @classmethod
    def read(cls, folder: Path) -> Trial:
        """Read the trial in a folder.

        Raises
        ------
        ValueError
            If `point.json` is missing or damaged.
        """
        path = folder / "point.json"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            trial = cls(folder, **{_FIELDS.get(key, key): value for key, value in data.items()})
            if not all(isinstance(getattr(trial, n), type(v)) for n, v in asdict(cls(folder)).items() if n != "folder"):
                raise TypeError("a field has the wrong type")
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"{path}: damaged ({error})") from None
        return trial

    def write(self) -> None:
        """Write `point.json`. Raises OSError if that fails."""
        data = {_KEYS.get(name, name): value for name, value in asdict(self).items() if name != "folder"}
        with atomic_write(self.folder / "point.json") as part:
            part.write_text(json.dumps(data, indent=1), encoding="utf-8")

    @property
    def report(self) -> Path:
        """Path of the executed notebook."""
        return self.folder / "report.ipynb"

    @property
    def finished(self) -> bool:
        """Whether the trial is finished and its executed notebook exists."""
        return self.outcome == "finished" and self.report.is_file()

    @property
    def state(self) -> TrialState:
        """Current state: waiting, running, finished, failed or stopped."""
        if self.finished:
            return "finished"
        if is_locked(self.folder):
            return "running"
        return self.outcome if self.outcome in ("failed", "stopped") else "waiting"

    @property
    def run(self) -> Run:
        """The training run of the trial. Raises the errors of `Run`."""
        return Run(self.folder / "run")

    @property
    def title(self) -> str:
        """Values of the point in one line."""
        return ", ".join(f"{name}={value}" for name, value in self.values.items()) or "notebook defaults"


def run_trial(folder: str, cwd: str, limits: TrialLimits) -> Trial:
    """Execute the notebook of a trial that is not finished, and return the trial with its result.

    A failure is part of the result and raises no exception.

    Parameters
    ----------
    folder : str
        Folder of the trial, `points/NAME` in the directory of the sweep. That directory contains `notebook.ipynb`.
    cwd : str
        Working directory of the notebook.
    limits : TrialLimits
        Limits of time and disk space.
    """
    path = Path(folder)
    try:
        with FileLock(path / ".lock").acquire(timeout=LOCK_TIMEOUT_SECONDS):
            trial = Trial.read(path)
            return trial if trial.finished else _save(_run_process(trial, cwd, limits))
    except Timeout:
        return Trial(path, outcome="failed", error="another process is executing this trial")
    except (OSError, ValueError) as error:
        return _save(Trial(path, outcome="failed", error=f"{type(error).__name__}: {error}"))


def _save(trial: Trial) -> Trial:
    with suppress(OSError):  # if the disk is full, the sweep still gets the result
        trial.write()
    return trial


def _run_process(trial: Trial, cwd: str, limits: TrialLimits) -> Trial:
    """Execute the notebook in a separate process within limits, and return the trial with its result."""
    start_time, sweep_folder = time.monotonic(), trial.folder.parents[1]
    command = [sys.executable, "-m", "sketchkit.sweeps.trial", str(trial.folder), cwd]
    exceeded = ""
    with (trial.folder / "log.txt").open("ab") as log, subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=cwd
    ) as process:  # fmt: skip
        try:
            while process.poll() is None:
                try:
                    process.wait(POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    exceeded = _exceeded_limit(trial.folder, time.monotonic() - start_time, limits)
                    if exceeded or (sweep_folder / STOP_FILE).exists():
                        _kill_tree(process.pid)
        except BaseException:
            _kill_tree(process.pid)
            raise
        result = process.stdout.read() if process.stdout else b""
    seconds = round(trial.seconds + time.monotonic() - start_time, 1)
    trial = replace(trial, error="", traceback="", seconds=seconds, executions=trial.executions + 1)
    if exceeded:
        return replace(trial, outcome="failed", error=exceeded)
    try:
        return replace(trial, **json.loads(result))
    except ValueError:
        if (sweep_folder / STOP_FILE).exists():
            return replace(trial, outcome="stopped")
        error = f"the process exited with code {process.returncode}; see {trial.folder / 'log.txt'}"
        return replace(trial, outcome="failed", error=error)


def _exceeded_limit(folder: Path, seconds: float, limits: TrialLimits) -> str:
    """Return an error message if a limit is exceeded, else an empty string."""
    if seconds > limits.seconds:
        return f"exceeded the time limit of {limits.seconds:,.0f} s"
    if limits.megabytes < float("inf"):
        size = 0
        for path in folder.rglob("*"):
            with suppress(OSError):  # the file was deleted in the meantime
                size += path.stat().st_size
        if size > limits.megabytes * 1e6:
            return f"used {size / 1e6:,.1f} MB on disk, more than the limit of {limits.megabytes:,.1f} MB"
    return ""


def _kill_tree(pid: int) -> None:
    """Kill a process and its descendants, including the kernel, which runs in a session of its own."""
    import psutil

    try:
        process = psutil.Process(pid)
        processes = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


# The process of a trial ---------------------------------------------------------------------------------


def main(folder: str, cwd: str) -> None:
    """Execute the notebook of a trial, and write the result to the standard output as JSON."""
    with os.fdopen(os.dup(1), "w") as result:
        os.dup2(2, 1)  # kernels inherit descriptor 1, so redirect it: the pipe carries only the result
        threading.Thread(target=_exit_with_parent, daemon=True).start()
        result.write(json.dumps(_execute(Path(folder), cwd)))


def _exit_with_parent() -> None:
    """Kill this process when its parent closes the standard input, which also happens if the parent is killed."""
    while os.read(0, 1):
        pass
    _kill_tree(os.getpid())


def _execute(folder: Path, cwd: str) -> dict[str, str]:
    """Execute the notebook, and return the outcome, the error message and the traceback."""
    from papermill import PapermillExecutionError, execute_notebook

    from sketchkit.sweeps.search_space import notebook_parameters

    try:
        trial, notebook = Trial.read(folder), folder.parents[1] / "notebook.ipynb"
        run = {"run": str(folder / "run")} if "run" in notebook_parameters(notebook) else {}
        execute_notebook(
            str(notebook), str(trial.report), {**trial.parameters, **run}, cwd=cwd, progress_bar=False,
            log_output=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        return _failure(f"{error.ename}: {error.evalue}", "\n".join(error.traceback))
    except Exception as error:
        return _failure(f"{type(error).__name__}: {error}", traceback.format_exc())
    try:
        stopped = trial.run.status.state == "stopped"
    except (OSError, ValueError):  # the notebook did not train a model
        stopped = False
    return {"outcome": "stopped" if stopped else "finished", "error": "", "traceback": ""}


def _failure(error: str, trace: str) -> dict[str, str]:
    return {
        "outcome": "failed",
        "error": error[:MAX_ERROR_LENGTH],
        "traceback": _ANSI_COLOR.sub("", trace)[-MAX_ERROR_LENGTH:],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
