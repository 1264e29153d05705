import errno
import importlib
import json
import os
import pathlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import sketchkit
from sketchkit.hparams import HParams
from sketchkit.model.code_distribution import CodeDistribution
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.model_folder import write_folder
from sketchkit.model.sketch_rnn import SketchRNN
from tests.conftest import ROOT

SMALL = HParams(dec_rnn_size=8, enc_rnn_size=6, z_size=4, num_mixture=2, max_seq_len=10)


@pytest.fixture
def folder(tmp_path):
    return SketchRNN.new(SMALL, 12.5, name="tiny").save(tmp_path / "tiny")


def change(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_save_and_load_round_trip(folder):
    model = sketchkit.load(folder)
    assert (model.name, model.scale_factor, model.hparams) == ("tiny", 12.5, SMALL)
    fresh = SketchRNN.new(SMALL, 12.5)
    assert all(np.array_equal(model.weights[name], value) for name, value in fresh.weights.items())
    assert "arXiv" in (folder / "README.md").read_text()


def test_new_codes_follow_the_distribution_of_a_saved_model(tmp_path):
    codes = CodeDistribution.fitted_to(np.random.default_rng(0).normal([5, 0, 0, -5], [1, 2, 0.1, 1], (200, 4)))
    plain = SketchRNN.new(SMALL, 12.5)
    model = sketchkit.load(SketchRNN(replace(plain.config, codes=codes), plain.weights).save(tmp_path / "tiny"))
    assert model.config.codes == codes
    drawn = model.new_codes(None, 400, seed=1)
    np.testing.assert_allclose(drawn.mean(0), [5, 0, 0, -5], atol=0.4)
    np.testing.assert_allclose(drawn.std(0), [1, 2, 0.1, 1], rtol=0.2)
    np.testing.assert_allclose(drawn, plain.new_codes(None, 400, seed=1) * codes.std + codes.mean, atol=1e-5)


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([1, 2], "key 'codes': expected an object with mean and std"),
        ({"mean": [0] * 4}, "key 'codes': std: expected 4 numbers"),
        ({"mean": [0] * 3, "std": [1] * 4}, "key 'codes': mean: expected 4 numbers"),
        ({"mean": [0] * 3 + ["0"], "std": [1] * 4}, "key 'codes': mean: expected 4 numbers"),
        ({"mean": [0] * 3 + [10**400], "std": [1] * 4}, "key 'codes': mean: expected 4 numbers"),
        ({"mean": [0] * 4, "std": [1, 1, 0, 1]}, r"codes: std\[2\]: expected a number from 0.002 to 100.0, got 0.0"),
    ],
)
def test_load_with_invalid_codes_names_the_key(folder, codes, message):
    change(folder, codes=codes)
    with pytest.raises(ValueError, match=message):
        sketchkit.load(folder)


def test_save_as_float16_halves_the_size_and_keeps_the_weights_within_rounding(folder, tmp_path):
    model = sketchkit.load(folder)
    half = sketchkit.load(model.save(tmp_path / "half", dtype="float16"))
    assert (tmp_path / "half/model.safetensors").stat().st_size < 0.7 * (folder / "model.safetensors").stat().st_size
    for name, value in model.weights.items():
        np.testing.assert_allclose(half.weights[name], value, atol=2e-3)


def test_save_replaces_a_model_folder_and_no_other_folder(folder, tmp_path):
    SketchRNN.new(SMALL, 3.0).save(folder)
    assert sketchkit.load(folder).scale_factor == 3.0
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter1.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="is not a model folder"):
        SketchRNN.new(SMALL, 3.0).save(tmp_path / "thesis")
    assert (tmp_path / "thesis/chapter1.txt").read_text() == "precious"


def test_save_on_a_full_disk_keeps_the_old_model(folder, monkeypatch):
    before = sketchkit.load(folder)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", full)
    with pytest.raises(OSError, match=r"No space left on device.*left unchanged"):
        SketchRNN.new(SMALL, 3.0).save(folder)
    after = sketchkit.load(folder)
    assert after.config == before.config
    assert sorted(p.name for p in folder.parent.iterdir()) == ["tiny"]


