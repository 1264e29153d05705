"""Lock, status and requests of a run directory.

.lock           held by the training process; the system releases it when that process ends, even if it is killed
state.json      status of the run
control.json    requests to the training process: pause, checkpoint, stop
"""

from __future__ import annotations

import json
import logging
import os
import platform
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeVar

from filelock import FileLock, Timeout

from sketchkit.storage.atomic import atomic_write

__all__ = [
    "RunLock",
    "RunRequests",
    "RunState",
    "RunStatus",
    "in_use_error",
    "is_locked",
    "read_requests",
    "read_status",
    "write_requests",
]

logger = logging.getLogger("sketchkit")

#: Maximum time to wait for the lock, in seconds. `is_locked` in another process may hold the lock for a moment.
LOCK_TIMEOUT_SECONDS = 2.0
#: Maximum size, in bytes, of a status or request file that is read.
MAX_FILE_BYTES = 1 << 16
#: Maximum length of an error message in a status file, in characters.
MAX_ERROR_LENGTH = 4000

RunState = Literal["running", "paused", "finished", "stopped", "failed", "killed", "unknown"]


@dataclass(frozen=True)
class RunStatus:
    """Status of a run.

    Attributes
    ----------
    state : str
        `running`, `paused`, `finished`, `stopped` (on request), `failed` (with an error), `killed` (the process ended
        without writing a status) or `unknown` (there is no valid status file).
    error : str
        Error message, if the run failed.
    pid : int
        Process ID of the training process; 0 if unknown.
    host : str
        Name of the host on which that process runs or ran.
    since : float
        Start time of the current state, in seconds since 1970.
    """

    state: RunState = "unknown"
    error: str = ""
    pid: int = 0
    host: str = ""
    since: float = 0.0

    @property
    def is_active(self) -> bool:
        """Whether a training process is active."""
        return self.state in ("running", "paused")


@dataclass(frozen=True)
class RunRequests:
    """Requests to the training process of a run.

    Attributes
    ----------
    pause : bool
        Save a checkpoint and pause.
    stop : bool
        Save a checkpoint after the current step, and exit.
    checkpoints : int
        Number of checkpoints requested so far.
    """

    pause: bool = False
    stop: bool = False
    checkpoints: int = 0


def is_locked(folder: Path) -> bool:
    """Return whether a process is training in a run directory."""
    lock = folder / ".lock"
    if not lock.exists():
        return False
    try:
        with FileLock(lock).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # no permission: the directory belongs to another user
        return False


def in_use_error(folder: Path) -> ValueError:
    """Return the error for a run directory in which another process is training."""
    status = _read(folder / "state.json", RunStatus)
    process = f" (PID {status.pid} on {status.host})" if status.pid else ""
    return ValueError(
        f"{folder}: the run directory is in use by another training process{process}; wait for it, stop it with "
        f"sketchkit.Run({str(folder)!r}).stop(), or choose another run directory"
    )


def read_status(folder: Path) -> RunStatus:
    """Return the status of the run in a directory; the default status if the file is missing or damaged."""
    first = _read(folder / "state.json", RunStatus)
    if first.is_active and not is_locked(folder):
        second = _read(folder / "state.json", RunStatus)  # the run may have ended between the two checks
        return replace(first, state="killed") if second == first else second
    return first


def read_requests(folder: Path) -> RunRequests:
    """Return the pending requests to the run in a directory; the defaults if the file is missing or damaged."""
    return _read(folder / "control.json", RunRequests)


def write_requests(folder: Path, requests: RunRequests) -> None:
    """Write the requests to the run in a directory."""
    _write(folder / "control.json", requests)


class RunLock:
    """Context manager that locks a run directory for this process and, on exit, writes the status of a started run.

    Parameters
    ----------
    folder : Path
        Run directory; created if it does not exist.

    Raises
    ------
    ValueError
        On entry, if another process is training in the directory.
    OSError
        On entry, if the directory cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: State to write on exit if no exception occurred.
        self.final_state: RunState = "finished"
        self._lock = FileLock(folder / ".lock")
        self._control = folder / "control.json"
        self._file_version: tuple[int, int] | None = None
        self._requests = RunRequests()
        self._started = False

    def __enter__(self) -> RunLock:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=LOCK_TIMEOUT_SECONDS)
        except Timeout:
            raise in_use_error(self.folder) from None
        return self

    def start_run(self) -> None:
        """Write the state `running`. Call it after checking that the directory belongs to this run."""
        self._control.unlink(missing_ok=True)  # requests to an earlier process do not apply to this one
        self._started = True
        self.set_status("running")

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._started:
                pass
            elif error is None:
                self.set_status(self.final_state)
            elif isinstance(error, KeyboardInterrupt):
                self.set_status("stopped", "interrupted")
            else:
                self.set_status("failed", f"{type(error).__name__}: {error}")
        except OSError as write_error:
            # Usually, the disk is full. The error that ended the run is more important, so this one is only logged.
            logger.warning("%s", write_error)
        finally:
            self._lock.release()

    def set_status(self, state: RunState, error: str = "") -> None:
        """Write the state of the run, and the error message if it failed."""
        status = RunStatus(state, error[:MAX_ERROR_LENGTH], os.getpid(), platform.node(), time.time())
        _write(self.folder / "state.json", status)

    def read_requests(self) -> RunRequests:
        """Return the current requests. Takes a few microseconds if the file has not changed."""
        try:
            stat = os.stat(self._control)
        except OSError:
            return self._requests
        version = (stat.st_mtime_ns, stat.st_ino)
        if version != self._file_version:
            self._file_version, self._requests = version, read_requests(self.folder)
        return self._requests


_Content = TypeVar("_Content", RunStatus, RunRequests)


def _read(path: Path, dataclass_type: type[_Content]) -> _Content:
    """Read a status or request file into its dataclass. Missing and invalid fields get their default values."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return dataclass_type()
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return dataclass_type()
    if not isinstance(data, dict):
        return dataclass_type()
    defaults = asdict(dataclass_type())
    valid = {name: data[name] for name, value in defaults.items() if type(data.get(name)) is type(value)}
    return dataclass_type(**valid)


def _write(path: Path, content: RunStatus | RunRequests) -> None:
    with atomic_write(path) as part:
        part.write_text(json.dumps(asdict(content)), encoding="utf-8")
