"""Losses and gradients of the network, compared with a plain implementation and with stored values."""

import json
from functools import cache

import numpy as np
import pytest

from sketchkit.model.network import Network
from tests.model import plain_network as plain
from tests.model.make_vectors import PATH, summary

cells = pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
#: Automatic differentiation takes long. The stored values test the gradients of all cells at every run.
differentiated_cells = pytest.mark.parametrize(
    "cell", ["lstm", *(pytest.param(cell, marks=pytest.mark.long) for cell in ("layer_norm", "hyper"))]
)
conditional_or_not = pytest.mark.parametrize(
    "conditional", [True, pytest.param(False, marks=pytest.mark.long)], ids=["conditional", "unconditional"]
)


def compute(h, training=False):
    """Return the losses and the gradients of the network by name."""
    network = Network(h, plain.weights(h))
    losses, gradients = network.loss_and_gradients(plain.tensors(plain.batch(h)), plain.KL_WEIGHT, training=training)
    return losses, dict(zip(network.variables_by_name, gradients, strict=True))


@cache
def computed(cell, conditional, skip_padding):
    return compute(plain.hparams(cell, conditional=conditional, skip_padding=skip_padding))


def assert_close(ours, expected):
    for losses in zip(*(part[0].items() for part in (ours, expected)), strict=True):
        (name, value), (same_name, plain_value) = losses
        assert name == same_name
        np.testing.assert_allclose(value, plain_value, rtol=1e-5, err_msg=name)
    assert set(ours[1]) == set(expected[1])
    for name, gradient in expected[1].items():
        scale = np.abs(gradient).max()
        assert scale > 1e-7, name
        np.testing.assert_allclose(ours[1][name], gradient, atol=1e-4 * scale, rtol=0, err_msg=name)


@pytest.mark.parametrize(
    "skip_padding", [False, pytest.param(True, marks=pytest.mark.long)], ids=["padded", "skip_padding"]
)
@conditional_or_not
@differentiated_cells
def test_losses_and_gradients_agree_with_automatic_differentiation(cell, conditional, skip_padding):
    h = plain.hparams(cell, conditional=conditional, skip_padding=skip_padding)
    expected = plain.losses_and_gradients(h, plain.weights(h), plain.batch(h))
    assert_close(computed(cell, conditional, skip_padding), expected)


@differentiated_cells
def test_gradients_with_recurrent_dropout_agree_with_automatic_differentiation(cell):
    h = plain.hparams(cell).replace(recurrent_dropout_prob=0.7)
    masks = plain.dropout_masks(Network(h, plain.weights(h)))
    assert {round(float(value), 2) for value in np.unique(masks["decoder"])} == {0, 1.43}
    expected = plain.losses_and_gradients(h, plain.weights(h), plain.batch(h), masks)
    assert_close(compute(h, training=True), expected)


@conditional_or_not
@cells
def test_losses_and_gradients_agree_with_stored_values(cell, conditional):
    stored = json.loads(PATH.read_text())[f"{cell}-{'conditional' if conditional else 'unconditional'}"]
    losses, gradients = computed(cell, conditional, False)
    for name, value in stored["losses"].items():
        np.testing.assert_allclose(losses[name], value, rtol=1e-5, err_msg=name)
    assert set(stored["gradients"]) == set(gradients)
    for name, (norm, projection) in stored["gradients"].items():
        found = summary(name, gradients[name])
        np.testing.assert_allclose(found, [norm, projection], atol=1e-4 * norm, rtol=0, err_msg=name)
