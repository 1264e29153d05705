"""`scan`: a recurrent cell over a sequence, with a hand-written gradient for lstm and layer_norm cells.

Automatic differentiation of a loop stores every intermediate value of every step, and computes one product for each
weight gradient and step. The gates of lstm and layer_norm cells are linear in the input and the previous hidden
state; elementwise operations follow. For these cells, the fused scan in this module

- computes the time-independent terms of the gates (bias, latent code) once for each drawing, not for each step;
- stores only the gates, the hidden state and the cell of each step. It writes them in place into three buffers; row 0
  of the buffers of hidden states and cells is the initial state;
- differentiates only the elementwise operations in the backward loop and overwrites each gate with its gradient. It
  then computes the weight gradients with one matrix product for several steps.

XLA compiles both loops, also when the caller runs eagerly. The generic scan handles the hyper cell, whose gates are
not linear in its state, and dropout on the input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.python.xla import dynamic_update_slice

from sketchkit.model import cells
from sketchkit.model.cells import State, Tensors

__all__ = ["scan"]

Mask = Callable[[tf.Tensor], tf.Tensor]

#: Number of steps whose weight gradients are computed by one matrix product.
CHUNK_STEPS = 8


def scan(
    cell: str,
    w: Tensors,
    inputs: tf.Tensor,
    context: tf.Tensor | None,
    state: State,
    *,
    lengths: tf.Tensor | None = None,
    steps: tf.Tensor | None = None,
    mask: Mask | None = None,
    input_mask: Mask | None = None,
) -> tuple[tf.Tensor, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : str
        `lstm`, `layer_norm` or `hyper`.
    w : mapping
        Weights of the cell.
    inputs : tensor, (time, batch, inputs)
        Inputs of the steps. They receive no gradient.
    context : tensor (batch, z_size) or None
        Context, such as a latent code, appended to the input of every step.
    state : tuple of tensor
        State before the first step.
    lengths : int tensor (batch,), optional
        Number of steps after which the state of a sequence no longer changes.
    steps : int tensor (), optional
        Number of steps of the loop. Default: the maximum of `lengths`, or the number of inputs.
    mask, input_mask : callable, optional
        Functions that return the dropout mask at a time step: of the candidate, (batch, units), and of the input
        with the context, (batch, inputs + z_size).

    Returns
    -------
    outputs : tensor, (time, batch, units)
        Hidden state after each step; zeros after the last step of the loop.
    state : tuple of tensor
        State after the last step.
    """
    if steps is None:
        steps = inputs.shape[0] if lengths is None else tf.minimum(tf.reduce_max(lengths), inputs.shape[0])
    steps = tf.convert_to_tensor(steps, tf.int32)
    if cell == "hyper" or input_mask is not None:
        return _generic_scan(cell, w, inputs, context, state, lengths, steps, mask, input_mask)
    time, _, width = inputs.shape
    inputs = tf.pad(inputs, [[0, -time % CHUNK_STEPS], [0, 0], [0, 0]])  # a multiple of the chunk
    fixed = tf.zeros([1, w["W_hh"].shape[1]]) if cell == "layer_norm" else w["bias"][None]  # (1, 4 * units)
    if context is not None:
        fixed += context @ w["W_xh"][width:]
    fixed = tf.broadcast_to(fixed, [inputs.shape[1], fixed.shape[1]])  # (batch, 4 * units)
    names = sorted(name for name in w if "/" in name)  # gains and shifts of the layer norms
    h, c = (state[1], state[0]) if cell == "lstm" else state
    outputs, h, c = _fused_scan(
        cell, names, lengths, mask,
        steps, inputs, fixed, w["W_xh"][:width], w["W_hh"], h, c, *(w[name] for name in names),
    )  # fmt: skip
    return outputs[:time], ((c, h) if cell == "lstm" else (h, c))


