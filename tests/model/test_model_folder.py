import errno
import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import sketchkit
from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN

SMALL = HParams(dec_rnn_size=8, enc_rnn_size=6, z_size=4, num_mixture=2, max_seq_len=10)


@pytest.fixture
def folder(tmp_path):
    return SketchRNN.new(SMALL, 12.5, name="tiny").save(tmp_path / "tiny")


def change(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_round_trip(folder):
    model = sketchkit.load(folder)
    assert (model.name, model.scale_factor, model.hparams) == ("tiny", 12.5, SMALL)
    fresh = SketchRNN.new(SMALL, 12.5)
    assert all(np.array_equal(model.weights[name], value) for name, value in fresh.weights.items())
    assert "arXiv" in (folder / "README.md").read_text()


def test_half_precision_is_half_the_size_and_nearly_the_same(folder, tmp_path):
    model = sketchkit.load(folder)
    half = sketchkit.load(model.save(tmp_path / "half", dtype="float16"))
    assert (tmp_path / "half/model.safetensors").stat().st_size < 0.7 * (folder / "model.safetensors").stat().st_size
    for name, value in model.weights.items():
        np.testing.assert_allclose(half.weights[name], value, atol=2e-3)


def test_saving_again_replaces_but_nothing_else_is_overwritten(folder, tmp_path):
    SketchRNN.new(SMALL, 3.0).save(folder)
    assert sketchkit.load(folder).scale_factor == 3.0
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter1.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="is not a model folder"):
        SketchRNN.new(SMALL, 3.0).save(tmp_path / "thesis")
    assert (tmp_path / "thesis/chapter1.txt").read_text() == "precious"


def test_a_full_disk_loses_nothing(folder, monkeypatch):
    before = sketchkit.load(folder)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", full)
    with pytest.raises(OSError, match=r"No space left on device.*what was there before is kept"):
        SketchRNN.new(SMALL, 3.0).save(folder)
    after = sketchkit.load(folder)
    assert after.config == before.config
    assert sorted(p.name for p in folder.parent.iterdir()) == ["tiny"]


def test_missing_and_mismatched_tensors_are_named(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file({k: v for k, v in tensors.items() if k != "encoder/mu/w"}, path)
    with pytest.raises(ValueError, match="'encoder/mu/w' is missing"):
        sketchkit.load(folder)
    save_file({**tensors, "encoder/mu/w": np.zeros((3, 3), np.float32)}, path)
    with pytest.raises(ValueError, match=r"'encoder/mu/w' has shape \(3, 3\), expected \(12, 4\)"):
        sketchkit.load(folder)
    save_file({**tensors, "encoder/mu/b": np.full(4, np.nan, np.float32)}, path)
    with pytest.raises(ValueError, match="'encoder/mu/b' holds NaN"):
        sketchkit.load(folder)
    save_file({**tensors, "extra": np.zeros(1, np.float32)}, path)
    with pytest.raises(ValueError, match="'extra' is not one of this model's"):
        sketchkit.load(folder)


def test_damaged_files_are_named(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(ValueError, match=r"model\.safetensors: damaged"):
        sketchkit.load(folder)
    change(folder, scale_factor=0)
    with pytest.raises(ValueError, match=r"config\.json: scale_factor"):
        sketchkit.load(folder)
    change(folder, scale_factor=1.0, hparams={"dec_rnn_sise": 4})
    with pytest.raises(ValueError, match="did you mean 'dec_rnn_size'"):
        sketchkit.load(folder)
    change(folder, format="other")
    with pytest.raises(ValueError, match="sketchkit-model"):
        sketchkit.load(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json"):
        sketchkit.load(folder)
    (folder / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"config\.json is missing"):
        sketchkit.load(folder)


def test_unknown_names_suggest_near_ones():
    bundled = sketchkit.models()[0]
    with pytest.raises(FileNotFoundError, match=f"did you mean '{bundled}'"):
        sketchkit.load(bundled + "s")
