import dataclasses

import numpy as np
import pytest

from sketchkit.hparams import HParams
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

SMALL = HParams(dec_rnn_size=16, enc_rnn_size=12, z_size=6, num_mixture=4, max_seq_len=40)
LINE = Sketch([[10, 0, 0], [0, 10, 0], [-10, 0, 1], [5, 5, 1]], start=(3, 4))


@pytest.fixture(scope="module", params=["numpy", "tensorflow"])
def engine(request):
    return request.param


@pytest.fixture(scope="module", params=["lstm", "layer_norm", pytest.param("hyper", marks=pytest.mark.long)])
def model(request, engine):
    h = SMALL.replace(dec_model=request.param, enc_model=request.param)
    made = SketchRNN.new(h, 10.0, seed=3)
    made.engine = engine
    return made


@pytest.fixture(scope="module")
def decoder(engine):
    made = SketchRNN.new(SMALL.replace(conditional=False), 10.0, seed=3)
    made.engine = engine
    return made


def test_encode_of_a_batch_matches_single_drawings(model):
    other = Sketch([[1, 2, 1]])
    one = model.encode(LINE)
    many = model.encode([LINE, other, LINE])
    assert one.shape == (6,)
    assert many.shape == (3, 6)
    np.testing.assert_allclose(many[0], one, atol=1e-6)
    np.testing.assert_allclose(many[2], one, atol=1e-6)
    assert np.abs(many[1] - one).max() > 1e-6
    assert model.encode([]).shape == (0, 6)


def test_encode_does_not_depend_on_padding(model):
    long = Sketch(np.tile([[1, 1, 0]], (90, 1)))  # longer than max_seq_len and much longer than LINE
    np.testing.assert_allclose(model.encode([LINE, long])[0], model.encode(LINE), atol=1e-6)


