"""The command line interface."""

import logging

import numpy as np
import pytest
from typer.testing import CliRunner

from sketchkit import cli
from sketchkit.cli import sketch_rnn_train
from sketchkit.data import doodles
from sketchkit.formats.npz import write_npz
from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN

TINY = "dec_rnn_size=8,enc_rnn_size=6,z_size=4,num_mixture=2,batch_size=5,save_every=5,num_steps=5"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    h = HParams().replace(TINY, max_seq_len=60)
    return str(SketchRNN.new(h, 60.0, name="tiny").save(tmp_path_factory.mktemp("models") / "tiny"))


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    drawings = [doodles.draw(name, i) for i in range(3) for name in ("star", "sun", "moon", "fish")]
    splits = {"train": drawings[:8], "valid": drawings[8:10], "test": drawings[10:]}
    return write_npz(splits, tmp_path_factory.mktemp("data") / "few.npz")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        result = CliRunner().invoke(cli.app, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


def test_help_lists_the_commands(run):
    out = run("--help")
    for verb in ("train", "sample", "morph", "reconstruct", "show", "dataset", "doctor"):
        assert verb in out


def test_sample_reconstruct_morph_write_pictures(run, model, tmp_path):
    assert "wrote samples.svg" in run("sample", model, "-n", 4, "--seed", 1)
    run("reconstruct", model, "-n", 3, "--out", "r.svg")
    run("morph", model, "--data", "doodles", "--ends", 0, 3, "--frames", 4, "--out", "m.gif")
    run("morph", model, "--frames", 3, "--seed", 5)
    for name in ("samples.svg", "r.svg", "m.gif", "morph.svg"):
        assert (tmp_path / name).stat().st_size > 300
    assert "original" in (tmp_path / "r.svg").read_text()


def test_sample_is_reproducible(run, model, tmp_path):
    for name in ("a.svg", "b.svg"):
        run("sample", model, "-n", 3, "--seed", 9, "--out", name)
    assert (tmp_path / "a.svg").read_text() == (tmp_path / "b.svg").read_text()


def test_show_and_dataset(run, npz, tmp_path):
    run("show", npz, "-n", 8)
    assert (tmp_path / "drawings.svg").exists()
    out = run("dataset", npz, "--out", "report.html")
    assert "scale factor" in out
    assert "only 8 training drawings" in out
    assert "<img" in (tmp_path / "report.html").read_text()


def test_dataset_build(run, npz, tmp_path):
    out = run("dataset", "build", npz, "--out", "again.npz", "--epsilon", 3, "--seed", 1)
    assert "12 drawings read, 12 kept: 10 train, 1 valid, 1 test" in out
    assert "scale factor" in out
    assert (tmp_path / "again.html").read_text().count("<img") == 3
    assert "scale factor" in run("dataset", "--max-seq-len", 200, "again.npz")
    assert "scale factor" in run("dataset", "report", "again.npz")


def test_dataset_build_does_not_replace_another_page(run, npz, tmp_path):
    (tmp_path / "thesis.html").write_text("<p>precious")
    with pytest.raises(FileExistsError, match=r"thesis\.html exists and is not a report of sketchkit"):
        run("dataset", "build", npz, "--out", "thesis.npz")
    assert (tmp_path / "thesis.html").read_text() == "<p>precious"
    assert not (tmp_path / "thesis.npz").exists()
    for _ in range(2):  # its own page is replaced
        run("dataset", "build", npz, "--out", "mine.npz")


def test_convert_does_not_replace_another_folder(run, tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project/config.json").write_text("{}")
    with pytest.raises(FileExistsError, match="is not a model folder"):
        run("convert", "kanji", "project")
    assert [path.name for path in (tmp_path / "project").iterdir()] == ["config.json"]


def test_train_resumes_a_run(run, npz, tmp_path):
    assert "model: " in run("train", npz, "--run", "r", "--hparams", TINY + ",conditional=false", "--progress", "lines")
    assert "resuming from step 5" in run(
        "train", npz, "--run", "r", "--hparams", TINY + ",conditional=false,num_steps=7", "--progress", "lines"
    )
    assert "wrote" in run("sample", "r", "-n", 2)


def test_doctor(run):
    out = run("doctor")
    assert "tensorflow" in out
    assert "all dependencies are installed" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sample", "nowhere"], "nowhere: no such model folder or model name"),
        (["dataset", "nowhere.npz"], "no such dataset"),
        (["dataset", "build", "nowhere", "--out", "x.npz"], "nowhere: no such file, folder or dataset"),
        (["train", "doodles", "--hparams", "dec_rnn=4"], "did you mean 'dec_rnn_size'"),
        (["show", "doodles", "--split", "best"], "expected one of train, valid, test"),
    ],
)
def test_errors_are_printed_in_one_line(words, message, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["sketchkit", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith("sketchkit: ")
    assert message in error
    assert "Traceback" not in error


@pytest.mark.long
def test_sketch_rnn_train_command(npz, tmp_path, capsys):
    hparams = f"data_set=[{npz.name}],{TINY},conditional=0"
    line = [f"--log_root={tmp_path / 'log'}", f"--data_dir={npz.parent}", f"--hparams={hparams}"]
    sketch_rnn_train.main(line)
    assert "model: " in capsys.readouterr().out
    with pytest.raises(SystemExit):
        sketch_rnn_train.main(line)
    assert "add --resume_training" in capsys.readouterr().err
    sketch_rnn_train.main([*line[:2], line[2] + ",num_steps=6", "--resume_training"])
    assert "resuming from step 5" in capsys.readouterr().out
    sketch_rnn_train.main([*line[:2], line[2] + ",num_steps=7", "--resume_training=True"])
    assert np.isfinite(SketchRNN.open(tmp_path / "log/model").scale_factor)


def test_package_installs_no_log_handlers():
    assert logging.getLogger("sketchkit").handlers == []


def test_unsupported_picture_ending_is_refused_first(run, tmp_path):
    for words in (("sample", "nothing"), ("reconstruct", "nothing"), ("show", "nothing")):
        with pytest.raises(ValueError, match=r"--out: expected a file ending in .svg, got 'x.png'"):
            run(*words, "--out", tmp_path / "x.png")


def test_embed_writes_a_page(run, model, tmp_path):
    run("embed", model, "-w", "complete", "-w", "pad", "-o", tmp_path / "page.html", "--dtype", "int8")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("data-sketchkit=") == 2
    with pytest.raises(
        ValueError,
        match="--widget: expected complete, .*, temperature-slider, latent-slider, next-point or pad, got 'x'",
    ):
        run("embed", model, "-w", "x")
