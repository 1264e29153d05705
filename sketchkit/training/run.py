"""A run directory, read back: settings, curves, pictures, model. Needs no TensorFlow.

run.json            what was asked for: data, hyperparameters, seed
metrics.jsonl       one record a line: step, kind (train, valid, test), losses, rates
checkpoints/        see `sketchkit.training.checkpoints`
samples/            a sheet of samples (and reconstructions) for every checkpoint, as SVG
model/              the model folder of the best checkpoint
events.out.*        the same figures and sheets for TensorBoard
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchkit.model.hparams import HParams
from sketchkit.training.records import read_records

if TYPE_CHECKING:
    from sketchkit.model.sketch_rnn import SketchRNN

__all__ = ["Run"]


class Run:
    """A training run, going on or ended, by its directory.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    FileNotFoundError
        If there is no `run.json` in it.
    ValueError
        If that file is not understood.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        path = self.folder / "run.json"
        if not path.is_file():
            raise FileNotFoundError(f"{self.folder}: not a run directory, run.json is missing")
        try:
            self.settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            self.hparams = HParams().updated(self.settings["hparams"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}: damaged ({error})") from None

    @property
    def records(self) -> list[dict[str, Any]]:
        """Everything measured so far, in order."""
        return read_records(self.folder / "metrics.jsonl")

    @property
    def step(self) -> int:
        """Step of the newest record."""
        return max((record["step"] for record in self.records), default=0)

    @property
    def best(self) -> dict[str, Any] | None:
        """The validation record with the lowest loss, None before the first."""
        checked = [record for record in self.records if record["kind"] == "valid" and "loss" in record]
        return min(checked, key=lambda record: record["loss"], default=None)

    @property
    def samples(self) -> list[Path]:
        """The sheets of samples, oldest first."""
        return sorted((self.folder / "samples").glob("step-*.svg"))

    @property
    def model_folder(self) -> Path:
        """Where the model of the best checkpoint is."""
        return self.folder / "model"

    def model(self) -> SketchRNN:
        """Return the model of the best checkpoint."""
        from sketchkit.model.sketch_rnn import SketchRNN

        return SketchRNN.open(self.model_folder)

    def curves(self) -> Any:
        """Return the loss curves as a picture."""
        from sketchkit.render.figure import loss_curves

        return loss_curves(self.records)

    def __repr__(self) -> str:
        best = self.best
        found = f", best {best['loss']:.3f} at step {best['step']:,}" if best else ""
        return f"Run({str(self.folder)!r}, step {self.step:,}{found})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
            for name, value in {
                "run": self.folder,
                "data": ", ".join(self.hparams.data_set),
                "step": f"{self.step:,}",
                "best": f"{self.best['loss']:.3f} at step {self.best['step']:,}" if self.best else "none yet",
                "model": self.model_folder if self.model_folder.exists() else "none yet",
                **self.hparams.differing(HParams(data_set=self.hparams.data_set)),
            }.items()
        )
        return f"<table>{rows}</table>"
