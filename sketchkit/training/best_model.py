"""The model folder of a run, with the weights of its best checkpoint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sketchkit.data.dataset import Dataset
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplar_choice import choose_exemplars
from sketchkit.model.model_folder import read_folder
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.training.checkpoints import Tensors, TrainingState
from sketchkit.training.metrics import read_records

__all__ = ["exported_step", "save_best_model"]

#: Number of training drawings from which the exemplars of a single-class model are chosen.
EXEMPLAR_POOL = 50


def exported_step(run: Path) -> int | None:
    """Return the step of the model in a run directory; None if there is no valid model."""
    try:
        step: int | None = read_folder(run / "model")[0].training.get("step")
    except (FileNotFoundError, ValueError):
        return None
    return step


def save_best_model(
    run: Path,
    config: ModelConfig,
    checkpoint: tuple[Tensors, TrainingState],
    dataset: Dataset,
    seed: int,
    base: SketchRNN | None,
) -> None:
    """Write the model folder of a run.

    Parameters
    ----------
    run : Path
        Run directory.
    config : ModelConfig
        Settings of the model.
    checkpoint : tuple
        Tensors and state of the best checkpoint.
    dataset : Dataset
        Training and validation drawings.
    seed : int
        Seed of the run.
    base : SketchRNN or None
        Model from which the run started.

    Raises
    ------
    OSError
        If the folder cannot be written. An earlier one is kept.
    """
    tensors, state = checkpoint
    record = {
        "step": state.step,
        "seed": seed,
        "seconds": round(state.seconds, 1),
        "data": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "size": round(dataset.drawing_size, 2),
            **{str(split): len(dataset.usable_indices(split)) for split in dataset.splits},
        },
        "losses": {"valid": _valid_losses(run, state.step, dataset)},
    }
    if base:
        record["base"] = base.name
    weights = {n.removeprefix("weights/"): t for n, t in tensors.items() if n.startswith("weights/")}
    model = SketchRNN(replace(config, training=record), weights)
    if base and model.conditional and len(model.categories) == 1:
        # The fine-tuned model draws one class only, so it needs new exemplars.
        indices = dataset.usable_indices("train")[:EXEMPLAR_POOL]
        drawings = [dataset.train[int(index)] for index in indices]
        model.exemplars = choose_exemplars(model, {model.categories[0]: drawings})
    model.save(run / "model")


def _valid_losses(run: Path, step: int, dataset: Dataset) -> dict[str, Any]:
    """Return the validation losses of a step for the model card; empty if there are none."""
    for record in reversed(read_records(run / "metrics.jsonl")):
        if record["kind"] == "valid" and record["step"] == step:
            count = len(dataset.usable_indices("valid"))
            return {"recon": record["recon"], "kl": record["kl"], "drawings": count}
    return {}
