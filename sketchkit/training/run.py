"""A run directory, read back: settings, curves, pictures, model. Needs no TensorFlow.

run.json            what was asked for: data, hyperparameters, seed
metrics.jsonl       one record a line: step, kind (train, valid, test), losses, rates
checkpoints/        see `sketchkit.training.checkpoints`
samples/            a sheet of samples (and reconstructions) for every checkpoint, as SVG
model/              the model folder of the best checkpoint
events.out.*        the same figures and sheets for TensorBoard
state.json          how it stands, or how it ended; see `sketchkit.training.run_control`
control.json        what it is told
log.txt             what it prints, if it trains in the background
"""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchkit.hparams import HParams
from sketchkit.training.metrics import read_records
from sketchkit.training.run_control import State, read_state, read_wishes, write_wishes

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
    def state(self) -> State:
        """How it stands: running, paused, finished, stopped, failed or killed."""
        return read_state(self.folder)

    @property
    def seconds(self) -> float:
        """Time spent on training steps up to the newest record."""
        spent, before = 0.0, 0
        for record in self.records:
            if record["kind"] == "train" and "seconds" in record:
                spent += record["seconds"] * (record["step"] - before)
                before = record["step"]
        return spent

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

    def pause(self) -> None:
        """Have the process that trains keep a checkpoint and wait, before its next step.

        Raises
        ------
        ValueError
            If none trains; so do `resume`, `checkpoint` and `stop`.
        """
        self._tell(pause=True)

    def resume(self) -> None:
        """Have a paused run go on."""
        self._tell(pause=False)

    def checkpoint(self) -> None:
        """Have the process that trains keep a checkpoint now."""
        self._tell(checkpoints=read_wishes(self.folder).checkpoints + 1)

    def stop(self) -> None:
        """Have the process that trains keep a checkpoint and end; the same command as before goes on from there."""
        self._tell(stop=True)

    def _tell(self, **wish: Any) -> None:
        state = self.state
        if not state.goes_on:
            raise ValueError(f"{self.folder}: no process trains in it, it is {state.state}")
        write_wishes(self.folder, replace(read_wishes(self.folder), **wish))

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
                "state": " ".join(filter(None, (self.state.state, self.state.error))),
                "step": f"{self.step:,}",
                "best": f"{self.best['loss']:.3f} at step {self.best['step']:,}" if self.best else "none yet",
                "model": self.model_folder if self.model_folder.exists() else "none yet",
                **self.hparams.differing(HParams(data_set=self.hparams.data_set)),
            }.items()
        )
        return f"<table>{rows}</table>"
