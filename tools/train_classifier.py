"""Training of the classifier of a bundled model, which guesses the category of a drawing.

`python -m tools.train_classifier quickdraw quickdraw-sampled.npz` trains it on the drawings of the recipe's dataset,
and writes it into `pretrained/quickdraw`, with its accuracy on real drawings in the card. The command takes about 15
minutes on two cores. The classifier depends on the categories of the model, but not on the weights of the model.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import trange

from sketchkit.data.dataset import Dataset
from sketchkit.model.classifier import LAYERS, SIDE, Classifier, pictures
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["HEADING", "accuracy", "add_section", "describe_classifier", "main", "train_classifier"]

#: Channels of the convolutions.
CHANNELS = (16, 32, 64, 96)
EPOCHS, EPOCH_SIZE, BATCH, LEARNING_RATE = 12, 40_000, 256, 3e-3
#: Share of the training drawings that are complete; the others are cut off after a random share of their points, at
#: least `SHORTEST`.
COMPLETE, SHORTEST = 0.6, 0.15
#: Numbers of points of the beginnings on which the accuracy is measured; None is the whole drawing.
POINTS = (5, 10, 20, 30, 40, None)
#: Heading of the section on the classifier in a card.
HEADING = "\n## Classifier\n"


def train_classifier(
    sets: Sequence[Mapping[str, Sequence[Sketch]]],
    *,
    epochs: int = EPOCHS,
    epoch_size: int = EPOCH_SIZE,
    seed: int = 0,
    progress: bool = True,
) -> Classifier:
    """Train a classifier.

    Parameters
    ----------
    sets : sequence of mapping of str to sequence of Sketch
        Sets of training drawings of each category. Each set contributes the same number of drawings to an epoch.
    epochs : int
        Number of epochs.
    epoch_size : int
        Number of drawings in an epoch. They are selected at random and distorted, and some are cut off.
    seed : int
        Seed of the weights, the order and the distortions. The result also depends on the version of TensorFlow.
    progress : bool
        Whether to show a progress bar.
    """
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    rows = [sketch.offsets for drawings in sets for sketches in drawings.values() for sketch in sketches]
    labels = np.repeat(
        np.tile(np.arange(len(sets[0])), len(sets)), [len(each) for some in sets for each in some.values()]
    )
    sizes = np.array([sum(map(len, drawings.values())) for drawings in sets])
    chances = np.repeat(1 / (len(sets) * sizes), sizes)
    network, targets = _network(len(sets[0])), np.eye(len(sets[0]), dtype=np.float32)
    schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, epochs * -(-epoch_size // BATCH))
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=2e-3)
    network.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05))
    for _ in trange(epochs, desc="Training the classifier", disable=not progress):
        chosen = rng.choice(len(rows), epoch_size, p=chances)
        inputs = pictures([distorted(_cut(rows[i], rng), rng) for i in chosen])[..., None]
        network.fit(inputs, targets[labels[chosen]], batch_size=BATCH, verbose=0)
    return Classifier(_weights(network), len(sets[0]))


def _network(categories: int) -> Any:
    """Return the network with batch normalization, which is later folded into the convolutions."""
    from keras import Sequential, layers

    network = Sequential([layers.Input((SIDE, SIDE, 1))])
    for layer, width in enumerate(CHANNELS):
        network.add(layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"conv{layer}"))
        network.add(layers.BatchNormalization(momentum=0.9, name=f"norm{layer}"))
        network.add(layers.ReLU())
        if layer < LAYERS - 1:
            network.add(layers.MaxPool2D())
    for last in (layers.Flatten(), layers.Dropout(0.5), layers.Dense(categories, name="dense")):
        network.add(last)
    return network


def _weights(network: Any) -> dict[str, NDArray[np.float32]]:
    """Return the weights as they are stored: in half precision, with the normalization folded into the convolutions."""
    weights = dict(zip(("dense/w", "dense/b"), network.get_layer("dense").get_weights(), strict=True))
    for layer in range(LAYERS):
        (kernel,), norm = network.get_layer(f"conv{layer}").get_weights(), network.get_layer(f"norm{layer}")
        gamma, beta, mean, variance = norm.get_weights()
        factor = gamma / np.sqrt(variance + norm.epsilon)
        weights |= {f"conv{layer}/w": kernel * factor, f"conv{layer}/b": beta - mean * factor}
    return {name: value.astype(np.float16).astype(np.float32) for name, value in weights.items()}


def _cut(rows: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the beginning of a drawing, or all of it."""
    share = 1 if rng.random() < COMPLETE else rng.uniform(SHORTEST, 1)
    return rows[: max(round(share * len(rows)), 2)]


