"""`FusedHyperScan`: a hyper cell over a sequence, with a hand-written gradient.

It works as `FusedScan` does (see `sketchkit.model.fused_scan`). In a hyper cell, three products read values of earlier
steps: the hidden term of the gates, the gates of the inner cell, and the embeddings of the inner hidden state. The scan
stores these products. The backward loop differentiates the operations that follow the products and overwrites each
product with its gradient. It then computes the gradients of the weights in these products with one matrix product for
several steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from sketchkit.model import cells
from sketchkit.model.cells import Tensors
from sketchkit.model.fused_scan import CHUNK_STEPS, Mask, chunk_rows, write_row
from sketchkit.model.weights import subtree

__all__ = ["FusedHyperScan"]

#: Names of the layer norms' weights, in the main cell and in the inner cell.
NORMS = ("ln_all/beta", "ln_all/gamma", "ln_c/beta", "ln_c/gamma")
ZERO = tf.UnconnectedGradients.ZERO


class _Weights(NamedTuple):
    """Weights of a hyper cell in the form that the loops use.

    The input of a step has only a few columns (`width`). The terms of the latent code are the same in all steps; they
    are in `fixed` and `inner_fixed`.
    """

    fixed: tf.Tensor  # (batch, 4 * units), time-independent part of the input term of the gates
    W_x: tf.Tensor  # (width, 4 * units)
    W_hh: tf.Tensor  # (units, 4 * units)
    inner_fixed: tf.Tensor  # (batch, 4 * inner units), time-independent part of the gates of the inner cell
    W_inner_x: tf.Tensor  # (width, 4 * inner units)
    W_inner_hh: tf.Tensor  # (units + inner units, 4 * inner units), for both hidden states
    embedding: tf.Tensor  # (inner units, 12 * 32); see `cells.hyper_weights`
    others: tuple[tf.Tensor, ...]  # other weights: bias, norms of both cells, biases and maps of embeddings


class _Products(NamedTuple):
    """Products of one step, or of all steps."""

    from_h: tf.Tensor  # (batch, 4 * units), hidden term of the gates
    inner: tf.Tensor  # (batch, 4 * inner units), gates of the inner cell
    embeddings: tf.Tensor  # (batch, 12 * 32)


class FusedHyperScan:
    """Runs a hyper cell over a sequence.

    Parameters
    ----------
    lengths : int tensor (batch,) or None
        Number of steps after which the state of a sequence no longer changes.
    mask : callable or None
        Function that returns the dropout mask of the candidate, (batch, units), at a time step.
    """

    def __init__(self, lengths: tf.Tensor | None, mask: Mask | None) -> None:
        self.lengths, self.mask = lengths, mask
        self._compiled_forward = tf.function(self._forward, jit_compile=True)
        self._compiled_backward = tf.function(self._backward, jit_compile=True)

    def __call__(
        self, steps: tf.Tensor, inputs: tf.Tensor, context: tf.Tensor | None, w: Tensors, state: Sequence[tf.Tensor]
    ) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Return the hidden states, (time, batch, units), and the final state.

        Parameters
        ----------
        steps : int tensor, ()
            Number of steps of the loop.
        inputs : tensor, (time, batch, width)
            Inputs of the steps, which receive no gradient; time is a multiple of `CHUNK_STEPS`.
        context : tensor (batch, z_size) or None
            Context, such as a latent code, appended to the input of every step.
        w : mapping
            Weights of the cell.
        state : sequence of tensor
            State before the first step.
        """
        units = w["W_hh"].shape[0]
        h, inner_h, c, inner_c = state
        hidden, cell = tf.concat([h, inner_h], 1), tf.concat([c, inner_c], 1)  # (batch, units + inner units)
        weights = _loop_weights(w, inputs, context)
        flat = (*weights[:-1], *weights.others)

        @tf.custom_gradient
        def run(*tensors: tf.Tensor) -> tuple[tuple[tf.Tensor, ...], Callable[..., tuple[tf.Tensor | None, ...]]]:
            # A comment in `FusedScan` gives the reason for `stop_gradient`.
            arguments = tuple(tf.stop_gradient(tensor) for tensor in tensors) if tf.executing_eagerly() else tensors
            final_hidden, final_cell, *buffers = self._compiled_forward(*arguments)

            def gradient(d_outputs: tf.Tensor, *d_state: tf.Tensor) -> tuple[tf.Tensor | None, ...]:
                return (None, *self._compiled_backward(steps, inputs, *buffers, d_outputs, *d_state, *flat))

            return (buffers[0][1:, :, :units], final_hidden, final_cell), gradient

        outputs, hidden, cell = run(steps, inputs, hidden, cell, *flat)
        return outputs, (hidden[:, :units], hidden[:, units:], cell[:, :units], cell[:, units:])

    def _forward(
        self, steps: tf.Tensor, inputs: tf.Tensor, hidden: tf.Tensor, cell: tf.Tensor, *flat: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        """Return the final states, the states and products of all steps, and the products of the last step.

        There are two states (hidden and cell) and three products; see `_Products`.
        """
        w = _unflatten(flat)
        time, batch, units = inputs.shape[0], inputs.shape[1], w.W_hh.shape[0]

        def advance(
            t: tf.Tensor, hidden: tf.Tensor, cell: tf.Tensor, hiddens: tf.Tensor, cells_: tf.Tensor,
            *products: tf.Tensor,
        ) -> tuple[tf.Tensor, ...]:  # fmt: skip
            from_h = hidden[:, :units] @ w.W_hh
            inner = hidden @ w.W_inner_hh + _input_term(inputs[t], w.inner_fixed, w.W_inner_x)
            new_inner = _inner_state(inner, cell[:, units:], *w.others)
            embeddings = new_inner[0] @ w.embedding
            from_x = _input_terms(inputs[t], w.fixed, w.W_x)
            new = self._state(t, from_x, from_h, embeddings, cell[:, :units], *w.others)
            new_hidden, new_cell = (tf.concat(pair, 1) for pair in zip(new, new_inner, strict=True))
            if self.lengths is not None:
                running = (t < self.lengths)[:, None]
                new_hidden, new_cell = tf.where(running, new_hidden, hidden), tf.where(running, new_cell, cell)
            last = (from_h, inner, embeddings)
            written = (write_row(buffer, value, t) for buffer, value in zip(products[:3], last, strict=True))
            hiddens, cells_ = write_row(hiddens, new_hidden, t + 1), write_row(cells_, new_cell, t + 1)
            return t + 1, new_hidden, new_cell, hiddens, cells_, *written, *last

        states = (write_row(tf.zeros([time + 1, *x.shape]), x, 0) for x in (hidden, cell))
        shapes = [[batch, matrix.shape[1]] for matrix in (w.W_hh, w.W_inner_hh, w.embedding)]
        products = (*(tf.zeros([time, *shape]) for shape in shapes), *(tf.zeros(shape) for shape in shapes))
        _, hidden, cell, *buffers = tf.while_loop(
            lambda t, *_: t < steps, advance, (tf.constant(0), hidden, cell, *states, *products)
        )
        return hidden, cell, *buffers

    def _state(
        self, t: tf.Tensor, from_x: Sequence[tf.Tensor], from_h: tf.Tensor, embeddings: tf.Tensor, c: tf.Tensor,
        *others: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:  # fmt: skip
        """Return the hidden state and the cell state after step t."""
        bias, norms, hyper = others[0], others[1:5], others[9:]
        gates = cells.hyper_gates(from_x, *map(cells.split_gates, (from_h, bias)), embeddings, *hyper)
        mask = None if self.mask is None else self.mask(t)
        return cells.from_gates("hyper", dict(zip(NORMS, norms, strict=True)), gates, c, mask)

    def _backward(
        self, steps: tf.Tensor, inputs: tf.Tensor, hiddens: tf.Tensor, cells_: tf.Tensor, *tensors: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        """Return the gradients of `inputs` (zeros), of the state before the first step, and of the weights."""
        buffers, last, (d_outputs, d_hidden, d_cell), flat = tensors[:3], tensors[3:6], tensors[6:9], tensors[9:]
        w = _unflatten(flat)
        units, width = w.W_hh.shape[0], w.W_x.shape[0]
        back = tuple(tf.transpose(matrix) for matrix in (w.W_hh, w.W_inner_hh, w.embedding))

        # As in `FusedScan`, each iteration passes the products of the next iteration as loop variables.
        def backward_step(
            t: tf.Tensor, d_hidden: tf.Tensor, d_cell: tf.Tensor, d_fixed: tf.Tensor, d_W_x: tf.Tensor,
            *rest: tf.Tensor,
        ) -> tuple[tf.Tensor, ...]:  # fmt: skip
            (from_h, inner, embeddings), buffers, d_others = rest[:3], rest[3:6], rest[6:]
            d_hidden += tf.pad(d_outputs[t], [[0, 0], [0, d_hidden.shape[1] - units]])
            d_old_hidden, d_old_cell = tf.zeros_like(d_hidden), tf.zeros_like(d_cell)
            if self.lengths is not None:
                running = (t < self.lengths)[:, None]
                d_old_hidden, d_old_cell = (tf.where(running, 0.0, d) for d in (d_hidden, d_cell))
                d_hidden, d_cell = (tf.where(running, d, 0.0) for d in (d_hidden, d_cell))
            c, inner_c = cells_[t][:, :units], cells_[t][:, units:]
            from_x = _input_terms(inputs[t], w.fixed, w.W_x)
            sources = [from_h, embeddings, c, *w.others]
            with tf.GradientTape() as tape:
                tape.watch([*from_x, *sources])
                after = self._state(t, from_x, *sources)
            d_parts, d_from_h, d_embeddings, d_c, *d_main = tape.gradient(
                after, [from_x, *sources], [d_hidden[:, :units], d_cell[:, :units]], unconnected_gradients=ZERO
            )
            d_from_x = tf.concat(d_parts, 1)  # (batch, 4 * units)
            sources = [inner, inner_c, *w.others]
            with tf.GradientTape() as tape:
                tape.watch(sources)
                after = _inner_state(*sources)
            d_after = [d_hidden[:, units:] + d_embeddings @ back[2], d_cell[:, units:]]
            d_inner, d_inner_c, *d_more = tape.gradient(after, sources, d_after, unconnected_gradients=ZERO)
            d_hidden = d_inner @ back[1] + d_old_hidden
            d_hidden += tf.pad(d_from_h @ back[0], [[0, 0], [0, d_hidden.shape[1] - units]])
            d_cell = tf.concat([d_c, d_inner_c], 1) + d_old_cell
            buffers = tuple(
                write_row(buffer, d, t) for buffer, d in zip(buffers, (d_from_h, d_inner, d_embeddings), strict=True)
            )
            following = (buffer[tf.maximum(t - 1, 0)] for buffer in buffers)
            d_others = tuple(sum(terms) for terms in zip(d_others, d_main, d_more, strict=True))
            d_W_x += tf.matmul(inputs[t], d_from_x, transpose_a=True)
            return t - 1, d_hidden, d_cell, d_fixed + d_from_x, d_W_x, *following, *buffers, *d_others

        totals = (tf.zeros_like(w.fixed), tf.zeros_like(w.W_x), *last, *buffers, *map(tf.zeros_like, w.others))
        _, d_hidden, d_cell, d_fixed, d_W_x, *rest = tf.while_loop(
            lambda t, *_: t >= 0, backward_step, (steps - 1, d_hidden, d_cell, *totals)
        )
        d_products, d_others = _Products(*rest[3:6]), rest[6:]
        d_W_hh, *d_inner_weights, d_embedding = _weight_gradients(steps, inputs, hiddens, d_products, units, width)
        return tf.zeros_like(inputs), d_hidden, d_cell, d_fixed, d_W_x, d_W_hh, *d_inner_weights, d_embedding, *d_others


def _loop_weights(w: Tensors, inputs: tf.Tensor, context: tf.Tensor | None) -> _Weights:
    """Return the weights in the form that the loops use."""
    _, batch, width = inputs.shape
    inner, units = subtree(w, "inner"), w["W_hh"].shape[0]
    size = inner["W_xh"].shape[0] - units  # width + z_size
    fixed = [tf.zeros([batch, matrix.shape[1]]) for matrix in (w["W_xh"], inner["W_xh"])]
    if context is not None:
        fixed = [context @ matrix[width:size] for matrix in (w["W_xh"], inner["W_xh"])]
    embedding, *hyper = cells.hyper_weights(w)
    norms = (*(w[name] for name in NORMS), *(inner[name] for name in NORMS))
    return _Weights(
        fixed[0], w["W_xh"][:width], w["W_hh"],
        fixed[1], inner["W_xh"][:width], tf.concat([inner["W_xh"][size:], inner["W_hh"]], 0),
        embedding, (w["bias"], *norms, *hyper),
    )  # fmt: skip


def _unflatten(flat: Sequence[tf.Tensor]) -> _Weights:
    fixed, W_x, W_hh, inner_fixed, W_inner_x, W_inner_hh, embedding, *others = flat
    return _Weights(fixed, W_x, W_hh, inner_fixed, W_inner_x, W_inner_hh, embedding, tuple(others))


def _input_term(row: tf.Tensor, fixed: tf.Tensor, W_x: tf.Tensor) -> tf.Tensor:
    """Return the input term of the gates of one step."""
    for k in range(row.shape[1]):  # for so few columns, additions are faster than a matrix product
        fixed += row[:, k : k + 1] * W_x[k]
    return fixed


def _input_terms(row: tf.Tensor, fixed: tf.Tensor, W_x: tf.Tensor) -> list[tf.Tensor]:
    """Return the input term of each gate, (batch, units) each. `cells.hyper_gates` says why the terms are separate."""
    parts = zip(cells.split_gates(fixed), cells.split_gates(W_x), strict=True)
    return [_input_term(row, *part) for part in parts]


def _inner_state(gates: tf.Tensor, c: tf.Tensor, *others: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the hidden state and the cell state of the inner cell after a step."""
    return cells.from_gates("layer_norm", dict(zip(NORMS, others[5:9], strict=True)), cells.split_gates(gates), c, None)


def _weight_gradients(
    steps: tf.Tensor, inputs: tf.Tensor, hiddens: tf.Tensor, d_products: _Products, units: int, width: int
) -> tuple[tf.Tensor, ...]:
    """Return the gradients of `W_hh`, `inner_fixed`, `W_inner_x`, `W_inner_hh` and `embedding`."""
    _, batch, size = hiddens.shape

    def accumulate_chunk(
        chunk: tf.Tensor, d_W_hh: tf.Tensor, d_inner_fixed: tf.Tensor, *totals: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        begin = chunk * CHUNK_STEPS
        d_from_h, d_inner, d_embeddings = (chunk_rows(product, begin) for product in d_products)
        past, after, row = chunk_rows(hiddens, begin), chunk_rows(hiddens, begin + 1), chunk_rows(inputs, begin)
        pairs = ((row, d_inner), (past, d_inner), (after[..., units:], d_embeddings))
        return (
            chunk + 1,
            d_W_hh + _outer(past[..., :units], d_from_h),
            d_inner_fixed + tf.reduce_sum(d_inner, axis=0),
            *(total + _outer(*pair) for total, pair in zip(totals, pairs, strict=True)),
        )

    from_h, inner, embeddings = (product.shape[2] for product in d_products)
    shapes = ([units, from_h], [batch, inner], [width, inner], [size, inner], [size - units, embeddings])
    _, *gradients = tf.while_loop(
        lambda chunk, *_: chunk * CHUNK_STEPS < steps, accumulate_chunk, (tf.constant(0), *map(tf.zeros, shapes))
    )
    return tuple(gradients)


def _outer(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Return the sum of outer products over steps and drawings, (columns of a, columns of b)."""
    flat_a, flat_b = (tf.reshape(x, [x.shape[0] * x.shape[1], x.shape[2]]) for x in (a, b))
    return tf.matmul(flat_a, flat_b, transpose_a=True)
