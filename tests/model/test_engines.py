"""The NumPy engine and the TensorFlow engine: the same results, and the choice between them."""

import logging
import threading

import numpy as np
import pytest

import sketchkit
from sketchkit.hparams import HParams
from sketchkit.model.engines import MAX_NUMPY_DRAWINGS, _creation_lock
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.small_product import MATRIX_LIMIT, MAX_ROWS, VECTOR_LIMIT, SmallProduct
from sketchkit.sketch import Sketch

BEGINNING = Sketch([[10, 0, 0], [0, 10, 0], [-10, 0, 1], [5, 5, 1]])
TINY = HParams(dec_rnn_size=20, enc_rnn_size=12, z_size=6, num_mixture=4, max_seq_len=25)


def tiny(**changes):
    return SketchRNN.new(TINY.replace(**changes), 10.0, seed=5)


def with_both_engines(model, compute):
    """Return the results of a function of a model with NumPy and with TensorFlow."""
    results = []
    for engine in ("numpy", "tensorflow"):
        model.engine = engine
        results.append(compute(model))
        assert model.last_engine == engine
    return results


def assert_same_drawings(ours, theirs, scale):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.offsets[:, 2], b.offsets[:, 2])
        np.testing.assert_allclose(a.offsets[:, :2], b.offsets[:, :2], atol=0.01 * scale)


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", pytest.param("hyper", marks=pytest.mark.long)])
@pytest.mark.parametrize("conditional", [True, pytest.param(False, marks=pytest.mark.long)])
def test_engines_draw_the_same(cell, conditional):
    model = tiny(conditional=conditional, dec_model=cell, enc_model=cell)

    def draw(model):  # batches of 9 to 16 drawings, for which TensorFlow compiles one function
        drawn = [*model.generate(9, seed=1, temperature=0.0), *model.generate(16, seed=2, temperature=0.4)]
        drawn += model.generate(10, seed=3, temperature=0.2, convention="js", pen_temperature=1.0)
        drawn += model.generate(11, seed=2**40, temperature=1.2, max_points=12)
        drawn += model.generate(12, seed=4, temperature=1e-30)
        return drawn + list(model.complete(BEGINNING, 13, seed=6, temperature=0.7, pen_down=True))

    assert_same_drawings(*with_both_engines(model, draw), 10)


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
def test_engines_encode_the_same(cell):
    drawings = [BEGINNING, Sketch([[3, 4, 1]]), BEGINNING.scaled(2), Sketch(np.tile([[4, -2, 0], [1, 3, 1]], (20, 1)))]
    ours, theirs = with_both_engines(
        tiny(enc_model=cell), lambda model: np.concatenate(model.encode_distribution(drawings, fit=False))
    )
    assert ours.dtype == theirs.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("conditional", [True, False])
def test_engines_predict_the_same_mixture(conditional):
    ours, theirs = with_both_engines(tiny(conditional=conditional), lambda model: model.mixture(BEGINNING))
    for name in ("pi", "mu", "sigma", "rho", "pen"):
        a, b = getattr(ours, name), getattr(theirs, name)
        assert a.dtype == b.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=1e-5, rtol=1e-5, err_msg=name)


def test_engines_with_tanh_code_draw_the_same():
    z = np.linspace(-3, 3, 6)
    model = tiny(tanh_code=True)
    drawn = with_both_engines(model, lambda model: model.decode(z, n=5, seed=1, temperature=0.5))
    assert_same_drawings(*drawn, 10)
    ours, theirs = with_both_engines(model, lambda model: model.mixture(BEGINNING, z))
    np.testing.assert_allclose(ours.mu, theirs.mu, atol=1e-5)


@pytest.mark.parametrize("name", ["kanji", "sheep"])
def test_engines_draw_the_same_with_bundled_models(name):
    model = sketchkit.load(name)
    drawn = with_both_engines(
        model, lambda model: [sketch for seed in range(4) for sketch in model.generate(16, seed=seed)]
    )
    assert_same_drawings(*drawn, model.scale_factor)


def test_engine_auto_depends_on_the_number_of_drawings(caplog):
    model = tiny()
    assert (model.engine, model.last_engine) == ("auto", None)
    with caplog.at_level(logging.DEBUG, logger="sketchkit"):
        model.generate(MAX_NUMPY_DRAWINGS, seed=1, max_points=2)
        assert model.last_engine == "numpy"
        model.generate(MAX_NUMPY_DRAWINGS + 1, seed=1, max_points=2)
        assert model.last_engine == "tensorflow"
        model.mixture(BEGINNING)
        assert model.last_engine == "numpy"
    assert "256 drawing(s): numpy" in caplog.messages


def test_numpy_engine_does_not_wait_for_tensorflow_in_another_thread():
    drawn = []
    thread = threading.Thread(target=lambda: drawn.append(tiny().generate(seed=1)), daemon=True)
    with _creation_lock:  # held while TensorFlow is imported or a network is created
        thread.start()
        thread.join(timeout=60)
        assert drawn == [tiny().generate(seed=1)]


def test_unknown_engine_raises():
    model = tiny()
    with pytest.raises(ValueError, match="engine: expected auto, numpy, tensorflow, got 'jax'"):
        model.engine = "jax"
    assert model.engine == "auto"


def test_numpy_engine_uses_the_current_weights_of_the_network():
    model = tiny()
    model.engine = "numpy"
    before = model.generate(3, seed=1)
    bias = model.network.variables_by_name["decoder/output/b"]
    bias.assign(bias * 3 + 0.5)
    ours, theirs = with_both_engines(model, lambda model: model.generate(3, seed=1))
    assert_same_drawings(ours, theirs, 10)
    assert ours != before
    bias.assign(bias * 0.1)
    assert model.generate(3, seed=1) != ours


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 3), (5, 2048), (17, 123), (517, 2048), (9300, 2)])
@pytest.mark.parametrize("rows", [0, 1, 2, 16, 57])
def test_small_product_equals_the_matrix_product(rows, inputs, outputs):
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((inputs, outputs)).astype(np.float32)
    x = rng.standard_normal((rows, inputs)).astype(np.float32)
    product = SmallProduct(matrix)(x)
    assert product.dtype == np.float32
    np.testing.assert_allclose(product, x.astype(np.float64) @ matrix, atol=2e-6 * inputs + 1e-6)


def test_small_product_multiplies_stacks():
    rng = np.random.default_rng(0)
    matrices, x = rng.standard_normal((12, 32, 70)), rng.standard_normal((12, 3, 32))
    product = SmallProduct(matrices.astype(np.float32))(x.astype(np.float32))
    np.testing.assert_allclose(product, x @ matrices, atol=1e-4)


@pytest.mark.parametrize("inputs", [5, 128, 517, 1029, 4000])
def test_small_product_stays_below_the_sizes_that_start_threads(inputs):
    blocks = SmallProduct(np.zeros((inputs, 4096), np.float32))._blocks
    assert inputs * blocks.shape[2] < VECTOR_LIMIT
    assert MAX_ROWS * inputs * blocks.shape[2] <= MATRIX_LIMIT
