"""`BatchedInference`: runs a network on batches of any size with a small number of compiled functions.

A compiled function has fixed shapes. Batches are therefore padded: batch sizes to powers of two, lengths to powers of
two or the `max_seq_len` of the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from sketchkit.model.compiled import Compiled
from sketchkit.model.mixture import MixtureDensity, MixtureTensors
from sketchkit.model.network import Network
from sketchkit.model.rows import START_ROW, stroke5
from sketchkit.model.sampling import sample
from sketchkit.model.temperature import TemperatureScales

__all__ = ["BatchedInference"]


class BatchedInference:
    """Runs a network on batches of any size.

    Parameters
    ----------
    network : Network
        Network to run.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._encode = Compiled(network.encode)
        self._draw = Compiled(self._draw_padded)
        self._mixture = Compiled(self._mixture_padded)

    def encode(self, drawings: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the means and log-variances, each (n, z_size), of stroke-3 drawings in model units."""
        if not drawings:
            empty = np.zeros((0, self.network.hparams.z_size), dtype=np.float32)
            return empty, empty
        batch = _round_up(len(drawings))
        lengths = np.array([len(rows) for rows in drawings] + [0] * (batch - len(drawings)), dtype=np.int32)
        rows = np.zeros((batch, self._padded_length(lengths.max()), 5), dtype=np.float32)
        rows[:, :, 4] = 1
        for index, drawing in enumerate(drawings):
            rows[index, : len(drawing)] = stroke5(drawing)
        mean, presig = self._encode(tf.constant(rows), tf.constant(lengths))
        return mean.numpy()[: len(drawings)], presig.numpy()[: len(drawings)]

    def draw(
        self,
        codes: NDArray[np.float32] | None,
        noise: NDArray[np.float32],
        scales: TemperatureScales,
        beginning: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Sample a batch of drawings.

        Parameters
        ----------
        codes : ndarray (n, z_size) or None
            Latent codes; None for an unconditional model.
        noise : ndarray, (n, steps, 4)
            Noise of each drawing, from `decode_noise`.
        scales : TemperatureScales
            Factors that follow from the temperature.
        beginning : ndarray, (m, 3)
            Stroke-3 rows at the start of every drawing, in model units; m may be 0.

        Returns
        -------
        ndarray of float32, (n, steps, 5)
            Stroke-5 rows after the beginning, in model units.
        """
        count, steps = noise.shape[:2]
        batch, time = _round_up(count), self._padded_length(steps)
        padded_noise = np.full((time, batch, 4), 0.5, dtype=np.float32)
        padded_noise[:steps, :count] = noise.transpose(1, 0, 2)
        padded_noise[steps:, :count] = 0.5
        # Padding repeats the first drawing, so the loop never runs for more steps because of the padding.
        padded_noise[:, count:] = padded_noise[:, :1]
        z = None
        if codes is not None:
            z = tf.constant(np.concatenate([codes, np.repeat(codes[:1], batch - count, axis=0)]))
        input_rows = np.concatenate([START_ROW[None], stroke5(beginning)])
        num_rows = len(input_rows)
        prefix = np.zeros((self._padded_length(num_rows - 1) if num_rows > 1 else 0, 5), dtype=np.float32)
        prefix[: num_rows - 1] = input_rows[:-1]
        rows = self._draw(
            z,
            tf.constant(padded_noise),
            tf.constant(scales, tf.float32),
            tf.constant(prefix),
            tf.constant(num_rows - 1),
            tf.constant(input_rows[-1]),
            # A greedy drawing may be empty, as in the original sketch-rnn code. Other drawings have at least one point.
            tf.constant(num_rows > 1 or np.isinf(scales.logits)),
        )
        return np.asarray(rows.numpy()[:steps, :count].transpose(1, 0, 2))

    def _draw_padded(
        self,
        z: tf.Tensor | None,
        noise: tf.Tensor,
        scales: tf.Tensor,
        prefix: tf.Tensor,
        prefix_length: tf.Tensor,
        row: tf.Tensor,
        may_end: tf.Tensor,
    ) -> tf.Tensor:
        batch = noise.shape[1]
        state = self.network.initial_state(z, batch)
        if prefix.shape[0]:
            # One call of the decoder reads all rows of the beginning except the last.
            rows = tf.tile(prefix[None], [batch, 1, 1])
            _, state = self.network.decode(rows, z, state, lengths=tf.fill([batch], prefix_length))
        return sample(self.network, z, state, tf.tile(row[None], [batch, 1]), noise, scales, may_end)

    def mixture(self, drawing: NDArray[np.float32], code: NDArray[np.float32] | None, scale: float) -> MixtureDensity:
        """Return the density of the next point after every row of a stroke-3 drawing.

        Parameters
        ----------
        drawing : ndarray, (n, 3)
            Stroke-3 rows, in model units.
        code : ndarray (z_size,) or None
            Latent code; None for an unconditional model.
        scale : float
            Data units per model unit.

        Returns
        -------
        MixtureDensity
            n + 1 rows, in data units.
        """
        input_rows = np.concatenate([START_ROW[None], stroke5(drawing)])  # (n + 1, 5)
        rows = np.zeros((1, self._padded_length(len(input_rows)), 5), dtype=np.float32)
        rows[0, : len(input_rows)] = input_rows
        z = None if code is None else tf.constant(code[None])
        m = MixtureTensors(*(value.numpy()[: len(input_rows)] for value in self._mixture(tf.constant(rows), z)))
        return m.density(scale)

    def _mixture_padded(self, rows: tf.Tensor, z: tf.Tensor | None) -> MixtureTensors:
        state = self.network.initial_state(z, 1)
        return self.network.decode(rows, z, state)[0]

    def _padded_length(self, length: int) -> int:
        """Return the number of steps to which a sequence is padded."""
        longest = self.network.hparams.max_seq_len
        if length > longest:
            return _round_up(length)
        return min(longest, max(32, _round_up(length)))


def _round_up(count: int) -> int:
    """Return the smallest power of two that is at least `count`."""
    return 1 << (int(count) - 1).bit_length()
