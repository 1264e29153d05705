"""What a run writes down: `metrics.jsonl`, and the same for TensorBoard."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.storage.atomic import replacing
from sketchkit.training.events import EventFiles

__all__ = ["NewRecords", "Records", "read_records"]

#: Our names of a record's figures, and the original's TensorBoard tags for them.
_TAGS = {
    "train": {
        "loss": "Train_Cost",
        "recon": "Train_Reconstr_Cost",
        "kl": "Train_KL_Cost",
        "learning_rate": "Learning_Rate",
        "kl_weight": "KL_Weight",
        "seconds": "Time_Taken_Train",
    },
    "valid": {
        "loss": "Valid_Cost",
        "recon": "Valid_Reconstr_Cost",
        "kl": "Valid_KL_Cost",
        "seconds": "Time_Taken_Valid",
    },
    "test": {
        "loss": "Eval_Cost",
        "recon": "Eval_Reconstr_Cost",
        "kl": "Eval_KL_Cost",
        "seconds": "Time_Taken_Eval",
    },
}


def read_records(path: str | Path) -> list[dict[str, Any]]:
    """Return the records of a `metrics.jsonl`, in order; a last line cut short is left out."""
    path = Path(path)
    return _parsed(path.read_text(encoding="utf-8")) if path.exists() else []


def _parsed(text: str) -> list[dict[str, Any]]:
    records = []
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("step"), int) and "kind" in record:
            records.append(record)
    return records


class NewRecords:
    """The records that have been added to a `metrics.jsonl` since the last look.

    Parameters
    ----------
    path : Path
    """

    #: What is read at one look, in bytes; the rest comes with the next.
    MOST = 4 << 20

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._at = 0

    def read(self) -> tuple[bool, list[dict[str, Any]]]:
        """Return whether the file was written anew, so that what was read before is void, and what is new in it."""
        try:
            with self._path.open("rb") as file:
                stat = os.fstat(file.fileno())
                again = self._at > 0 and (stat.st_ino != self._file or stat.st_size < self._at)
                if again:
                    self._at = 0
                self._file = stat.st_ino
                file.seek(self._at)
                text = file.read(self.MOST)
        except FileNotFoundError:
            return False, []
        whole = text[: text.rfind(b"\n") + 1] or (text if len(text) == self.MOST else b"")
        self._at += len(whole)
        return again, _parsed(whole.decode("utf-8", errors="replace"))


class Records:
    """Appends records to `metrics.jsonl` and TensorBoard event files in a run directory.

    Parameters
    ----------
    folder : Path
        The run directory.
    step : int
        Where the run begins or continues; see `rewind`.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._path = folder / "metrics.jsonl"
        self._events = EventFiles(folder)
        self.rewind(step)

    def rewind(self, step: int) -> None:
        """Remove the records of all steps after `step`; those steps are trained again.

        The file is written again as a whole, so that a reader notices.
        """
        kept = [record for record in read_records(self._path) if record["step"] <= step]
        with replacing(self._path) as part:
            part.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
        self._events.rewind(step)

    def write(self, kind: str, step: int, **figures: float) -> None:
        """Write figures of a step; `kind` is train, valid or test."""
        # JSON has no NaN: what is not finite is left out, rather than make the line unreadable elsewhere.
        finite = {name: float(value) for name, value in figures.items() if math.isfinite(value)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "kind": kind, **finite}) + "\n")
        for name, tag in _TAGS[kind].items():
            if name in finite:
                self._events.scalar(tag, step, finite[name])

    def picture(self, tag: str, step: int, pixels: NDArray[np.uint8]) -> None:
        """Write a picture, (height, width, 3), for TensorBoard."""
        self._events.picture(tag, step, pixels)

    def flush(self) -> None:
        """Make what was written visible to readers."""
        self._events.flush()

    def close(self) -> None:
        """Flush and close."""
        self._events.close()
