"""A cell over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from sketchkit.model import cells
from sketchkit.model.cells import State, Tensors

__all__ = ["scan"]


def scan(
    cell: str,
    w: Tensors,
    inputs: tf.Tensor,
    context: tf.Tensor | None,
    state: State,
    *,
    lengths: tf.Tensor | None = None,
    mask: Callable[[tf.Tensor], tf.Tensor] | None = None,
    input_mask: Callable[[tf.Tensor], tf.Tensor] | None = None,
) -> tuple[tf.Tensor, State]:
    """Run a cell over a sequence.

    Parameters
    ----------
    cell : str
        `lstm`, `layer_norm` or `hyper`.
    w : mapping
        The cell's weights.
    inputs : tensor, (time, batch, inputs)
    context : tensor (batch, z_size) or None
        Appended to the input of every step.
    state : tuple of tensor
        Before the first step.
    lengths : int tensor (batch,), optional
        A sequence's state stays as it is from step `lengths` on.
    mask, input_mask : callable, optional
        From the time step to the dropout mask of the candidate (batch, units) and of the whole input.

    Returns
    -------
    outputs : tensor, (time, batch, units)
        Hidden state after each step.
    state : tuple of tensor
        After the last step.
    """
    steps = inputs.shape[0]
    if steps is None:
        steps = tf.shape(inputs)[0]
    outputs = tf.TensorArray(tf.float32, size=steps, element_shape=cells.hidden(cell, state).shape)

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
        lambda t, *_: t < steps, advance, (tf.constant(0), state, outputs), maximum_iterations=steps
    )
    return outputs.stack(), state
