"""Atomic writes of files and folders.

New content is written to a temporary sibling, `.NAME.XXXXXXXX.part`, which the writing process locks and then renames
to NAME. The operating system releases the lock when the process ends for any reason. A sibling without a lock was
therefore left by a killed process, and is removed by the next write to NAME or the next read of the folder NAME.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["atomic_write", "install_folder", "recover", "save_tensors", "temporary_folder"]

#: Name suffix of a folder that is being replaced, on systems that cannot exchange two folders in one step.
_OLD = ".old"
_RENAME_EXCHANGE = 2  # flag of renameat2(2) on Linux
_AT_FDCWD = -100


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; on success, it replaces `path` atomically.

    If an error occurs, the disk is full or the process is killed, the file at `path` is unchanged.

    Parameters
    ----------
    path : str or Path
        The file to write. Its parent folders are created if they do not exist.

    Raises
    ------
    OSError
        If the file cannot be written, for instance because the disk is full. The message names `path`.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    try:
        part, lock = _create(path, folder=False)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        try:
            yield part
        except OSError as error:
            if error.errno is None or error.filename not in (None, str(part)):
                raise  # the error concerns another file
            raise _not_written(path, error) from error
        try:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise _not_written(path, error) from error
    finally:
        part.unlink(missing_ok=True)
        _release(lock)


@contextmanager
def temporary_folder(folder: Path) -> Iterator[Path]:
    """Yield a new empty sibling of `folder`; it is removed at the end, unless it was renamed.

    Parameters
    ----------
    folder : Path
        Final name of the new folder. The caller renames it with `install_folder` or `Path.rename`. Parent folders are
        created.

    Raises
    ------
    OSError
        If the parent folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    part, lock = _create(folder, folder=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        _release(lock)


def install_folder(part: Path, folder: Path) -> None:
    """Rename a complete folder to its final name, replacing an existing folder.

    On Linux the two folders are exchanged atomically; the old folder is then at `part`. On other systems there is a
    moment at which no folder has the final name; if the process is killed at that moment, `recover` restores the old
    folder.

    Parameters
    ----------
    part : Path
        New folder, from `temporary_folder`.
    folder : Path
        Final name.

    Raises
    ------
    OSError
        If the folder cannot be renamed. The old folder is then unchanged.
    """
    if not folder.exists():
        try:
            part.rename(folder)
        except OSError:
            if not folder.exists():  # if the folder exists, another process has created it
                raise
        else:
            return
    if not _exchange(part, folder):
        old = part.with_suffix(_OLD)
        folder.rename(old)
        try:
            part.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Clean up after killed processes: restore the folder if it is missing, and remove temporary siblings.

    Parameters
    ----------
    folder : Path
        A folder that `install_folder` writes. If its parent folder is read-only, nothing is changed.
    """
    if not folder.exists():
        # Without an atomic exchange, a process may have renamed the old folder, but not yet the new one.
        for old in _siblings(folder, _OLD):
            part = old.with_suffix(".part")
            lock = _lock(part)
            if lock is None and part.exists():
                continue  # a running process is about to rename it
            with suppress(OSError):
                old.rename(folder)
            _release(lock)
    _remove_abandoned(folder)


def save_tensors(tensors: Mapping[str, Any], path: Path, header: Mapping[str, str] | None = None) -> None:
    """Write arrays as a safetensors file.

    Parameters
    ----------
    tensors : mapping of str to ndarray
        Arrays by name.
    path : Path
        The file to write; usually a temporary path from `atomic_write`.
    header : mapping of str to str, optional
        Metadata of the file.

    Raises
    ------
    OSError
        If the file cannot be written, for instance because the disk is full.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(dict(tensors), path, None if header is None else dict(header))
    except SafetensorError as error:
        code = re.search(r"\(os error (\d+)\)", str(error))
        number = int(code[1]) if code else errno.EIO
        raise OSError(number, os.strerror(number) if code else str(error)) from error


def _not_written(path: Path, error: OSError) -> OSError:
    """Return an error that names `path`."""
    text = f"could not write {path} ({error.strerror or error}); the existing file was left unchanged"
    return OSError(text) if error.errno is None else OSError(error.errno, text)


def _siblings(path: Path, ending: str = ".part") -> list[Path]:
    """Return the temporary siblings of a path."""
    pattern = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}{re.escape(ending)}")
    with suppress(OSError), os.scandir(path.parent) as entries:
        return [path.parent / entry.name for entry in entries if pattern.fullmatch(entry.name)]
    return []


def _create(path: Path, *, folder: bool) -> tuple[Path, int | None]:
    """Create and lock a temporary sibling; return its path and the lock."""
    while True:
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        if folder:
            part.mkdir()
        else:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        lock = _lock(part, wait=True)
        if part.exists():
            return part, lock
        _release(lock)  # another process removed `part` before it was locked


def _remove_abandoned(path: Path) -> None:
    """Remove temporary siblings of a path that were left by processes that have ended."""
    for part in [*_siblings(path), *(_siblings(path, _OLD) if path.exists() else [])]:
        lock = _lock(part)
        if lock is None:
            continue
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            with suppress(OSError):
                part.unlink()
        _release(lock)


def _lock(path: Path, *, wait: bool = False) -> int | None:
    """Lock a file or folder and return its descriptor; None if it is locked already or locks are not supported."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _release(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders atomically; return False if the system does not support it."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS):  # not supported by the kernel or the file system
        return False
    raise OSError(number, os.strerror(number), str(other))
