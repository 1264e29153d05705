"""Run directories: settings, metrics, samples, model and controls of a training run. Does not import TensorFlow.

run.json            settings: data, hyperparameters, seed, limits
metrics.jsonl       one record per line: step, kind (train, valid, test), losses, rates, seconds, elapsed time
checkpoints/        see `sketchkit.training.checkpoints`
samples/            a grid of samples (and reconstructions) for every validation, as SVG
model/              the model folder of the best checkpoint
events.out.*        the same metrics and grids for TensorBoard
state.json          status of the run; see `sketchkit.training.run_control`
control.json        requests to the training process
log.txt             output of a background run
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchkit.argument_errors import short_errors
from sketchkit.hparams import HParams
from sketchkit.training.limits import Limits
from sketchkit.training.metrics import MetricsFile, Record
from sketchkit.training.run_control import RunStatus, read_requests, read_status, write_requests

if TYPE_CHECKING:
    from sketchkit.model.sketch_rnn import SketchRNN
    from sketchkit.render.plots.plot import Plot

__all__ = ["Run"]


class Run:
    """A training run, active or ended.

    Parameters
    ----------
    folder : str or Path
        Run directory.

    Raises
    ------
    FileNotFoundError
        If the directory has no `run.json`.
    ValueError
        If `run.json` is damaged.
    """

    @short_errors
    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._metrics = MetricsFile(self.folder / "metrics.jsonl")
        path = self.folder / "run.json"
        if not path.is_file():
            raise FileNotFoundError(f"{self.folder}: not a run directory; run.json is missing")
        try:
            self.settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            self.hparams = HParams().replace(self.settings["hparams"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}: damaged ({error})") from None

    @property
    def records(self) -> list[Record]:
        """All metric records so far, in order."""
        return self._metrics.read()

    @property
    def step(self) -> int:
        """Step of the latest record; 0 if there is none."""
        return max((record["step"] for record in self.records), default=0)

    @property
    def best(self) -> Record | None:
        """The validation record with the lowest loss; None before the first validation."""
        validations = [record for record in self.records if record["kind"] == "valid" and "loss" in record]
        return min(validations, key=lambda record: record["loss"], default=None)

    @property
    def limits(self) -> Limits:
        """Limits of the latest start. Runs of version 0.1.0 record only the number of steps."""
        recorded = self.settings.get("limits")
        given = recorded if isinstance(recorded, dict) else {}
        try:
            return Limits(self.hparams.num_steps, given.get("minutes"), given.get("patience"))
        except (TypeError, ValueError):  # damaged
            return Limits(self.hparams.num_steps)

    @property
    def test(self) -> Record | None:
        """The latest record with the losses of the test split.

        None before the end of training, or if the split is empty.
        """
        tests = [record for record in self.records if record["kind"] == "test" and {"recon", "kl"} <= record.keys()]
        return tests[-1] if tests else None

    @property
    def status(self) -> RunStatus:
        """Status of the run; its `state` is running, paused, finished, stopped, failed, killed or unknown."""
        return read_status(self.folder)

    @property
    def seconds(self) -> float:
        """Time in seconds spent on training steps up to the latest record."""
        seconds, previous_step = 0.0, 0
        for record in self.records:
            if record["kind"] == "train" and "seconds" in record:
                seconds += record["seconds"] * (record["step"] - previous_step)
                previous_step = record["step"]
        return seconds

    @property
    def samples(self) -> list[Path]:
        """Paths of the sample grids, oldest first."""
        return sorted((self.folder / "samples").glob("step-*.svg"))

    @property
    def model_folder(self) -> Path:
        """Path of the model folder of the best checkpoint."""
        return self.folder / "model"

    def model(self) -> SketchRNN:
        """Return the model of the best checkpoint."""
        from sketchkit.model.sketch_rnn import SketchRNN

        return SketchRNN.open(self.model_folder)

    def pause(self) -> None:
        """Ask the training process to save a checkpoint and pause before its next step.

        Raises
        ------
        ValueError
            If the run is not active. `resume`, `checkpoint` and `stop` raise it as well.
        """
        self._request(pause=True)

    def resume(self) -> None:
        """Ask a paused training process to continue."""
        self._request(pause=False)

    def checkpoint(self) -> None:
        """Ask the training process to save a checkpoint before its next step."""
        self._request(checkpoints=read_requests(self.folder).checkpoints + 1)

    def stop(self) -> None:
        """Ask the training process to save a checkpoint and exit. The same command then resumes the run."""
        self._request(stop=True)

    def _request(self, **changes: Any) -> None:
        status = self.status
        if not status.is_active:
            raise ValueError(f"{self.folder}: the run is not active (state: {status.state})")
        write_requests(self.folder, replace(read_requests(self.folder), **changes))

    def curves(self) -> Plot:
        """Return a figure of the loss curves."""
        from sketchkit.render.plots.curves import loss_curves

        return loss_curves(self.records)

    def __repr__(self) -> str:
        best = self.best
        best_text = f", best validation loss {best['loss']:.3f} at step {best['step']:,}" if best else ""
        return f"Run({str(self.folder)!r}, step {self.step:,}{best_text})"

    def _repr_html_(self) -> str:
        status, best, test = self.status, self.best, self.test
        values = {
            "run": self.folder,
            "data": ", ".join(self.hparams.data_set),
            "state": " ".join(filter(None, (status.state, status.error))),
            "step": f"{self.step:,}",
            "best validation loss": f"{best['loss']:.3f} at step {best['step']:,}" if best else "none yet",
            "test": f"recon {test['recon']:.3f}, KL {test['kl']:.3f}" if test else "none yet",
            "model": self.model_folder if self.model_folder.exists() else "none yet",
        }
        changed = self.hparams.diff(HParams(data_set=self.hparams.data_set))
        details = "".join(
            f"<details><summary>{summary}</summary>{_table(rows)}</details>"
            for summary, rows in (("Quality of samples", _sample_rows(best or {})), ("Hyperparameters", changed))
            if rows
        )
        return _table(values) + details


def _sample_rows(record: Record) -> dict[str, str]:
    """Describe the quality of the samples, from a validation record; see `sketchkit.training.sample_quality`."""
    texts = {
        "samples_ended": ("samples that end before the maximum length", "{:.0%}"),
        "samples_length": ("number of points, compared with validation drawings", "{:.2f}\u00a0×"),
        "samples_extent": ("size, compared with validation drawings", "{:.2f}\u00a0×"),
        "samples_distance": ("distance of codes, compared with that between validation drawings", "{:.2f}\u00a0×"),
    }
    return {label: value.format(record[name]) for name, (label, value) in texts.items() if name in record}


def _table(values: Mapping[str, object]) -> str:
    """Return a table of names and values as HTML."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in values.items()
    )
    return f"<table>{rows}</table>"
