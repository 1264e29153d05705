"""Make a file, read it, and determine the outcome."""

from __future__ import annotations

import logging
import os
import resource
import shutil
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unittest import mock

from tests.fuzz.targets import TARGETS

__all__ = ["MEMORY", "SECONDS", "Outcome", "fuzz"]

#: Limits for one file: processor time in seconds, and additional memory in bytes.
SECONDS, MEMORY = 5.0, 2 << 30


@dataclass(frozen=True)
class Outcome:
    """Outcome of one file.

    Attributes
    ----------
    seed : int
        Seed of the file. To make the file again: `python -m tests.fuzz READER --seed SEED --count 1`.
    kind : str
        `read`, `error` (documented, for the file or for drawings in it), or `failure`.
    detail : str
        The error, or the reason for the failure.
    seconds : float
        Processor time, in seconds.
    """

    seed: int
    kind: str
    detail: str = ""
    seconds: float = 0.0


def fuzz(reader: str, seed: int, keep: Path | None = None) -> Outcome:
    """Make the file of a seed, read it, and return the outcome.

    Parameters
    ----------
    reader : str
        A key of `TARGETS`.
    seed : int
    keep : Path, optional
        Directory in which the file is kept. Default: it is deleted.
    """
    target = TARGETS[reader]
    folder = Path(tempfile.mkdtemp(prefix="fuzz-")) if keep is None else keep
    logging.disable(logging.ERROR)  # hides the warnings about skipped drawings
    try:
        with warnings.catch_warnings(), mock.patch.dict(os.environ, SKETCHKIT_CACHE=str(folder / "cache")):
            warnings.simplefilter("ignore")
            path = target.make(Random(f"{reader} {seed}"), folder)
            began, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            kind, detail = "read", ""
            try:
                errors = target.read(path)
                unnamed = [error for error in errors if not _documented(error, path, target.named)]
                if errors:
                    kind, detail = "error", f"skipped {len(errors)} drawings; first error: {errors[0]!r:.400}"
                if unnamed:
                    kind, detail = "failure", f"skipped a drawing with {unnamed[0]!r:.400}"
            except Exception as error:
                good = _documented(error, path, target.named)
                kind, detail = "error" if good else "failure", f"{error!r:.400}"
                if not good:
                    detail += "".join(traceback.format_tb(error.__traceback__)[-2:])
        seconds = time.process_time() - began
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024
        if seconds > SECONDS:
            kind, detail = "failure", f"took {seconds:.1f} s; {detail}"
        if grown > MEMORY:
            kind, detail = "failure", f"took {grown / 1e6:,.0f} MB; {detail}"
        return Outcome(seed, kind, detail, round(seconds, 3))
    finally:
        logging.disable(logging.NOTSET)
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _documented(error: Exception, path: Path, named: bool) -> bool:
    """Return whether an error is documented and names the file."""
    return isinstance(error, (ValueError, OSError)) and (str(path) in str(error) or not named)
