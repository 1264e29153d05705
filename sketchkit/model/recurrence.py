"""`scan`: a recurrent cell over a sequence.

lstm and layer_norm cells run in `FusedScan`, hyper cells in `FusedHyperScan`; both compute the gradient themselves. The
generic scan handles dropout on the input.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from sketchkit.model import cells
from sketchkit.model.cells import State, Tensors
from sketchkit.model.fused_hyper_scan import FusedHyperScan
from sketchkit.model.fused_scan import CHUNK_STEPS, FusedScan, Mask

__all__ = ["Mask", "scan"]


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
        Number of steps of the loop. Default: the maximum of `lengths`; without `lengths`, the number of inputs.
    mask, input_mask : callable, optional
        Functions that return the dropout masks at a time step: `mask` for the candidate, (batch, units), and
        `input_mask` for the input with the context, (batch, inputs + z_size).

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
    if input_mask is not None:
        return _generic_scan(cell, w, inputs, context, state, lengths, steps, mask, input_mask)
    time, _, width = inputs.shape
    inputs = tf.pad(inputs, [[0, -time % CHUNK_STEPS], [0, 0], [0, 0]])  # (multiple of CHUNK_STEPS, ...)
    if cell == "hyper":
        outputs, state = FusedHyperScan(lengths, mask)(steps, inputs, context, w, state)
        return outputs[:time], state
    fixed = tf.zeros([1, w["W_hh"].shape[1]]) if cell == "layer_norm" else w["bias"][None]  # (1, 4 * units)
    if context is not None:
        fixed += context @ w["W_xh"][width:]
    fixed = tf.broadcast_to(fixed, [inputs.shape[1], fixed.shape[1]])  # (batch, 4 * units)
    names = sorted(name for name in w if "/" in name)  # gains and shifts of the layer norms
    h, c = (state[1], state[0]) if cell == "lstm" else state
    fused = FusedScan(cell, names, lengths, mask)
    outputs, h, c = fused(steps, inputs, fixed, w["W_xh"][:width], w["W_hh"], h, c, *(w[name] for name in names))
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
