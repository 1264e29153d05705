"""`NumpyInference`: encodes, draws and predicts mixtures in NumPy, for small requests.

Its results equal those of `sketchkit.model.inference.BatchedInference` up to rounding. It needs no import of TensorFlow
and no compilation.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.hparams import HParams
from sketchkit.model.mixture import MixtureDensity, MixtureTensors, row_log_likelihood
from sketchkit.model.numpy_cells import ROW, Cell, State, make_cell
from sketchkit.model.rows import END_ROW, START_ROW, stroke5
from sketchkit.model.small_product import SmallProduct
from sketchkit.model.temperature import TemperatureScales
from sketchkit.model.weights import Weights, state_sizes, subtree

__all__ = ["NumpyInference"]

#: Minimum number of drawings for which the two directions of the encoder run in two threads. For fewer drawings, the
#: threads need more time than they save.
MIN_ROWS_FOR_THREADS = 64


class NumpyInference:
    """Runs a model in NumPy. Several threads can use one instance.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the model.
    weights : dict of str to ndarray
        Weights, by the names in `sketchkit.model.weights`.
    """

    def __init__(self, hparams: HParams, weights: Weights) -> None:
        self._hparams, self._weights = hparams, weights
        if hparams.conditional:
            self._mean, self._presig, self._initial = (
                _Layer(weights, name) for name in ("encoder/mu", "encoder/presig", "decoder/initial")
            )
        self._output = _Layer(weights, "decoder/output")

    @cached_property
    def _encoders(self) -> list[Cell]:
        paths = ("encoder/forward", "encoder/backward")
        return [make_cell(self._hparams.enc_model, subtree(self._weights, path)) for path in paths]

    @cached_property
    def _decoder(self) -> Cell:
        return make_cell(self._hparams.dec_model, subtree(self._weights, "decoder/cell"))

    def encode(self, drawings: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the means and log-variances, each (n, z_size), of stroke-3 drawings in model units."""
        if not drawings:
            empty = np.zeros((0, self._hparams.z_size), dtype=np.float32)
            return empty, empty
        # Drawings are sorted by length, the longest first, so that the drawings that have not ended come first.
        order = np.argsort([-len(drawing) for drawing in drawings], kind="stable")
        rows = [stroke5(drawings[index]) for index in order]
        forward, backward = self._encoders
        directions = [forward, backward], [rows, [each[::-1] for each in rows]]
        if len(rows) < MIN_ROWS_FOR_THREADS:
            hidden = list(map(self._last_hidden, *directions))
        else:  # NumPy releases the interpreter lock in products and in functions of large arrays
            with ThreadPoolExecutor(len(self._encoders)) as pool:
                hidden = list(pool.map(self._last_hidden, *directions))
        summary = np.empty((len(rows), 2 * self._hparams.enc_rnn_size), dtype=np.float32)
        summary[order] = np.concatenate(hidden, 1)
        return self._mean(summary), self._presig(summary)

    def _last_hidden(self, cell: Cell, drawings: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the hidden state after the last row of each drawing, (n, units). The longest drawing is the first."""
        h = self._hparams
        lengths = np.array([len(rows) for rows in drawings])
        padded = np.zeros((lengths[0], len(drawings), ROW), dtype=np.float32)
        for index, rows in enumerate(drawings):
            padded[: len(rows), index] = rows
        state = _zero_state(h.enc_model, h.enc_rnn_size, len(drawings))
        fixed = cell.fixed(None, len(drawings))
        last = cell.hidden(state).copy()
        for t in range(lengths[0]):
            running = int(np.count_nonzero(lengths > t))
            state = cell.step(padded[t, :running], _first(fixed, running), _first(state, running))
            last[:running] = cell.hidden(state)
        return last

    def draw(
        self,
        codes: NDArray[np.float32] | None,
        noise: NDArray[np.float32],
        scales: TemperatureScales,
        beginning: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Sample a batch of drawings; see `BatchedInference.draw` for the parameters and the result."""
        count, steps = noise.shape[:2]
        drawn = np.tile(END_ROW, (count, steps, 1))
        inputs = np.concatenate([START_ROW[None], stroke5(beginning)])
        # A greedy drawing may be empty, as in the original sketch-rnn code. Other drawings have at least one point.
        may_end = len(inputs) > 1 or np.isinf(scales.logits)
        with np.errstate(over="ignore", invalid="ignore"):
            scales = TemperatureScales(*np.array(scales, dtype=np.float32))
            state, fixed = self._initial_state(codes, count), self._decoder.fixed(codes, count)
            for row in inputs[:-1]:
                state = self._decoder.step(np.tile(row, (count, 1)), fixed, state)
            row = np.tile(inputs[-1], (count, 1))
            running = np.arange(count)
            for t in range(steps):
                state = self._decoder.step(row, fixed, state)
                outputs = self._output(self._decoder.hidden(state))
                if t == 0 and not may_end:
                    outputs[:, 2] -= 1e9
                row = _sample_rows(outputs, noise[running, t], scales)
                drawn[running, t] = row
                continues = row[:, 4] == 0
                if not continues.all():
                    running, row = running[continues], row[continues]
                    if not len(running):
                        break
                    state, fixed = (tuple(part[continues] for part in parts) for parts in (state, fixed))
        return drawn

    def mixture(self, drawing: NDArray[np.float32], code: NDArray[np.float32] | None, scale: float) -> MixtureDensity:
        """Return the density of the next point after every row; see `BatchedInference.mixture` for the parameters."""
        z = None if code is None else code[None]
        state, fixed = self._initial_state(z, 1), self._decoder.fixed(z, 1)
        hidden = []
        for row in np.concatenate([START_ROW[None], stroke5(drawing)]):
            state = self._decoder.step(row[None], fixed, state)
            hidden.append(self._decoder.hidden(state))
        outputs = self._output(np.concatenate(hidden))
        parts = np.split(outputs, 3 + self._hparams.num_mixture * np.arange(6), axis=1)
        return MixtureTensors(*parts).density(scale)

    def log_likelihoods(self, beginning: NDArray[np.float32], codes: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the log likelihood, (m,), of stroke-3 rows (n, 3) in model units, given each of m codes."""
        count = len(codes)
        state, fixed = self._initial_state(codes, count), self._decoder.fixed(codes, count)
        total = np.zeros(count)
        row = START_ROW
        for target in stroke5(beginning):
            state = self._decoder.step(np.tile(row, (count, 1)), fixed, state)
            outputs = self._output(self._decoder.hidden(state)).astype(np.float64)
            total += row_log_likelihood(outputs, target)
            row = target
        return total

    def _initial_state(self, z: NDArray[np.float32] | None, batch: int) -> State:
        h = self._hparams
        if z is None:
            return _zero_state(h.dec_model, h.dec_rnn_size, batch)
        flat = np.tanh(self._initial(np.tanh(z) if h.tanh_code else z))  # (batch, state_size)
        return tuple(np.split(flat, np.cumsum(state_sizes(h.dec_model, h.dec_rnn_size))[:-1], axis=1))


class _Layer:
    """The function x -> x @ w + b."""

    def __init__(self, weights: Weights, path: str) -> None:
        self._product, self._b = SmallProduct(weights[f"{path}/w"]), weights[f"{path}/b"].copy()

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        y = self._product(x)
        y += self._b
        return y


def _zero_state(cell: str, units: int, batch: int) -> State:
    return tuple(np.zeros((batch, size), dtype=np.float32) for size in state_sizes(cell, units))


def _first(state: State, count: int) -> State:
    return tuple(part[:count] for part in state)


def _sample_rows(
    outputs: NDArray[np.float32], noise: NDArray[np.float32], scales: TemperatureScales
) -> NDArray[np.float32]:
    """Sample one stroke-5 row for each drawing, (batch, 5), as `sketchkit.model.sampling` does.

    `outputs` are the outputs of the last layer, (batch, 3 + 6 * num_mixture); `noise` is the noise of the step,
    (batch, 4).
    """
    batch = len(outputs)
    drawings = np.arange(batch)
    mixture = outputs[:, 3:].reshape(batch, 6, -1)  # pi_logits, mu1, mu2, log_sigma1, log_sigma2, rho_raw
    component = _sample_index(mixture[:, 0], noise[:, :1], scales.logits)
    mu1, mu2, log_sigma1, log_sigma2, rho_raw = mixture[drawings, 1:, component].T  # (batch,) each
    normal_x, normal_y = noise[:, 2], noise[:, 3]
    rho = np.tanh(rho_raw)
    row = np.zeros((batch, 5), dtype=np.float32)
    row[:, 0] = mu1 + scales.sigma * np.exp(log_sigma1) * normal_x
    row[:, 1] = mu2 + scales.sigma * np.exp(log_sigma2) * (rho * normal_x + np.sqrt(1 - np.square(rho)) * normal_y)
    row[drawings, 2 + _sample_index(outputs[:, :3], noise[:, 1:2], scales.pen)] = 1
    return row


def _sample_index(logits: NDArray[Any], uniform: NDArray[np.float32], scale: float) -> NDArray[np.intp]:
    """Return the first index, (batch,), at which the cumulative distribution exceeds `uniform`, (batch, 1)."""
    if np.isinf(scale):
        return np.asarray(logits.argmax(axis=1))
    # The sums are computed in float64, as in the page, so that rounding does not select another component. The largest
    # logit is subtracted first, so that low temperatures do not overflow.
    logits = logits.astype(np.float64)
    p = np.exp((logits - np.maximum.reduce(logits, axis=1, keepdims=True)) * scale)
    cumulative = np.add.accumulate(p, axis=1)
    index: NDArray[np.intp] = np.add.reduce(cumulative[:, :-1] <= uniform * cumulative[:, -1:], axis=1)
    return index
