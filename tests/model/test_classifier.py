"""The classifier, and guesses of the category of a drawing."""

import numpy as np
import pytest

import sketchkit
from sketchkit import Sketch, SketchRNN
from sketchkit.data import doodles
from sketchkit.model.classifier import FILE, Classifier, pictures
from sketchkit.model.exemplars import Exemplars
from tools import train_classifier as tool

NAMES = ("fish", "star")


@pytest.fixture(scope="module")
def quickdraw():
    return sketchkit.load("quickdraw")


def random_classifier(categories, seed=0, channels=(2, 2, 2, 2)):
    rng, before, weights = np.random.default_rng(seed), 1, {}
    for layer, width in enumerate(channels):
        weights[f"conv{layer}/w"] = rng.normal(0, 0.5, (3, 3, before, width)).astype(np.float32)
        weights[f"conv{layer}/b"] = rng.normal(0, 0.1, width).astype(np.float32)
        before = width
    weights["dense/w"] = rng.normal(0, 0.3, (16 * before, categories)).astype(np.float32)
    weights["dense/b"] = rng.normal(0, 0.1, categories).astype(np.float32)
    return Classifier(weights, categories)


@pytest.mark.parametrize("name", ["rabbit", "bicycle", "sheep", "key", "palm tree"])
def test_guess_recognizes_drawings_of_the_model(quickdraw, name):
    drawings = quickdraw.generate(8, category=name, seed=1)
    guesses = quickdraw.guess(drawings)
    assert sum(name in [category for category, _ in each[:3]] for each in guesses) >= 7
    assert {category for category, _ in guesses[0]} == set(quickdraw.categories)
    probabilities = [each.probability for each in guesses[0]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-5)


def test_guess_of_one_drawing_is_one_list_with_rounded_representations(quickdraw):
    drawing = quickdraw.generate(category="rabbit", seed=1)
    guesses = quickdraw.guess(drawing)
    best = guesses[0]
    assert repr(best) == f"({best.category!r}, {best.probability:.2g})"
    (alone,) = quickdraw.guess([drawing])
    assert [each.category for each in alone] == [each.category for each in guesses]


def test_guess_does_not_depend_on_size_or_position(quickdraw):
    drawing = quickdraw.generate(category="sheep", seed=2)
    moved = Sketch(np.concatenate([[[500, -90, 1]], drawing.scaled(7).offsets])[1:])
    for (name, probability), (other, same) in zip(quickdraw.guess(drawing), quickdraw.guess(moved), strict=True):
        assert (name, probability) == (other, pytest.approx(same, abs=1e-3))


def test_guess_of_a_dot_and_of_two_points_is_finite(quickdraw):
    for drawing in (Sketch([[5, 5, 1]]), Sketch([[0, 0, 0], [0, 0, 1]]), Sketch([[0, 0, 0], [1e-6, 0, 1]])):
        assert np.isfinite([probability for _, probability in quickdraw.guess(drawing)]).all()


def test_guess_refuses_models_without_categories_and_empty_drawings(quickdraw):
    with pytest.raises(ValueError, match="kanji cannot guess, because it has no categories"):
        sketchkit.load("kanji").guess(Sketch([[1, 1, 1]]))
    with pytest.raises(ValueError, match="drawing 1 is empty"):
        quickdraw.guess([Sketch([[1, 1, 1]]), Sketch([])])
    with pytest.raises(TypeError):
        quickdraw.guess("rabbit")


def test_guess_without_classifier_uses_the_nearest_exemplars(quickdraw):
    model = SketchRNN(quickdraw.config, quickdraw.weights, quickdraw.exemplars)
    drawings = [quickdraw.generate(category=name, seed=3) for name in model.categories]
    nearest = [model.exemplars.nearest(code, 1)[0] for code in model.encode(drawings)]
    owner = {code.tobytes(): name for name, codes in zip(model.categories, model.exemplars.codes, strict=True)
             for code in codes}  # fmt: skip
    assert [each[0].category for each in model.guess(drawings)] == [owner[code.tobytes()] for code in nearest]


def test_probabilities_at_an_exemplar_are_one_for_its_category_and_zero_for_others():
    exemplars = Exemplars(NAMES, np.array([[[0, 0], [1, 1]], [[4, 0], [0, 9]]], dtype=np.float32))
    assert exemplars.probabilities(np.array([[4.0, 0.0]], dtype=np.float32)).tolist() == [[0, 1]]
    assert exemplars.probabilities(np.array([[2.5, 0.5]], dtype=np.float32))[0] == pytest.approx([0.5, 0.5])


def test_classifier_is_saved_and_loaded_with_the_model(quickdraw, tmp_path):
    model = SketchRNN(quickdraw.config, quickdraw.weights, quickdraw.exemplars, random_classifier(14))
    model.save(tmp_path / "model", dtype="float16")
    again = sketchkit.load(tmp_path / "model")
    drawing = quickdraw.generate(category="dog", seed=4)
    assert dict(again.guess(drawing)) == pytest.approx(dict(model.guess(drawing)), abs=5e-3)
    again.classifier = None
    again.save(tmp_path / "model")
    assert not (tmp_path / "model" / FILE).exists()


def test_damaged_or_mismatched_classifier_raises_and_names_the_file(tmp_path):
    random_classifier(14).save(tmp_path)
    with pytest.raises(ValueError, match=rf"{FILE}: dense/w: expected finite numbers of shape \(32, 13\)"):
        Classifier.load(tmp_path, 13)
    (tmp_path / FILE).write_bytes(b"no tensors")
    with pytest.raises(ValueError, match=f"{FILE}: damaged"):
        Classifier.load(tmp_path, 14)
    (tmp_path / FILE).unlink()
    assert Classifier.load(tmp_path, 14) is None


def test_classifier_with_missing_nan_or_extra_tensor_raises():
    weights = random_classifier(2).weights
    for changed, says in (
        ({name: value for name, value in weights.items() if name != "conv1/w"}, "conv1/w: .* got none"),
        ({**weights, "dense/b": weights["dense/b"] * np.nan}, "dense/b: expected finite numbers"),
        ({**weights, "more": weights["dense/b"]}, "also got more"),
    ):
        with pytest.raises(ValueError, match=says):
            Classifier(changed, 2)


def test_sum_of_the_picture_of_a_line_is_its_length_plus_the_dot_at_its_start():
    (picture,) = pictures([np.array([[0, 0, 0], [0, 50, 1]], dtype=np.float32)])
    assert picture.sum() == pytest.approx(27 + 0.5, abs=0.6)  # the picture has 32 pixels and a margin of 2
    rows, columns = np.nonzero(picture)
    assert (rows.min(), rows.max()) == (2, 29)
    assert {*columns} == {15, 16}


@pytest.mark.long
def test_trained_classifier_tells_doodles_apart():
    drawings = {name: [doodles.draw(name, seed) for seed in range(60)] for name in NAMES}
    classifier = tool.train_classifier([drawings], epochs=5, epoch_size=1536, progress=False)
    unseen = [doodles.draw(name, seed).offsets for name in NAMES for seed in range(100, 120)]
    right = classifier.probabilities(unseen).argmax(axis=1) == np.repeat([0, 1], 20)
    assert right.mean() > 0.85


def test_section_on_the_classifier_replaces_an_earlier_one():
    card = tool.add_section("# quickdraw\n\nNotes.\n", "It is new.")
    assert card == "# quickdraw\n\nNotes.\n\n## Classifier\n\nIt is new.\n"
    assert tool.add_section(card, "Newer.") == "# quickdraw\n\nNotes.\n\n## Classifier\n\nNewer.\n"
