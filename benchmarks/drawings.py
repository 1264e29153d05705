"""Random drawings with the length distributions of published datasets."""

from __future__ import annotations

import numpy as np

from sketchkit import Dataset
from sketchkit.data.store import Split

__all__ = ["LENGTHS", "dataset", "random_split"]

#: Lengths in points: minimum, the nine deciles, and maximum.
LENGTHS = {
    "sheep": (6, 69, 85, 98, 109, 120, 132, 145, 163, 189, 250),
    "omniglot": (2, 14, 18, 21, 25, 28, 32, 36, 42, 53, 157),
    "kanji": (6, 27, 31, 34, 37, 40, 42, 45, 49, 55, 88),
}


def random_split(lengths: np.ndarray, seed: int = 0) -> Split:
    """Return random walks of the given lengths, in points."""
    rng = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    points = np.empty((int(starts[-1]), 3), dtype=np.int16)
    points[:, :2] = rng.integers(-40, 41, size=(len(points), 2), dtype=np.int16)
    points[:, 2] = rng.random(len(points), dtype=np.float32) < 0.1
    points[starts[1:] - 1, 2] = 1
    return Split(points, starts)


def dataset(name: str, count: int) -> Dataset:
    """Return a dataset of `count` training drawings with the length distribution of a published dataset."""
    spread, rng = LENGTHS[name], np.random.default_rng(1)
    lengths = np.rint(np.interp(rng.random(count), np.linspace(0, 1, len(spread)), spread)).astype(np.int64)
    splits = {"train": random_split(lengths), "valid": random_split(lengths[:100]), "test": random_split(lengths[:0])}
    return Dataset(splits, f"{name}-like", spread[-1], "benchmark")