def _generic_scan(
    cell: str,
    w: Tensors,
    inputs: tf.Tensor,
    context: tf.Tensor | None,
    state: State,
    lengths: tf.Tensor | None,
    steps: tf.Tensor,
    mask: Mask | None,
    input_mask: Mask | None,
) -> tuple[tf.Tensor, State]:
    """Run any cell; TensorFlow computes the gradient."""
    longest = inputs.shape[0]
    outputs = tf.TensorArray(tf.float32, size=longest, element_shape=cells.hidden_state(cell, state).shape)

    def advance(t: tf.Tensor, state: State, outputs: tf.TensorArray) -> Any:
        x = inputs[t] if context is None else tf.concat([inputs[t], context], 1)
        if input_mask is not None:
            x *= input_mask(t)
        after = cells.step(cell, w, x, state, None if mask is None else mask(t))
        if lengths is not None:
            running = (t < lengths)[:, None]
            after = tuple(tf.where(running, new, old) for new, old in zip(after, state, strict=True))
        return t + 1, after, outputs.write(t, cells.hidden_state(cell, after))

    _, state, outputs = tf.while_loop(
        lambda t, *_: t < steps, advance, (tf.constant(0), state, outputs), maximum_iterations=longest
    )
    return outputs.stack(), state


def _fused_scan(
    cell: str, names: list[str], lengths: tf.Tensor | None, mask: Mask | None, *tensors: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Run an lstm or layer_norm cell with the hand-written gradient.

    `tensors` are: steps, inputs, fixed (the time-independent terms of the gates), W_x, W_hh, h, c, and the weights of
    the layer norms in the order of `names`. Returns the hidden states (time, batch, units), the final hidden state and
    the final cell.
    """

    def gates_to_state(t: tf.Tensor, gates: tf.Tensor, h: tf.Tensor, c: tf.Tensor, *norms: tf.Tensor) -> Any:
        """Return the hidden state and the cell after step t."""
        norm_weights = dict(zip(names, norms, strict=True))
        new_h, new_c = cells.from_gates(cell, norm_weights, gates, c, None if mask is None else mask(t))
        if lengths is None:
            return new_h, new_c
        running = (t < lengths)[:, None]
        return tf.where(running, new_h, h), tf.where(running, new_c, c)

    @tf.function(jit_compile=True)
    def forward(
        steps: tf.Tensor, inputs: tf.Tensor, fixed: tf.Tensor, W_x: tf.Tensor, W_hh: tf.Tensor, h: tf.Tensor,
        c: tf.Tensor, *norms: tf.Tensor,
    ) -> Any:  # fmt: skip
        time, batch, units = inputs.shape[0], inputs.shape[1], h.shape[1]

        def advance(
            t: tf.Tensor, _: tf.Tensor, h: tf.Tensor, c: tf.Tensor, hs: tf.Tensor, cs: tf.Tensor, ps: tf.Tensor
        ) -> Any:
            gates = h @ W_hh + fixed  # (batch, 4 * units)
            row = inputs[t]
            for k in range(row.shape[1]):  # for so few columns, additions are faster than a product
                gates += row[:, k : k + 1] * W_x[k]
            h, c = gates_to_state(t, gates, h, c, *norms)
            return t + 1, gates, h, c, _write_row(hs, h, t + 1), _write_row(cs, c, t + 1), _write_row(ps, gates, t)

        begin = (tf.constant(0), fixed, h, c, *(_write_row(tf.zeros([time + 1, batch, units]), x, 0) for x in (h, c)))
        _, gates, h, c, hs, cs, ps = tf.while_loop(
            lambda t, *_: t < steps, advance, (*begin, tf.zeros([time, batch, 4 * units]))
        )
        return h, c, gates, hs, cs, ps

    @tf.function(jit_compile=True)
    def backward(
        steps: tf.Tensor, inputs: tf.Tensor, W_hh: tf.Tensor, gates: tf.Tensor, hs: tf.Tensor, cs: tf.Tensor,
        ps: tf.Tensor, d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, *norms: tf.Tensor,
    ) -> Any:  # fmt: skip
        batch, units = inputs.shape[1], hs.shape[2]
        W_back = tf.transpose(W_hh)

        # Each iteration passes the gates of the next one as a loop variable, read from the buffer after the write. If
        # an iteration read its own gates from the buffer, XLA would read the buffer at each use of the gates, could not
        # overwrite it in place, and would copy the whole buffer in every step.
        def backward_step(
            t: tf.Tensor, gates: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, ps: tf.Tensor, *d_norms: tf.Tensor
        ) -> Any:
            h, c = hs[t], cs[t]
            with tf.GradientTape() as tape:
                tape.watch([gates, h, c, *norms])
                after = gates_to_state(t, gates, h, c, *norms)
            d_gates, d_h_past, d_c, *more = tape.gradient(
                after,
                [gates, h, c, *norms],
                output_gradients=[d_h + d_outputs[t], d_c],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
            d_norms = tuple(total + term for total, term in zip(d_norms, more, strict=True))
            ps = _write_row(ps, d_gates, t)
            return t - 1, ps[tf.maximum(t - 1, 0)], d_gates @ W_back + d_h_past, d_c, ps, *d_norms

        begin = (steps - 1, gates, d_h, d_c, ps, *(tf.zeros_like(norm) for norm in norms))
        _, _, d_h, d_c, d_ps, *d_norms = tf.while_loop(lambda t, *_: t >= 0, backward_step, begin)

        def accumulate_chunk(chunk: tf.Tensor, d_fixed: tf.Tensor, d_W_x: tf.Tensor, d_W_hh: tf.Tensor) -> Any:
            """Add the weight gradients of one chunk of steps."""
            d_gates, past, row = (_chunk_rows(x, chunk * CHUNK_STEPS) for x in (d_ps, hs, inputs))
            flat = tf.reshape(d_gates, [CHUNK_STEPS * batch, 4 * units])
            d_W_x += tf.matmul(tf.reshape(row, [CHUNK_STEPS * batch, -1]), flat, transpose_a=True)
            d_W_hh += tf.matmul(tf.reshape(past, [CHUNK_STEPS * batch, units]), flat, transpose_a=True)
            return chunk + 1, d_fixed + tf.reduce_sum(d_gates, axis=0), d_W_x, d_W_hh

        zeros = (tf.zeros([size, 4 * units]) for size in (batch, inputs.shape[2], units))
        _, d_fixed, d_W_x, d_W_hh = tf.while_loop(
            lambda chunk, *_: chunk * CHUNK_STEPS < steps, accumulate_chunk, (tf.constant(0), *zeros)
        )
        return None, tf.zeros_like(inputs), d_fixed, d_W_x, d_W_hh, d_h, d_c, *d_norms

    @tf.custom_gradient
    def run(*tensors: tf.Tensor) -> Any:
        # In eager mode, TensorFlow would also differentiate the compiled loop, in addition to the custom gradient.
        # In a graph it does not, and `stop_gradient` there would copy the buffers in every step.
        inputs_of_loop = tuple(tf.stop_gradient(tensor) for tensor in tensors) if tf.executing_eagerly() else tensors
        h, c, gates, hs, cs, ps = forward(*inputs_of_loop)
        steps, inputs, _, _, W_hh, _, _, *norms = tensors

        def gradient(d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor) -> Any:
            return backward(steps, inputs, W_hh, gates, hs, cs, ps, d_outputs, d_h, d_c, *norms)

        return (hs[1:], h, c), gradient

    outputs: tuple[Any, Any, Any] = run(*tensors)
    return outputs


def _chunk_rows(buffer: tf.Tensor, begin: tf.Tensor) -> tf.Tensor:
    """Return `CHUNK_STEPS` rows of a buffer, from row `begin` on."""
    return tf.slice(buffer, tf.stack([begin, 0, 0]), [CHUNK_STEPS, *buffer.shape[1:]])


def _write_row(buffer: tf.Tensor, value: tf.Tensor, t: Any) -> tf.Tensor:
    """Return `buffer` with row t replaced. In a compiled loop, the write is in place."""
    return dynamic_update_slice(buffer, value[None], tf.stack([t, 0, 0]))
