"""Comparison of the network with reference values from the public TF1 code and the public JavaScript library."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from sketchkit.hparams import HParams
from sketchkit.interop.magenta_tf1 import from_tf1, tf1_name
from sketchkit.interop.sketch_rnn_js import read_js
from sketchkit.model.config import ModelConfig
from sketchkit.model.network import Network
from sketchkit.model.numpy_inference import NumpyInference
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch

ARCHITECTURES = [
    *("cond_lstm", "uncond_lstm", "uncond_layer_norm"),
    *(
        pytest.param(name, marks=pytest.mark.long)
        for name in ("cond_layer_norm", "cond_hyper", "cond_mixed", "uncond_hyper")
    ),
]


class Case:
    """A reference architecture with its weights, batch and reference values."""

    def __init__(self, folder: Path, name: str) -> None:
        settings = json.loads((folder / f"{name}.json").read_text())
        del settings["is_training"]
        self.hparams = HParams().replace(settings)
        with np.load(folder / f"{name}.npz") as arrays:
            self.arrays = dict(arrays)
        variables = {key[2:]: value for key, value in self.arrays.items() if key.startswith("w/")}
        self.weights = from_tf1(variables, self.hparams)
        self.network = Network(self.hparams, self.weights)
        self.batch = {
            "rows": tf.constant(self["in/x"]),
            "lengths": tf.constant(self["in/lengths"], tf.int32),
            "key": tf.constant(0, tf.uint32),
        }
        if self.hparams.conditional:
            self.batch["eps"] = tf.constant(self["in/eps"])

    def __getitem__(self, key: str) -> np.ndarray:
        return self.arrays[key]


@pytest.fixture(scope="module", params=ARCHITECTURES)
def case(request: pytest.FixtureRequest, golden: Path) -> Case:
    return Case(golden / "tf1", request.param)


def test_encoder_states_and_mixture_agree_with_tf1(case):
    forward = tf.function(case.network.forward)(case.batch)
    batch, time = case["in/x"].shape[0], case["in/x"].shape[1] - 1

    def batch_major(values):
        return np.asarray(values).reshape(time, batch, -1).transpose(1, 0, 2).reshape(time * batch, -1)

    m = forward.mixture
    ours = {
        "pi": batch_major(tf.nn.softmax(m.pi_logits)),
        "mu1": batch_major(m.mu1),
        "mu2": batch_major(m.mu2),
        "sigma1": np.exp(batch_major(m.log_sigma1)),
        "sigma2": np.exp(batch_major(m.log_sigma2)),
        "corr": np.tanh(batch_major(m.rho_raw)),
        "pen_logits": batch_major(m.pen_logits),
        "initial_state": forward.initial_state,
        "final_state": forward.final_state,
    }
    if case.hparams.conditional:
        ours |= {"mean": forward.mean, "presig": forward.presig, "batch_z": forward.z}
    for name, value in ours.items():
        np.testing.assert_allclose(value, case[f"out/{name}"], atol=1e-5, rtol=0, err_msg=name)


def test_numpy_engine_agrees_with_tf1(case):
    engine = NumpyInference(case.hparams, case.weights)
    lengths, time = case["in/lengths"], case["in/x"].shape[1] - 1
    drawings = [rows[1 : n + 1][:, [0, 1, 3]] for rows, n in zip(case["in/x"], lengths, strict=True)]
    if case.hparams.conditional:
        mean, presig = engine.encode(drawings)
        np.testing.assert_allclose(mean, case["out/mean"], atol=1e-5, rtol=0)
        np.testing.assert_allclose(presig, case["out/presig"], atol=1e-5, rtol=0)
    for index, drawing in enumerate(drawings):
        density = engine.mixture(drawing, case["out/batch_z"][index] if case.hparams.conditional else None, 1.0)
        count = min(len(drawing) + 1, time)
        rows = slice(index * time, index * time + count)  # the reference also has rows after the end of the drawing
        pen = np.exp(case["out/pen_logits"][rows])
        expected = {
            "pi": (density.pi, case["out/pi"][rows]),
            "mu1": (density.mu[..., 0], case["out/mu1"][rows]),
            "mu2": (density.mu[..., 1], case["out/mu2"][rows]),
            "sigma1": (density.sigma[..., 0], case["out/sigma1"][rows]),
            "sigma2": (density.sigma[..., 1], case["out/sigma2"][rows]),
            "corr": (density.rho, case["out/corr"][rows]),
            "pen": (density.pen, pen / pen.sum(axis=1, keepdims=True)),
        }
        for name, (value, wanted) in expected.items():
            np.testing.assert_allclose(value[:count], wanted, atol=1e-5, rtol=0, err_msg=name)


def test_losses_and_gradients_agree_with_tf1(case):
    compiled = tf.function(
        lambda batch: case.network.loss_and_gradients(batch, case["in/kl_weight"], training=False), jit_compile=True
    )
    losses, gradients = compiled(case.batch)
    np.testing.assert_allclose(losses["recon"], case["out/r_cost"], rtol=1e-5)
    np.testing.assert_allclose(losses["kl"], case["out/kl_cost"], rtol=1e-5)
    np.testing.assert_allclose(losses["loss"], case["out/cost"], rtol=1e-5)
    recon, _ = case.network.per_drawing_losses(case.batch, pen_rows="real")
    np.testing.assert_allclose(tf.reduce_mean(recon), case["out/eval_r_cost"], rtol=1e-5)
    expected = {tf1_name(key[5:]): value for key, value in case.arrays.items() if key.startswith("grad/")}
    assert set(expected) == set(case.network.variables_by_name)
    for name, gradient in zip(case.network.variables_by_name, gradients, strict=True):
        tolerance = 1e-4 * np.abs(expected[name]).max()
        np.testing.assert_allclose(gradient, expected[name], atol=tolerance, rtol=0, err_msg=name)


@pytest.mark.parametrize("engine", ["numpy", "tensorflow"])
def test_greedy_drawing_agrees_with_tf1(case, engine):
    model = SketchRNN(ModelConfig(case.hparams, 1.0), case.weights)
    model.engine = engine
    steps = len(case["out/greedy_strokes"])
    if case.hparams.conditional:
        sketch = model.decode(case["in/greedy_z"][0], temperature=0, max_points=steps)
    else:
        sketch = model.generate(temperature=0, max_points=steps)
    expected = case["out/greedy_strokes"]  # TF1 continues after the end
    ended = np.flatnonzero(expected[:, 4])
    expected = expected[: ended[0] if len(ended) else steps]
    assert len(sketch) == len(expected)
    np.testing.assert_allclose(sketch.offsets[:, :2], expected[:, :2], atol=1e-5)
    np.testing.assert_array_equal(sketch.offsets[:-1, 2], expected[:-1, 3])


@pytest.mark.parametrize("name", ["dog", "sheep", "bird"])
def test_published_decoders_agree_with_javascript(golden, mirror, name):
    reference = json.loads((golden / "js" / f"{name}.json").read_text())
    model = read_js(mirror / f"storage.googleapis.com/quickdraw-models/sketchRNN/models/{name}.gen.json")
    rows = np.array(reference["rows"], dtype=np.float32)  # the start row first
    rows[:, :2] /= model.scale_factor
    state = model.network.initial_state(None, 1)
    mixture, (c, h) = model.network.decode(tf.constant(rows[None]), None, state)
    assert_mixture(mixture, reference["pdfs"])
    np.testing.assert_allclose(h[0], reference["final_h"], atol=1e-4)
    np.testing.assert_allclose(c[0], reference["final_c"], atol=1e-4)


@pytest.mark.parametrize("name", ["dog", "sheep", "bird"])
def test_numpy_engine_with_published_decoders_agrees_with_javascript(golden, mirror, name):
    reference = json.loads((golden / "js" / f"{name}.json").read_text())
    model = read_js(mirror / f"storage.googleapis.com/quickdraw-models/sketchRNN/models/{name}.gen.json")
    rows = np.array(reference["rows"][1:-1], dtype=np.float32)[:, [0, 1, 3]]
    rows[:, :2] /= model.scale_factor
    density = NumpyInference(model.hparams, model.weights).mixture(rows, None, 1.0)
    for index, expected in enumerate(reference["pdfs"][:-1]):
        np.testing.assert_allclose(density.pi[index], expected["pi"], atol=1e-4, rtol=0)
        np.testing.assert_allclose(density.mu[index, :, 0], expected["mu1"], atol=1e-4, rtol=0)
        np.testing.assert_allclose(density.pen[index], expected["pen"], atol=1e-4, rtol=0)


def test_published_vae_agrees_with_javascript(golden):
    reference = json.loads((golden / "js" / "sheep_small.vae.reference.json").read_text())
    model = read_js(golden / "js" / "sheep_small.vae.json")
    rows = np.array(reference["encoder_rows"], dtype=np.float32)
    rows[:, :2] /= model.scale_factor
    mean, presig = model.network.encode(tf.constant(rows[None]), tf.constant([len(rows)]))
    np.testing.assert_allclose(mean[0], reference["mu"], atol=1e-4)
    np.testing.assert_allclose(np.exp(presig[0] / 2), reference["sigma"], atol=1e-4)
    rows = np.array(reference["rows"], dtype=np.float32)
    rows[:, :2] /= model.scale_factor
    z = tf.constant([reference["z"]], tf.float32)
    mixture, _ = model.network.decode(tf.constant(rows[None]), z, model.network.initial_state(z, 1))
    assert_mixture(mixture, reference["pdfs"])


@pytest.mark.parametrize("engine", ["numpy", "tensorflow"])
def test_mixture_is_in_the_units_of_the_drawing(golden, mirror, engine):
    reference = json.loads((golden / "js" / "dog.json").read_text())
    model = read_js(mirror / "storage.googleapis.com/quickdraw-models/sketchRNN/models/dog.gen.json")
    model.engine = engine
    sketch = Sketch.from_stroke5(reference["rows"], start_token=True)
    density = model.mixture(sketch)
    assert len(density) == len(sketch) + 1
    expected = reference["pdfs"][len(sketch)]
    np.testing.assert_allclose(density.pi[len(sketch)], expected["pi"], atol=1e-4)
    np.testing.assert_allclose(
        density.mu[len(sketch), :, 0], np.array(expected["mu1"]) * model.scale_factor, atol=1e-4 * model.scale_factor
    )
    np.testing.assert_allclose(density.pen[len(sketch)], expected["pen"], atol=1e-4)


def assert_mixture(mixture, expected):
    ours = {
        "pi": tf.nn.softmax(mixture.pi_logits).numpy(),
        "mu1": mixture.mu1.numpy(),
        "mu2": mixture.mu2.numpy(),
        "sigma1": np.exp(mixture.log_sigma1),
        "sigma2": np.exp(mixture.log_sigma2),
        "corr": np.tanh(mixture.rho_raw),
        "pen": tf.nn.softmax(mixture.pen_logits).numpy(),
    }
    for name, value in ours.items():
        theirs = np.array([row[name] for row in expected])
        np.testing.assert_allclose(value, theirs, atol=1e-4, rtol=0, err_msg=name)
