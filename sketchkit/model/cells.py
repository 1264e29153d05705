"""Step functions of the three recurrent cells: lstm, layer_norm and hyper.

A step is `step(cell, w, inputs, state, mask) -> state`. `w` maps the cell's weight names to tensors, and the state is a
tuple of tensors. For recurrent dropout without memory loss (arXiv 1603.05118), the candidate tanh(j) is multiplied by
`mask`, which is 0 or 1 / (keep probability) for each unit. Without dropout, `mask` is None. The gates are ordered i, j,
f, o. The constant 1 is added to the input of the forget gate.

    lstm         state (c, h)                            Hochreiter and Schmidhuber 1997
    layer_norm   state (h, c)                            arXiv 1607.06450, one norm per gate
    hyper        state (h, inner h, c, inner c)          arXiv 1609.09106

The order of each tuple is the order of the parts in the flat state vector of the original sketch-rnn code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import tensorflow as tf

from sketchkit.model.weights import EPSILON, FORGET_BIAS, state_sizes, subtree

__all__ = [
    *("flatten_state", "from_gates", "hidden_state", "hyper_gates", "hyper_weights", "split_gates", "split_state"),
    *("step", "zero_state"),
]

Tensors = Mapping[str, tf.Tensor]
State = tuple[tf.Tensor, ...]


def zero_state(cell: str, units: int, batch: int | tf.Tensor) -> State:
    """Return a state of zeros; each tensor has the shape (batch, size)."""
    return tuple(tf.zeros([batch, size]) for size in state_sizes(cell, units))


def split_state(cell: str, units: int, flat: tf.Tensor) -> State:
    """Split a flat state vector, (batch, state_size), into the tensors of the state."""
    return tuple(tf.split(flat, state_sizes(cell, units), axis=1))


def flatten_state(state: State) -> tf.Tensor:
    """Return the flat state vector of the original sketch-rnn code, (batch, state_size)."""
    return tf.concat(state, axis=1)


def hidden_state(cell: str, state: State) -> tf.Tensor:
    """Return the hidden state h, (batch, units)."""
    return state[1] if cell == "lstm" else state[0]


def step(cell: str, w: Tensors, inputs: tf.Tensor, state: State, mask: tf.Tensor | None) -> State:
    """Advance a cell by one step.

    Parameters
    ----------
    cell : str
        `lstm`, `layer_norm` or `hyper`.
    w : mapping of str to tensor
        Weights of the cell, by their names in `sketchkit.model.weights` without the cell's path.
    inputs : tensor, (batch, inputs)
        Input of the step.
    state : tuple of tensor
        State before the step.
    mask : tensor (batch, units) or None
        Factors by which recurrent dropout multiplies the candidate tanh(j); None without dropout.

    Returns
    -------
    tuple of tensor
        State after the step.
    """
    return _STEPS[cell](w, inputs, state, mask)


def from_gates(
    cell: str, w: Tensors, gates: tf.Tensor | Sequence[tf.Tensor], c: tf.Tensor, mask: tf.Tensor | None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return (h, c) of a cell from its pre-activation gates i, j, f, o.

    `gates` is one tensor, (batch, 4 * units), or a sequence with one tensor, (batch, units), for each gate.
    """
    if cell != "lstm":
        return _normed(w, gates, c, mask)
    i, j, f, o = split_gates(gates) if isinstance(gates, tf.Tensor) else gates
    c = _next_cell(c, i, j, f, mask)
    return tf.tanh(c) * tf.sigmoid(o), c


def _lstm(w: Tensors, x: tf.Tensor, state: State, mask: tf.Tensor | None) -> State:
    c, h = state
    h, c = from_gates("lstm", w, x @ w["W_xh"] + h @ w["W_hh"] + w["bias"], c, mask)
    return c, h


def _layer_norm(w: Tensors, x: tf.Tensor, state: State, mask: tf.Tensor | None) -> State:
    h, c = state
    return from_gates("layer_norm", w, x @ w["W_xh"] + h @ w["W_hh"], c, mask)


def _hyper(w: Tensors, x: tf.Tensor, state: State, mask: tf.Tensor | None) -> State:
    h, inner_h, c, inner_c = state
    # The inner cell reads the input and the hidden state. Its output changes the gates of the main cell.
    inner_h, inner_c = _layer_norm(subtree(w, "inner"), tf.concat([x, h], 1), (inner_h, inner_c), None)
    embedding, biases, *maps = hyper_weights(w)
    from_x, from_h = split_gates(x @ w["W_xh"]), split_gates(h @ w["W_hh"])
    gates = hyper_gates(from_x, from_h, split_gates(w["bias"]), inner_h @ embedding, biases, *maps)
    h, c = from_gates("hyper", w, gates, c, mask)
    return h, inner_h, c, inner_c


