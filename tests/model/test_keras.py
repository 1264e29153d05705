"""Keras methods of `model.network`: they accept `keras_batches`, and errors for other input mention this function."""

import subprocess
import sys

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN

SMALL = "dec_rnn_size=12,enc_rnn_size=8,z_size=4,num_mixture=3,batch_size=8"


@pytest.fixture(scope="module")
def dataset():
    drawings = [doodles.draw(name, seed) for seed in range(10) for name in ("star", "sun", "mountain")]
    return Dataset.from_sketches(drawings[:16], drawings[16:27], drawings[27:], name="some doodles")


def new_model(dataset, changes="", seed=0):
    h = HParams().replace(SMALL).replace(changes, max_seq_len=dataset.max_seq_len)
    return SketchRNN.new(h, dataset.scale_factor, seed=seed)


def batches(model, dataset, split="train"):
    from sketchkit.model.keras_batches import keras_batches

    return keras_batches(model, dataset, split)


@pytest.fixture(scope="module")
def trained(dataset):
    """Return a model trained with `fit` for three epochs of two steps, the history, and the losses of each step."""
    import keras

    model, seen = new_model(dataset), []
    model.network.compile()
    history = model.network.fit(
        batches(model, dataset), epochs=3, verbose=0, validation_data=batches(model, dataset, "valid"),
        callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["recon"]))],
    )  # fmt: skip
    return model, history.history, seen


def test_fit_takes_validation_data_and_calls_callbacks(trained):
    model, history, seen = trained
    assert len(seen) == 6
    assert set(history) == {"loss", "recon", "kl", "val_loss", "val_recon", "val_kl"}
    assert history["val_loss"][-1] < history["val_loss"][0]
    assert int(model.network.optimizer.iterations) == 6


def test_fit_trains_the_same_weights_as_the_trainer(trained, dataset, tmp_path):
    from sketchkit.training.checkpoints import Checkpoints
    from sketchkit.training.train import train

    model, history, _ = trained
    run = train(dataset, tmp_path / "run", model.hparams, num_steps=6, log_every=1, progress="none")
    weights = Checkpoints(run.folder / "checkpoints").latest()[0]
    for name, weight in model.weights.items():
        np.testing.assert_allclose(weight, weights[f"weights/{name}"], rtol=0, atol=1e-5, err_msg=name)
    records = [record["recon"] for record in run.records if record["kind"] == "train"]
    assert history["recon"] == pytest.approx(np.reshape(records, (3, 2)).mean(axis=1), rel=1e-4)


def test_evaluate_counts_each_drawing_once(trained, dataset):
    model, _, _ = trained
    losses = model.network.evaluate(batches(model, dataset, "valid"), verbose=0, return_dict=True)
    expected = model.losses(dataset, "valid")
    assert expected["drawings"] == 11
    for name in ("recon", "kl"):
        assert losses[name] == pytest.approx(expected[name], rel=1e-5, abs=1e-7)
    h = model.hparams
    assert losses["loss"] == pytest.approx(expected["recon"] + h.kl_weight * max(expected["kl"], h.kl_tolerance))


@pytest.mark.long
def test_train_on_batch_and_test_on_batch_take_one_batch(trained, dataset):
    model = new_model(dataset)
    model.network.compile("sgd")
    batch = next(iter(batches(model, dataset)))
    before = model.network.test_on_batch(batch, return_dict=True)
    losses = model.network.train_on_batch(batch, return_dict=True)
    assert set(before) == set(losses) == {"loss", "recon", "kl"}
    assert model.network.test_on_batch(batch, return_dict=True)["recon"] < before["recon"]
    assert model.network.predict(batches(model, dataset, "valid"), verbose=0).shape == (16,)


def test_early_stopping_and_model_checkpoint_keep_the_best_weights(dataset, tmp_path):
    import keras

    model = new_model(dataset, "conditional=false")
    model.network.compile(keras.optimizers.SGD(1e-6))
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2, min_delta=1.0, restore_best_weights=True)
    save = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", "val_loss", save_best_only=True)
    history = model.network.fit(
        batches(model, dataset), epochs=9, verbose=0, validation_data=batches(model, dataset, "valid"),
        callbacks=[stop, save],
    )  # fmt: skip
    assert len(history.epoch) == 3
    best = min(history.history["val_loss"])
    loaded = keras.models.load_model(tmp_path / "best.keras")
    assert loaded.evaluate(batches(model, dataset, "valid"), verbose=0, return_dict=True)["loss"] == pytest.approx(best)


def test_keras_file_restores_weights_optimizer_and_configuration(trained, dataset, tmp_path):
    import keras

    model, _, _ = trained
    model.network.save(tmp_path / "network.keras")
    loaded = keras.models.load_model(tmp_path / "network.keras")
    assert loaded.hparams == model.hparams
    assert int(loaded.optimizer.iterations) == 6
    for name, weight in model.weights.items():
        np.testing.assert_array_equal(loaded.numpy_weights()[name], weight, err_msg=name)
    for own, other in zip(model.network.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(own.numpy(), other.numpy())
    other = new_model(dataset, seed=1)
    other.network.load_weights(tmp_path / "network.keras")
    code = model.encode(dataset.valid[0])
    np.testing.assert_array_equal(other.encode(dataset.valid[0]), code)


@pytest.mark.long
def test_keras_file_is_loaded_in_a_new_process(trained, tmp_path):
    model, _, _ = trained
    model.network.save(tmp_path / "network.keras")
    load = f"keras.models.load_model({str(tmp_path / 'network.keras')!r})"
    code = f"import keras, sketchkit.model.network; print({load}.hparams.z_size)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["4"], done.stderr


def test_get_config_and_clone_model_give_a_network_with_new_weights(trained):
    import keras

    network = trained[0].network
    assert network.get_config() == {"hparams": trained[0].hparams.as_dict()}
    clone = keras.models.clone_model(network)
    assert clone.hparams == network.hparams
    assert not np.array_equal(clone.numpy_weights()["decoder/output/w"], network.numpy_weights()["decoder/output/w"])
    clone.set_weights(network.get_weights())
    np.testing.assert_array_equal(
        clone.numpy_weights()["decoder/output/w"], network.numpy_weights()["decoder/output/w"]
    )


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch"])
def test_keras_methods_raise_and_name_keras_batches_for_other_input(trained, dataset, method):
    network = trained[0].network
    drawings = [dataset.train[0]]
    for data, given in ((dataset, "sketchkit.Dataset"), (drawings, "builtins.list"), (np.zeros((8, 9, 5)), "ndarray")):
        with pytest.raises(ValueError, match=rf"got .*{given}; pass sketchkit\.model\.keras_batches\.keras_batches"):
            getattr(network, method)(data)


def test_invalid_use_of_keras_methods_raises(trained, dataset):
    model = new_model(dataset)
    with pytest.raises(ValueError, match="computes its own loss and metrics"):
        model.network.compile("adam", loss="mse")
    with pytest.raises(ValueError, match=r"compile\(\)"):
        model.network.fit(batches(model, dataset))
    with pytest.raises(ValueError, match="split: expected train, valid or test, got 'all'"):
        batches(model, dataset, "all")
    network = trained[0].network
    with pytest.raises(ValueError, match=r"got a mapping with the keys x; pass sketchkit\.model\.keras_batches"):
        network.train_on_batch({"x": np.zeros(3)})
    with pytest.raises(ValueError, match="got sketchkit.Dataset"):
        network.fit(batches(model, dataset), validation_data=dataset)
