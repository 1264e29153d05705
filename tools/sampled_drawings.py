"""Training drawings that published models draw, for classes whose own training data cannot be fetched.

The published decoders of Quick, Draw! classes were trained on 70,000 drawings each. What they draw at a low temperature
stands in for those drawings. Real drawings of the same classes, where there are some, validate and test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

import sketchkit
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import write_npz
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["real_drawings", "sample_drawings", "write_sampled_dataset"]

#: Temperatures of the JavaScript convention, taken in turn; at these the published models end their drawings.
TEMPERATURES = (0.25, 0.3, 0.35, 0.4)
BATCH = 128
#: Longer side of the simplified Quick, Draw! drawings, and the tolerance that they were simplified with.
SIZE, EPSILON = 255, 2.0
#: Samples of a class without real drawings that validate, and that test.
HELD_OUT = 10


def sample_drawings(model: SketchRNN, n: int, *, max_points: int = 120, seed: int = 0) -> list[Sketch]:
    """Return drawings of a model, prepared as the simplified Quick, Draw! files are.

    Unfinished drawings, those of fewer than 4 points, and those of more than `max_points` points after the
    simplification are left out.

    Parameters
    ----------
    model : SketchRNN
    n : int
        Number of drawings.
    max_points : int
    seed : int
        Seed of the first batch; batch k has seed + k.

    Raises
    ------
    RuntimeError
        If fewer than a tenth of the samples are usable.
    """
    kept: list[Sketch] = []
    for batch in range(10 * n // BATCH + 10):
        temperature = TEMPERATURES[batch % len(TEMPERATURES)]
        kept += _prepared(model.generate(BATCH, temperature=temperature, convention="js", seed=seed + batch),
                          model.hparams.max_seq_len, max_points)  # fmt: skip
        if len(kept) >= n:
            return kept[:n]
    raise RuntimeError(f"{model.name}: fewer than a tenth of the samples are finished drawings; leave the class out")


def _prepared(sketches: Sequence[Sketch], unfinished: int, max_points: int) -> Iterator[Sketch]:
    for sketch in sketches:
        if 4 <= len(sketch) < unfinished and sketch.extent > 0:
            prepared = sketch.fitted(SIZE).simplified(EPSILON)
            if 4 <= len(prepared) <= max_points:
                yield Sketch(np.round(prepared.offsets))


def write_sampled_dataset(
    path: str | Path, classes: Sequence[str], *, per_class: int = 3000, max_points: int = 120, real: int = 25
) -> Path:
    """Write an `.npz` dataset of classes: sampled drawings train, real ones validate and test.

    Parameters
    ----------
    path : str or Path
    classes : sequence of str
        Names of Quick, Draw! categories with a published model `quickdraw/NAME`.
    per_class : int
        Sampled training drawings of each class.
    max_points : int
        Longest drawing.
    real : int
        Real drawings of each class, the first of its file; five in six validate, the others test. A class whose file
        cannot be fetched is validated and tested with samples of its own.

    Returns
    -------
    Path
        `path`.
    """
    splits: dict[str, list[Sketch]] = {"train": [], "valid": [], "test": []}
    for index, name in enumerate(tqdm(classes, desc="Sampling")):
        model = sketchkit.load(f"quickdraw/{name.replace(' ', '_')}")
        sampled = sample_drawings(model, per_class + 2 * HELD_OUT, max_points=max_points, seed=1000 * (index + 1))
        held = real_drawings(name, real, max_points=max_points) or sampled[per_class:]
        cut = len(held) * 5 // 6
        splits["train"] += sampled[:per_class]
        splits["valid"] += held[:cut]
        splits["test"] += held[cut:]
    return write_npz(path, splits)


def real_drawings(name: str, n: int, *, max_points: int = 120) -> list[Sketch]:
    """Return the first `n` drawings of a category's simplified file, without those that are too long.

    The list is empty if the file cannot be fetched.
    """
    try:
        dataset = Dataset.open(f"quickdraw/{name}.ndjson", limit=n, max_seq_len=max_points)
    except (ConnectionError, FileNotFoundError):
        return []
    return [dataset.splits[split][int(i)] for split in dataset.splits for i in dataset.usable(split)]
