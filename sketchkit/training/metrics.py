"""Metrics log of a run: `metrics.jsonl`, and the same values as TensorBoard events."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sketchkit.storage.atomic import atomic_write
from sketchkit.training.events import EventFiles

__all__ = ["MetricsFile", "MetricsLog", "MetricsTail", "Record", "RecordKind", "read_records"]

#: Split to which the losses of a record belong.
RecordKind = Literal["train", "valid", "test"]
#: One line of `metrics.jsonl`: step, kind, and metrics by name.
Record = dict[str, Any]


def _loss_tags(prefix: str) -> dict[str, str]:
    return {
        "loss": f"{prefix}_Cost",
        "recon": f"{prefix}_Reconstr_Cost",
        "kl": f"{prefix}_KL_Cost",
        "loss_annealed": f"{prefix}_Cost_Annealed_Weight",
        "loss_final": f"{prefix}_Cost_Final_Weight",
        "seconds": f"Time_Taken_{prefix}",
    }


#: TensorBoard tags, by record kind and by the name of the metric in our records. Losses, rates and times have the tags
#: of the original implementation.
_TAGS: dict[RecordKind, dict[str, str]] = {
    "train": {
        **_loss_tags("Train"),
        "learning_rate": "Learning_Rate",
        "kl_weight": "KL_Weight",
        "grad_norm": "Gradient_Norm",
        "clipped": "Gradient_Clipped_Share",
    },
    "valid": {
        **_loss_tags("Valid"),
        "samples_ended": "Samples_Ended_Share",
        "samples_length": "Samples_Length_Ratio",
        "samples_extent": "Samples_Extent_Ratio",
        "samples_distance": "Samples_Code_Distance_Ratio",
    },
    "test": _loss_tags("Eval"),
}
#: Losses, each with the title of the TensorBoard chart that shows it for all kinds of records.
_CHARTS = {
    "loss_final": "cost with the final KL weight",
    "loss_annealed": "cost with the annealed KL weight",
    "recon": "reconstruction cost",
    "kl": "KL cost",
}


def read_records(path: str | Path) -> list[Record]:
    """Return the records of a `metrics.jsonl` file in order, without invalid lines such as a truncated last one."""
    path = Path(path)
    return _parse_records(path.read_text(encoding="utf-8")) if path.exists() else []


def _parse_records(text: str) -> list[Record]:
    records = []
    for line in text.splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("step"), int) and "kind" in record:
            records.append(record)
    return records


class MetricsFile:
    """Reader of all records in a `metrics.jsonl` file. It parses the file again only after a change.

    Parameters
    ----------
    path : Path
        Path of the file; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._version: tuple[int, int, int] | None = None
        self._records: list[Record] = []

    def read(self) -> list[Record]:
        """Return the records in order, without invalid lines such as a truncated last one."""
        try:
            stat = os.stat(self._path)
        except FileNotFoundError:
            return []
        version = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if version != self._version:
            self._records, self._version = read_records(self._path), version
        return list(self._records)


class MetricsTail:
    """Reader of a `metrics.jsonl` file that returns the records added since the previous read.

    Parameters
    ----------
    path : Path
        Path of the file; it need not exist yet.
    """

    #: Maximum number of bytes that one call reads; the next call reads the rest.
    MAX_BYTES = 4 << 20

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode: int | None = None
        self._position = 0

    def read(self) -> tuple[bool, list[Record]]:
        """Read new records.

        Returns
        -------
        replaced : bool
            Whether the file was rewritten since the previous read, so that the records read before are obsolete.
        records : list of dict
            Records that were added since the previous read, or all records after a rewrite.
        """
        try:
            with self._path.open("rb") as file:
                stat = os.fstat(file.fileno())
                replaced = self._position > 0 and (stat.st_ino != self._inode or stat.st_size < self._position)
                if replaced:
                    self._position = 0
                self._inode = stat.st_ino
                file.seek(self._position)
                text = file.read(self.MAX_BYTES)
        except FileNotFoundError:
            return False, []
        complete_lines = text[: text.rfind(b"\n") + 1] or (text if len(text) == self.MAX_BYTES else b"")
        self._position += len(complete_lines)
        return replaced, _parse_records(complete_lines.decode("utf-8", errors="replace"))


class MetricsLog:
    """Writer that appends records to `metrics.jsonl` and TensorBoard event files in a run directory.

    Parameters
    ----------
    folder : Path
        Run directory.
    step : int
        Step at which the run starts or resumes; later records are removed, as by `rewind`.
    on_record : callable, optional
        Function that is called with each record after it is written.
    """

    def __init__(self, folder: Path, step: int, on_record: Callable[[Record], object] | None = None) -> None:
        self._path = folder / "metrics.jsonl"
        self._events = EventFiles(folder)
        self._on_record = on_record
        self.rewind(step)

    def rewind(self, step: int) -> None:
        """Remove the records of all steps after `step`, because those steps will be trained again.

        The whole file is replaced, so that `MetricsTail` can detect the change.
        """
        kept = [record for record in read_records(self._path) if record["step"] <= step]
        with atomic_write(self._path) as part:
            part.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
        self._events.rewind(step)

    def log(self, kind: RecordKind, step: int, **metrics: float) -> None:
        """Append the metrics of a step and the time, in seconds since 1970. `kind` is train, valid or test."""
        # JSON has no NaN. Omitting non-finite values keeps the line readable for other programs.
        finite = {
            name: value if isinstance(value, int) else float(value)
            for name, value in metrics.items()
            if math.isfinite(value)
        }
        record = {"step": step, "kind": kind, **finite, "time": round(time.time(), 3)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for name, tag in _TAGS[kind].items():
            if name in finite:
                self._events.scalar(tag, step, finite[name])
        if self._on_record:
            self._on_record(record)

    def log_settings(self, step: int, settings: Mapping[str, Any]) -> None:
        """Write the settings that apply from a step on (hyperparameters and seed) for TensorBoard."""
        values = {name: ", ".join(value) if isinstance(value, list) else value for name, value in settings.items()}
        self._events.settings(step, values)
        self._events.charts(step, {title: [tags[name] for tags in _TAGS.values()] for name, title in _CHARTS.items()})

    def log_image(self, tag: str, step: int, pixels: NDArray[np.uint8]) -> None:
        """Write an RGB image of a step for TensorBoard, shape (height, width, 3), uint8."""
        self._events.image(tag, step, pixels)

    def flush(self) -> None:
        """Flush buffered TensorBoard events to the file."""
        self._events.flush()

    def close(self) -> None:
        """Flush and close the TensorBoard event file."""
        self._events.close()
