"""A small dataset of generated drawings."""

import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset


@pytest.fixture(scope="module")
def drawings():
    names = ("star", "fish", "sun", "mountain")
    return [doodles.draw(name, seed) for seed in range(13) for name in names]


@pytest.fixture
def dataset(drawings):
    return Dataset.from_sketches(drawings[:40], drawings[40:47], drawings[47:], name="some doodles")
