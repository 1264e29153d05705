"""A run directory belongs to one process at a time, which says there how the run stands and hears what it is told.

.lock           held by the process that trains; the system lets go of it when that process ends, however it ends
state.json      how the run stands, or how it ended
control.json    what it is told: pause, checkpoint, stop
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
from typing import Any

from filelock import FileLock, Timeout

from sketchkit.storage.atomic import replacing

__all__ = ["Occupation", "State", "Wishes", "is_occupied", "occupied", "read_state", "read_wishes", "write_wishes"]

logger = logging.getLogger("sketchkit")

#: Seconds to wait for a directory: who only looks whether it is free holds it for a moment, too.
PATIENCE = 2.0
#: A file of a sentence or two is not read if it is larger than this, in bytes.
LARGEST = 1 << 16


@dataclass(frozen=True)
class State:
    """How a run stands.

    Attributes
    ----------
    state : str
        `running`, `paused`, `finished`, `stopped` (it was told to), `failed`, `killed` (it ended without a word), or
        `begun` (nothing is known but that there is a run).
    error : str
        What it failed of.
    pid : int
        The process that trains, or trained.
    host : str
        Where.
    since : float
        When the state began, in seconds since 1970.
    """

    state: str = "begun"
    error: str = ""
    pid: int = 0
    host: str = ""
    since: float = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether a process is at it."""
        return self.state in ("running", "paused")


@dataclass(frozen=True)
class Wishes:
    """What a run is told.

    Attributes
    ----------
    pause : bool
    stop : bool
        End cleanly: with a checkpoint, after the step that is being taken.
    checkpoints : int
        How often a checkpoint was asked for.
    """

    pause: bool = False
    stop: bool = False
    checkpoints: int = 0


def is_occupied(folder: Path) -> bool:
    """Tell whether a process trains in a run directory."""
    lock = folder / ".lock"
    if not lock.exists():
        return False
    try:
        with FileLock(lock).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # the directory is another's, and closed to us
        return False


def occupied(folder: Path) -> ValueError:
    """Return the error that another process trains in a run directory."""
    by = _read(folder / "state.json", State)
    who = f", number {by.pid} on {by.host}" if by.pid else ""
    return ValueError(
        f"{folder}: another process trains in it{who}; wait for it, stop it "
        f"(sketchkit.Run({str(folder)!r}).stop()), or choose another run directory"
    )


def read_state(folder: Path) -> State:
    """Return how the run in a directory stands; a file that is not understood says nothing."""
    found = _read(folder / "state.json", State)
    if found.goes_on and not is_occupied(folder):
        now = _read(folder / "state.json", State)  # it may have ended between the two looks
        return replace(found, state="killed") if now == found else now
    return found


def read_wishes(folder: Path) -> Wishes:
    """Return what the run in a directory is told."""
    return _read(folder / "control.json", Wishes)


def write_wishes(folder: Path, wishes: Wishes) -> None:
    """Tell the run in a directory something."""
    _write(folder / "control.json", wishes)


class Occupation:
    """The hold of this process on a run directory, as a context; how a run that began has ended is written on leaving.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.

    Raises
    ------
    ValueError
        On entering, if another process trains in it.
    OSError
        If it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: How the run ends, if nothing goes wrong.
        self.end = "finished"
        self._lock = FileLock(folder / ".lock")
        self._control = folder / "control.json"
        self._seen: tuple[int, int] | None = None
        self._wishes = Wishes()
        self._began = False

    def __enter__(self) -> Occupation:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=PATIENCE)
        except Timeout:
            raise occupied(self.folder) from None
        return self

    def begin(self) -> None:
        """Say that the run goes on, now that the directory has turned out to be its own."""
        self._control.unlink(missing_ok=True)  # what an earlier run was told is not meant for this one
        self._began = True
        self.say("running")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._began:
                pass
            elif error is None:
                self.say(self.end)
            elif isinstance(error, KeyboardInterrupt):
                self.say("stopped", "interrupted")
            else:
                self.say("failed", f"{type(error).__name__}: {error}")
        except OSError as problem:  # a full disk, most likely; what ended the run matters more
            logger.warning("%s", problem)
        finally:
            self._lock.release()

    def say(self, state: str, error: str = "") -> None:
        """Write how the run stands."""
        _write(self.folder / "state.json", State(state, error[:4000], os.getpid(), platform.node(), time.time()))

    def wishes(self) -> Wishes:
        """Return what the run is told; a few microseconds where that has not changed."""
        try:
            stat = os.stat(self._control)
        except OSError:
            return self._wishes
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen != self._seen:
            self._seen, self._wishes = seen, read_wishes(self.folder)
        return self._wishes


def _read(path: Path, kind: Any) -> Any:
    """Return what a small file says, by fields of the right type; the defaults for the rest."""
    try:
        if path.stat().st_size > LARGEST:
            return kind()
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return kind()
    if not isinstance(data, dict):
        return kind()
    plain = asdict(kind())
    return kind(**{name: data[name] for name, value in plain.items() if type(data.get(name)) is type(value)})


def _write(path: Path, told: State | Wishes) -> None:
    with replacing(path) as part:
        part.write_text(json.dumps(asdict(told)), encoding="utf-8")