def hyper_weights(w: Tensors) -> tuple[tf.Tensor, ...]:
    """Return the weights between the inner cell and the gates of a hyper cell.

    Returns
    -------
    embedding : tensor, (inner units, 12 * 32)
        Weights of the twelve embeddings of the inner hidden state, joined so that one product computes all of them:
        four scales of the input terms (gates i, j, f, o), four scales of the hidden terms, and four biases.
    biases : tensor, (12 * 32,)
        Constants added to the embeddings; zeros for the last four embeddings.
    *maps : tensor, (4, 32, units)
        Maps from the embeddings to the scales of the input terms, to the scales of the hidden terms, and to the biases.
    """
    scales, biases = [f"hyper_{gate}{source}" for source in "xh" for gate in "ijfo"], [f"hyper_{g}h" for g in "ijfo"]
    embedding = tf.concat([*(w[f"{name}/zw/w"] for name in scales), *(w[f"{name}/zb/w"] for name in biases)], 1)
    added = tf.concat([w[f"{name}/zw/b"] for name in scales], 0)
    added = tf.pad(added, [[0, embedding.shape[1] - added.shape[0]]])  # the last four embeddings have no bias
    maps = [*(w[f"{name}/alpha/w"] for name in scales), *(w[f"{name}/beta/w"] for name in biases)]
    return embedding, added, *(tf.stack(maps[k : k + 4]) for k in (0, 4, 8))


def hyper_gates(
    from_x: Sequence[tf.Tensor],
    from_h: Sequence[tf.Tensor],
    bias: Sequence[tf.Tensor],
    embeddings: tf.Tensor,
    biases: tf.Tensor,
    *maps: tf.Tensor,
) -> tuple[tf.Tensor, ...]:
    """Return the gates of a hyper cell, (batch, units) each.

    The gates are computed one by one, not as columns of one tensor. XLA computes a tensor again in every loop that
    reads it, and does not vectorize a loop that reads several slices of such a tensor.

    Parameters
    ----------
    from_x, from_h : sequence of tensor, (batch, units) each
        Terms of the input and of the hidden state in each gate.
    bias : sequence of tensor, (units,) each
        Bias of each gate.
    embeddings : tensor, (batch, 12 * 32)
        Embeddings of the inner hidden state.
    biases, *maps : tensor
        See `hyper_weights`.
    """
    parts = tf.reshape(embeddings + biases, [-1, 3, 4, maps[0].shape[1]])  # (batch, 3, 4, 32)
    parts = tf.transpose(parts, [1, 2, 0, 3])  # (3, 4, batch, 32)
    products = (part @ m for part, m in zip(tf.unstack(parts), maps, strict=True))  # (4, batch, units) each
    scale_x, scale_h, added = map(tf.unstack, products)
    return tuple(scale_x[k] * from_x[k] + scale_h[k] * from_h[k] + added[k] + bias[k] for k in range(4))


def split_gates(x: tf.Tensor) -> list[tf.Tensor]:
    """Split a tensor (..., 4 * units) into the parts of the gates i, j, f and o, each (..., units)."""
    parts: list[tf.Tensor] = tf.split(x, 4, axis=-1)
    return parts


def _normed(
    w: Tensors, gates: tf.Tensor | Sequence[tf.Tensor], c: tf.Tensor, mask: tf.Tensor | None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Normalize each gate, and the cell state before its tanh; return (h, c)."""
    if isinstance(gates, tf.Tensor):
        normed = tf.reshape(_norm(tf.reshape(gates, [-1, 4, c.shape[1]])), [-1, 4 * c.shape[1]])
        i, j, f, o = split_gates(normed * w["ln_all/gamma"] + w["ln_all/beta"])
    else:
        gains, shifts = split_gates(w["ln_all/gamma"]), split_gates(w["ln_all/beta"])
        i, j, f, o = (_norm(gates[k]) * gains[k] + shifts[k] for k in range(4))
    c = _next_cell(c, i, j, f, mask)
    h = tf.tanh(_norm(c) * w["ln_c/gamma"] + w["ln_c/beta"]) * tf.sigmoid(o)
    return h, c


def _norm(x: tf.Tensor) -> tf.Tensor:
    """Normalize the last axis to mean 0 and variance 1."""
    centered = x - tf.reduce_mean(x, axis=-1, keepdims=True)
    return centered * tf.math.rsqrt(tf.reduce_mean(tf.square(centered), axis=-1, keepdims=True) + EPSILON)


def _next_cell(c: tf.Tensor, i: tf.Tensor, j: tf.Tensor, f: tf.Tensor, mask: tf.Tensor | None) -> tf.Tensor:
    candidate = tf.tanh(j) if mask is None else tf.tanh(j) * mask
    return c * tf.sigmoid(f + FORGET_BIAS) + tf.sigmoid(i) * candidate


_STEPS = {"lstm": _lstm, "layer_norm": _layer_norm, "hyper": _hyper}
