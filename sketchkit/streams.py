"""Random streams, each named by a seed, a purpose and a number, so that no two purposes share numbers.

The key of Philox, a counter-based generator, is all its state: the seed is its first word, purpose and number are its
second. First weights use the purpose 0, with a number below 2^32 that stands for the name of a weight.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

__all__ = ["Purpose", "generator", "key"]

_NUMBER_BITS = 56
_DRAW_BITS = 24


class Purpose(IntEnum):
    """What a stream is for."""

    WEIGHTS = 0
    EPOCH_ORDER = 1
    AUGMENTATION = 2
    BATCH_ORDER = 3
    VALIDATION = 4


def key(seed: int, purpose: Purpose, number: int, draw: int = 0) -> tuple[int, int]:
    """Return the key of a stream.

    Parameters
    ----------
    seed : int
        0 to 2^64 - 1.
    purpose : Purpose
    number : int
        Of the epoch, batch or group of batches; 0 to 2^56 - 1, with `draw` to 2^32 - 1.
    draw : int
        Which of several streams of one number; 0 to 2^24 - 1.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    limit = 1 << (_NUMBER_BITS - _DRAW_BITS if draw else _NUMBER_BITS)
    if not (0 <= seed < 1 << 64 and 0 <= number < limit and 0 <= draw < 1 << _DRAW_BITS):
        raise ValueError(f"stream: seed {seed}, number {number} or draw {draw} is out of range")
    return int(seed), (purpose << _NUMBER_BITS) | (draw << (_NUMBER_BITS - _DRAW_BITS)) | int(number)


def generator(seed: int, purpose: Purpose, number: int, draw: int = 0) -> np.random.Generator:
    """Return a generator of a stream; parameters and errors are those of `key`."""
    return np.random.Generator(np.random.Philox(key=np.array(key(seed, purpose, number, draw), dtype=np.uint64)))
