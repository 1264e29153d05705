"""Step functions of the three recurrent cells: lstm, layer_norm and hyper.

A step is `step(cell, w, inputs, state, mask) -> state`. `w` maps the cell's weight names to tensors, and the state is
a tuple of tensors. `mask` is None, or the factors of the candidate tanh(j) for recurrent dropout without memory loss
(arXiv 1603.05118), divided by the keep probability. The gates are ordered i, j, f, o. The constant 1 is added to the
input of the forget gate.

    lstm         state (c, h)                            Hochreiter and Schmidhuber 1997
    layer_norm   state (h, c)                            arXiv 1607.06450, one norm per gate
    hyper        state (h, inner h, c, inner c)          arXiv 1609.09106

The order of each tuple is the order of the parts in the published flat state vector.
"""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf

from sketchkit.model.weights import EPSILON, FORGET_BIAS, state_sizes, subtree

__all__ = ["flatten_state", "from_gates", "hidden_state", "split_state", "step", "zero_state"]

Tensors = Mapping[str, tf.Tensor]
State = tuple[tf.Tensor, ...]


def zero_state(cell: str, units: int, batch: int | tf.Tensor) -> State:
    """Return a state of zeros; each tensor has the shape (batch, size)."""
    return tuple(tf.zeros([batch, size]) for size in state_sizes(cell, units))


def split_state(cell: str, units: int, flat: tf.Tensor) -> State:
    """Split a flat state vector, (batch, state_size), into the tensors of the state."""
    return tuple(tf.split(flat, state_sizes(cell, units), axis=1))


def flatten_state(state: State) -> tf.Tensor:
    """Return the published flat state vector, (batch, state_size)."""
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
        Factors of the candidate (recurrent dropout).

    Returns
    -------
    tuple of tensor
        State after the step.
    """
    return _STEPS[cell](w, inputs, state, mask)


def from_gates(
    cell: str, w: Tensors, gates: tf.Tensor, c: tf.Tensor, mask: tf.Tensor | None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return (h, c) of an lstm or layer_norm cell from its pre-activation gates, (batch, 4 * units)."""
    if cell == "layer_norm":
        return _normed(w, gates, c, mask)
    i, j, f, o = tf.split(gates, 4, axis=1)
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
    # The inner cell reads the input and the hidden state.
    inner_h, inner_c = _layer_norm(subtree(w, "inner"), tf.concat([x, h], 1), (inner_h, inner_c), None)
    # Its output scales the input term and the hidden term of each gate, and adds a bias to the hidden term. One
    # product computes all embeddings, (batch, 12 * 32): two scales and one bias for each gate.
    names = [f"hyper_{gate}{part}" for part in ("x/zw", "h/zw", "h/zb") for gate in "ijfo"]
    products = inner_h @ tf.concat([w[f"{name}/w"] for name in names], 1)
    embeddings = dict(zip(names, tf.split(products, len(names), axis=1), strict=True))
    gates = []
    for gate, from_x, from_h in zip(
        "ijfo", tf.split(x @ w["W_xh"], 4, axis=1), tf.split(h @ w["W_hh"], 4, axis=1), strict=True
    ):
        scale_x, scale_h = (
            (embeddings[f"{name}/zw"] + w[f"{name}/zw/b"]) @ w[f"{name}/alpha/w"]
            for name in (f"hyper_{gate}x", f"hyper_{gate}h")
        )  # (batch, units) each
        gates.append(scale_x * from_x + scale_h * from_h + embeddings[f"hyper_{gate}h/zb"] @ w[f"hyper_{gate}h/beta/w"])
    h, c = _normed(w, tf.concat(gates, 1) + w["bias"], c, mask)
    return h, inner_h, c, inner_c


def _normed(w: Tensors, gates: tf.Tensor, c: tf.Tensor, mask: tf.Tensor | None) -> tuple[tf.Tensor, tf.Tensor]:
    """Normalize each gate, and the cell before its tanh; return (h, c)."""
    units = c.shape[1]
    gates = tf.reshape(_norm(tf.reshape(gates, [-1, 4, units])), [-1, 4 * units])
    i, j, f, o = tf.split(gates * w["ln_all/gamma"] + w["ln_all/beta"], 4, axis=1)
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
