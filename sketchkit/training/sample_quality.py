"""Comparison of samples of a model with drawings of a dataset, in addition to the loss of a validation.

The loss measures how well the model predicts each point of a given drawing. The comparison measures what the model
draws by itself: whether its drawings end, how long and how large they are, and how far their codes are from those of
the data.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.dataset import Dataset
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

__all__ = ["sample_quality"]

#: Number of samples, and maximum number of validation drawings with which they are compared.
NUM_SAMPLES = 64


def sample_quality(model: SketchRNN, dataset: Dataset, seed: int) -> dict[str, float]:
    """Compare samples of a model with drawings of the valid split.

    The samples are drawn at temperature 1, at which they follow the distribution of the model, so all results
    for a perfect model are 1, up to the noise of small samples. Their random numbers depend only on `seed`.

    Parameters
    ----------
    model : SketchRNN
        Model to sample from.
    dataset : Dataset
        Dataset whose valid split is not empty.
    seed : int
        Seed of the samples.

    Returns
    -------
    dict of str to float
        `samples_ended`
            Share of the samples that end before `max_seq_len` points, 0 to 1.
        `samples_length`, `samples_extent`
            Mean number of points, and mean of the longer sides, of the samples, divided by those of the data.
            `samples_extent` is omitted if the drawings of the data have no size.
        `samples_distance`
            Mean distance from the code of a sample to the nearest code of the data, divided by the mean distance from
            the code of a drawing in the data to the nearest code of another drawing. A value above 1 means that the
            samples are unlike the data; a value far below 1 means that they resemble only a few of the drawings.
            Omitted for an unconditional model, and if there are fewer than two drawings or their codes are equal.
    """
    data = [dataset.valid[int(index)] for index in dataset.usable_indices("valid")[:NUM_SAMPLES]]
    samples = model.generate(NUM_SAMPLES, temperature=1, pen_temperature=1, convention="paper", seed=seed)
    figures = {
        "samples_ended": float(np.mean([len(sample) < model.hparams.max_seq_len for sample in samples])),
        "samples_length": _mean_length(samples) / _mean_length(data),
    }
    extent = float(np.mean([drawing.extent for drawing in data]))
    if extent > 0:
        figures["samples_extent"] = float(np.mean([sample.extent for sample in samples])) / extent
    if model.conditional and len(data) > 1:
        codes = model.encode(data, fit=False)
        between = _nearest(codes, codes, skip_same=True)
        non_empty = [sample for sample in samples if len(sample)]
        if between > 0 and non_empty:
            figures["samples_distance"] = _nearest(model.encode(non_empty, fit=False), codes) / between
    return figures


def _mean_length(drawings: Sequence[Sketch]) -> float:
    return float(np.mean([len(drawing) for drawing in drawings]))


def _nearest(codes: NDArray[np.float32], others: NDArray[np.float32], *, skip_same: bool = False) -> float:
    """Return the mean distance from a code in `codes`, (n, z_size), to the nearest code in `others`, (m, z_size).

    `skip_same` ignores the distance from `codes[i]` to `others[i]`.
    """
    distances = np.linalg.norm(codes[:, None].astype(np.float64) - others[None], axis=2)  # (n, m)
    if skip_same:
        np.fill_diagonal(distances, np.inf)
    return float(distances.min(axis=1).mean())
