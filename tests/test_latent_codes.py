"""Latent codes and losses of many drawings."""

import logging
import subprocess
import sys

import numpy as np
import pytest

import sketchkit
from sketchkit import Dataset, HParams, Sketch, SketchRNN
from sketchkit.data import doodles
from sketchkit.data.labeled import LabeledDrawings
from sketchkit.data.measures import Measures
from sketchkit.latent_codes import embed_codes, reconstruction_losses

STARS = [doodles.draw("star", seed) for seed in range(6)]
FISH = [doodles.draw("fish", seed) for seed in range(9)]


@pytest.fixture(scope="module")
def tiny():
    h = HParams(enc_rnn_size=8, dec_rnn_size=8, z_size=4, num_mixture=2, max_seq_len=80, batch_size=4)
    return SketchRNN.new(h, 40.0, name="tiny")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SKETCHKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_codes_of_a_dataset_equal_those_of_encode_in_the_order_of_its_splits(tiny):
    dataset = Dataset.from_sketches(FISH[:5], FISH[5:7], FISH[7:])
    np.testing.assert_allclose(embed_codes(dataset, tiny), tiny.encode(FISH), atol=1e-6)
    np.testing.assert_allclose(embed_codes(dataset, tiny, split="valid"), tiny.encode(FISH[5:7]), atol=1e-6)
    np.testing.assert_allclose(embed_codes({"a": STARS, "b": dataset}, tiny), tiny.encode(STARS + FISH), atol=1e-6)


def test_codes_of_empty_drawings_are_nan_with_a_warning(tiny, caplog):
    with caplog.at_level(logging.WARNING):
        codes = embed_codes([FISH[0], Sketch([]), FISH[1]], tiny)
    assert np.isnan(codes).all(axis=1).tolist() == [False, True, False]
    assert "1 of 3 drawings are empty and have no latent code" in caplog.text


def test_many_codes_are_computed_once_for_the_same_drawings_and_encoder(tiny, cache, monkeypatch):
    many = FISH * 40
    first = embed_codes(many, tiny, progress=False)
    assert len(list(cache.rglob("*.npy"))) == 1
    monkeypatch.setattr(SketchRNN, "encode", lambda *_: pytest.fail("encoded again"))
    np.testing.assert_array_equal(embed_codes(Dataset.from_sketches(many, name="other"), tiny, progress=False), first)
    monkeypatch.undo()
    monkeypatch.setenv("SKETCHKIT_CACHE", str(cache))
    other = SketchRNN.new(tiny.hparams, tiny.scale_factor, seed=1)
    assert not np.allclose(embed_codes(many, other, progress=False), first)
    next(cache.rglob("*.npy")).write_bytes(b"damaged")
    np.testing.assert_array_equal(embed_codes(many, tiny, progress=False), first)


def test_progress_is_shown_for_many_drawings(tiny, cache, capsys):
    embed_codes(FISH * 40, tiny)
    assert "Encoding with tiny" in capsys.readouterr().err


def test_codes_of_an_unconditional_model_or_no_drawings_raise(tiny):
    decoder = SketchRNN.new(tiny.hparams.replace(conditional=False), 40.0, name="decoder")
    with pytest.raises(ValueError, match="decoder is unconditional"):
        embed_codes(FISH, decoder)
    with pytest.raises(ValueError, match="at least one drawing, got none"):
        embed_codes([], tiny)
    with pytest.raises(TypeError, match=r"drawings\['a'\], item 1: expected a Sketch, got int"):
        embed_codes({"a": [FISH[0], 3]}, tiny)
    with pytest.raises(TypeError, match="expected a dataset or a list of sketches, got int"):
        embed_codes(7, tiny)


def test_codes_of_few_drawings_do_not_import_tensorflow():
    code = (
        "import sys, sketchkit; from sketchkit.data import doodles; "
        "sketchkit.embed_codes([doodles.draw('fish', 1)], 'kanji'); assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_losses_of_drawings_average_to_the_loss_of_the_dataset(tiny, cache):
    fitting = [sketch.scaled(tiny.scale_factor / tiny.fit_scale(sketch, (0.8, 1.25))) for sketch in STARS]
    losses = reconstruction_losses(fitting, tiny)
    expected = tiny.losses(Dataset.from_sketches(STARS[:1], (), fitting), "test")["recon"]
    assert losses.mean() == pytest.approx(expected, rel=1e-5)
    small, smaller = ([sketch.scaled(factor) for sketch in STARS] for factor in (1e-3, 1e-4))
    np.testing.assert_allclose(reconstruction_losses(small, tiny), reconstruction_losses(smaller, tiny), rtol=1e-4)
    assert np.isnan(reconstruction_losses([STARS[0], Sketch([]), Sketch(np.ones((90, 3)))], tiny)).tolist() == [
        False, True, True]  # fmt: skip


def test_limit_takes_evenly_spaced_drawings_of_each_category(tiny):
    few = LabeledDrawings.collect({"stars": STARS, "fish": FISH}, limit=8)
    assert few.categories == ("stars", "fish")
    assert np.bincount(few.labels).tolist() == [4, 4]
    for i, j in enumerate((0, 1, 3, 4)):
        np.testing.assert_array_equal(few.split[i].offsets, STARS[j].offsets)
    assert np.bincount(LabeledDrawings.collect({"stars": STARS[:2], "fish": FISH}, limit=8).labels).tolist() == [2, 6]
    assert len(LabeledDrawings.collect(FISH, limit=100)) == len(FISH)
    for limit in (0, 2.5, True):
        with pytest.raises(ValueError, match="limit: expected a whole number of at least 1"):
            LabeledDrawings.collect(FISH, limit=limit)
    with pytest.raises(ValueError, match="split: expected one of train, valid, test, got 'all'"):
        LabeledDrawings.collect(FISH, split="all")


def test_measures_of_drawings_equal_the_properties_of_each_sketch():
    sketches = [*FISH, Sketch([]), *STARS, Sketch([[0, 0, 1]])]
    found = Measures.of(LabeledDrawings.collect(sketches).split)
    assert found.lengths.tolist() == [len(sketch) for sketch in sketches]
    assert found.strokes.tolist() == [sketch.num_strokes for sketch in sketches]
    np.testing.assert_allclose(found.sizes, [sketch.extent for sketch in sketches], rtol=1e-5)
    assert sketchkit.embed_codes is embed_codes
