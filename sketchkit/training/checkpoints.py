"""Checkpoints of a run: the weights, optimizer state and progress from which training resumes.

Each checkpoint is one safetensors file, such as `step-00000500.safetensors`. It holds the weights and the optimizer
state; its header holds the `TrainingState` and a checksum. The seed and the number of a step determine its batch,
dropout and noise, so resuming needs nothing else. Files are written atomically; damaged ones are skipped when loading.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.storage.atomic import atomic_write, save_tensors

__all__ = ["Checkpoints", "TrainingState", "digest"]

logger = logging.getLogger("sketchkit")

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class TrainingState:
    """Progress of a run: the steps taken, the best validation, and the training time.

    Attributes
    ----------
    step : int
        Number of steps taken.
    best_step : int or None
        Step of the best validation so far; None before the first.
    best_loss : float
        Loss of that validation: recon + kl_weight * max(kl, kl_tolerance), at the configured (final) kl_weight.
    rate_scale : float
        Factor by which the learning rate is multiplied: 1, or 0.5 after training was rolled back.
    seconds : float
        Training time in seconds, summed over all starts of the run.
    """

    step: int = 0
    best_step: int | None = None
    best_loss: float = float("inf")
    rate_scale: float = 1.0
    seconds: float = 0.0


class Checkpoints:
    """The checkpoints of a run.

    Parameters
    ----------
    folder : Path
        Directory of the checkpoint files.
    keep : int
        Number of most recent checkpoints to keep, in addition to the best one.
    """

    def __init__(self, folder: Path, keep: int = 2) -> None:
        self.folder = folder
        self.keep = keep

    def path(self, step: int) -> Path:
        """Return the path of the checkpoint of a step."""
        return self.folder / f"step-{step:08d}.safetensors"

    def steps(self) -> list[int]:
        """Return the steps that have a checkpoint file, in ascending order."""
        names = (re.fullmatch(r"step-(\d+)\.safetensors", path.name) for path in self.folder.glob("step-*.safetensors"))
        return sorted(int(name[1]) for name in names if name)

    def save(self, tensors: Tensors, state: TrainingState) -> None:
        """Write a checkpoint, then delete outdated ones.

        Raises
        ------
        OSError
            If the checkpoint cannot be written. Earlier checkpoints are kept.
        """
        header = {"progress": json.dumps(asdict(state)), "sha256": digest(tensors)}
        with atomic_write(self.path(state.step)) as part:
            save_tensors(tensors, part, header)
        kept = {*self.steps()[-self.keep :], state.step, state.best_step}
        for step in self.steps():
            if step not in kept:
                self.path(step).unlink()

    def load(self, step: int) -> tuple[Tensors, TrainingState]:
        """Read a checkpoint.

        Raises
        ------
        ValueError
            If the checkpoint is damaged.
        """
        from safetensors import SafetensorError, safe_open

        path = self.path(step)
        try:
            with safe_open(path, framework="numpy") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            state = TrainingState(**json.loads(header["progress"]))
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: damaged checkpoint ({error})") from None
        if header.get("sha256") != digest(tensors):
            raise ValueError(f"{path}: damaged checkpoint (checksum mismatch)")
        return tensors, state

    def latest(self) -> tuple[Tensors, TrainingState] | None:
        """Return the latest valid checkpoint, skipping damaged ones with a warning; None if there is no valid one."""
        for step in reversed(self.steps()):
            try:
                return self.load(step)
            except ValueError as error:
                logger.warning("%s; trying the previous checkpoint", error)
        return None


def digest(tensors: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 digest, in hexadecimal, of the names and contents of tensors."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensors[name]).data)
    return digest.hexdigest()
