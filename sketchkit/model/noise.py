"""Counter-based random numbers, keyed by (seed, variant, index).

A number depends only on its key, not on the numbers generated before it. A drawing therefore keeps its noise when the
temperature or the code changes, and any engine with 32-bit integers can generate the same numbers. The hash function
is `mix`, two rounds of multiply and shift (the "lowbias32" constants of C. Wellons' hash prospector).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["check_seed", "decode_noise", "dropout_mask", "random_seed", "standard_normals", "stream_key"]

GOLDEN = 0x9E3779B9  # 2^32 / golden ratio; multiples of it are spread evenly over the 32-bit range
MASK32 = 0xFFFFFFFF


def random_seed() -> int:
    """Return a random seed, 0 to 2^32 - 1."""
    return secrets.randbits(32)


def check_seed(seed: Any) -> int:
    """Return the given seed, or a random seed for None.

    Raises
    ------
    ValueError
        If the given seed is not a whole number from 0 to 2^64 - 1.
    """
    if seed is None:
        return random_seed()
    if not isinstance(seed, (int, np.integer)) or not 0 <= seed < 1 << 64:
        raise ValueError(f"seed: expected a whole number from 0 to 2^64 - 1, got {seed!r}")
    return int(seed)


def stream_key(*labels: int) -> int:
    """Return the 32-bit key of a random stream.

    Parameters
    ----------
    *labels : int
        Labels of the stream, such as seed and variant, each 0 to 2^64 - 1.

    Raises
    ------
    ValueError
        If a label is not an integer or out of range.
    """
    key = 0
    for label in labels:
        if not isinstance(label, (int, np.integer)) or not 0 <= label < 1 << 64:
            raise ValueError(f"expected a seed from 0 to 2^64 - 1, got {label!r}")
        for word in (int(label) & MASK32, int(label) >> 32):
            key = int(mix(np.array([(key * 3 + word + GOLDEN) & MASK32], dtype=np.uint32))[0])
    return key


def mix(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the hash of each 32-bit integer."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def uniforms(key: int, count: int) -> NDArray[np.float64]:
    """Return the first `count` uniform numbers of a stream, shape (count,): (k + 0.5) / 2^24, 0 <= k < 2^24."""
    counter = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(GOLDEN) + np.uint32(key)
    return ((mix(counter) >> np.uint32(8)).astype(np.float64) + 0.5) / (1 << 24)


def standard_normals(key: int, count: int) -> NDArray[np.float64]:
    """Return the first `count` standard normal numbers of a stream, shape (count,)."""
    u = uniforms(key, 2 * ((count + 1) // 2)).reshape(-1, 2)
    return np.stack(_box_muller(u[:, 0], u[:, 1]), axis=1).reshape(-1)[:count]


def decode_noise(seed: int, variant: int, steps: int) -> NDArray[np.float32]:
    """Return the noise of one drawing.

    Parameters
    ----------
    seed : int
        Seed of the noise, 0 to 2^64 - 1.
    variant : int
        Index of the drawing among those with this seed.
    steps : int
        Maximum number of points.

    Returns
    -------
    ndarray of float32, shape (steps, 4)
        For each point: a uniform number that selects the mixture component, a uniform number that selects the pen
        state, and two independent standard normal numbers.
    """
    key = stream_key(seed, variant)
    u = uniforms(key, 4 * steps).reshape(steps, 4)
    return np.stack([u[:, 0], u[:, 1], *_box_muller(u[:, 2], u[:, 3])], axis=1).astype(np.float32)


def _box_muller(u: NDArray[np.float64], v: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two independent standard normal numbers for each pair of uniform numbers (Box and Muller 1958)."""
    radius, angle = np.sqrt(-2 * np.log(u)), 2 * np.pi * v
    return radius * np.cos(angle), radius * np.sin(angle)


def dropout_mask(key: tf.Tensor, rows: tf.Tensor, units: int, keep: float) -> tf.Tensor:
    """Return a dropout mask: 1 / keep with probability `keep`, otherwise 0.

    Parameters
    ----------
    key : uint32 tensor, scalar
        Random key of the training step and the layer.
    rows : int32 tensor, shape (n,)
        Row numbers; t * batch + b is time step t of drawing b. The mask of a row depends only on `key` and the row
        number.
    units : int
        Units of the layer.
    keep : float
        Probability of keeping a unit, 0 < keep <= 1.

    Returns
    -------
    float32 tensor, (n, units)
    """
    import tensorflow as tf

    index = rows[:, None] * units + tf.range(units, dtype=tf.int32)  # (n, units)
    x = tf.cast(index, tf.uint32) * tf.constant(GOLDEN, tf.uint32) + key

    def shift(x: tf.Tensor, bits: int) -> tf.Tensor:
        return tf.bitwise.right_shift(x, tf.constant(bits, tf.uint32))

    x = tf.bitwise.bitwise_xor(x, shift(x, 16)) * tf.constant(0x7FEB352D, tf.uint32)
    x = tf.bitwise.bitwise_xor(x, shift(x, 15)) * tf.constant(0x846CA68B, tf.uint32)
    x = tf.bitwise.bitwise_xor(x, shift(x, 16))
    kept = shift(x, 8) < tf.constant(round(keep * (1 << 24)), tf.uint32)
    return tf.cast(kept, tf.float32) / keep
