"""A cell over time: one loop forward, one backward.

Differentiating a loop step by step keeps every intermediate value of every step, and multiplies each weight
gradient step by step. For cells whose gates are linear in the input and the last hidden state, followed by
arithmetic unit by unit (lstm, layer_norm), the loop here

- takes what does not change over time (bias, latent code) into the gates once a drawing, not once a step;
- keeps per step only the gates, the hidden state and the cell, written in place into three buffers whose row 0
  is the initial state;
- walks backward through the arithmetic alone, putting each gate gradient where the gate was, and makes the weight
  gradients afterwards, many steps to a matrix product.

Both loops are compiled by XLA, whoever calls them. The hyper cell, whose gates are not linear in its state,
and dropout on the input take the plain loop.
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

#: Steps whose weight gradients are made by one matrix product.
PIECE = 8


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
        The cell's weights.
    inputs : tensor, (time, batch, inputs)
        Data: no gradient flows to them.
    context : tensor (batch, z_size) or None
        Appended to the input of every step.
    state : tuple of tensor
        Before the first step.
    lengths : int tensor (batch,), optional
        A sequence's state stays as it is from step `lengths` on.
    steps : int tensor (), optional
        The loop ends here; by default with the longest of `lengths`, or with the inputs.
    mask, input_mask : callable, optional
        From the time step to the dropout mask of the candidate (batch, units) and of the whole input.

    Returns
    -------
    outputs : tensor, (time, batch, units)
        Hidden state after each step; zeros after the end of the loop.
    state : tuple of tensor
        After the last step.
    """
    if steps is None:
        steps = inputs.shape[0] if lengths is None else tf.minimum(tf.reduce_max(lengths), inputs.shape[0])
    steps = tf.convert_to_tensor(steps, tf.int32)
    if cell == "hyper" or input_mask is not None:
        return _plain(cell, w, inputs, context, state, lengths, steps, mask, input_mask)
    time, _, width = inputs.shape
    inputs = tf.pad(inputs, [[0, -time % PIECE], [0, 0], [0, 0]])  # whole pieces
    fixed = tf.zeros([1, w["W_hh"].shape[1]]) if cell == "layer_norm" else w["bias"][None]  # (1, 4 * units)
    if context is not None:
        fixed += context @ w["W_xh"][width:]
    fixed = tf.broadcast_to(fixed, [inputs.shape[1], fixed.shape[1]])  # (batch, 4 * units)
    names = sorted(name for name in w if "/" in name)  # the layer norms' gains and shifts
    h, c = (state[1], state[0]) if cell == "lstm" else state
    outputs, h, c = _linear(
        cell, names, lengths, mask,
        steps, inputs, fixed, w["W_xh"][:width], w["W_hh"], h, c, *(w[name] for name in names),
    )  # fmt: skip
    return outputs[:time], ((c, h) if cell == "lstm" else (h, c))


