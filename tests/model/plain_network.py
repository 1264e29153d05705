"""A plain implementation of the network and its losses, for comparison with the optimized one.

It follows the equations one gate, step and component at a time, in float64. Automatic differentiation gives the
gradients.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import tensorflow as tf

from sketchkit.data.batches import pad_stroke5
from sketchkit.hparams import HParams
from sketchkit.model.network import Network
from sketchkit.model.weights import weight_shapes

#: Numbers of points of the three drawings in the batch, and the number of rows to which they are padded.
LENGTHS, ROWS = (3, 6, 4), 8
#: Weight of the KL loss.
KL_WEIGHT = 0.5


def uniform(name, shape):
    """Return numbers from -1 to 1, which are hashes of the name and the index (finalizer of MurmurHash3)."""
    k = np.arange(math.prod(shape), dtype=np.uint64) + zlib.crc32(name.encode())
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        k = ((k ^ (k >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return ((k.astype(np.float64) + 0.5) / 2**31 - 1).reshape(shape)


def hparams(cell, *, conditional=True, skip_padding=False):
    return HParams(
        dec_model=cell, enc_model=cell, dec_rnn_size=5, enc_rnn_size=4, z_size=3, num_mixture=2, max_seq_len=ROWS,
        kl_tolerance=0.001, conditional=conditional, skip_padding=skip_padding,
    )  # fmt: skip


def weights(h):
    """Return weights of moderate size for every name; gains of layer norms are around 1."""
    values = {}
    for name, shape in weight_shapes(h).items():
        size = 1.5 / math.sqrt(shape[0]) if len(shape) > 1 else 0.3
        values[name] = (size * uniform(name, shape) + name.endswith("gamma")).astype(np.float32)
    return values


def batch(h):
    """Return a batch of three drawings as NumPy arrays."""
    total = sum(LENGTHS)
    pen = (np.arange(total) % 3 == 2).astype(np.float32)
    offsets = uniform("offsets", (total, 2)).astype(np.float32)
    data = {"rows": pad_stroke5(offsets, pen, np.array(LENGTHS), ROWS).rows, "lengths": np.array(LENGTHS, np.int32)}
    if h.conditional:
        data["eps"] = uniform("eps", (len(LENGTHS), h.z_size)).astype(np.float32)
    return data


def tensors(data):
    """Return a batch as the network reads it."""
    return {**{name: tf.constant(value) for name, value in data.items()}, "key": tf.constant(7, tf.uint32)}


# Cells ----------------------------------------------------------------------------------------------


def normalized(x, gain, shift):
    mean = tf.reduce_mean(x, axis=1, keepdims=True)
    variance = tf.reduce_mean((x - mean) ** 2, axis=1, keepdims=True)
    return (x - mean) / tf.sqrt(variance + 1e-3) * gain + shift


def gate(matrix, number):
    """Return the columns of one gate; the order of the gates is i, j, f, o."""
    units = matrix.shape[-1] // 4
    return matrix[..., number * units : (number + 1) * units]


def combine(i, j, f, o, c, mask, norm=lambda c: c):
    c = c * tf.sigmoid(f + 1) + tf.sigmoid(i) * tf.tanh(j) * mask
    return tf.tanh(norm(c)) * tf.sigmoid(o), c


def lstm(w, x, state, mask):
    c, h = state
    gates = [x @ gate(w["W_xh"], n) + h @ gate(w["W_hh"], n) + gate(w["bias"], n) for n in range(4)]
    h, c = combine(*gates, c, mask)
    return c, h


def normed(w, gates, c, mask):
    gates = [normalized(g, gate(w["ln_all/gamma"], n), gate(w["ln_all/beta"], n)) for n, g in enumerate(gates)]
    return combine(*gates, c, mask, lambda c: normalized(c, w["ln_c/gamma"], w["ln_c/beta"]))


def layer_norm(w, x, state, mask):
    h, c = state
    return normed(w, [x @ gate(w["W_xh"], n) + h @ gate(w["W_hh"], n) for n in range(4)], c, mask)


def hyper(w, x, state, mask):
    h, inner_h, c, inner_c = state
    inner_h, inner_c = layer_norm(part(w, "inner/"), tf.concat([x, h], 1), (inner_h, inner_c), 1.0)
    gates = []
    for n, name in enumerate("ijfo"):
        scale = {
            source: (inner_h @ w[f"hyper_{name}{source}/zw/w"] + w[f"hyper_{name}{source}/zw/b"])
            @ w[f"hyper_{name}{source}/alpha/w"]
            for source in "xh"
        }
        bias = inner_h @ w[f"hyper_{name}h/zb/w"] @ w[f"hyper_{name}h/beta/w"]
        terms = scale["x"] * (x @ gate(w["W_xh"], n)) + scale["h"] * (h @ gate(w["W_hh"], n))
        gates.append(terms + bias + gate(w["bias"], n))
    h, c = normed(w, gates, c, mask)
    return h, inner_h, c, inner_c


CELLS = {"lstm": lstm, "layer_norm": layer_norm, "hyper": hyper}
#: For each cell, the sizes of the state's tensors as a function of the number of units, and the index of the hidden
#: state.
STATES = {
    "lstm": (lambda units: (units, units), 1),
    "layer_norm": (lambda units: (units, units), 0),
    "hyper": (lambda units: (units, 256, units, 256), 0),
}


def part(w, path):
    return {name.removeprefix(path): value for name, value in w.items() if name.startswith(path)}


# Network --------------------------------------------------------------------------------------------


def encode(h, w, points, lengths, masks):
    """Return the mean and the log-variance of the codes."""
    sizes, hidden = STATES[h.enc_model]
    codes = []
    for b, length in enumerate(lengths):
        ends = []
        for direction in ("forward", "backward"):
            ordered = points[b, :length] if direction == "forward" else points[b, :length][::-1]
            state = tuple(tf.zeros([1, size], tf.float64) for size in sizes(h.enc_rnn_size))
            for t in range(length):
                cell = part(w, f"encoder/{direction}/")
                state = CELLS[h.enc_model](cell, ordered[None, t], state, masks[direction][t][b : b + 1])
            ends.append(state[hidden])
        codes.append(tf.concat(ends, 1))
    summary = tf.concat(codes, 0)
    return tuple(summary @ w[f"encoder/{name}/w"] + w[f"encoder/{name}/b"] for name in ("mu", "presig"))


def decode(h, w, rows, z, masks):
    """Return the hidden states, (time, batch, units)."""
    sizes, hidden = STATES[h.dec_model]
    if z is None:
        state = tuple(tf.zeros([len(rows), size], tf.float64) for size in sizes(h.dec_rnn_size))
    else:
        flat = tf.tanh(z @ w["decoder/initial/w"] + w["decoder/initial/b"])
        state = tuple(tf.split(flat, sizes(h.dec_rnn_size), axis=1))
    outputs = []
    for t in range(rows.shape[1]):
        x = rows[:, t] if z is None else tf.concat([rows[:, t], z], 1)
        state = CELLS[h.dec_model](part(w, "decoder/cell/"), x, state, masks["decoder"][t])
        outputs.append(state[hidden])
    return tf.stack(outputs)


def row_loss(h, w, output, target, pen_counts):
    """Return the loss of one row of one drawing (arXiv 1704.03477, eq. 3, 5, 6 and 9)."""
    raw = tf.reshape(output[None] @ w["decoder/output/w"] + w["decoder/output/b"], [-1])
    pen, (pi, mu1, mu2, log1, log2, rho) = raw[:3], tf.split(raw[3:], 6)
    pi, s1, s2, rho = tf.nn.softmax(pi), tf.exp(log1), tf.exp(log2), tf.tanh(rho)
    x, y = (target[0] - mu1) / s1, (target[1] - mu2) / s2
    normal = tf.exp(-(x**2 + y**2 - 2 * rho * x * y) / (2 * (1 - rho**2))) / (
        2 * math.pi * s1 * s2 * tf.sqrt(1 - rho**2)
    )
    loss = tf.zeros([], tf.float64)
    if target[4] == 0:
        loss -= tf.math.log(tf.reduce_sum(pi * normal) + 1e-6)
    if pen_counts:
        loss -= tf.reduce_sum(target[2:] * tf.math.log(tf.nn.softmax(pen)))
    return loss


def losses_and_gradients(h, values, data, masks=None):
    """Return the losses of a batch by name, and the gradients of the training loss by name of the weight."""
    w = {name: tf.constant(value, tf.float64) for name, value in values.items()}
    rows = tf.constant(data["rows"], tf.float64)
    ones = [tf.ones([len(rows), 1], tf.float64)] * rows.shape[1]
    masks = masks or dict.fromkeys(("forward", "backward", "decoder"), ones)
    targets = data["rows"][:, 1:].astype(np.float64)
    with tf.GradientTape() as tape:
        tape.watch(w)
        z, kl = None, tf.zeros([], tf.float64)
        if h.conditional:
            mean, presig = encode(h, w, rows[:, 1:], data["lengths"], masks)
            z = mean + tf.exp(presig / 2) * tf.constant(data["eps"], tf.float64)
            kl = tf.maximum(-0.5 * tf.reduce_mean(1 + presig - mean**2 - tf.exp(presig)), h.kl_tolerance)
        outputs = decode(h, w, rows[:, :-1], z, masks)
        recon = tf.zeros([], tf.float64)
        for b, length in enumerate(data["lengths"]):
            for t in range(targets.shape[1]):
                recon += row_loss(h, w, outputs[t, b], targets[b, t], not h.skip_padding or t <= length)
        recon /= h.max_seq_len * len(targets)
        loss = recon + KL_WEIGHT * kl
    gradients = tape.gradient(loss, w)
    return {"loss": loss, "recon": recon, "kl": kl}, gradients


def dropout_masks(network: Network):
    """Return the recurrent dropout masks of a training step, as float64."""
    h, key = network.hparams, tf.constant(7, tf.uint32)
    sizes = {"forward": h.enc_rnn_size, "backward": h.enc_rnn_size, "decoder": h.dec_rnn_size}
    return {
        name: [
            tf.cast(network._recurrent_mask(key, number, len(LENGTHS), units, None)(tf.constant(t)), tf.float64)
            for t in range(ROWS)
        ]
        for number, (name, units) in enumerate(sizes.items())
    }