def test_load_with_missing_or_mismatched_tensors_names_them(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file({k: v for k, v in tensors.items() if k != "encoder/mu/w"}, path)
    with pytest.raises(ValueError, match="'encoder/mu/w' is missing"):
        sketchkit.load(folder)
    save_file({**tensors, "encoder/mu/w": np.zeros((3, 3), np.float32)}, path)
    with pytest.raises(ValueError, match=r"'encoder/mu/w' has shape \(3, 3\), expected \(12, 4\)"):
        sketchkit.load(folder)
    save_file({**tensors, "encoder/mu/b": np.full(4, np.nan, np.float32)}, path)
    with pytest.raises(ValueError, match="'encoder/mu/b' contains NaN"):
        sketchkit.load(folder)
    save_file({**tensors, "extra": np.zeros(1, np.float32)}, path)
    with pytest.raises(ValueError, match="'extra' does not belong to this model"):
        sketchkit.load(folder)


def test_load_with_damaged_files_names_them(folder):
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


def test_load_of_an_unknown_name_suggests_similar_names():
    bundled = sketchkit.models()[0]
    with pytest.raises(FileNotFoundError, match=f"did you mean '{bundled}'"):
        sketchkit.load(bundled + "s")


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"config.json": "{}", "thesis.tex": "x"}, "no config.json with"),
        ({"config.json": '{"format": "other"}'}, "no config.json with"),
        ({"config.json": "[1, 2", "model.safetensors": "x"}, "no config.json with"),
        ({"model.safetensors": "x"}, "no config.json with"),
        ({"README.md": "mine"}, "no config.json with"),
        ({"data/a.npz": "x"}, "no config.json with"),
    ],
)
def test_save_to_a_folder_without_a_model_raises(tmp_path, files, named):
    for name, text in files.items():
        (tmp_path / "dir" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dir" / name).write_text(text)
    before = contents(tmp_path)
    with pytest.raises(FileExistsError, match=named):
        SketchRNN.new(SMALL, 3.0).save(tmp_path / "dir")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["thesis.tex", ".git/config", "notes/a.txt", "samples.svg", "model.safetensors.bak"])
