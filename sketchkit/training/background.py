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
from typing import TYPE_CHECKING, Any

from sketchkit.training.run_control import in_use_error, is_locked, read_status

if TYPE_CHECKING:
    from sketchkit.training.run import Run

__all__ = ["start"]

#: Processes started by this one. Polling them removes ended ones from the process table of the system.
_started: list[subprocess.Popen[bytes]] = []


def start(folder: Path, **arguments: Any) -> Run:
    """Start training in a separate process, and return the run once that process has locked the run directory.

    Parameters
    ----------
    folder : Path
        Run directory.
    **arguments
        Arguments of `sketchkit.training.trainer.train`; they must be JSON-serializable.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If the run cannot start; the message is that of `train`.
    """
    from sketchkit.training.run import Run

    folder.mkdir(parents=True, exist_ok=True)
    if is_locked(folder):
        raise in_use_error(folder)
    _started[:] = [process for process in _started if process.poll() is None]
    command = [sys.executable, "-m", "sketchkit.training.background_worker", str(folder), json.dumps(arguments)]
    log = folder / "log.txt"
    with log.open("ab") as log_file:
        start_position = log_file.tell()  # earlier runs have written the lines before this position
        # A new session: ending a kernel and its process group does not end the training process.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=log_file, stderr=log_file, start_new_session=True
        )
    _started.append(process)
    while read_status(folder).pid != process.pid:
        if process.poll() is not None:
            with log.open("rb") as log_file:
                log_file.seek(start_position)
                lines = log_file.read().decode("utf-8", errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), None)
            no_output = f"{folder}: the training process exited with code {process.returncode} and without output"
            raise ValueError(no_output if last is None else last.removeprefix("sketchkit: "))
        time.sleep(0.02)  # there is no portable notification of changed files
    return Run(folder)