def _plain(
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
    """Step through time and leave the gradient to TensorFlow."""
    longest = inputs.shape[0]
    outputs = tf.TensorArray(tf.float32, size=longest, element_shape=cells.hidden(cell, state).shape)

    def advance(t: tf.Tensor, state: State, outputs: tf.TensorArray) -> Any:
        x = inputs[t] if context is None else tf.concat([inputs[t], context], 1)
        if input_mask is not None:
            x *= input_mask(t)
        after = cells.step(cell, w, x, state, None if mask is None else mask(t))
        if lengths is not None:
            running = (t < lengths)[:, None]
            after = tuple(tf.where(running, new, old) for new, old in zip(after, state, strict=True))
        return t + 1, after, outputs.write(t, cells.hidden(cell, after))

    _, state, outputs = tf.while_loop(
        lambda t, *_: t < steps, advance, (tf.constant(0), state, outputs), maximum_iterations=longest
    )
    return outputs.stack(), state


def _linear(
    cell: str, names: list[str], lengths: tf.Tensor | None, mask: Mask | None, *tensors: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Run a cell with linear gates; `tensors` are steps, inputs, fixed, W_x, W_hh, h, c and the layer norms' weights.

    Returns the hidden states (time, batch, units), the last one and the last cell.
    """

    def arithmetic(t: tf.Tensor, gates: tf.Tensor, h: tf.Tensor, c: tf.Tensor, *norms: tf.Tensor) -> Any:
        """Return hidden state and cell after step t."""
        given = dict(zip(names, norms, strict=True))
        new_h, new_c = cells.from_gates(cell, given, gates, c, None if mask is None else mask(t))
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
            for k in range(row.shape[1]):  # a product this thin is faster as additions
                gates += row[:, k : k + 1] * W_x[k]
            h, c = arithmetic(t, gates, h, c, *norms)
            return t + 1, gates, h, c, _put(hs, h, t + 1), _put(cs, c, t + 1), _put(ps, gates, t)

        begin = (tf.constant(0), fixed, h, c, *(_put(tf.zeros([time + 1, batch, units]), x, 0) for x in (h, c)))
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

        # The gates of a step are handed on by the step after it, out of the buffer it has just written to. Were they
        # read here, the compiler would read them where they are for each of their uses; they could not be overwritten
        # in place then, and every step would copy the whole buffer.
        def retreat(
            t: tf.Tensor, gates: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor, ps: tf.Tensor, *d_norms: tf.Tensor
        ) -> Any:
            h, c = hs[t], cs[t]
            with tf.GradientTape() as tape:
                tape.watch([gates, h, c, *norms])
                after = arithmetic(t, gates, h, c, *norms)
            d_gates, d_h_past, d_c, *more = tape.gradient(
                after,
                [gates, h, c, *norms],
                output_gradients=[d_h + d_outputs[t], d_c],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
            d_norms = tuple(total + each for total, each in zip(d_norms, more, strict=True))
            ps = _put(ps, d_gates, t)
            return t - 1, ps[tf.maximum(t - 1, 0)], d_gates @ W_back + d_h_past, d_c, ps, *d_norms

        begin = (steps - 1, gates, d_h, d_c, ps, *(tf.zeros_like(norm) for norm in norms))
        _, _, d_h, d_c, d_ps, *d_norms = tf.while_loop(lambda t, *_: t >= 0, retreat, begin)

        def gather(piece: tf.Tensor, d_fixed: tf.Tensor, d_W_x: tf.Tensor, d_W_hh: tf.Tensor) -> Any:
            """Add what one piece of the steps gives."""
            d_gates, past, row = (_rows(x, piece * PIECE) for x in (d_ps, hs, inputs))
            flat = tf.reshape(d_gates, [PIECE * batch, 4 * units])
            d_W_x += tf.matmul(tf.reshape(row, [PIECE * batch, -1]), flat, transpose_a=True)
            d_W_hh += tf.matmul(tf.reshape(past, [PIECE * batch, units]), flat, transpose_a=True)
            return piece + 1, d_fixed + tf.reduce_sum(d_gates, axis=0), d_W_x, d_W_hh

        none = (tf.zeros([size, 4 * units]) for size in (batch, inputs.shape[2], units))
        _, d_fixed, d_W_x, d_W_hh = tf.while_loop(
            lambda piece, *_: piece * PIECE < steps, gather, (tf.constant(0), *none)
        )
        return None, tf.zeros_like(inputs), d_fixed, d_W_x, d_W_hh, d_h, d_c, *d_norms

    @tf.custom_gradient
    def run(*tensors: tf.Tensor) -> Any:
        # The gradient is given below; outside a graph, TensorFlow would look for one inside the compiled loop too.
        # Inside one it does not, and to stop it there as well would cost a copy of the buffers at every step.
        given = tuple(tf.stop_gradient(tensor) for tensor in tensors) if tf.executing_eagerly() else tensors
        h, c, gates, hs, cs, ps = forward(*given)
        steps, inputs, _, _, W_hh, _, _, *norms = tensors

        def gradient(d_outputs: tf.Tensor, d_h: tf.Tensor, d_c: tf.Tensor) -> Any:
            return backward(steps, inputs, W_hh, gates, hs, cs, ps, d_outputs, d_h, d_c, *norms)

        return (hs[1:], h, c), gradient

    return run(*tensors)


def _rows(buffer: tf.Tensor, begin: tf.Tensor) -> tf.Tensor:
    """Return `PIECE` rows of a buffer."""
    return tf.slice(buffer, tf.stack([begin, 0, 0]), [PIECE, *buffer.shape[1:]])


def _put(buffer: tf.Tensor, value: tf.Tensor, t: Any) -> tf.Tensor:
    """Return `buffer` with row t replaced; inside a compiled loop this writes in place."""
    return dynamic_update_slice(buffer, value[None], tf.stack([t, 0, 0]))