def test_save_to_a_model_folder_with_a_foreign_file_raises(folder, tmp_path, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("precious")
    before = contents(tmp_path)
    with pytest.raises(FileExistsError, match=f"contains {name.split('/')[0]}, which sketchkit did not write"):
        SketchRNN.new(SMALL, 3.0).save(folder)
    assert contents(tmp_path) == before


def test_save_to_a_file_raises(tmp_path):
    (tmp_path / "model").write_text("precious")
    with pytest.raises(FileExistsError, match="existing file, not a model folder"):
        SketchRNN.new(SMALL, 3.0).save(tmp_path / "model")
    assert (tmp_path / "model").read_text() == "precious"


def test_save_keeps_pictures_of_the_card_and_files_of_file_managers(tmp_path):
    model = SketchRNN.new(SMALL, 3.0)
    write_folder(model.config, model.weights, "![x](samples.svg)", tmp_path / "m", pictures={"samples.svg": "<svg/>"})
    (tmp_path / "m/.DS_Store").write_bytes(b"finder")
    SketchRNN.open(tmp_path / "m").save(tmp_path / "m", dtype="float16")
    assert (tmp_path / "m/samples.svg").read_text() == "<svg/>"
    assert (tmp_path / "m/.DS_Store").read_bytes() == b"finder"


def test_save_follows_a_symbolic_link_and_accepts_an_empty_folder(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    SketchRNN.new(SMALL, 3.0).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert sketchkit.load(folder).scale_factor == 3.0
    (tmp_path / "empty").mkdir()
    SketchRNN.new(SMALL, 4.0).save(tmp_path / "empty")
    assert sketchkit.load(tmp_path / "empty").scale_factor == 4.0


def test_save_keeps_the_old_model_whichever_file_operation_finds_the_disk_full(folder, monkeypatch):
    before = contents(folder.parent)
    exemplars = Exemplars(("a",), np.zeros((1, 2, 4), np.float32))
    new = SketchRNN(ModelConfig(SMALL, 3.0, categories=("a",)), SketchRNN.new(SMALL, 3.0).weights, exemplars)
    left, os_open = [0], os.open

    def failing(function):
        def call(*arguments, **options):
            if function is os_open and not arguments[1] & os.O_CREAT:
                return function(*arguments, **options)  # opens an existing file, so it needs no space on the disk
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return function(*arguments, **options)

        return call

    for target in ("os.open", "os.fsync", "safetensors.numpy.save_file", "pathlib.Path.mkdir", "pathlib.Path.replace",
                   "pathlib.Path.write_text", "sketchkit.storage.atomic._exchange"):  # fmt: skip
        module, _, name = target.rpartition(".")
        owner = pathlib.Path if module == "pathlib.Path" else importlib.import_module(module)
        monkeypatch.setattr(owner, name, failing(getattr(owner, name)))
    calls, messages = 0, set()
    while True:
        left[0] = calls
        try:
            new.save(folder)
            break
        except OSError as error:
            messages.add(str(error))
        left[0] = 10**6
        assert contents(folder.parent) == before, calls
        calls += 1
    left[0] = 10**6
    assert calls > 15
    assert messages == {
        f"[Errno 28] could not write {folder} (No space left on device); the existing folder was left unchanged"
    }
    assert sketchkit.load(folder).scale_factor == 3.0
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_save_when_the_disk_fills_up_keeps_the_old_model(folder):
    before = contents(folder.parent)
    script = (
        "import resource, signal, sys; from tests.model.test_model_folder import SMALL, SketchRNN\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))\n"
        "try: SketchRNN.new(SMALL, 3.0).save(sys.argv[1])\n"
        "except OSError as error: print(error)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "File too large" in ran.stdout
    assert "left unchanged" in ran.stdout
    assert contents(folder.parent) == before


#: Script that forks processes which save a model and kill themselves at a file system event, and prints the results.
KILLS = """
import json, os, signal, sys
import numpy as np
import sketchkit.storage.atomic
from tests.model.test_model_folder import SMALL, SketchRNN
from pathlib import Path

folder, exchange = Path(sys.argv[1]), sys.argv[2] == "exchange"
if not exchange:
    sketchkit.storage.atomic._exchange = lambda one, other: False
EVENTS = ("open", "os.", "shutil.", "tempfile.")
models = [SketchRNN.new(SMALL, scale) for scale in (1.0, 2.0)]
models[0].save(folder)  # imports all modules


def save(model, kill_at):
    count = 0

    def hook(event, arguments):
        nonlocal count
        if event.startswith(EVENTS):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    model.save(folder)
    return count


def forked(model, kill_at):
    read, write = os.pipe()
    if not (pid := os.fork()):
        os.write(write, str(save(model, kill_at)).encode())
        os._exit(0)
    os.close(write)
    killed = os.waitpid(pid, 0)[1] == signal.SIGKILL
    return killed, int(os.read(read, 20) or 0)


_, events = forked(models[0], 0)
for seed in range(20):
    kill_at = int(np.random.default_rng(seed).integers(1, events + 1))
    killed, _ = forked(models[seed % 2], kill_at)
    left = sorted(os.listdir(folder.parent))
    scale = SketchRNN.open(folder).scale_factor
    print(json.dumps([killed, kill_at, scale, left, sorted(os.listdir(folder.parent)), sorted(os.listdir(folder))]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="requires fork and SIGKILL")
@pytest.mark.parametrize("replacement", ["exchange", "two renames"])
def test_save_killed_at_any_moment_leaves_one_complete_model(tmp_path, replacement):
    """The moments of the twenty kills depend on a seed."""
    ran = subprocess.run(
        [sys.executable, "-c", KILLS, str(tmp_path / "tiny"), replacement],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    results = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(results) == 20
    assert all(killed for killed, *_ in results)
    assert any(len(left) > 1 for _, _, _, left, _, _ in results)  # some kills left temporary files
    for _, moment, scale, _, after, files in results:
        assert scale in (1.0, 2.0), moment
        assert after == ["tiny"], moment
        assert files == ["README.md", "config.json", "model.safetensors"], moment
