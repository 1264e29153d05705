"""Training in a process of its own, which outlives the notebook that started it.

It runs `python -m sketchkit.training.background RUN ARGUMENTS`, the arguments of `train` as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from sketchkit.training.run_control import is_occupied, occupied, read_state

__all__ = ["start"]

#: Processes that this one started; kept, so that those which have ended leave the system's table.
_started: list[subprocess.Popen[bytes]] = []


def start(folder: Path, **arguments: Any) -> Any:
    """Begin to train in another process, and return the run as soon as that one has the run directory.

    Parameters
    ----------
    folder : Path
        The run directory.
    **arguments
        Of `sketchkit.training.trainer.train`, such as JSON can hold.

    Raises
    ------
    ValueError
        If the run cannot begin: what `train` would say.
    """
    from sketchkit.training.run import Run

    folder.mkdir(parents=True, exist_ok=True)
    if is_occupied(folder):
        raise occupied(folder)
    _started[:] = [process for process in _started if process.poll() is None]
    command = [sys.executable, "-m", "sketchkit.training.background", str(folder), json.dumps(arguments)]
    log = folder / "log.txt"
    with log.open("ab") as out:
        begin = out.tell()  # what earlier runs printed comes before
        # In a session of its own: what ends a kernel and all of its group does not end this.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    _started.append(process)
    while read_state(folder).pid != process.pid:
        if process.poll() is not None:
            with log.open("rb") as written:
                written.seek(begin)
                lines = written.read().decode("utf-8", errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), None)
            silent = f"{folder}: the training process exited with code {process.returncode} and without output"
            raise ValueError(silent if last is None else last.removeprefix("sketchkit: "))
        time.sleep(0.02)  # files have no event to wait for
    return Run(folder)


def main(folder: str, arguments: str) -> None:
    """Train, and leave the reason of a failure as the last line."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from sketchkit.training.trainer import train

    try:
        print(train(run=folder, progress="lines", **json.loads(arguments)), flush=True)
    except Exception as error:
        traceback.print_exc()
        sys.exit(f"sketchkit: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
