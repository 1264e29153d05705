"""`FusedScan`: an lstm or layer_norm cell over a sequence, with a hand-written gradient.

Automatic differentiation of a loop stores every intermediate value of every step, and computes one product for each
weight gradient and step. The gates of lstm and layer_norm cells are linear in the input and the previous hidden
state; elementwise operations follow. For these cells, the fused scan

- computes the time-independent terms of the gates (bias, latent code) once for each drawing, not for each step;
- stores only the gates, the hidden state and the cell state of each step. It writes them in place into three buffers;
  row 0 of the buffers of hidden states and cell states is the initial state;
- differentiates only the elementwise operations in the backward loop and overwrites each gate with its gradient. It
  then computes the weight gradients with one matrix product for several steps.

XLA compiles both loops, even when the caller runs eagerly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf
from tensorflow.compiler.tf2xla.python.xla import dynamic_update_slice

from sketchkit.model import cells

__all__ = ["CHUNK_STEPS", "FusedScan", "Mask", "chunk_rows", "write_row"]

Mask = Callable[[tf.Tensor], tf.Tensor]

#: Number of steps whose weight gradients are computed by one matrix product.
CHUNK_STEPS = 8


class _Buffers(NamedTuple):
    """Values of the steps, which the backward loop reads."""

    last_gates: tf.Tensor  # (batch, 4 * units), gates of the last step
    hs: tf.Tensor  # (time + 1, batch, units), hidden states, the initial one first
    cs: tf.Tensor  # (time + 1, batch, units), cell states, the initial one first
    ps: tf.Tensor  # (time, batch, 4 * units), pre-activation gates


class FusedScan:
    """Runs a cell over a sequence.

    Parameters
    ----------
    cell : str
        `lstm` or `layer_norm`.
    norm_names : list of str
        Names of the weights of the layer norms.
    lengths : int tensor (batch,) or None
        Number of steps after which the state of a sequence no longer changes.
    mask : callable or None
        Function that returns the dropout mask of the candidate, (batch, units), at a time step.
    """

    def __init__(self, cell: str, norm_names: list[str], lengths: tf.Tensor | None, mask: Mask | None) -> None:
        self.cell, self.norm_names, self.lengths, self.mask = cell, norm_names, lengths, mask
        self._compiled_forward = tf.function(self._forward, jit_compile=True)
        self._compiled_backward = tf.function(self._backward, jit_compile=True)

    def __call__(
        self,
        steps: tf.Tensor,
        inputs: tf.Tensor,
        fixed: tf.Tensor,
        W_x: tf.Tensor,
        W_hh: tf.Tensor,
        h: tf.Tensor,
        c: tf.Tensor,
        *norms: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return the hidden states, (time, batch, units), the final hidden state and the final cell state.

        Parameters
        ----------
        steps : int tensor, ()
            Number of steps of the loop.
        inputs : tensor, (time, batch, inputs)
            Inputs of the steps, which receive no gradient; time is a multiple of `CHUNK_STEPS`.
        fixed : tensor, (batch, 4 * units)
            Time-independent terms of the gates.
        W_x, W_hh : tensor
            Weights of the inputs and of the hidden state.
        h, c : tensor, (batch, units)
            State before the first step.
        *norms : tensor
            Weights of the layer norms, in the order of `norm_names`.
        """

        @tf.custom_gradient
        def run(*tensors: tf.Tensor) -> tuple[tuple[tf.Tensor, ...], Callable[..., tuple[tf.Tensor | None, ...]]]:
            # In eager mode, TensorFlow would also differentiate the compiled loop, in addition to the custom gradient.
            # In a graph, only the custom gradient is used, and `stop_gradient` would make the loop copy the buffers in
            # every step.
            arguments = tuple(tf.stop_gradient(tensor) for tensor in tensors) if tf.executing_eagerly() else tensors
            final_h, final_c, *buffers = self._compiled_forward(*arguments)
            steps, inputs, _, _, W_hh, _, _, *norms = tensors

            def gradient(d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor) -> tuple[tf.Tensor | None, ...]:
                return (None, *self._compiled_backward(steps, inputs, W_hh, *buffers, d_outputs, d_h, d_c, *norms))

            return (_Buffers(*buffers).hs[1:], final_h, final_c), gradient

        outputs, h, c = run(steps, inputs, fixed, W_x, W_hh, h, c, *norms)
        return outputs, h, c

    def _state_after(
        self, t: tf.Tensor, gates: tf.Tensor, h: tf.Tensor, c: tf.Tensor, *norms: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the hidden state and the cell state after step t."""
        norm_weights = dict(zip(self.norm_names, norms, strict=True))
        mask = None if self.mask is None else self.mask(t)
        new_h, new_c = cells.from_gates(self.cell, norm_weights, gates, c, mask)
        if self.lengths is None:
            return new_h, new_c
        running = (t < self.lengths)[:, None]
        return tf.where(running, new_h, h), tf.where(running, new_c, c)

    def _forward(
        self, steps: tf.Tensor, inputs: tf.Tensor, fixed: tf.Tensor, W_x: tf.Tensor, W_hh: tf.Tensor, h: tf.Tensor,
        c: tf.Tensor, *norms: tf.Tensor,
    ) -> tuple[tf.Tensor, ...]:  # fmt: skip
        """Return the final hidden state, the final cell state and the items of `_Buffers`."""
        time, batch, units = inputs.shape[0], inputs.shape[1], h.shape[1]

        def advance(
            t: tf.Tensor, _: tf.Tensor, h: tf.Tensor, c: tf.Tensor, hs: tf.Tensor, cs: tf.Tensor, ps: tf.Tensor
        ) -> tuple[tf.Tensor, ...]:
            gates = h @ W_hh + fixed  # (batch, 4 * units)
            row = inputs[t]
            for k in range(row.shape[1]):  # for so few columns, additions are faster than a matrix product
                gates += row[:, k : k + 1] * W_x[k]
            h, c = self._state_after(t, gates, h, c, *norms)
            return t + 1, gates, h, c, write_row(hs, h, t + 1), write_row(cs, c, t + 1), write_row(ps, gates, t)

        begin = (tf.constant(0), fixed, h, c, *(write_row(tf.zeros([time + 1, batch, units]), x, 0) for x in (h, c)))
        _, gates, h, c, hs, cs, ps = tf.while_loop(
            lambda t, *_: t < steps, advance, (*begin, tf.zeros([time, batch, 4 * units]))
        )
        return h, c, *_Buffers(gates, hs, cs, ps)

    def _backward(
        self, steps: tf.Tensor, inputs: tf.Tensor, W_hh: tf.Tensor, gates: tf.Tensor, hs: tf.Tensor, cs: tf.Tensor,
        ps: tf.Tensor, d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, *norms: tf.Tensor,
    ) -> tuple[tf.Tensor, ...]:  # fmt: skip
        """Return the gradients of `inputs` (zeros) and of the arguments that follow `inputs` in `__call__`."""
        W_back = tf.transpose(W_hh)

        # Each iteration writes the gradient of its gates to the buffer `ps`, then reads the gates of the next iteration
        # from `ps`, and passes them on as a loop variable. If an iteration read its own gates from `ps`, XLA would read
        # `ps` at each use of the gates, could not overwrite `ps` in place, and would copy all of it in every step.
        def backward_step(
            t: tf.Tensor, gates: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, ps: tf.Tensor, *d_norms: tf.Tensor
        ) -> tuple[tf.Tensor, ...]:
            h, c = hs[t], cs[t]
            with tf.GradientTape() as tape:
                tape.watch([gates, h, c, *norms])
                after = self._state_after(t, gates, h, c, *norms)
            d_gates, d_h_past, d_c, *more = tape.gradient(
                after,
                [gates, h, c, *norms],
                output_gradients=[d_h + d_outputs[t], d_c],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
            d_norms = tuple(total + term for total, term in zip(d_norms, more, strict=True))
            ps = write_row(ps, d_gates, t)
            return t - 1, ps[tf.maximum(t - 1, 0)], d_gates @ W_back + d_h_past, d_c, ps, *d_norms

        begin = (steps - 1, gates, d_h, d_c, ps, *(tf.zeros_like(norm) for norm in norms))
        _, _, d_h, d_c, d_ps, *d_norms = tf.while_loop(lambda t, *_: t >= 0, backward_step, begin)
        return tf.zeros_like(inputs), *_weight_gradients(steps, inputs, hs, d_ps), d_h, d_c, *d_norms


def _weight_gradients(
    steps: tf.Tensor, inputs: tf.Tensor, hs: tf.Tensor, d_ps: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the gradients of `fixed`, `W_x` and `W_hh`, from those of the gates, (time, batch, 4 * units)."""
    batch, units = inputs.shape[1], hs.shape[2]

    def accumulate_chunk(
        chunk: tf.Tensor, d_fixed: tf.Tensor, d_W_x: tf.Tensor, d_W_hh: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        d_gates, past, row = (chunk_rows(x, chunk * CHUNK_STEPS) for x in (d_ps, hs, inputs))
        flat = tf.reshape(d_gates, [CHUNK_STEPS * batch, 4 * units])
        d_W_x += tf.matmul(tf.reshape(row, [CHUNK_STEPS * batch, -1]), flat, transpose_a=True)
        d_W_hh += tf.matmul(tf.reshape(past, [CHUNK_STEPS * batch, units]), flat, transpose_a=True)
        return chunk + 1, d_fixed + tf.reduce_sum(d_gates, axis=0), d_W_x, d_W_hh

    zeros = (tf.zeros([size, 4 * units]) for size in (batch, inputs.shape[2], units))
    _, d_fixed, d_W_x, d_W_hh = tf.while_loop(
        lambda chunk, *_: chunk * CHUNK_STEPS < steps, accumulate_chunk, (tf.constant(0), *zeros)
    )
    return d_fixed, d_W_x, d_W_hh


def chunk_rows(buffer: tf.Tensor, begin: tf.Tensor) -> tf.Tensor:
    """Return `CHUNK_STEPS` rows of a buffer, from row `begin` on."""
    return tf.slice(buffer, tf.stack([begin, 0, 0]), [CHUNK_STEPS, *buffer.shape[1:]])


def write_row(buffer: tf.Tensor, value: tf.Tensor, t: tf.Tensor | int) -> tf.Tensor:
    """Return `buffer` with row t replaced. In a compiled loop, the write is in place."""
    return dynamic_update_slice(buffer, value[None], tf.stack([t, 0, 0]))
