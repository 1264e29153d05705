"""Checkpoints: all that training needs to go on as if it had never stopped.

One safetensors file a checkpoint, `step-00000500.safetensors`: weights, optimiser state, and in its header the
step and what has been found so far. Batches, dropout and noise of a step follow from its number, so nothing
else is needed. A file appears whole or not at all; one that is damaged all the same is passed over.
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

from sketchkit.storage.atomic import replacing, save_tensors

__all__ = ["Checkpoints", "Progress", "digest"]

logger = logging.getLogger("sketchkit")

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Attributes
    ----------
    step : int
        Steps taken.
    best_step : int or None
        Step of the best validation so far, None before the first.
    best_loss : float
        Its recon + kl_weight * max(kl, kl_tolerance), at the configured (final) kl_weight.
    rate_scale : float
        Multiplies the learning rate; 0.5 after training had to be rolled back.
    seconds : float
        Time spent training, over all the times the run was started.
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
    keep : int
        How many of the newest to keep; the best is kept besides.
    """

    def __init__(self, folder: Path, keep: int = 2) -> None:
        self.folder = folder
        self.keep = keep

    def path(self, step: int) -> Path:
        """Return where the checkpoint of a step is kept."""
        return self.folder / f"step-{step:08d}.safetensors"

    def steps(self) -> list[int]:
        """Return the steps that have a file, in order."""
        names = (re.fullmatch(r"step-(\d+)\.safetensors", path.name) for path in self.folder.glob("step-*.safetensors"))
        return sorted(int(name[1]) for name in names if name)

    def save(self, tensors: Tensors, progress: Progress) -> None:
        """Write a checkpoint, then remove those no longer wanted.

        Raises
        ------
        OSError
            If it cannot be written; earlier checkpoints are kept.
        """
        header = {"progress": json.dumps(asdict(progress)), "sha256": digest(tensors)}
        with replacing(self.path(progress.step)) as part:
            save_tensors(part, tensors, header)
        wanted = {*self.steps()[-self.keep :], progress.step, progress.best_step}
        for step in self.steps():
            if step not in wanted:
                self.path(step).unlink()

    def load(self, step: int) -> tuple[Tensors, Progress]:
        """Read a checkpoint.

        Raises
        ------
        ValueError
            If it is damaged.
        """
        from safetensors import SafetensorError, safe_open

        path = self.path(step)
        try:
            with safe_open(path, framework="numpy") as file:
                header = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            progress = Progress(**json.loads(header["progress"]))
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: damaged checkpoint ({error})") from None
        if header.get("sha256") != digest(tensors):
            raise ValueError(f"{path}: damaged checkpoint (its contents are not what was written)")
        return tensors, progress

    def newest(self) -> tuple[Tensors, Progress] | None:
        """Return the newest checkpoint that is whole, passing over damaged ones with a word; None if none is."""
        for step in reversed(self.steps()):
            try:
                return self.load(step)
            except ValueError as error:
                logger.warning("%s; going back to the one before", error)
        return None


def digest(tensors: Mapping[str, NDArray[Any]]) -> str:
    """Return a hexadecimal digest of names and contents."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensors[name]).data)
    return digest.hexdigest()
