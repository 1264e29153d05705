"""Training drawings sampled from published models, for categories whose own training data cannot be downloaded.

The published decoders of Quick, Draw! categories were trained on 70,000 drawings each. Samples at low temperatures are
clean drawings; samples at higher temperatures vary as real drawings do. Real drawings of many categories are added, so
that the model sees more subjects. Validation and test use real drawings of the sampled categories.
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

#: Temperatures of the JavaScript convention, used in turn.
CLEAN = (0.25, 0.3, 0.35, 0.4)
VARIED = (0.55, 0.7, 0.85, 1.0)
BATCH = 128
#: Numbers of sampled drawings of each category at low and at higher temperatures, and of its real drawings.
CLEAN_DRAWINGS, VARIED_DRAWINGS, REAL_DRAWINGS = 2500, 2500, 25
#: Longer side of the simplified Quick, Draw! drawings, and the tolerance of their simplification.
SIZE, EPSILON = 255, 2.0
#: Number of copies, in the training split, of each real drawing of the categories in `others`.
REPEAT_OTHER = 2


def sample_drawings(
    model: SketchRNN, n: int, *, temperatures: Sequence[float] = CLEAN, max_points: int = 120, seed: int = 0
) -> list[Sketch]:
    """Return drawings sampled from a model, in the form of the simplified Quick, Draw! files.

    Unfinished drawings, those of fewer than 4 points, and those of more than `max_points` points after the
    simplification are left out.

    Parameters
    ----------
    model : SketchRNN
    n : int
        Number of drawings.
    temperatures : sequence of float
        Temperatures of the JavaScript convention, used in turn, one for each batch.
    max_points : int
        Maximum number of points of a drawing.
    seed : int
        Seed of the first batch; batch k has seed + k.

    Raises
    ------
    RuntimeError
        If fewer than a tenth of the samples are usable.
    """
    kept: list[Sketch] = []
    for batch in range(10 * n // BATCH + 10):
        temperature = temperatures[batch % len(temperatures)]
        kept += _prepared(model.generate(BATCH, temperature=temperature, convention="js", seed=seed + batch),
                          model.hparams.max_seq_len, max_points)  # fmt: skip
        if len(kept) >= n:
            return kept[:n]
    raise RuntimeError(f"{model.name}: fewer than a tenth of the samples are finished drawings; leave the category out")


def _prepared(sketches: Sequence[Sketch], unfinished: int, max_points: int) -> Iterator[Sketch]:
    for sketch in sketches:
        if 4 <= len(sketch) < unfinished and sketch.extent > 0:
            prepared = sketch.fitted(SIZE).simplified(EPSILON)
            if 4 <= len(prepared) <= max_points:
                yield Sketch(np.round(prepared.offsets))


def write_sampled_dataset(
    categories: Sequence[str],
    path: str | Path,
    *,
    others: Sequence[str] = (),
    clean: int = CLEAN_DRAWINGS,
    varied: int = VARIED_DRAWINGS,
    repeat: int = 16,
    max_points: int = 120,
    real: int = REAL_DRAWINGS,
) -> Path:
    """Write an `.npz` dataset: sampled drawings of categories, and real drawings of these and of other categories.

    Parameters
    ----------
    categories : sequence of str
        Names of Quick, Draw! categories with a published model `quickdraw/NAME`.
    path : str or Path
        The file to write.
    others : sequence of str
        Categories whose real drawings are all used for training.
    clean, varied : int
        Numbers of sampled training drawings of each category, at low and at higher temperatures.
    repeat : int
        Number of copies of each real drawing of `categories` in the training split. There are few real drawings, and
        they vary more than the sampled ones.
    max_points : int
        Maximum number of points of a drawing.
    real : int
        Number of real drawings of each category, the first ones in its file. `Dataset.open` divides those of
        `categories` among the splits. Categories whose file cannot be downloaded have none.

    Returns
    -------
    Path
        `path`.
    """
    splits: dict[str, list[Sketch]] = {"train": [], "valid": [], "test": []}
    repeated: list[Sketch] = []
    for index, name in enumerate(tqdm(categories, desc="Sampling")):
        model = sketchkit.load(f"quickdraw/{name.replace(' ', '_')}")
        for n, temperatures, offset in ((clean, CLEAN, 0), (varied, VARIED, 500)):
            seed = 1000 * (index + 1) + offset
            splits["train"] += sample_drawings(model, n, temperatures=temperatures, max_points=max_points, seed=seed)
        own = real_drawings(name, real, max_points=max_points)
        repeated += repeat * own.get("train", [])
        splits["valid"] += own.get("valid", [])
        splits["test"] += own.get("test", [])
    splits["train"] += repeated  # after all sampled drawings, whose order tells their categories
    for name in tqdm(others, desc="Reading"):
        found = real_drawings(name, real, max_points=max_points)
        splits["train"] += REPEAT_OTHER * [sketch for sketches in found.values() for sketch in sketches]
    return write_npz(splits, path)


def real_drawings(name: str, n: int, *, max_points: int = 120) -> dict[str, list[Sketch]]:
    """Return the first `n` drawings of a category's simplified file by split, without those that are too long.

    The result is empty if the file cannot be downloaded.
    """
    try:
        dataset = Dataset.open(f"quickdraw/{name}.ndjson", limit=n, max_seq_len=max_points)
    except (ConnectionError, FileNotFoundError):
        return {}
    return {split: [dataset.splits[split][int(i)] for i in dataset.usable_indices(split)] for split in dataset.splits}
