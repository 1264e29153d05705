"""The density of the next point: a mixture of bivariate normals and three pen states.

Equations 2 to 6 of arXiv 1704.03477.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["MixtureDensity", "MixtureTensors", "log_density", "split_outputs"]


class MixtureTensors(NamedTuple):
    """Mixture parameters as the network works with them, each (rows, num_mixture) but the pen logits.

    Logits and logarithms are kept because they stay finite where probabilities and deviations do not.
    """

    pen_logits: Any  # (rows, 3)
    pi_logits: Any
    mu1: Any
    mu2: Any
    log_sigma1: Any
    log_sigma2: Any
    rho_raw: Any  # tanh of it is the correlation


@dataclass(frozen=True)
class MixtureDensity:
    """The density of the next point after each row of a drawing, in the drawing's units.

    Row i holds what follows the first i rows; n is one more than the drawing has rows.

    Attributes
    ----------
    pi : ndarray, shape (n, num_mixture)
        Weights, summing to 1.
    mu : ndarray, shape (n, num_mixture, 2)
        Means of (Δx, Δy).
    sigma : ndarray, shape (n, num_mixture, 2)
        Standard deviations.
    rho : ndarray, shape (n, num_mixture)
        Correlations of Δx and Δy.
    pen : ndarray, shape (n, 3)
        Probabilities that the pen stays down, is lifted, or the drawing ends.
    """

    pi: NDArray[np.float32]
    mu: NDArray[np.float32]
    sigma: NDArray[np.float32]
    rho: NDArray[np.float32]
    pen: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.pi)


def split_outputs(outputs: Any, num_mixture: int) -> MixtureTensors:
    """Split the output layer, (rows, 3 + 6 * num_mixture), into its parts (eq. 5 and 6)."""
    import tensorflow as tf

    return MixtureTensors(*tf.split(outputs, [3] + [num_mixture] * 6, axis=1))


#: Bounds on log sigma and on atanh(rho). No drawing needs a deviation below a millionth of the scale or a
#: correlation nearer to 1 than 2e-7, and within them the density and its gradient are finite in float32.
LOG_SIGMA_LIMIT = 14.0
RHO_RAW_LIMIT = 8.0


def log_density(mixture: MixtureTensors, dx: Any, dy: Any) -> Any:
    """Return log sum_k pi_k N(dx, dy | k), shape (rows,), from offsets of shape (rows, 1) (eq. 3).

    The quadratic form is written as (x - rho y)^2 / (1 - rho^2) + y^2, a sum of squares, and 1 - tanh^2(a) as
    1 / cosh^2(a): neither loses its digits where rho is near 1.
    """
    import tensorflow as tf

    rho_raw = tf.clip_by_value(mixture.rho_raw, -RHO_RAW_LIMIT, RHO_RAW_LIMIT)  # (rows, num_mixture)
    log_sigma1 = tf.clip_by_value(mixture.log_sigma1, -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT)
    log_sigma2 = tf.clip_by_value(mixture.log_sigma2, -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT)
    cosh = tf.cosh(rho_raw)
    x = (dx - mixture.mu1) * tf.exp(-log_sigma1)
    y = (dy - mixture.mu2) * tf.exp(-log_sigma2)
    distance = tf.square((x - tf.tanh(rho_raw) * y) * cosh) + tf.square(y)
    log_normal = tf.math.log(cosh) - 0.5 * distance - math.log(2 * math.pi) - log_sigma1 - log_sigma2
    return tf.reduce_logsumexp(tf.nn.log_softmax(mixture.pi_logits) + log_normal, axis=1)
