"""Independent random streams, keyed by seed, purpose and number.

Each stream is a Philox generator. Philox is counter-based: its key determines the whole sequence. The first word of the
key is the seed; the second combines the other arguments of `philox_key`, so that two purposes never share a stream.
Initial weights use purpose 0 and a number below 2^32 that identifies the weight by its name.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

__all__ = ["Purpose", "generator", "philox_key"]

_NUMBER_BITS = 56
_DRAW_BITS = 24


class Purpose(IntEnum):
    """Purpose of a random stream."""

    WEIGHTS = 0
    EPOCH_ORDER = 1
    AUGMENTATION = 2
    BATCH_ORDER = 3
    VALIDATION = 4


def philox_key(seed: int, purpose: Purpose, number: int, draw: int = 0) -> tuple[int, int]:
    """Return the key of a stream.

    Parameters
    ----------
    seed : int
        Random seed, 0 to 2^64 - 1.
    purpose : Purpose
        Purpose of the stream.
    number : int
        Number of the epoch, batch or group of batches: 0 to 2^56 - 1, or to 2^32 - 1 if `draw` is not 0.
    draw : int
        Index of the stream among several with the same number, 0 to 2^24 - 1.

    Returns
    -------
    tuple of int
        Two 64-bit words: the seed; and purpose, draw and number in 8, 24 and 32 bits. If `draw` is 0, purpose and
        number have 8 and 56 bits.

    Raises
    ------
    ValueError
        If the seed, the number or the draw is out of range.
    """
    limit = 1 << (_NUMBER_BITS - _DRAW_BITS if draw else _NUMBER_BITS)
    bounds = {"seed": (seed, 1 << 64), "number": (number, limit), "draw": (draw, 1 << _DRAW_BITS)}
    for name, (value, end) in bounds.items():
        if not 0 <= value < end:
            raise ValueError(f"random stream: expected a {name} from 0 to {end - 1}, got {value}")
    return int(seed), (purpose << _NUMBER_BITS) | (draw << (_NUMBER_BITS - _DRAW_BITS)) | int(number)


def generator(seed: int, purpose: Purpose, number: int, draw: int = 0) -> np.random.Generator:
    """Return a generator for a stream. Parameters and errors are those of `philox_key`."""
    return np.random.Generator(np.random.Philox(key=np.array(philox_key(seed, purpose, number, draw), dtype=np.uint64)))
