"""What training minimises: reconstruction and KL loss (arXiv 1704.03477, eq. 9 to 11)."""

from __future__ import annotations

import math

import tensorflow as tf

from sketchkit.hparams import PenRows
from sketchkit.model.mixture import MixtureTensors, log_density

__all__ = ["kl_loss", "reconstruction_losses"]

#: The published loss adds this to the density before taking the logarithm; its figures contain it.
DENSITY_FLOOR = 1e-6


def reconstruction_losses(mixture: MixtureTensors, targets: tf.Tensor, pen_rows: PenRows) -> tf.Tensor:
    """Return each row's reconstruction loss, L_s + L_p, shape (time, batch).

    L_s = -log(density + 1e-6) on real points (eq. 9, first line), written as a sum of exponentials so that
    it cannot overflow; L_p is the cross-entropy of the pen states (second line).

    Parameters
    ----------
    mixture : MixtureTensors
        For as many rows as there are targets, time first.
    targets : tensor, (time, batch, 5)
        Stroke-5.
    pen_rows : str
        Rows on which L_p counts, one of `sketchkit.hparams.PEN_ROWS`.
    """
    shape = targets.shape[:2]
    dx, dy, pen = tf.split(tf.reshape(targets, [-1, 5]), [1, 1, 3], axis=1)
    log_p = log_density(mixture, dx, dy)
    floor = tf.fill(tf.shape(log_p), math.log(DENSITY_FLOOR))
    real = 1.0 - pen[:, 2]
    offset_loss = -tf.reduce_logsumexp(tf.stack([log_p, floor]), axis=0) * real
    pen_loss = tf.nn.softmax_cross_entropy_with_logits(pen, mixture.pen_logits)
    if pen_rows == "real":
        pen_loss *= real
    elif pen_rows == "first_end":
        ended = tf.reshape(1.0 - real, shape)
        pen_loss *= 1.0 - tf.reshape(tf.concat([tf.zeros_like(ended[:1]), ended[:-1]], 0), [-1])
    return tf.reshape(offset_loss + pen_loss, shape)


def kl_loss(mean: tf.Tensor, presig: tf.Tensor) -> tf.Tensor:
    """Return each drawing's KL divergence from N(0, I), averaged over z (eq. 10), shape (batch,)."""
    return -0.5 * tf.reduce_mean(1 + presig - tf.square(mean) - tf.exp(presig), axis=1)
