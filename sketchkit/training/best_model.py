"""The model folder of a run, with the weights of its best checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.data.dataset import Dataset
from sketchkit.model.card import write_card
from sketchkit.model.code_distribution import CodeDistribution
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplar_choice import choose_exemplars
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.model_folder import read_folder
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.training.checkpoints import Tensors, TrainingState
from sketchkit.training.metrics import read_records

__all__ = ["add_test_losses", "exported_step", "measure_codes", "save_best_model", "tested_step"]

#: Number of training drawings from which exemplars are chosen.
EXEMPLAR_POOL = 50
#: Minimum and maximum number of training drawings, evenly spaced, from which the distribution of the codes is
#: estimated. With fewer drawings, no distribution is estimated.
MIN_MEASURED, MAX_MEASURED = 32, 256


def exported_step(run: Path) -> int | None:
    """Return the step of the model in a run directory; None if there is no valid model."""
    try:
        step: int | None = read_folder(run / "model")[0].training.get("step")
    except (FileNotFoundError, ValueError):
        return None
    return step


def tested_step(run: Path) -> int | None:
    """Return the step of the model whose test losses are in the metrics of a run; None if there are none."""
    tested = [record.get("best_step") for record in read_records(run / "metrics.jsonl") if record["kind"] == "test"]
    return int(tested[-1]) if tested and isinstance(tested[-1], (int, float)) else None


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
        If the folder cannot be written. An earlier model folder is kept.
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
    if model.conditional:
        model = SketchRNN(replace(model.config, codes=measure_codes(model, dataset)), weights)
    if base and model.conditional and model.categories:
        model.exemplars = _exemplars(model, dataset, base)
    model.save(run / "model")


def measure_codes(model: SketchRNN, dataset: Dataset) -> CodeDistribution | None:
    """Return the distribution of the codes of training drawings; None if there are fewer than `MIN_MEASURED`."""
    usable = dataset.usable_indices("train")
    some = usable[:: -(-len(usable) // MAX_MEASURED)] if len(usable) else usable
    if len(some) < MIN_MEASURED:
        return None
    return CodeDistribution.fitted_to(model.encode([dataset.train[int(index)] for index in some]))


def _exemplars(model: SketchRNN, dataset: Dataset, base: SketchRNN) -> Exemplars | None:
    """Return exemplars: chosen training drawings for the first category, and the base's exemplars for the others.

    None if the base lacks exemplars of one of the other categories.
    """
    subject, *others = model.categories
    if others and not (base.exemplars and set(others) <= set(base.exemplars.names)):
        return None
    drawings = [dataset.train[int(index)] for index in dataset.usable_indices("train")[:EXEMPLAR_POOL]]
    new = choose_exemplars(model, {subject: drawings})
    if not (others and base.exemplars):
        return new
    kept = [base.exemplars.codes[base.exemplars.index(name)] for name in others]
    count = kept[0].shape[0]
    return Exemplars(model.categories, np.stack([np.resize(new.codes[0], (count, new.codes.shape[2])), *kept]))


def add_test_losses(run: Path, losses: Mapping[str, float], count: int) -> None:
    """Add the losses on `count` test drawings to the model folder of a run, and to its card.

    Raises
    ------
    OSError
        If the folder cannot be written. The earlier model folder is kept.
    """
    model = SketchRNN.open(run / "model")
    test = {"recon": losses["recon"], "kl": losses["kl"], "drawings": count}
    training = model.config.training
    model.config = replace(model.config, training={**training, "losses": {**training.get("losses", {}), "test": test}})
    model.save(run / "model", card=write_card(model.config))


def _valid_losses(run: Path, step: int, dataset: Dataset) -> dict[str, Any]:
    """Return the validation losses of a step for the model card; empty if there are none."""
    for record in reversed(read_records(run / "metrics.jsonl")):
        if record["kind"] == "valid" and record["step"] == step:
            count = len(dataset.usable_indices("valid"))
            return {"recon": record["recon"], "kl": record["kl"], "drawings": count}
    return {}
