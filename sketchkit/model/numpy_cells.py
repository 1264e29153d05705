"""The recurrent cells lstm, layer_norm and hyper in NumPy, with the same results as `sketchkit.model.cells`.

A cell prepares its weights once, so that a step takes few operations:

- In lstm and layer_norm cells, the input and recurrent matrices are stacked; one product computes all gates.
- The terms of the latent code and the bias do not depend on time. `fixed` computes them once for each drawing.
- The gates are ordered i, f, o, j instead of i, j, f, o, and the pre-activations of i, f and o are halved. Since
  sigmoid(x) = (1 + tanh(x / 2)) / 2, one tanh then covers all gates.

States are tuples in the order of `sketchkit.model.cells`. All arrays are float32. A step does not modify the cell,
so threads can share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.small_product import SmallProduct
from sketchkit.model.weights import EPSILON, FORGET_BIAS, subtree

__all__ = ["ROW", "Cell", "State", "make_cell"]

Array = NDArray[np.float32]
State = tuple[Array, ...]

#: Length of a stroke-5 row.
ROW = 5


class Cell(Protocol):
    """A recurrent cell whose input is a stroke-5 row and, in a decoder, a latent code."""

    def fixed(self, z: Array | None, batch: int) -> State:
        """Return the terms that do not depend on time, each (batch, size)."""

    def step(self, row: Array, fixed: State, state: State) -> State:
        """Return the state after a row, (batch, 5)."""

    def hidden(self, state: State) -> Array:
        """Return the hidden state h, (batch, units)."""


def make_cell(kind: str, w: Mapping[str, Array]) -> Cell:
    """Return a cell: `lstm`, `layer_norm` or `hyper`, with the weights in `w`, named without the cell's path."""
    made: Cell = {"lstm": LstmCell, "layer_norm": LayerNormCell, "hyper": HyperCell}[kind](w)
    return made


class LstmCell:
    """State (c, h)."""

    def __init__(self, w: Mapping[str, Array]) -> None:
        from_row, from_code = np.split(_halved(_ordered(w["W_xh"])), [ROW])
        self._product = SmallProduct(np.concatenate([from_row, _halved(_ordered(w["W_hh"]))]))
        self._from_code = SmallProduct(from_code)
        self._bias = _halved(_ordered(w["bias"]) + _forget_bias(w["bias"]))  # (4 * units,)

    def fixed(self, z: Array | None, batch: int) -> State:
        return (_fixed(self._from_code, z, self._bias, batch),)

    def step(self, row: Array, fixed: State, state: State) -> State:
        c, h = state
        gates = self._product(np.concatenate([row, h], 1))
        gates += fixed[0]
        c, o = _next_cell(gates, c)
        return c, np.tanh(c) * o

    def hidden(self, state: State) -> Array:
        return state[1]


class LayerNormCell:
    """State (h, c).

    The rows of W_xh are the weights of the stroke-5 row, then of the latent code, then of further inputs, whose number
    is `inputs_after_code`. In the inner cell of a hyper cell, the further inputs are the hidden state of the main cell.
    """

    def __init__(self, w: Mapping[str, Array], inputs_after_code: int = 0) -> None:
        W_xh = _ordered(w["W_xh"])
        from_row, from_code, from_rest = np.split(W_xh, [ROW, len(W_xh) - inputs_after_code])
        self._product = SmallProduct(np.concatenate([from_row, from_rest, _ordered(w["W_hh"])]))
        self._from_code = SmallProduct(from_code)
        self._norms = Norms(w)
        self._no_bias = np.zeros(W_xh.shape[1], dtype=np.float32)

    def fixed(self, z: Array | None, batch: int) -> State:
        return (_fixed(self._from_code, z, self._no_bias, batch),)

    def step(self, row: Array, fixed: State, state: State) -> State:
        h, c = state
        gates = self._product(np.concatenate([row, h], 1))
        gates += fixed[0]
        return self._norms.next_state(gates, c)

    def hidden(self, state: State) -> Array:
        return state[0]


