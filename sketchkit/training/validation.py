"""Validation: losses of the valid split, and a grid of samples and reconstructions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.render.raster import raster_grid
from sketchkit.render.svg import grid
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import atomic_write
from sketchkit.training.distributed.cluster import Cluster

if TYPE_CHECKING:
    from sketchkit.model.network import Network

__all__ = ["save_sample_grid", "validation_losses"]

#: Drawings per row of a sample grid. Samples and reconstructions use one batch size, so that TensorFlow compiles once.
SAMPLES_PER_ROW = 8
SAMPLE_TEMPERATURE = 0.4
#: Size of a drawing in the sample grid for TensorBoard, in pixels.
SAMPLE_PIXELS = 96
#: Minimum number of latent codes per validation. A smaller valid split is evaluated with several codes per drawing, so
#: that the noise of the loss has less influence on which checkpoint is the best.
MIN_VALIDATION_DRAWS = 32


def validation_losses(
    network: Network, dataset: Dataset, hparams: HParams, seed: int, cluster: Cluster
) -> dict[str, float]:
    """Return the mean losses of the valid split. The processes of a cluster share its batches.

    Returns
    -------
    dict of str to float
        `recon`, `kl` (without tolerance) and `loss`, which is recon + kl_weight * max(kl, kl_tolerance) at the
        configured kl_weight, in nats per point.
    """
    from sketchkit.model.evaluation import loss_sums, mean_losses

    h, index, count = hparams, cluster.index, cluster.count
    num_codes = -(-MIN_VALIDATION_DRAWS // len(dataset.usable_indices("valid"))) if h.conditional else 1
    batches = dataset.iter_batches("valid", h.batch_size, first=index, every=count)
    sums = loss_sums(network, batches, seed=seed, first=index, every=count, num_codes=num_codes)
    losses = mean_losses(cluster.all_gather(sums))
    penalty = h.kl_weight * max(losses["kl"], h.kl_tolerance) if h.conditional else 0.0
    return {"loss": losses["recon"] + penalty, "recon": losses["recon"], "kl": losses["kl"]}


def save_sample_grid(model: SketchRNN, dataset: Dataset, path: Path, seed: int) -> NDArray[np.uint8]:
    """Write a grid of samples as SVG, and return it as pixels, shape (height, width, 3).

    Below a row of samples, a conditional model has a row of validation drawings and a row of their reconstructions.
    """
    sketches: list[Sketch] = [*model.generate(SAMPLES_PER_ROW, temperature=SAMPLE_TEMPERATURE, seed=seed)]
    labels = [""] * SAMPLES_PER_ROW
    if model.conditional:
        originals = [dataset.valid[int(index)] for index in dataset.usable_indices("valid")[:SAMPLES_PER_ROW]]
        codes = model.encode(originals)
        sketches += [*originals, *model.decode(codes, temperature=SAMPLE_TEMPERATURE, seed=seed)]
        labels += ["original"] * len(originals) + ["reconstruction"] * len(originals)
    with atomic_write(path) as part:
        part.write_text(grid(sketches, columns=SAMPLES_PER_ROW, labels=labels).text, encoding="utf-8")
    return raster_grid(sketches, SAMPLES_PER_ROW, SAMPLE_PIXELS)
