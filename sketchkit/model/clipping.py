"""Clipping of gradients, and statistics of the gradients before clipping."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

__all__ = ["GRADIENT_FIGURES", "clip_gradients"]

#: Names of the statistics, in the order in which `clip_gradients` returns them.
GRADIENT_FIGURES = ("finite", "grad_norm", "clipped")


def clip_gradients(gradients: Sequence[tf.Tensor], limit: float) -> tuple[list[tf.Tensor], dict[str, tf.Tensor]]:
    """Clip each element of the gradients to [-limit, limit].

    Returns
    -------
    list of tensor
        Clipped gradients.
    dict of str to scalar tensor, float32
        Statistics of the gradients before clipping: `finite`, 1 if all elements are finite, else 0; `grad_norm`, the
        Euclidean norm of all elements; `clipped`, the share of elements that are clipped, 0 to 1.
    """
    # Clipping would hide a non-finite gradient, so finiteness is checked before clipping.
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in gradients])
    norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(g)) for g in gradients]))
    exceeding = tf.add_n([tf.reduce_sum(tf.cast(tf.abs(g) > limit, tf.float32)) for g in gradients])
    size = sum(g.shape.num_elements() for g in gradients)
    values = (tf.cast(finite, tf.float32), norm, exceeding / size)
    return [tf.clip_by_value(g, -limit, limit) for g in gradients], dict(zip(GRADIENT_FIGURES, values, strict=True))
