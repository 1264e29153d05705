"""Losses of a network over a whole split, every drawing counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from sketchkit.hparams import PenRows
from sketchkit.model.network import Network
from sketchkit.streams import Purpose, key

__all__ = ["evaluate", "inputs", "loss_sums", "means"]


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
    first, whole = batch.place or (0, len(batch.rows))
    if batch.place:
        tensors["place"] = tf.constant(batch.place, tf.int32)
    if hparams.conditional:
        noise = np.random.Generator(np.random.Philox(key=np.array(eps_key, dtype=np.uint64)))
        eps = noise.standard_normal((whole, hparams.z_size), dtype=np.float32)
        tensors["eps"] = tf.constant(eps[first : first + len(batch.rows)])
    return tensors


def evaluate(
    network: Network,
    batches: Iterable[tuple[Any, int]],
    *,
    pen_rows: PenRows | None = None,
    seed: int = 0,
    draws: int = 1,
) -> dict[str, float]:
    """Return mean losses over batches that carry their count of real drawings.

    Parameters
    ----------
    network : Network
    batches : iterable of (Batch, int)
        As `Dataset.in_order` yields them.
    pen_rows : str, optional
        Rows on which the pen loss counts, one of `sketchkit.hparams.PEN_ROWS`; default: as in training.
    seed : int
        Of the latent codes' noise; the codes are drawn, not taken at their mean, as in training.
    draws : int
        How often each drawing's code is drawn; the losses are means over these.

    Returns
    -------
    dict
        `recon` and `kl` (means over drawings, the latter before any tolerance), `drawings`.

    Raises
    ------
    ValueError
        If there is no drawing.
    """
    return means([loss_sums(network, batches, pen_rows=pen_rows, seed=seed, draws=draws)])


def loss_sums(
    network: Network,
    batches: Iterable[tuple[Any, int]],
    *,
    pen_rows: PenRows | None = None,
    seed: int = 0,
    draws: int = 1,
    first: int = 0,
    every: int = 1,
) -> dict[str, float]:
    """Return sums of losses, as `evaluate` returns means.

    Parameters
    ----------
    network, batches, pen_rows, seed, draws
        As of `evaluate`.
    first, every : int
        The batches are number `first`, `first + every` and so on of the split; their noise depends on their number.
    """
    drawing_losses = network.compiled_losses(pen_rows or network.hparams.pen_rows)
    count, recon_sum, kl_sum = 0, 0.0, 0.0
    for place, (batch, real) in enumerate(batches):
        number = first + place * every
        for draw in range(draws):
            eps_key = key(seed, Purpose.VALIDATION, number, draw)
            recon, kl = drawing_losses(inputs(network.hparams, batch, eps_key))
            recon_sum += float(np.sum(recon.numpy()[:real], dtype=np.float64)) / draws
            kl_sum += float(np.sum(kl.numpy()[:real], dtype=np.float64)) / draws
        count += real
    return {"recon": recon_sum, "kl": kl_sum, "drawings": count}


def means(sums: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return mean losses from sums over parts of a split; errors as of `evaluate`."""
    total = {name: sum(part[name] for part in sums) for name in ("recon", "kl", "drawings")}
    count = total["drawings"]
    if not count:
        raise ValueError("expected drawings to evaluate on, got an empty split")
    return {"recon": total["recon"] / count, "kl": total["kl"] / count, "drawings": count}
