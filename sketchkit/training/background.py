"""Start training in a separate process, which continues when the notebook or script that started it ends.

The process runs `python -m sketchkit.training.background_worker RUN ARGUMENTS`, where ARGUMENTS are the arguments of
`train` as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sketchkit.training.run import Run
from sketchkit.training.run_control import in_use_error, is_locked, read_status

__all__ = ["start_in_background"]

#: Processes started by this one. Polling a process that has ended removes it from the process table of the system.
_started: list[subprocess.Popen[bytes]] = []


def start_in_background(folder: Path, **arguments: Any) -> Run:
    """Start training in a separate process, and return the run once that process has written the status of the run.

    Parameters
    ----------
    folder : Path
        Run directory.
    **arguments
        Arguments of `sketchkit.training.train.train`; they must be JSON-serializable.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If the run cannot start; the message is that of `train`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if is_locked(folder):
        raise in_use_error(folder)
    _started[:] = [process for process in _started if process.poll() is None]
    command = [sys.executable, "-m", "sketchkit.training.background_worker", str(folder), json.dumps(arguments)]
    log = folder / "log.txt"
    with log.open("ab") as log_file:
        start_position = log_file.tell()  # earlier starts of the run wrote the lines before this position
        # The new process gets its own session, so that it does not end with the kernel and its process group.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=log_file, stderr=log_file, start_new_session=True
        )
    _started.append(process)
    while read_status(folder).pid != process.pid:
        if process.poll() is not None:
            no_output = f"{folder}: the training process exited with code {process.returncode} and without output"
            raise ValueError(_last_line(log, start_position) or no_output)
        time.sleep(0.02)  # there is no portable notification of changed files
    return Run(folder)


def _last_line(log: Path, start: int) -> str:
    """Return the last non-empty line after position `start` of a log file, without the prefix `sketchkit: `."""
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return last.removeprefix("sketchkit: ")