def distorted(rows: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a stroke-3 drawing as another person could have drawn it.

    It is rotated, sheared, stretched, reflected and bent in waves. Its points and strokes are moved a little, and a
    stroke may be missing.
    """
    points, pen = np.cumsum(rows[:, :2], axis=0, dtype=np.float64), rows[:, 2]
    angle, shear, (wide, high) = rng.normal(0, 0.15), rng.normal(0, 0.12), np.exp(rng.normal(0, 0.15, 2))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = points @ (rotation @ [[wide, shear], [0, high]] @ np.diag([rng.choice([-1, 1]), 1])).T
    extent = np.ptp(points, axis=0).max() + 1e-3
    points += rng.normal(0, rng.uniform(0, 0.02) * extent, points.shape)
    places = (points - points.min(axis=0)) / extent * 2 * np.pi
    shifts = np.zeros_like(points)
    for axis in (0, 1):  # two waves along each axis
        for along in (0, 0, 1, 1):
            phase = rng.uniform(0.3, 1.5) * places[:, along] + rng.uniform(0, 2 * np.pi)
            shifts[:, axis] += rng.normal(0, 0.04 * extent) * np.sin(phase)
    points += shifts
    stroke = np.searchsorted(np.flatnonzero(pen > 0.5), np.arange(len(rows)))  # the index of the stroke of each point
    strokes = stroke[-1] + 1
    points += rng.normal(0, 0.015 * extent, (strokes, 2))[stroke]
    if strokes > 3:
        kept = (rng.random(strokes) > 0.05)[stroke]
        if np.count_nonzero(kept) >= 4:
            points, pen = points[kept], pen[kept]
    return np.concatenate([np.diff(points, axis=0, prepend=0), pen[:, None]], axis=1).astype(np.float32)


def accuracy(model: SketchRNN, drawings: Sequence[tuple[str, Sketch]], points: int | None = None) -> dict[int, float]:
    """Return the share of drawings whose category is the first guess (key 1), or among the first three (key 3).

    Parameters
    ----------
    model : SketchRNN
    drawings : sequence of (str, Sketch)
        Drawings with their categories.
    points : int, optional
        Number of points after which the model guesses. Default: the whole drawing.
    """
    guesses = model.guess([Sketch(sketch.offsets[:points]) for _, sketch in drawings])
    ranks = np.array([
        [category for category, _ in each].index(name) for each, (name, _) in zip(guesses, drawings, strict=True)
    ])  # fmt: skip
    return {first: float(np.mean(ranks < first)) for first in (1, 3)}


def describe_classifier(model: SketchRNN, real: Mapping[str, Sequence[tuple[str, Sketch]]]) -> str:
    """Return the section of a card on the classifier: its training, and its accuracy on real drawings.

    Parameters
    ----------
    model : SketchRNN
        Model with the classifier.
    real : mapping of str to sequence of (str, Sketch)
        Real drawings with their categories: "development", on which the classifier was trained, and "held out".
    """
    sizes, unseen = " → ".join(map(str, CHANNELS)), real["held out"]
    lines = [
        "The classifier guesses the category of a drawing, which may be unfinished (`model.guess`). It is a network of "
        f"{LAYERS} convolutions ({sizes} channels) on a picture of {SIDE} × {SIDE} pixels, and does not use the latent "
        f"code. It was trained on drawings sampled from the published models, and on {len(real['development'])} real "
        f"drawings, for {EPOCHS} epochs of {EPOCH_SIZE:,} drawings; half of the drawings of each epoch were sampled at "
        "a temperature of 1. The drawings were rotated, sheared, stretched, reflected and bent at random, and "
        f"{1 - COMPLETE:.0%} of them were cut off after a part of their points. The table lists how often the right "
        f"category is the first guess, and how often it is among the first three, on {len(unseen)} real drawings that "
        "were not used for training.",
        "",
        "| points | first guess | first three guesses |",
        "| --- | --- | --- |",
    ]
    for points in POINTS:
        result = accuracy(model, unseen, points)
        lines.append(f"| {points or 'all'} | {result[1]:.1%} | {result[3]:.1%} |")
    found = {name for name, _ in unseen}
    if missing := [name for name in model.categories if name not in found]:
        lines += ["", f"There were no real drawings of these categories: {', '.join(missing)}."]
    return "\n".join(lines)


def add_section(card: str, text: str) -> str:
    """Return a card with a section on the classifier, which replaces an earlier one."""
    return f"{card.partition(HEADING)[0].rstrip()}\n{HEADING}\n{text}\n"


def main(arguments: Sequence[str]) -> None:
    """Train the classifier of a bundled model, given its name and the dataset of its recipe."""
    from tools.recipes import RECIPES

    name, data = arguments
    recipe = RECIPES[name]
    folder = Path(__file__).parents[1] / "pretrained" / name
    model = SketchRNN.open(folder)
    sets = recipe.classifier_drawings(Dataset.open(data, max_seq_len=model.hparams.max_seq_len))
    model.classifier = train_classifier(sets)
    model.card = add_section(model.card, describe_classifier(model, recipe.real_drawings()))
    model.save(folder, dtype="float16")
    print(model.card.partition(HEADING)[2])


if __name__ == "__main__":
    main(sys.argv[1:])
