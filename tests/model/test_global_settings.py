"""Results do not depend on global settings of Keras and TensorFlow, threads, or copies of a model."""

import copy
import json
import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.config import ModelConfig
from sketchkit.model.quiet_tensorflow import import_tensorflow
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import initial_weights
from sketchkit.training.train import train
from tests.conftest import ROOT

TINY = HParams(dec_rnn_size=8, enc_rnn_size=8, z_size=4, num_mixture=2, batch_size=4, max_seq_len=24, save_every=2)
DECODER = TINY.replace(conditional=False)
DOODLES = [doodles.draw("sun", seed).simplified(12) for seed in range(8)]


def make_model(hparams=TINY, engine="tensorflow", **options):
    model = SketchRNN(ModelConfig(hparams, 40.0, drawing_size=250, **options), initial_weights(hparams, 0))
    model.engine = engine
    return model


def compute_results(folder):
    """Return codes, drawings, losses, and the weights after three training steps."""
    model = make_model()
    dataset = Dataset.from_sketches(DOODLES, DOODLES[:4], name="suns", max_seq_len=24)
    run = train(dataset, folder, DECODER, num_steps=3, progress="none")
    codes = model.encode(DOODLES[:2])
    drawn = model.decode(codes, seed=1, temperature=1.0)
    losses = model.losses(dataset, "valid")
    arrays = [codes, *(sketch.offsets for sketch in drawn), *run.model().weights.values(), sorted(losses.values())]
    return [np.asarray(array) for array in arrays]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return compute_results(tmp_path_factory.mktemp("plain") / "run")


@pytest.fixture
def keras_settings():
    import_tensorflow()
    import keras
    import tensorflow as tf

    yield
    keras.config.set_dtype_policy("float32")
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    tf.config.run_functions_eagerly(False)


def set_all(policy, floatx, eager):
    import keras
    import tensorflow as tf

    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)
    tf.config.run_functions_eagerly(eager)


@pytest.mark.long
@pytest.mark.usefixtures("keras_settings")
@pytest.mark.parametrize(
    ("policy", "floatx", "eager"),
    [
        ("mixed_float16", "float64", True),
        ("mixed_float16", "float32", False),
        ("mixed_bfloat16", "float16", False),
        ("float64", "float64", False),
        ("float32", "float32", True),
    ],
)
def test_results_do_not_depend_on_keras_settings_and_eager_mode(expected, tmp_path, policy, floatx, eager):
    set_all(policy, floatx, eager)
    for index, (found, wanted) in enumerate(zip(compute_results(tmp_path / "run"), expected, strict=True)):
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted, err_msg=str(index))


@pytest.mark.long
def test_keras_configuration_file_with_another_backend_is_ignored(tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "torch", "floatx": "float64", "epsilon": 0.1}))
    script = (
        "import os, numpy as np, sketchkit; from tests.model.test_global_settings import *\n"
        "model = make_model()\n"
        "model.network.compile_published()\n"
        "print(model.encode(DOODLES[0]).tolist(), 'KERAS_BACKEND' in os.environ)"
    )
    environment = {**os.environ, "KERAS_HOME": str(tmp_path)}
    environment.pop("KERAS_BACKEND", None)
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stdout.split("\n")[-2] == f"{make_model().encode(DOODLES[0]).tolist()} False", ran.stderr


@pytest.mark.parametrize("engine", ["numpy", "tensorflow"])
def test_concurrent_calls_return_the_results_of_single_calls(engine):
    model, found, start = make_model(engine=engine), {}, threading.Barrier(6)
    alone = make_model(engine=engine)
    expected = [(alone.encode(DOODLES[i]), alone.generate(seed=i)) for i in range(6)]

    def call(i):
        start.wait()
        found[i] = (model.encode(DOODLES[i]), model.generate(seed=i))

    threads = [threading.Thread(target=call, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, (code, sketch) in enumerate(expected):
        np.testing.assert_array_equal(found[i][0], code)
        assert found[i][1] == sketch


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy, lambda model: pickle.loads(pickle.dumps(model))])  # noqa: S301
def test_model_can_be_copied_before_and_after_use(copied):
    fresh = make_model(DECODER, name="tiny")
    fresh.card = "the card"
    before = copied(fresh)
    assert fresh.generate(seed=4, max_points=8)
    for model in (before, copied(fresh), copied(copied(fresh))):
        assert (model.name, model.card, model.config) == ("tiny", "the card", fresh.config)
        assert model.weights.keys() == fresh.weights.keys()
        assert all(np.array_equal(model.weights[name], value) for name, value in fresh.weights.items())
    if copied is copy.deepcopy:
        assert model.generate(seed=4, max_points=8) == fresh.generate(seed=4, max_points=8)
    fresh.network.variables_by_name["decoder/output/b"].assign_add([1.0] * 15)
    assert np.array_equal(copied(fresh).weights["decoder/output/b"], fresh.weights["decoder/output/b"])


class Devices:
    """Replaces functions of `tf.config` to simulate a machine with two GPUs."""

    def __init__(self, monkeypatch, error=None):
        import tensorflow as tf

        self.grown = []
        monkeypatch.delenv("TF_FORCE_GPU_ALLOW_GROWTH", raising=False)
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: ["GPU:0", "GPU:1"])

        def grow(device, enable):
            if error:
                raise error
            self.grown.append((device, enable))

        monkeypatch.setattr(tf.config.experimental, "set_memory_growth", grow)


def test_import_tensorflow_enables_gpu_memory_growth(monkeypatch):
    devices = Devices(monkeypatch)
    import_tensorflow()
    assert devices.grown == [("GPU:0", True), ("GPU:1", True)]
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "false")
    import_tensorflow()
    assert len(devices.grown) == 2


@pytest.mark.parametrize("error", [RuntimeError("initialized"), ValueError("logical devices")])
def test_import_tensorflow_accepts_initialized_gpus(monkeypatch, error):
    Devices(monkeypatch, error)
    import_tensorflow()


def test_import_tensorflow_with_another_keras_backend_raises(monkeypatch):
    import keras

    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="imported with the backend jax"):
        import_tensorflow()
