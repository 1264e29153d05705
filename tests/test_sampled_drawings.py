"""The dataset of sampled drawings from which the bundled quickdraw model and its classifier are trained."""

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from tools import recipes, sampled_drawings
from tools.recipes import Recipe

DRAWN = {"house": 3, "star": 5}
SAMPLED = {"clean": 4, "varied": 2}


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """In place of published models and real drawings, use doodles of the category."""
    monkeypatch.setattr("sketchkit.load", lambda name: name.removeprefix("quickdraw/"))

    def sample(name, n, **_):
        return [doodles.draw(name, seed) for seed in range(n)]

    def real(name, n, **_):
        return {"train": [doodles.draw(name, 100 + i) for i in range(DRAWN[name])], "test": [doodles.draw(name, 99)]}

    for module in (recipes, sampled_drawings):
        monkeypatch.setattr(module, "sample_drawings", sample)
        monkeypatch.setattr(module, "real_drawings", real)


def test_classifier_is_trained_on_sampled_and_real_drawings_of_the_right_category(tmp_path):
    recipe = Recipe({}, "data", "license", tuple(DRAWN), amounts={**SAMPLED, "repeat": 3}, classifier=True)
    dataset = recipe.open(tmp_path / "sampled.npz")
    assert len(dataset.train) == 2 * 6 + 3 * sum(DRAWN.values())
    first, second = recipe.classifier_drawings(Dataset.open(tmp_path / "sampled.npz"))
    for name, count in DRAWN.items():
        different = [*first[name][:6], *first[name][6 :: recipes.REAL_COPIES]]
        for sketch, seed in zip(different, [0, 1, 2, 3, 0, 1, *range(100, 100 + count)], strict=True):
            np.testing.assert_allclose(sketch.offsets, doodles.draw(name, seed).offsets, atol=1)
        assert len(first[name]) == 6 + recipes.REAL_COPIES * count
        assert len(second[name]) == recipes.CLASSIFIER_POOL
