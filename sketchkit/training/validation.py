"""Validation: losses of a split, and a grid of samples and reconstructions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import SplitName
from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.render.raster import raster_grid
from sketchkit.render.svg import grid
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import atomic_write
from sketchkit.training.distributed.cluster import Cluster

if TYPE_CHECKING:
    from sketchkit.model.network import Network

__all__ = ["save_sample_grid", "split_losses", "weighted_losses"]

#: Drawings per row of a sample grid. Samples and reconstructions use one batch size, so that TensorFlow compiles once.
SAMPLES_PER_ROW = 8
SAMPLE_TEMPERATURE = 0.4
#: Size of a drawing in the sample grid, in pixels.
SAMPLE_PIXELS = 96
SAMPLE_LINE = 1.6  # line width in pixels, wider than the default, because pages show the grid at a smaller size
#: Minimum number of latent codes per validation. A smaller valid split is evaluated with several codes per drawing, so
#: that the noise of the loss has less influence on which checkpoint is the best.
MIN_VALIDATION_DRAWS = 32


def split_losses(
    network: Network, dataset: Dataset, split: SplitName, seed: int, cluster: Cluster, step: int
) -> dict[str, float]:
    """Return the mean losses of a split. The processes of a cluster share its batches.

    Parameters
    ----------
    network : Network
        Network to evaluate.
    dataset : Dataset
        Dataset with the split.
    split : str
        `valid` or `test`.
    seed : int
        Seed of the noise of the latent codes.
    cluster : Cluster
        Processes that share the batches.
    step : int
        Number of training steps taken, which determines the annealed KL weight.

    Returns
    -------
    dict of str to float
        `recon`, `kl` (without the lower limit `kl_tolerance`), the values of `weighted_losses`, and `loss`, which is
        `loss_final`.
    """
    from sketchkit.model.evaluation import loss_sums, mean_losses

    h, index, count = network.hparams, cluster.index, cluster.count
    num_codes = -(-MIN_VALIDATION_DRAWS // len(dataset.usable_indices(split))) if h.conditional else 1
    batches = dataset.iter_batches(split, h.batch_size, first=index, every=count)
    sums = loss_sums(network, batches, seed=seed, first=index, every=count, num_codes=num_codes)
    losses = mean_losses(cluster.all_gather(sums))
    recon, kl = losses["recon"], losses["kl"]
    weighted = weighted_losses(h, recon, kl, step)
    return {"loss": weighted["loss_final"], "recon": recon, "kl": kl, **weighted}


def weighted_losses(hparams: HParams, recon: float, kl: float, step: int) -> dict[str, float]:
    """Return two weighted sums of the losses: with the KL weight of a step, and with the final KL weight.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the run.
    recon, kl : float
        Mean losses, as from `sketchkit.model.evaluation.evaluate`.
    step : int
        Number of training steps taken.

    Returns
    -------
    dict of str to float
        `kl_weight`, the annealed weight in the last of these steps (0 for an unconditional model);
        `loss_annealed`, recon + weight * max(kl, kl_tolerance) with this weight; and `loss_final`, the same sum with
        the hyperparameter `kl_weight`, which the schedule approaches.
    """
    from sketchkit.model.schedules import kl_weight

    h = hparams
    if not h.conditional:
        return {"kl_weight": 0.0, "loss_annealed": recon, "loss_final": recon}
    weight, penalty = kl_weight(h, max(step - 1, 0)), max(kl, h.kl_tolerance)  # the schedule counts steps from 0
    return {"kl_weight": weight, "loss_annealed": recon + weight * penalty, "loss_final": recon + h.kl_weight * penalty}


def save_sample_grid(model: SketchRNN, dataset: Dataset, path: Path, seed: int, taught: str = "") -> NDArray[np.uint8]:
    """Write a grid of samples as SVG, and return it as pixels, shape (height, width, 3).

    Below a row of samples, a conditional model has a row of validation drawings and a row of their reconstructions.
    If a conditional model is fine-tuned on the subject `taught`, its samples are decoded from codes of training
    drawings, because random codes also give other subjects. The finished model draws the subject in the same way.
    """
    if taught and model.conditional:
        examples = [dataset.train[int(index)] for index in dataset.usable_indices("train")[:SAMPLES_PER_ROW]]
        samples = model.decode(model.encode(examples), temperature=SAMPLE_TEMPERATURE, seed=seed)
    else:
        samples = model.generate(SAMPLES_PER_ROW, temperature=SAMPLE_TEMPERATURE, seed=seed)
    rows: list[tuple[str, Sequence[Sketch]]] = [(taught or "samples", samples)]
    if model.conditional:
        originals = [dataset.valid[int(index)] for index in dataset.usable_indices("valid")[:SAMPLES_PER_ROW]]
        decoded = model.decode(model.encode(originals), temperature=SAMPLE_TEMPERATURE, seed=seed)
        rows += [("originals", originals), ("reconstructions", decoded)]
    columns = max(len(drawings) for _, drawings in rows)
    cells = [drawings[i] if i < len(drawings) else None for _, drawings in rows for i in range(columns)]
    labels = [label for label, _ in rows]
    picture = grid(cells, columns=columns, cell=SAMPLE_PIXELS, row_labels=labels, stroke_width=SAMPLE_LINE)
    with atomic_write(path) as part:
        part.write_text(picture.text, encoding="utf-8")
    return raster_grid([cell or Sketch([]) for cell in cells], columns, SAMPLE_PIXELS)
