"""`run.json`: the settings of a run, which every later start must match, and the limits of the latest start."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.model_folder import check_replaceable
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import atomic_write
from sketchkit.training.checkpoints import Checkpoints, digest
from sketchkit.training.limits import Limits
from sketchkit.training.metrics import read_records
from sketchkit.training.run import Run

__all__ = ["check_directory", "check_records", "run_settings", "write_run_json"]

#: Files and folders that a run writes into its directory after `run.json`.
OUTPUTS = ("metrics.jsonl", "samples", "model", "state.json", "control.json")
#: Hyperparameters that a later start may change, because they do not change the training steps.
CHANGEABLE = ("num_steps", "save_every", "data_set")


def run_settings(hparams: HParams, seed: int, dataset: Dataset, base: SketchRNN | None) -> dict[str, Any]:
    """Return the settings of a run, as in `run.json`."""
    return {
        "hparams": hparams.as_dict(),
        "seed": seed,
        "scale_factor": dataset.scale_factor,
        "data": {"name": dataset.name, "fingerprint": dataset.fingerprint},
        "base": base and {"name": base.name, "weights": digest(base.weights)},
    }


def write_run_json(settings: dict[str, Any], folder: Path, limits: Limits | None = None) -> None:
    """Write `run.json` with the settings of a run, the limits of this start, and the versions of Python and NumPy."""
    ends = {"minutes": limits.minutes, "patience": limits.patience} if limits else {}
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    with atomic_write(folder / "run.json") as part:
        part.write_text(json.dumps({**settings, "limits": ends, "versions": versions}, indent=1), encoding="utf-8")


def check_directory(folder: Path, settings: dict[str, Any]) -> None:
    """Check that a directory is empty or belongs to the run with these settings.

    Raises
    ------
    ValueError
        If the directory contains another run, a damaged run, or other files that a run would overwrite.
    FileExistsError
        If the model folder in it contains files that sketchkit did not write.
    """
    has_settings = (folder / "run.json").exists()
    if not has_settings:
        _check_no_run(folder)
    check_replaceable(folder / "model")
    if has_settings:
        _check_settings(folder, settings)


def _check_no_run(folder: Path) -> None:
    """Check that a directory without `run.json` contains no run."""
    if Checkpoints(folder / "checkpoints").steps():
        raise ValueError(
            f"{folder}: found checkpoints but no run.json; the run directory is damaged. Delete it, or choose "
            "another run directory"
        )
    others = [name for name in OUTPUTS if (folder / name).exists()]
    if others:
        raise ValueError(
            f"{folder} contains {', '.join(others)} but no run.json, so it is not a run directory; choose another"
        )


def _check_settings(folder: Path, settings: dict[str, Any]) -> None:
    saved = Run(folder).settings
    # A hyperparameter that did not exist when the run was started has its default value.
    saved_hparams = {**HParams().as_dict(), **saved["hparams"]}
    for key, value in settings["hparams"].items():
        if key not in CHANGEABLE and saved_hparams[key] != value:
            raise ValueError(
                f"{folder} was started with {key}={saved_hparams[key]}, now {key}={value}; "
                "choose another run directory, or the original settings"
            )
    for key in ("seed", "data", "base"):
        if saved.get(key) != settings[key]:
            raise ValueError(
                f"{folder} was started with {key} {saved.get(key)}, now {settings[key]}; choose another run directory"
            )


def check_records(folder: Path) -> None:
    """Check that a run without a valid checkpoint has no records.

    Raises
    ------
    ValueError
        If `metrics.jsonl` has records of steps.
    """
    last = max((record["step"] for record in read_records(folder / "metrics.jsonl")), default=0)
    if last:
        raise ValueError(
            f"{folder}: metrics.jsonl goes up to step {last:,}, but there is no valid checkpoint. "
            "Restore checkpoints/, or delete the run directory to start over"
        )
