"""Drawing size of a model, scaling of inputs to that size, and recommended sampling settings."""

import json
from dataclasses import replace

import numpy as np
import pytest

import sketchkit
from sketchkit import HParams, Sketch
from sketchkit.data import doodles
from sketchkit.model.config import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import initial_weights


@pytest.fixture(scope="module")
def kanji():
    return sketchkit.load("kanji")


def tiny(**config):
    h = HParams(dec_rnn_size=16, enc_rnn_size=8, z_size=4, num_mixture=3, max_seq_len=20)
    return SketchRNN(ModelConfig(h, 10.0, "tiny", **config), initial_weights(h, 0))


def test_config_keeps_size_and_sampling():
    config = tiny(drawing_size=850.0, sampling=Sampling(0.25, "js", 0.8)).config
    assert ModelConfig.from_json(config.as_json()) == config


def test_config_of_version_0_1_reads_the_size_from_the_training_record():
    data = json.loads(tiny(training={"data": {"size": 109.0}}).config.as_json())
    del data["drawing_size"], data["sampling"]
    config = ModelConfig.from_json(json.dumps(data))
    assert config.drawing_size == 109
    assert config.sampling == Sampling()


@pytest.mark.parametrize("record", ["sheep", {"size": "large"}, {"size": -3}, {"size": True}, None])
def test_config_of_version_0_1_with_an_invalid_record_has_no_size(record):
    data = json.loads(tiny(training={"data": record}).config.as_json())
    del data["drawing_size"]
    assert ModelConfig.from_json(json.dumps(data)).drawing_size is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("drawing_size", -1, "drawing_size: expected a finite number > 0, got -1"),
        ("drawing_size", "850", "drawing_size: expected a finite number > 0, got '850'"),
        ("drawing_size", 10**400, "drawing_size: expected a finite number > 0, got 1000"),
        ("sampling", {"temperature": 10**400}, "sampling: temperature must be a finite number >= 0"),
        ("sampling", [], "sampling: expected an object, got list"),
        ("sampling", {"heat": 1}, "sampling: unknown key 'heat'"),
        ("sampling", {"temperature": -1}, "sampling: temperature must be a finite number >= 0"),
        ("sampling", {"temperature": "low"}, "sampling: temperature must be a finite number >= 0"),
        ("sampling", {"convention": "celsius"}, "sampling: unknown temperature convention 'celsius'"),
        ("sampling", {"convention": []}, "sampling: unknown temperature convention"),
    ],
)
def test_config_with_invalid_size_or_sampling_raises(key, value, message):
    data = json.loads(tiny().config.as_json())
    data[key] = value
    with pytest.raises(ValueError, match=message):
        ModelConfig.from_json(json.dumps(data))


def test_recommended_sampling_is_the_default():
    model = tiny(drawing_size=50.0, sampling=Sampling(0.2, "js", 0.9))
    assert model.generate(3, seed=1) == model.generate(3, seed=1, temperature=0.2, convention="js", pen_temperature=0.9)
    assert model.generate(3, seed=1) != model.generate(3, seed=1, convention="paper")
    z = np.zeros(4)
    assert model.decode(z, seed=1) == model.decode(z, seed=1, temperature=0.2, convention="js", pen_temperature=0.9)


def test_drawing_size_is_estimated_from_samples_without_a_recorded_size():
    model = tiny()
    assert model.drawing_size == np.median([s.extent for s in model.generate(256, seed=0)])
    assert tiny(drawing_size=77.0).drawing_size == 77


def test_encode_does_not_depend_on_the_units_of_a_drawing(kanji):
    tree = doodles.draw("tree", 4)
    codes = kanji.encode([tree, tree.scaled(0.01), tree.scaled(37)])
    far = np.linalg.norm(codes[0] - kanji.encode(doodles.draw("field", 4)))
    assert np.linalg.norm(codes[1] - kanji.encode(tree.scaled(0.1))) < 1e-3 * far
    assert np.linalg.norm(codes[1] - codes[2]) < 0.6 * far


def test_encode_does_not_scale_drawings_of_training_size(kanji):
    sketch = doodles.draw("tree", 4).fitted(kanji.drawing_size)
    np.testing.assert_array_equal(kanji.encode(sketch), kanji.encode(sketch, fit=False))


def test_complete_returns_drawings_in_the_units_of_the_beginning(kanji):
    beginning = Sketch.from_polylines([[(0, 0), (60, 0)], [(30, -20), (30, 60)]])
    small = beginning.scaled(0.001)
    for n in (None, 2):
        large, little = (kanji.complete(s, n, seed=3, max_points=40) for s in (beginning, small))
        for a, b in zip([large] if n is None else large, [little] if n is None else little, strict=True):
            assert a.offsets[: len(beginning)] == pytest.approx(beginning.offsets)
            assert b.offsets[: len(beginning)] == pytest.approx(small.offsets)
            assert b.extent < 0.02 * a.extent


def test_complete_without_fit_does_not_scale_the_beginning(kanji):
    dot = Sketch.from_polylines([[(0, 0), (3, 0)]])
    as_drawn = kanji.complete(dot, seed=3, fit=False)
    assert as_drawn != kanji.complete(dot, seed=3)
    assert kanji.complete(Sketch([]), seed=3) == kanji.complete(Sketch([]), seed=3, fit=False)


def test_saved_model_keeps_its_size_and_sampling(tmp_path):
    model = tiny(drawing_size=33.0, sampling=Sampling(0.4, "tf1", 1.0))
    model.save(tmp_path / "m")
    again = sketchkit.load(tmp_path / "m")
    assert (again.drawing_size, again.sampling) == (33.0, Sampling(0.4, "tf1", 1.0))
    assert replace(again.config, drawing_size=None).drawing_size is None
