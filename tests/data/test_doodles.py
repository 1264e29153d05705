import inspect
import time

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.sketch import Sketch


@pytest.fixture(scope="module")
def small_set():
    return doodles.splits()


def test_categories_contain_characters_and_objects():
    assert len(doodles.CATEGORIES) == len(set(doodles.CATEGORIES)) >= 20
    assert all(name.isascii() and name.isidentifier() for name in doodles.CATEGORIES)
    assert set(doodles.GLYPHS) < set(doodles.CATEGORIES)
    assert all(len(glyph) == 1 for glyph in doodles.GLYPHS.values())


@pytest.mark.parametrize("name", doodles.CATEGORIES)
def test_draw_returns_integers_within_bounds(name):
    for seed in range(30):
        sketch = doodles.draw(name, seed)
        assert 15 <= len(sketch) <= 90
        assert np.array_equal(sketch.offsets, np.rint(sketch.offsets))
        assert all(value.is_integer() for value in sketch.start)
        left, top, right, bottom = sketch.bounds
        assert left > -100
        assert top > -100
        assert right < 800
        assert bottom < 800
        assert max(right - left, bottom - top) > 300


@pytest.mark.parametrize("name", doodles.CATEGORIES)
def test_draw_has_no_repeated_points(name):
    for seed in range(10):
        for points in doodles.draw(name, seed).polylines():
            assert len(points) == 1 or np.any(np.diff(points, axis=0), axis=1).all()


@pytest.mark.parametrize("name", doodles.CATEGORIES)
def test_draw_depends_on_the_seed(name):
    drawings = [doodles.draw(name, seed) for seed in range(10)]
    assert len(set(drawings)) == 10
    assert drawings == [doodles.draw(name, seed) for seed in range(10)]


@pytest.mark.parametrize(
    ("name", "strokes"),
    [("mountain", 3), ("river", 3), ("king", 4), ("tree", 4), ("field", 5), ("eye", 5), ("rain", 8)],
)
def test_characters_have_the_expected_number_of_strokes(name, strokes):
    assert {doodles.draw(name, seed).num_strokes for seed in range(20)} == {strokes}


def test_objects_vary_in_the_number_of_strokes():
    assert len({doodles.draw("pine", seed).num_strokes for seed in range(20)}) > 2


def test_draw_does_not_depend_on_earlier_calls():
    first = doodles.draw("cat", 3)
    np.random.seed(1)
    doodles.draw("house", 3)
    assert doodles.draw("cat", 3) == first
    assert doodles.draw("cat", np.int64(3)) == first


def test_draw_of_an_unknown_category_suggests_a_name():
    with pytest.raises(ValueError, match=r"no category 'huose'; did you mean 'house'"):
        doodles.draw("huose", 0)
    with pytest.raises(ValueError, match="did you mean"):
        doodles.draw("", 0)


def test_negative_seed_raises():
    with pytest.raises(ValueError, match="seed: expected at least 0"):
        doodles.draw("cat", -1)
    with pytest.raises(ValueError, match="seed: expected at least 0"):
        doodles.splits(seed=-1)


def test_splits_contain_every_drawing_once(small_set):
    assert list(small_set) == ["train", "valid", "test"]
    everything = [sketch for split in small_set.values() for sketch in split]
    assert all(isinstance(sketch, Sketch) for sketch in everything)
    assert len(everything) == len(set(everything)) == 25 * len(doodles.CATEGORIES)
    assert len(small_set["train"]) > 0.7 * len(everything)
    assert len(small_set["valid"]) == len(small_set["test"]) >= 0.08 * len(everything)


@pytest.mark.parametrize("per_category", [3, 10])
def test_every_split_contains_every_category(per_category):
    category_of = {doodles.draw(name, seed): name for name in doodles.CATEGORIES for seed in range(per_category)}
    for split in doodles.splits(per_category).values():
        assert {category_of[sketch] for sketch in split} == set(doodles.CATEGORIES)


def test_splits_are_shuffled_and_repeatable():
    drawn = doodles.splits(4)
    assert drawn == doodles.splits(4)
    by_category = [doodles.draw(name, seed) for name in doodles.CATEGORIES for seed in (0, 3)]
    assert drawn["train"] != by_category
    assert set(drawn["train"]) == set(by_category)


def test_splits_of_two_seeds_are_disjoint():
    one, other = ({s for split in doodles.splits(3, seed).values() for s in split} for seed in (0, 1))
    assert not one & other


def test_splits_with_too_few_drawings_raises():
    with pytest.raises(ValueError, match="at least 3"):
        doodles.splits(2)


def test_splits_takes_a_few_seconds():
    begin = time.process_time()
    doodles.splits()
    assert time.process_time() - begin < 8  # about 1 s on an idle core


def test_docstring_states_the_license():
    assert "CC0-1.0" in inspect.getdoc(doodles)
