"""The probability density of the next point: a mixture of bivariate normals and three pen states.

The formulas are equations 2 to 6 of arXiv 1704.03477.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["MixtureDensity", "MixtureTensors", "log_density", "row_log_likelihood", "split_outputs"]


class MixtureTensors(NamedTuple):
    """Raw mixture parameters from the network, each (rows, num_mixture); the pen logits are (rows, 3).

    Logits and logarithms are used because they stay finite where probabilities or standard deviations are rounded to 0.
    """

    pen_logits: tf.Tensor  # (rows, 3)
    pi_logits: tf.Tensor
    mu1: tf.Tensor
    mu2: tf.Tensor
    log_sigma1: tf.Tensor
    log_sigma2: tf.Tensor
    rho_raw: tf.Tensor  # the correlation is tanh(rho_raw)

    def density(self, scale: float) -> MixtureDensity:
        """Return the density in data units. The fields must be NumPy arrays.

        `scale` is the number of data units per model unit.
        """
        return MixtureDensity(
            pi=_softmax(self.pi_logits),
            mu=np.stack([self.mu1, self.mu2], axis=2) * np.float32(scale),
            sigma=np.exp(np.stack([self.log_sigma1, self.log_sigma2], axis=2)) * np.float32(scale),
            rho=np.tanh(self.rho_raw),
            pen=_softmax(self.pen_logits),
        )


@dataclass(frozen=True)
class MixtureDensity:
    """The probability density of the next point after each row of a drawing, in the units of the drawing.

    Row i is the distribution of the point after the first i rows. A drawing of n - 1 rows gives n rows.

    Attributes
    ----------
    pi : ndarray, shape (n, num_mixture)
        Weights of the components; each row sums to 1.
    mu : ndarray, shape (n, num_mixture, 2)
        Means of (Δx, Δy).
    sigma : ndarray, shape (n, num_mixture, 2)
        Standard deviations.
    rho : ndarray, shape (n, num_mixture)
        Correlations of Δx and Δy.
    pen : ndarray, shape (n, 3)
        Probabilities that the pen stays down, that it is lifted, and that the drawing ends.
    """

    pi: NDArray[np.float32]
    mu: NDArray[np.float32]
    sigma: NDArray[np.float32]
    rho: NDArray[np.float32]
    pen: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.pi)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def split_outputs(outputs: tf.Tensor, num_mixture: int) -> MixtureTensors:
    """Split the outputs of the last layer, (rows, 3 + 6 * num_mixture), into mixture parameters (eq. 5 and 6)."""
    import tensorflow as tf

    return MixtureTensors(*tf.split(outputs, [3] + [num_mixture] * 6, axis=1))


#: Bounds on |log sigma| and |atanh(rho)|. They allow standard deviations down to a millionth of the scale factor and
#: correlations up to 1 - 2e-7. Within them, the density and its gradient are finite in float32.
LOG_SIGMA_LIMIT = 14.0
RHO_RAW_LIMIT = 8.0


def log_density(mixture: MixtureTensors, dx: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """Return log sum_k pi_k N(dx, dy | k), shape (rows,), for offsets of shape (rows, 1) (eq. 3).

    The quadratic form is computed as (x - rho y)^2 / (1 - rho^2) + y^2, a sum of squares, and 1 - tanh^2(a) as
    1 / cosh^2(a). Both expressions keep their precision where rho is close to 1.
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


def row_log_likelihood(outputs: NDArray[np.float64], row: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the log likelihood, (n,), of one stroke-5 row given each of n outputs of the last layer, in NumPy.

    The log likelihood is the log density of the offset, as in `log_density`, plus the log probability of the pen state.
    `outputs` has the shape (n, 3 + 6 * num_mixture).
    """
    pen = outputs[:, :3]
    pi_logits, mu1, mu2, log_sigma1, log_sigma2, rho_raw = outputs[:, 3:].reshape(len(outputs), 6, -1).swapaxes(0, 1)
    rho_raw = np.clip(rho_raw, -RHO_RAW_LIMIT, RHO_RAW_LIMIT)  # (n, num_mixture)
    log_sigma1 = np.clip(log_sigma1, -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT)
    log_sigma2 = np.clip(log_sigma2, -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT)
    cosh = np.cosh(rho_raw)
    x = (row[0] - mu1) * np.exp(-log_sigma1)
    y = (row[1] - mu2) * np.exp(-log_sigma2)
    distance = np.square((x - np.tanh(rho_raw) * y) * cosh) + np.square(y)
    log_normal = np.log(cosh) - 0.5 * distance - math.log(2 * math.pi) - log_sigma1 - log_sigma2
    log_density = _logsumexp(pi_logits + log_normal) - _logsumexp(pi_logits)
    return np.asarray(log_density + pen[:, int(row[2:].argmax())] - _logsumexp(pen))


def _logsumexp(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.logaddexp.reduce(values, axis=1))
