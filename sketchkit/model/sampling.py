"""Sampling of drawings from the decoder, point by point (arXiv 1704.03477, section 3.3)."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from sketchkit.model import cells
from sketchkit.model.mixture import MixtureTensors
from sketchkit.model.network import Network
from sketchkit.model.weights import subtree

__all__ = ["sample"]


def sample(
    network: Network,
    z: tf.Tensor | None,
    state: cells.State,
    row: tf.Tensor,
    noise: tf.Tensor,
    scales: tf.Tensor,
    may_end: tf.Tensor,
) -> tf.Tensor:
    """Sample a batch of drawings until all have ended, in at most as many steps as `noise` has.

    Parameters
    ----------
    network : Network
        Network that predicts the mixtures.
    z : tensor (batch, z_size) or None
        Latent codes; None for an unconditional model.
    state : tuple of tensor
        State of the decoder before the first step.
    row : tensor, (batch, 5)
        Input of the first step: the start token, or the last row of a beginning.
    noise : tensor, (steps, batch, 4)
        Noise of each step, from `sketchkit.model.noise.decode_noise`.
    scales : tensor, (3,)
        `sketchkit.model.temperature.TemperatureScales`: factors for the mixture's logits, for sigma, and for the pen
        states' logits.
    may_end : scalar bool tensor
        Whether the first step may end the drawing. False prevents empty drawings.

    Returns
    -------
    tensor, (steps, batch, 5)
        Stroke-5 rows. All rows after the first end row of a drawing are end rows.
    """
    h = network.hparams
    w = subtree(network.tensors(), "decoder/cell")
    steps, batch = noise.shape[0], noise.shape[1]
    end_row = tf.constant([[0.0, 0.0, 0.0, 0.0, 1.0]])
    no_end = tf.constant([[0.0, 0.0, -1e9]])
    rows = tf.tile(end_row[None], [steps, batch, 1])

    def is_running(t: tf.Tensor, state: cells.State, row: tf.Tensor, ended: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
        return tf.logical_and(t < steps, tf.logical_not(tf.reduce_all(ended)))

    def advance(t: tf.Tensor, state: cells.State, row: tf.Tensor, ended: tf.Tensor, rows: tf.Tensor) -> Any:
        x = row if z is None else tf.concat([row, z], 1)
        state = cells.step(h.dec_model, w, x, state, None)
        mixture = network.mixture(cells.hidden_state(h.dec_model, state))
        end_excluded = tf.logical_and(t == 0, tf.logical_not(may_end))
        penalty = tf.where(end_excluded, no_end, tf.zeros_like(no_end))
        mixture = mixture._replace(pen_logits=mixture.pen_logits + penalty)
        row = _sample_row(mixture, noise[t], scales)
        row = tf.where(ended[:, None], end_row, row)
        return t + 1, state, row, row[:, 4] > 0, tf.tensor_scatter_nd_update(rows, [[t]], row[None])

    begin = (tf.constant(0), state, row, tf.zeros([batch], tf.bool), rows)
    return tf.while_loop(is_running, advance, begin)[-1]


def _sample_row(mixture: MixtureTensors, noise: tf.Tensor, scales: tf.Tensor) -> tf.Tensor:
    """Sample one stroke-5 row for each drawing, (batch, 5)."""
    logit_scale, sigma_scale, pen_scale = tf.unstack(scales)
    uniform_component, uniform_pen, normal_x, normal_y = tf.split(noise, 4, axis=1)  # (batch, 1) each
    index = _sample_index(mixture.pi_logits, uniform_component, logit_scale)
    component = tf.one_hot(index, mixture.pi_logits.shape[1])

    def select(values: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(component * values, axis=1, keepdims=True)

    rho = tf.tanh(select(mixture.rho_raw))
    correlated_y = rho * normal_x + tf.sqrt(1 - tf.square(rho)) * normal_y
    dx = select(mixture.mu1) + sigma_scale * tf.exp(select(mixture.log_sigma1)) * normal_x
    dy = select(mixture.mu2) + sigma_scale * tf.exp(select(mixture.log_sigma2)) * correlated_y
    pen = tf.one_hot(_sample_index(mixture.pen_logits, uniform_pen, pen_scale), 3)
    return tf.concat([dx, dy, pen], 1)


def _sample_index(logits: tf.Tensor, uniform: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    """Return the first index, (batch,), at which the cumulative distribution exceeds `uniform`, (batch, 1)."""
    greedy = tf.math.is_inf(scale)
    best = tf.argmax(logits, axis=1, output_type=tf.int32)
    # The largest logit is subtracted first, so that low temperatures do not overflow.
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    p = tf.nn.softmax(shifted * tf.where(greedy, 1.0, scale))
    passed = tf.cast(tf.cumsum(p, axis=1)[:, :-1] <= uniform, tf.int32)
    return tf.where(greedy, best, tf.reduce_sum(passed, axis=1))
