"""Mean losses of a network on a split of a dataset; each drawing counts once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from sketchkit.hparams import HParams, PenRows
from sketchkit.model.network import Network
from sketchkit.streams import Purpose, philox_key

if TYPE_CHECKING:
    from sketchkit.data.batches import Batch

__all__ = ["drawing_losses", "evaluate", "loss_sums", "mean_losses", "model_inputs"]


def model_inputs(
    hparams: HParams, batch: Batch, eps_key: tuple[int, int], dropout_key: int = 0
) -> dict[str, tf.Tensor]:
    """Return the network's input tensors for a `sketchkit.data.batches.Batch`.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the network.
    batch : Batch
        Padded stroke-5 rows and the lengths of the drawings.
    eps_key : (int, int)
        Random key of the latent codes' noise.
    dropout_key : int
        Random key of the dropout masks, 0 to 2^32 - 1.

    Returns
    -------
    dict of str to tensor
        A batch as described in `sketchkit.model.network.Network`.
    """
    tensors = {
        "rows": tf.constant(batch.rows),
        "lengths": tf.constant(batch.lengths),
        "key": tf.constant(dropout_key, tf.uint32),
    }
    offset, batch_size = batch.shard or (0, len(batch.rows))
    if batch.shard:
        tensors["shard"] = tf.constant(batch.shard, tf.int32)
    if hparams.conditional:
        noise = np.random.Generator(np.random.Philox(key=np.array(eps_key, dtype=np.uint64)))
        eps = noise.standard_normal((batch_size, hparams.z_size), dtype=np.float32)
        tensors["eps"] = tf.constant(eps[offset : offset + len(batch.rows)])
    return tensors


def evaluate(
    network: Network,
    batches: Iterable[tuple[Batch, int]],
    *,
    pen_rows: PenRows | None = None,
    seed: int = 0,
    num_codes: int = 1,
) -> dict[str, float]:
    """Return the mean losses over batches.

    Parameters
    ----------
    network : Network
        Network to evaluate.
    batches : iterable of (Batch, int)
        Batches, each with the number of its drawings that are not padding, as yielded by `Dataset.iter_batches`.
    pen_rows : str, optional
        Rows that contribute to the pen loss, one of `sketchkit.hparams.PEN_ROWS`. Default: the rows counted in
        training.
    seed : int
        Seed of the latent codes' noise. Codes are sampled, as in training.
    num_codes : int
        Number of latent codes sampled for each drawing; the losses are means over them.

    Returns
    -------
    dict
        `recon` and `kl`, means over drawings (`kl` without the lower limit `kl_tolerance`), and `drawings`, the number
        of drawings.

    Raises
    ------
    ValueError
        If the batches contain no drawing.
    """
    return mean_losses([loss_sums(network, batches, pen_rows=pen_rows, seed=seed, num_codes=num_codes)])


def loss_sums(
    network: Network,
    batches: Iterable[tuple[Batch, int]],
    *,
    pen_rows: PenRows | None = None,
    seed: int = 0,
    num_codes: int = 1,
    first: int = 0,
    every: int = 1,
) -> dict[str, float]:
    """Return the sums of the losses over batches, and the number of drawings.

    Parameters
    ----------
    network, batches, pen_rows, seed, num_codes
        See `evaluate`.
    first, every : int
        Index of the first batch in the split, and step from one batch to the next. The noise of a batch depends on its
        index.

    Returns
    -------
    dict
        `recon`, `kl` (sums) and `drawings`.
    """
    per_drawing_losses = network.compiled_losses(pen_rows or network.hparams.pen_rows)
    count, recon_sum, kl_sum = 0, 0.0, 0.0
    for position, (batch, num_drawings) in enumerate(batches):
        index = first + position * every
        for draw in range(num_codes):
            eps_key = philox_key(seed, Purpose.VALIDATION, index, draw)
            recon, kl = per_drawing_losses(model_inputs(network.hparams, batch, eps_key))
            recon_sum += float(np.sum(recon.numpy()[:num_drawings], dtype=np.float64)) / num_codes
            kl_sum += float(np.sum(kl.numpy()[:num_drawings], dtype=np.float64)) / num_codes
        count += num_drawings
    return {"recon": recon_sum, "kl": kl_sum, "drawings": count}


def drawing_losses(
    network: Network, batches: Iterable[tuple[Batch, int]], *, seed: int = 0
) -> Iterator[NDArray[np.float32]]:
    """Yield the reconstruction losses of the drawings in each batch. One code is sampled for each drawing."""
    per_drawing_losses = network.compiled_losses(network.hparams.pen_rows)
    for index, (batch, num_drawings) in enumerate(batches):
        recon, _ = per_drawing_losses(
            model_inputs(network.hparams, batch, philox_key(seed, Purpose.VALIDATION, index, 0))
        )
        yield recon.numpy()[:num_drawings]


def mean_losses(sums: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return mean losses from the results of `loss_sums` on parts of a split. The errors are those of `evaluate`."""
    total = {name: sum(part[name] for part in sums) for name in ("recon", "kl", "drawings")}
    count = total["drawings"]
    if not count:
        raise ValueError("expected at least one drawing to evaluate, got an empty split")
    return {"recon": total["recon"] / count, "kl": total["kl"] / count, "drawings": count}
