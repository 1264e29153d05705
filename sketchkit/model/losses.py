"""What training minimises: reconstruction and KL loss (arXiv 1704.03477, eq. 9 to 11)."""

from __future__ import annotations

import math

import tensorflow as tf

from sketchkit.model.mixture import MixtureTensors, log_density

__all__ = ["kl_loss", "reconstruction_losses"]

#: The published loss adds this to the density before taking the logarithm; its figures contain it.
DENSITY_FLOOR = 1e-6


def reconstruction_losses(mixture: MixtureTensors, targets: tf.Tensor, mask_pen: bool) -> tf.Tensor:
    """Return each row's reconstruction loss, L_s + L_p, shape (rows,).

    L_s = -log(density + 1e-6) on real points (eq. 9, first line), written as a sum of exponentials so that
    it cannot overflow; L_p is the cross-entropy of the pen states (second line).

    Parameters
    ----------
    mixture : MixtureTensors
        For as many rows as there are targets.
    targets : tensor, (rows, 5)
        Stroke-5.
    mask_pen : bool
        Count L_p on real points only, as the published evaluation does; otherwise on every row, as training
        does.
    """
    dx, dy, pen = tf.split(targets, [1, 1, 3], axis=1)
    log_p = log_density(mixture, dx, dy)
    floor = tf.fill(tf.shape(log_p), math.log(DENSITY_FLOOR))
    real = 1.0 - pen[:, 2]
    offset_loss = -tf.reduce_logsumexp(tf.stack([log_p, floor]), axis=0) * real
    pen_loss = tf.nn.softmax_cross_entropy_with_logits(pen, mixture.pen_logits)
    return offset_loss + (pen_loss * real if mask_pen else pen_loss)


def kl_loss(mean: tf.Tensor, presig: tf.Tensor) -> tf.Tensor:
    """Return each drawing's KL divergence from N(0, I), averaged over z (eq. 10), shape (batch,)."""
    return -0.5 * tf.reduce_mean(1 + presig - tf.square(mean) - tf.exp(presig), axis=1)
