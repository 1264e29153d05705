import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from sketchkit.data.batches import pad_stroke5
from sketchkit.hparams import PEN_ROWS, HParams
from sketchkit.model.losses import kl_loss, reconstruction_losses
from sketchkit.model.mixture import MixtureTensors, log_density
from sketchkit.model.network import Network
from sketchkit.model.temperature import temperature_scales
from sketchkit.model.weights import initial_weights

#: The cell that takes longest to compile is tested among the long tests.
cells = pytest.mark.parametrize("cell", ["lstm", "layer_norm", pytest.param("hyper", marks=pytest.mark.long)])


def test_log_density_matches_scipy():
    noise = np.random.default_rng(0)
    m = MixtureTensors(*(noise.normal(size=(1, n)).astype(np.float32) for n in (3, 4, 4, 4, 4, 4, 4)))
    pi = np.exp(m.pi_logits[0]) / np.exp(m.pi_logits[0]).sum()
    expected = 0.0
    for k in range(4):
        s1, s2, rho = np.exp(m.log_sigma1[0, k]), np.exp(m.log_sigma2[0, k]), np.tanh(m.rho_raw[0, k])
        cov = [[s1**2, rho * s1 * s2], [rho * s1 * s2, s2**2]]
        expected += pi[k] * multivariate_normal([m.mu1[0, k], m.mu2[0, k]], cov).pdf([0.3, -0.7])
    ours = log_density(m, np.float32([[0.3]]), np.float32([[-0.7]]))
    np.testing.assert_allclose(np.exp(ours), expected, rtol=1e-5)


extreme = st.sampled_from([-1e6, -1e3, -60.0, -14.0, -1.0, 0.0, 1.0, 14.0, 60.0, 1e3, 1e6])


@settings(max_examples=60, deadline=None)
@given(st.lists(extreme, min_size=15, max_size=15), st.sampled_from([0.0, 1e-8, 1.0, 1e3, -1e3]), st.integers(0, 2))
def test_loss_and_gradient_are_finite_for_extreme_outputs(outputs, offset, pen):
    raw = tf.Variable([outputs], dtype=tf.float32)
    target = tf.constant([[offset, -offset, *np.eye(3)[pen]]], tf.float32)
    with tf.GradientTape() as tape:
        mixture = MixtureTensors(*tf.split(raw, [3, 2, 2, 2, 2, 2, 2], axis=1))
        loss = tf.reduce_sum(reconstruction_losses(mixture, target[:, None], "all"))
    assert np.isfinite(loss.numpy())
    assert np.isfinite(tape.gradient(loss, raw).numpy()).all()


@cells
def test_gradients_are_finite_for_adversarial_batches(cell):
    h = HParams(dec_model=cell, enc_model=cell, dec_rnn_size=12, enc_rnn_size=8, z_size=4, num_mixture=3, max_seq_len=6)
    weights = initial_weights(h, 0)
    weights["decoder/output/b"][3 + 5 * 3 :] = 20  # correlations at 1
    weights["decoder/output/b"][3 + 3 * 3 : 3 + 5 * 3] = -30  # deviations at 0
    network = Network(h, weights)
    rows = np.zeros((4, 7, 5), np.float32)
    rows[:, 0, 2] = rows[0, 1:, 2] = rows[1, 1:, 2] = rows[3, 1:, 2] = 1  # coincident points
    rows[1, 1:, :2] = 1000
    rows[2, 1:, 4] = 1  # an empty drawing
    rows[3, 1:, 0] = [1000, -1000] * 3
    batch = {
        "rows": tf.constant(rows),
        "lengths": tf.constant([6, 6, 0, 6]),
        "eps": tf.zeros([4, 4]),
        "key": tf.constant(1, tf.uint32),
    }
    losses, gradients = network.loss_and_gradients(batch, 0.5)
    assert np.isfinite(losses["loss"].numpy())
    assert all(np.isfinite(g.numpy()).all() for g in gradients)


def test_kl_loss_is_zero_only_for_a_standard_normal():
    zero = tf.zeros([2, 3])
    np.testing.assert_allclose(kl_loss(zero, zero), 0)
    assert (kl_loss(zero + 1, zero).numpy() == 0.5).all()


@pytest.mark.parametrize(
    ("convention", "expected"), [("paper", (4, 0.5, 4)), ("tf1", (4, 0.25, 4)), ("js", (1.6, 0.5, 1.6))]
)
def test_temperature_conventions(convention, expected):
    assert temperature_scales(0.25, convention) == pytest.approx(expected)
    assert temperature_scales(1.0, convention) == pytest.approx((1, 1, 1))
    assert temperature_scales(0, convention) == (np.inf, 0, np.inf)
    assert temperature_scales(0.25, convention, 0.5) == pytest.approx((*expected[:2], 2))


@pytest.mark.parametrize("temperature", [-0.1, np.nan, np.inf, "warm", None])
def test_temperature_scales_with_invalid_temperature_raises(temperature):
    with pytest.raises(ValueError, match="temperature must be a finite number >= 0"):
        temperature_scales(temperature)


@pytest.mark.parametrize(
    "cell", ["lstm", *(pytest.param(cell, marks=pytest.mark.long) for cell in ("layer_norm", "hyper"))]
)
def test_losses_and_gradients_with_skip_padding_do_not_depend_on_padding(cell):
    h = HParams(dec_model=cell, enc_model=cell, dec_rnn_size=12, enc_rnn_size=8, z_size=4, num_mixture=3,
                max_seq_len=30, skip_padding=True)  # fmt: skip
    network = Network(h, initial_weights(h, 0))
    rng = np.random.default_rng(0)
    lengths = np.array([3, 7, 5, 0])
    offsets = rng.standard_normal((15, 2)).astype(np.float32)
    pen = (rng.random(15) < 0.3).astype(np.float32)
    inputs = {"lengths": tf.constant(lengths, tf.int32), "key": tf.constant(1, tf.uint32), "eps": tf.ones([4, 4])}
    results = []
    for time in (8, 30):
        rows = tf.constant(pad_stroke5(offsets, pen, lengths, time).rows)
        results.append(network.loss_and_gradients({**inputs, "rows": rows}, 0.5))
    (short, short_gradients), (long, long_gradients) = results
    np.testing.assert_allclose(short["recon"], long["recon"], rtol=1e-6)
    for a, b in zip(short_gradients, long_gradients, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-7)


def test_pen_loss_counts_the_rows_selected_by_pen_rows():
    """With equal probabilities of the three pen states, each counted row adds log 3 to the loss."""
    mixture = MixtureTensors(tf.zeros([6, 3]), *(tf.zeros([6, 1]) for _ in range(6)))
    targets = np.zeros((6, 1, 5), np.float32)
    targets[:2, :, 2], targets[2, :, 3], targets[3:, :, 4] = 1, 1, 1  # three points, then three end rows
    totals = [tf.reduce_sum(reconstruction_losses(mixture, tf.constant(targets), rows)) for rows in PEN_ROWS]
    offsets = 3 * math.log(2 * math.pi)  # each point at the mean of a standard normal
    np.testing.assert_allclose(totals, [offsets + n * math.log(3) for n in (6, 3, 4)], rtol=1e-5)
