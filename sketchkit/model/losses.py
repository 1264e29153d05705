"""The training losses: reconstruction loss and KL loss (arXiv 1704.03477, eq. 9 to 11)."""

from __future__ import annotations

import math

import tensorflow as tf

from sketchkit.hparams import PenRows
from sketchkit.model.mixture import MixtureTensors, log_density

__all__ = ["kl_loss", "reconstruction_losses"]

#: In the loss of the original sketch-rnn code, this constant is added to the density before the logarithm is taken.
DENSITY_FLOOR = 1e-6


def reconstruction_losses(mixture: MixtureTensors, targets: tf.Tensor, pen_rows: PenRows) -> tf.Tensor:
    """Return the reconstruction loss of each row, L_s + L_p.

    L_s = -log(density + 1e-6) on real points (eq. 9, first line). It is computed with log-sum-exp, which cannot
    overflow. L_p is the cross-entropy of the pen states (eq. 9, second line).

    Parameters
    ----------
    mixture : MixtureTensors
        Predicted mixtures, time * batch rows, time-major.
    targets : tensor, (time, batch, 5)
        Target rows, stroke-5.
    pen_rows : str
        Rows that contribute to L_p, one of `sketchkit.hparams.PEN_ROWS`.

    Returns
    -------
    tensor, (time, batch)
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
    """Return the KL divergence of each code from N(0, I), averaged over the code's components (eq. 10), (batch,)."""
    return -0.5 * tf.reduce_mean(1 + presig - tf.square(mean) - tf.exp(presig), axis=1)
