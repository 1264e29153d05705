"""Losses of a network over a whole split, every drawing counted once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import tensorflow as tf

from sketchkit.model.hparams import PenRows
from sketchkit.model.network import Network

__all__ = ["evaluate", "inputs"]


def inputs(hparams: Any, batch: Any, eps_key: tuple[int, int], dropout_key: int = 0) -> dict[str, tf.Tensor]:
    """Return the tensors that the network takes for a `sketchkit.data.batches.Batch`.

    Parameters
    ----------
    hparams : HParams
    batch : Batch
    eps_key : (int, int)
        Names the noise of the latent codes.
    dropout_key : int
        Names the dropout masks, 0 to 2^32 - 1.
    """
    tensors = {
        "rows": tf.constant(batch.rows),
        "lengths": tf.constant(batch.lengths),
        "key": tf.constant(dropout_key, tf.uint32),
    }
    if hparams.conditional:
        noise = np.random.Generator(np.random.Philox(key=np.array(eps_key, dtype=np.uint64)))
        tensors["eps"] = tf.constant(noise.standard_normal((len(batch.rows), hparams.z_size), dtype=np.float32))
    return tensors


def evaluate(
    network: Network, batches: Iterable[tuple[Any, int]], *, pen_rows: PenRows | None = None, seed: int = 0
) -> dict[str, float]:
    """Return mean losses over batches that carry their count of real drawings.

    Parameters
    ----------
    network : Network
    batches : iterable of (Batch, int)
        As `Dataset.in_order` yields them.
    pen_rows : str, optional
        Rows on which the pen loss counts, one of `sketchkit.model.hparams.PEN_ROWS`; default: as in training.
    seed : int
        Of the latent codes' noise; the codes are drawn, not taken at their mean, as in training.

    Returns
    -------
    dict
        `recon` and `kl` (means over drawings, the latter before any tolerance), `drawings`.

    Raises
    ------
    ValueError
        If there is no drawing.
    """
    drawing_losses = network.compiled_losses(pen_rows or network.hparams.pen_rows)
    count, recon_sum, kl_sum = 0, 0.0, 0.0
    for number, (batch, real) in enumerate(batches):
        recon, kl = drawing_losses(inputs(network.hparams, batch, (seed, number)))
        recon_sum += float(np.sum(recon.numpy()[:real], dtype=np.float64))
        kl_sum += float(np.sum(kl.numpy()[:real], dtype=np.float64))
        count += real
    if not count:
        raise ValueError("expected drawings to evaluate on, got an empty split")
    return {"recon": recon_sum / count, "kl": kl_sum / count, "drawings": count}