def test_encode_with_sample_is_determined_by_the_seed(model):
    a, b, c = (model.encode(LINE, sample=True, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.1


def test_decode_is_determined_by_code_temperature_and_seed(model):
    z = model.encode(LINE)
    first = model.decode(z, temperature=0.5, seed=1)
    assert model.decode(z, temperature=0.5, seed=1) == first
    assert model.decode(z, temperature=0.5, seed=2) != first
    assert model.decode(z, temperature=0.9, seed=1) != first
    assert len(first) <= 40


def test_decode_result_types_and_lengths(model):
    z = model.encode([LINE, LINE])
    assert isinstance(model.decode(z[0], seed=0), Sketch)
    assert len(model.decode(z[0], n=3, seed=0)) == 3
    assert [len(each) for each in model.decode(z, n=3, seed=0)] == [3, 3]
    pair = model.decode(z, seed=0)
    assert pair[0] == pair[1]  # one code, one seed: one drawing
    three = model.decode(z[0], n=3, seed=0)
    assert len({*three}) == 3
    assert three[0].offsets.shape == pair[0].offsets.shape


def test_decode_variants_do_not_depend_on_batch_size(model):
    """Noise depends only on seed and variant; the tolerance allows for rounding in batches of different sizes."""
    z = model.encode(LINE)
    nine, two = model.decode(z, n=9, seed=5), model.decode(z, n=2, seed=5)
    np.testing.assert_allclose(nine[0].offsets[:3], two[0].offsets[:3], atol=1e-2)


def test_decode_at_temperature_zero_does_not_depend_on_the_seed(model):
    z = model.encode(LINE)
    assert model.decode(z, temperature=0, seed=1) == model.decode(z, temperature=0, seed=2)


def test_temperature_zero_is_the_limit_of_small_temperatures(model):
    z = model.encode(LINE)
    cold, greedy = model.decode(z, temperature=1e-9, seed=1), model.decode(z, temperature=0)
    np.testing.assert_allclose(cold.offsets, greedy.offsets, atol=1e-2)


def test_decode_keeps_the_candidate_whose_code_is_nearest(model):
    z = model.encode([LINE, Sketch([[1, 2, 1]])])
    for code, kept in zip(z, model.decode(z, seed=1, candidates=5), strict=True):
        samples = model.decode(code, n=5, seed=1)
        distances = np.linalg.norm(model.encode(samples, fit=False) - code, axis=1)
        np.testing.assert_allclose(kept.offsets, samples[distances.argmin()].offsets, atol=1e-4)


def test_generate_with_candidates_returns_drawings_nearer_to_their_codes(model):
    codes = model.new_codes(None, 6, seed=2)

    def distance(sketches):
        return np.linalg.norm(model.encode(sketches, fit=False) - codes, axis=1)

    plain, chosen = model.generate(6, seed=2), model.generate(6, seed=2, candidates=4)
    assert (distance(chosen) <= distance(plain) + 1e-6).all()
    assert distance(chosen).sum() < distance(plain).sum()


def test_generate_returns_reproducible_drawings_within_max_points(model, decoder):
    for network in (model, decoder):
        assert isinstance(network.generate(seed=0), Sketch)
        drawn = network.generate(5, seed=0, max_points=17)
        assert len(drawn) == 5
        assert max(len(s) for s in drawn) <= 17
        assert drawn == network.generate(5, seed=0, max_points=17)


def test_complete_keeps_the_beginning(model, decoder):
    for network in (model, decoder):
        done = network.complete(LINE, 4, seed=0, temperature=0.6)
        assert len(done) == 4
        for sketch in done:
            assert sketch.start == LINE.start
            np.testing.assert_allclose(sketch.offsets[:4, :2], LINE.offsets[:, :2], rtol=1e-6)
            assert len(LINE) <= len(sketch) <= 40
        assert isinstance(network.complete(Sketch([]), seed=1), Sketch)


def test_complete_with_pen_down_continues_the_last_stroke(decoder):
    done = decoder.complete(LINE, seed=0, pen_down=True, temperature=0.5)
    assert done.offsets[3, 2] == 0 or len(done) == 4
    assert decoder.complete(LINE, seed=0, temperature=0.5).offsets[3, 2] == 1


def test_complete_matches_the_teacher_forced_mixture(decoder):
    greedy = decoder.complete(LINE, temperature=0, max_points=5)
    density = decoder.mixture(LINE)
    best = density.mu[4, np.argmax(density.pi[4])]
    if len(greedy) > 4:
        np.testing.assert_allclose(greedy.offsets[4, :2], best, atol=1e-3)
    else:
        assert density.pen[4].argmax() == 2


def test_mixture_is_a_probability_density(model):
    density = model.mixture(LINE)
    assert len(density) == 5
    np.testing.assert_allclose(density.pi.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(density.pen.sum(axis=1), 1, rtol=1e-5)
    assert (density.sigma > 0).all()
    assert (np.abs(density.rho) < 1).all()


def test_invalid_arguments_raise_with_the_expected_values(model, decoder):
    with pytest.raises(ValueError, match=r"unconditional \(it has no encoder\)"):
        decoder.encode(LINE)
    with pytest.raises(ValueError, match="use generate"):
        decoder.decode(np.zeros(6))
    with pytest.raises(ValueError, match=r"z: expected shape \(6,\) or \(m, 6\), got \(7,\)"):
        model.decode(np.zeros(7))
    with pytest.raises(ValueError, match="z: expected finite"):
        model.decode(np.full(6, np.nan))
    with pytest.raises(ValueError, match="temperature must be a finite number >= 0, got -0.1"):
        model.generate(temperature=-0.1)
    with pytest.raises(ValueError, match="unknown temperature convention 'fahrenheit'; expected paper, tf1, js"):
        model.generate(convention="fahrenheit")
    with pytest.raises(ValueError, match="drawing 1 is empty"):
        model.encode([LINE, Sketch([])])
    with pytest.raises(ValueError, match="n: expected a whole number of at least 1, got 0"):
        model.generate(0)
    with pytest.raises(ValueError, match=r"max_points \(3\) must be larger than the 4 points"):
        model.complete(LINE, max_points=3)
    with pytest.raises(TypeError, match="item 0: expected a Sketch, got ndarray"):
        model.encode([LINE.offsets])


@pytest.mark.parametrize("candidates", [0, 1.5, "4"])
def test_decode_with_invalid_candidates_raises(model, candidates):
    with pytest.raises(ValueError, match="candidates: expected a whole number of at least 1"):
        model.decode(np.zeros(6), candidates=candidates)


def test_generate_with_candidates_needs_a_latent_code(decoder):
    with pytest.raises(ValueError, match="candidates: expected 1, because .* has no latent code, got 3"):
        decoder.generate(2, candidates=3)


def test_losses_count_each_drawing_once():
    from sketchkit.data.dataset import Dataset

    model = SketchRNN.new(SMALL.replace(batch_size=4), 10.0)
    drawings = [Sketch(np.random.default_rng(i).integers(-9, 9, (3 + i, 3)) * [1, 1, 0]) for i in range(10)]
    together = model.losses(Dataset.from_sketches(drawings, test=drawings))
    assert together["drawings"] == 10
    parts = [model.losses(Dataset.from_sketches(drawings, test=[d])) for d in drawings]
    # The KL loss has no noise, so the mean over single drawings equals the loss of the dataset.
    assert together["kl"] == pytest.approx(np.mean([p["kl"] for p in parts]), rel=1e-4)
    assert together["recon"] == pytest.approx(np.mean([p["recon"] for p in parts]), abs=0.05)
    assert together["loss"] == pytest.approx(together["recon"] + 0.5 * together["kl"])
    with pytest.raises(ValueError, match="empty split"):
        model.losses(Dataset.from_sketches(drawings))


@pytest.mark.parametrize("count", [40, 41, 400])
def test_complete_with_a_beginning_of_max_points_raises(decoder, count):
    beginning = Sketch(np.tile([[1, 1, 0]], (count, 1)))
    with pytest.raises(ValueError, match=f"beginning has {count} points, but untrained draws at most 40 points"):
        decoder.complete(beginning, seed=0)
    with pytest.raises(ValueError, match=f"max_points \\({count}\\) must be larger than the {count} points"):
        decoder.complete(beginning, seed=0, max_points=count)
    if count == 41:
        done = decoder.complete(beginning, seed=0, max_points=60, temperature=1.0)
        assert 41 < len(done) <= 60
        np.testing.assert_allclose(done.offsets[:40], beginning.offsets[:40], rtol=1e-6)


@pytest.mark.parametrize("seed", [0, 5, 2**63 - 1, 2**63, 2**64 - 1])
def test_category_codes_accept_every_seed(seed):
    exemplars = Exemplars(("cat", "dog"), np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    found = exemplars.select("dog", 4, seed)
    np.testing.assert_array_equal(found, exemplars.codes[1][[(seed + i) % 3 for i in range(4)]])


@pytest.mark.parametrize(
    "record",
    [
        {"data": "sheep"}, {"data": None}, {"data": {"size": "large"}}, {"data": {"size": -3}},
        {"data": {"size": None}}, {"losses": 3, "step": "many", "seconds": "few"},
        {"losses": {"valid": {"recon": "x"}, "test": 3}},
    ],
)  # fmt: skip
def test_model_with_an_invalid_training_record_loads(record, decoder, tmp_path):
    SketchRNN(dataclasses.replace(decoder.config, training=record), decoder.weights).save(tmp_path / "m")
    (tmp_path / "m/README.md").unlink()
    model = SketchRNN.open(tmp_path / "m")
    assert model.config.training == record
    assert model.config.drawing_size is None
    assert model.card.startswith("# untrained")
