"""Write a trained model as a model folder to publish: weights in half precision, losses, pictures and a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import sketchkit
from sketchkit.data.dataset import Dataset
from sketchkit.latent import slerp
from sketchkit.model.card import write_card
from sketchkit.model.exemplar_choice import choose_exemplars
from sketchkit.model.model_folder import write_folder
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.render.animation import animated_svg
from sketchkit.render.svg import filmstrip, grid
from sketchkit.sketch import Sketch
from sketchkit.training.best_model import measure_codes
from tools.recipes import RECIPES, Recipe
from tools.train_classifier import HEADING, add_section, describe_classifier, train_classifier

__all__ = ["publish_model"]

COLUMNS = 8
CELL = 90
#: Maximum number of categories in the picture of the samples, one row each; more would not fit on a card.
MAX_ROWS = 16


def publish_model(
    model: SketchRNN,
    dataset: Dataset,
    folder: str | Path,
    recipe: Recipe,
    *,
    drawings: Mapping[str, Sequence[Sketch]] | None = None,
    classifier_drawings: Sequence[Mapping[str, Sequence[Sketch]]] | None = None,
    seed: int = 0,
) -> Path:
    """Write a model as a folder to publish.

    Parameters
    ----------
    model : SketchRNN
        A trained model, for instance `Run(folder).model()`.
    dataset : Dataset
        The dataset on which the model was trained; losses are measured on every split.
    folder : str or Path
        The model folder to write; its last part becomes the model's name.
    recipe : Recipe
        Text of the card, categories and recommended sampling.
    drawings : mapping of str to sequence of Sketch, optional
        Drawings of each category, among which the exemplars of the categories are chosen. Default: the model's own
        categories, if it has any.
    classifier_drawings : sequence of mapping of str to sequence of Sketch, optional
        Sets of drawings of each category, on which the classifier is trained. Default: the classifier of the bundled
        model if `recipe.classifier` is true (a classifier does not depend on the weights of the model), else none.
    seed : int
        Seed of the pictures.

    Returns
    -------
    Path
        `folder`.
    """
    folder = Path(folder)
    losses = {
        split: {name: round(value, 4) for name, value in model.losses(dataset, split).items() if name != "loss"}
        for split in ("train", "valid", "test")
    }
    config = replace(
        model.config,
        codes=measure_codes(model, dataset) if model.conditional else None,
        name=folder.name,
        categories=recipe.categories,
        training={**model.config.training, "losses": losses},
        drawing_size=round(dataset.drawing_size, 1),
        sampling=recipe.sampling,
    )
    published = SketchRNN(config, model.weights, model.exemplars)
    if drawings is not None:
        published.exemplars = choose_exemplars(published, drawings)
    pictures = draw_gallery(published, dataset, seed)
    card = write_card(
        config,
        data=recipe.data,
        license=recipe.license,
        notes=recipe.notes,
        pictures={name: caption for name, (caption, _) in pictures.items()},
    )
    if classifier_drawings is not None:
        published.classifier = train_classifier(classifier_drawings)
        card = add_section(card, describe_classifier(published, recipe.real_drawings()))
    elif recipe.classifier:
        bundled = sketchkit.load(next(name for name, other in RECIPES.items() if other == recipe))
        published.classifier = bundled.classifier
        card = add_section(card, bundled.card.partition(HEADING)[2].strip())
    texts = {name: text for name, (_, text) in pictures.items()}
    return write_folder(
        config,
        published.weights,
        card,
        folder,
        dtype="float16",
        pictures=texts,
        exemplars=published.exemplars,
        classifier=published.classifier,
    )


def draw_gallery(model: SketchRNN, dataset: Dataset, seed: int = 0) -> dict[str, tuple[str, str]]:
    """Return the pictures of a card: caption and SVG text, by file name.

    Parameters
    ----------
    model : SketchRNN
    dataset : Dataset
        Dataset whose test drawings are reconstructed and completed.
    seed : int
        Seed of all pictures.
    """
    tests = [dataset.test[int(i)] for i in dataset.usable_indices("test")]
    pictures = {"samples.svg": _samples(model, seed)}
    if model.conditional:
        pictures["reconstructions.svg"] = _reconstructions(model, tests, seed)
        pictures["interpolation.svg"] = _interpolation(model, tests, seed)
    pictures["completions.svg"] = _completions(model, tests, seed)
    sketch = model.generate(seed=seed)
    pictures["sample.svg"] = "A sample, drawn stroke by stroke", animated_svg(sketch, size=160).text
    return pictures


def _samples(model: SketchRNN, seed: int) -> tuple[str, str]:
    names = model.exemplars.names[:MAX_ROWS] if model.exemplars else ()
    if names:
        sketches = [s for name in names for s in model.generate(COLUMNS, category=name, seed=seed)]
    else:
        sketches = model.generate(4 * COLUMNS, seed=seed)
    text = grid(sketches, columns=COLUMNS, cell=CELL, row_labels=names or None).text
    return f"Samples with the recommended settings and seed {seed}, without selection", text


def _reconstructions(model: SketchRNN, tests: Sequence[Sketch], seed: int) -> tuple[str, str]:
    """Draw the best and the worst of the test drawings."""
    some = tests[:: max(len(tests) // 64, 1)][:64]
    redrawn = model.decode(model.encode(some), seed=seed)
    distances = [given.chamfer_distance(other) for given, other in zip(some, redrawn, strict=True)]
    order = np.argsort(np.nan_to_num(distances, nan=np.inf))
    best, worst = order[:COLUMNS], order[-COLUMNS:]
    rows = {
        "given": [some[i] for i in best],
        "best": [redrawn[i] for i in best],
        "given ": [some[i] for i in worst],
        "worst": [redrawn[i] for i in worst],
    }
    text = grid([s for row in rows.values() for s in row], columns=COLUMNS, cell=CELL, row_labels=list(rows)).text
    return f"The {COLUMNS} best and the {COLUMNS} worst reconstructions among {len(some)} test drawings", text


def _interpolation(model: SketchRNN, tests: Sequence[Sketch], seed: int) -> tuple[str, str]:
    a, b = model.encode([tests[0], tests[-1]])
    path = slerp(a, b, np.linspace(0, 1, COLUMNS))
    return "Interpolation between two test drawings", filmstrip(model.decode(path, seed=seed), cell=CELL).text


def _completions(model: SketchRNN, tests: Sequence[Sketch], seed: int) -> tuple[str, str]:
    some = tests[:: max(len(tests) // 6, 1)][:6]
    cells = []
    for sketch in some:
        beginning = Sketch(sketch.offsets[: max(len(sketch) // 2, 1)], sketch.start)
        cells += [beginning, *model.complete(beginning, COLUMNS - 1, seed=seed)]
    text = grid(cells, columns=COLUMNS, cell=CELL).text
    return "Each row: the first half of a test drawing, and completions of it", text
