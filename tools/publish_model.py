"""From a training run to a model folder worth giving away: half precision, measured losses, pictures, a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.data.dataset import Dataset
from sketchkit.latent import slerp
from sketchkit.model.card import write_card
from sketchkit.model.exemplars import choose_exemplars
from sketchkit.model.model_folder import write_folder
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.render.svg import filmstrip, grid
from sketchkit.sketch import Sketch
from sketchkit.training.run import Run

__all__ = ["bundle"]

TEMPERATURES = (0.1, 0.4, 0.8)


def bundle(
    run: str | Path,
    dataset: Dataset,
    folder: str | Path,
    *,
    data: str,
    licence: str,
    classes: Sequence[str] = (),
    notes: str = "",
    drawings: Mapping[str, Sequence[Sketch]] | None = None,
    seed: int = 1,
) -> Path:
    """Write the best model of a run as a folder to give away.

    Parameters
    ----------
    run : str or Path
        The run directory.
    dataset : Dataset
        What it was trained on; losses are measured on every split.
    folder : str or Path
        Its last part becomes the model's name.
    data, licence, notes : str
        For the card: where the drawings come from, what may be done with the weights, known weaknesses.
    classes : sequence of str
        What the model draws.
    drawings : mapping of str to sequence of Sketch, optional
        Drawings of each class, from whose codes the model's categories are measured; `classes` are then their names.
    seed : int
        Of the drawings on the card.

    Returns
    -------
    Path
        `folder`.
    """
    folder = Path(folder)
    trained = Run(run).model()
    record: dict[str, Any] = {**trained.config.training}
    record["losses"] = {
        split: {name: round(value, 4) for name, value in trained.losses(dataset, split).items() if name != "loss"}
        for split in ("train", "valid", "test")
    }
    categories = None if drawings is None else choose_exemplars(trained, drawings)
    classes = tuple(classes) if categories is None else categories.names
    config = replace(trained.config, name=folder.name, classes=classes, training=record)
    model = SketchRNN(config, trained.weights, categories)
    pictures = _pictures(model, dataset, seed)
    card = write_card(
        config,
        data=data,
        licence=licence,
        notes=notes,
        pictures={name: caption for name, (caption, _) in pictures.items()},
    )
    texts = {name: text for name, (_, text) in pictures.items()}
    return write_folder(folder, config, model.weights, card, dtype="float16", pictures=texts, categories=categories)


def _pictures(model: SketchRNN, dataset: Dataset, seed: int) -> dict[str, tuple[str, str]]:
    """Return the card's pictures by file name: caption and SVG."""
    samples = [s for t in TEMPERATURES for s in model.generate(8, temperature=t, seed=seed)]
    labels = [f"τ = {t}" for t in TEMPERATURES]
    pictures = {
        "samples.svg": (
            "Samples at three temperatures, not chosen",
            grid(samples, columns=8, cell=90, row_labels=labels).text,
        )
    }
    if model.conditional:
        usable = dataset.usable("test")
        given = [dataset.test[int(i)] for i in usable[:: max(len(usable) // 8, 1)][:8]]
        codes = model.encode(given)
        redrawn = model.decode(codes, temperature=0.2, seed=seed)
        pictures["reconstructions.svg"] = (
            "Test drawings and how the model redraws them at τ = 0.2",
            grid([*given, *redrawn], columns=8, cell=90, row_labels=["given", "redrawn"]).text,
        )
        path = slerp(codes[0], codes[1], np.linspace(0, 1, 8))
        pictures["interpolation.svg"] = (
            "From the first of these to the second, τ = 0.1",
            filmstrip(model.decode(path, temperature=0.1, seed=seed), cell=90).text,
        )
    return pictures