class HyperCell:
    """State (h, inner h, c, inner c)."""

    def __init__(self, w: Mapping[str, Array]) -> None:
        units = len(w["W_hh"])
        from_row, from_code = np.split(_ordered(w["W_xh"]), [ROW])
        self._from_row, self._from_code = SmallProduct(from_row), SmallProduct(from_code)
        self._from_hidden = SmallProduct(_ordered(w["W_hh"]))
        self._bias = _ordered(w["bias"])  # (4 * units,)
        self._no_bias = np.zeros_like(self._bias)
        self._norms = Norms(w)
        self._inner = LayerNormCell(subtree(w, "inner"), inputs_after_code=units)
        # One product computes all embeddings (two scales and one bias for each gate), and one call expands them.
        maps = [f"hyper_{gate}{part}" for part in ("x/zw", "h/zw", "h/zb") for gate in "ifoj"]
        expansions = [f"hyper_{gate}{part}" for part in ("x/alpha", "h/alpha", "h/beta") for gate in "ifoj"]
        self._embed = SmallProduct(np.concatenate([w[f"{name}/w"] for name in maps], 1))
        shift = [w[f"{name}/b"] if name.endswith("zw") else np.zeros_like(w["hyper_ix/zw/b"]) for name in maps]
        self._shift = np.concatenate(shift)
        self._expand = SmallProduct(np.stack([w[f"{name}/w"] for name in expansions]))  # (12, 32, units)

    def fixed(self, z: Array | None, batch: int) -> State:
        return (_fixed(self._from_code, z, self._no_bias, batch), *self._inner.fixed(z, batch))

    def step(self, row: Array, fixed: State, state: State) -> State:
        h, inner_h, c, inner_c = state
        inner_h, inner_c = self._inner.step(np.concatenate([row, h], 1), fixed[1:], (inner_h, inner_c))
        embeddings = self._embed(inner_h)
        embeddings += self._shift
        batch, units = h.shape
        embeddings = embeddings.reshape(batch, 12, -1).transpose(1, 0, 2)  # (12, batch, 32)
        scale_x, scale_h, bias = self._expand(embeddings).reshape(3, 4, batch, units)
        from_row = self._from_row(row)
        from_row += fixed[0]
        gates = np.empty((batch, 4 * units), dtype=np.float32)
        by_gate = gates.reshape(batch, 4, units).transpose(1, 0, 2)  # (4, batch, units), like scale_x
        np.multiply(scale_x, from_row.reshape(batch, 4, units).transpose(1, 0, 2), out=by_gate)
        scale_h *= self._from_hidden(h).reshape(batch, 4, units).transpose(1, 0, 2)
        by_gate += scale_h
        by_gate += bias
        gates += self._bias
        h, c = self._norms.next_state(gates, c)
        return h, inner_h, c, inner_c

    def hidden(self, state: State) -> Array:
        return state[0]


class Norms:
    """The layer norms of a cell: one for each gate, and one for c before its tanh."""

    def __init__(self, w: Mapping[str, Array]) -> None:
        gamma, beta = w["ln_all/gamma"], w["ln_all/beta"]
        self._gamma = _halved(_ordered(gamma))
        self._beta = _halved(_ordered(beta) + _forget_bias(beta))
        self._c_gamma, self._c_beta = w["ln_c/gamma"], w["ln_c/beta"]

    def next_state(self, gates: Array, c: Array) -> State:
        """Return (h, c) after a step, from the pre-activations of the gates, (batch, 4 * units)."""
        batch, units = c.shape
        gates = _norm(gates.reshape(batch, 4, units)).reshape(batch, 4 * units)
        gates *= self._gamma
        gates += self._beta
        c, o = _next_cell(gates, c)
        h = _norm(c)
        h *= self._c_gamma
        h += self._c_beta
        np.tanh(h, out=h)
        h *= o
        return h, c


def _ordered(gates: Array) -> Array:
    """Order the gates of an array (..., 4 * units) as i, f, o, j."""
    i, j, f, o = np.split(gates, 4, axis=-1)
    return np.concatenate([i, f, o, j], axis=-1)


def _halved(gates: Array) -> Array:
    """Halve the gates i, f and o of an array (..., 4 * units) in the order i, f, o, j."""
    return gates * np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype=np.float32), gates.shape[-1] // 4)


def _forget_bias(gates: Array) -> Array:
    """Return the constant that is added to the gates, in the order i, f, o, j."""
    return np.repeat(np.array([0, FORGET_BIAS, 0, 0], dtype=np.float32), gates.shape[-1] // 4)


def _fixed(from_code: SmallProduct, z: Array | None, bias: Array, batch: int) -> Array:
    """Return the terms of the latent code and the bias, (batch, 4 * units)."""
    return np.tile(bias, (batch, 1)) if z is None else from_code(z) + bias


def _norm(x: Array) -> Array:
    """Normalize the last axis to mean 0 and variance 1."""
    size = x.shape[-1]
    centered: Array = x - np.add.reduce(x, axis=-1, keepdims=True) / size
    variance = np.add.reduce(np.square(centered), axis=-1, keepdims=True) / size
    variance += EPSILON
    centered /= np.sqrt(variance)
    return centered


def _next_cell(gates: Array, c: Array) -> tuple[Array, Array]:
    """Return the cell state after a step and the output gate, each (batch, units). The gates are overwritten."""
    units = c.shape[1]
    np.tanh(gates, out=gates)
    sigmoids = gates[:, : 3 * units]
    sigmoids += 1
    sigmoids *= 0.5
    i, f, o, j = (gates[:, k * units : (k + 1) * units] for k in range(4))
    i *= j
    c = c * f
    c += i
    return c, o
