"""The command line interface."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from sketchkit import cli
from sketchkit.cli import sketch_rnn_train
from sketchkit.data import doodles
from sketchkit.formats.npz import write_npz
from sketchkit.hparams import HParams
from sketchkit.loading import load
from sketchkit.model.sketch_rnn import SketchRNN

SIZES = "dec_rnn_size=8,enc_rnn_size=6,z_size=4,num_mixture=2,batch_size=5,save_every=5"
TINY = SIZES + ",num_steps=5"


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


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (".svg", ("sample", "-n", 4)),
        (".PNG", ("sample", "-n", 4)),
        (".gif", ("sample", "-n", 4)),
        (".png", ("reconstruct", "-n", 3)),
        (".png", ("morph", "--frames", 3)),
        (".gif", ("morph", "--data", "doodles", "--ends", 0, 3, "--frames", 4)),
    ],
)
def test_drawing_commands_select_the_format_by_file_extension(ending, words, run, model, tmp_path):
    command, *options = words
    path = tmp_path / f"picture{ending}"
    assert f"wrote {path}" in run(command, model, *options, "--seed", 1, "--cell", 40, "--out", path)
    if ending == ".svg":
        assert path.read_text().startswith("<svg")
        return
    with Image.open(path) as image:
        assert image.format == ending[1:].upper()
        assert getattr(image, "is_animated", False) == (ending == ".gif")
        assert max(image.size) >= 40
        assert np.asarray(image.convert("L")).min() < 200


def test_drawing_commands_have_default_files(run, model, tmp_path):
    assert "wrote samples.svg" in run("sample", model, "-n", 2)
    assert "wrote reconstructions.svg" in run("reconstruct", model, "-n", 2)
    assert "original" in (tmp_path / "reconstructions.svg").read_text()
    assert "wrote morph.svg" in run("morph", model, "--frames", 2)
    assert ">0.00<" in (tmp_path / "morph.svg").read_text()


def test_sample_is_reproducible(run, model, tmp_path):
    for name in ("a.svg", "b.svg"):
        run("sample", model, "-n", 3, "--seed", 9, "--out", name)
    assert (tmp_path / "a.svg").read_text() == (tmp_path / "b.svg").read_text()


def test_show_writes_a_picture_and_dataset_writes_a_report(run, npz, tmp_path):
    run("show", npz, "-n", 8)
    assert (tmp_path / "drawings.svg").exists()
    out = run("dataset", npz, "--out", "report.html")
    assert "scale factor" in out
    assert "only 8 training drawings" in out
    assert "<img" in (tmp_path / "report.html").read_text()


def test_sample_of_all_categories_names_each_drawing(run, tmp_path):
    run("sample", "quickdraw", "--out", tmp_path / "all.svg", "-n", "3", "--seed", "13")
    text = (tmp_path / "all.svg").read_text()
    assert re.findall(r"<text[^>]*>([^<]*)</text>", text) == ["tiger", "ambulance", "bear"]


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
    for _ in range(2):  # the second build replaces the page that the first one wrote
        run("dataset", "build", npz, "--out", "mine.npz")


def test_convert_does_not_replace_another_folder(run, tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project/config.json").write_text("{}")
    with pytest.raises(FileExistsError, match="is not a model folder"):
        run("convert", "kanji", "project")
    assert [path.name for path in (tmp_path / "project").iterdir()] == ["config.json"]


@pytest.mark.long
def test_train_resumes_a_run(run, npz, tmp_path):
    assert "model: " in run("train", npz, "--run", "r", "--hparams", TINY + ",conditional=false", "--progress", "lines")
    assert "resuming from step 5" in run(
        "train", npz, "--run", "r", "--hparams", SIZES + ",conditional=false,num_steps=7", "--progress", "lines"
    )
    assert "wrote" in run("sample", "r", "-n", 2)


@pytest.mark.parametrize(
    "words", [["--version"], ["doctor"], ["doctor", "--devices"], ["models", "bundled"]], ids=" ".join
)
def test_commands_about_the_installation_print_nothing_to_stderr(words, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    command = [sys.executable, "-m", "sketchkit", *words]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert {"--version": "sketchkit ", "doctor": "all dependencies are installed", "models": "kanji"}[
        words[0]
    ] in done.stdout
    assert ("CPU:0" in done.stdout) == ("--devices" in words)


@pytest.mark.parametrize(
    ("requirements", "reports", "error"),
    [
        (["numpy>=1", "no-such-package>=2; extra == 'x'"], ["  numpy "], None),
        (["no-such-package>=2"], ["  no-such-package: not installed"], "no-such-package; .* 'no-such-package>=2'"),
        (["numpy>=99,<100"], [": sketchkit requires <100,>=99"], "numpy; install with pip install 'numpy<100,>=99'"),
        (["numpy>=99; python_version < '3'"], [], None),
    ],
)
def test_doctor_reports_missing_and_outdated_dependencies(requirements, reports, error, monkeypatch):
    monkeypatch.setattr("importlib.metadata.requires", lambda name: requirements)
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert all(report in result.output for report in reports)
    assert (result.exception is None) == (error is None)
    if error:
        with pytest.raises(ValueError, match=f"missing or outdated: {error}"):
            raise result.exception
    else:
        assert "all dependencies are installed" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sample", "nowhere"], "nowhere: no such model folder or model name"),
        (["dataset", "nowhere.npz"], "no such dataset"),
        (["dataset", "build", "nowhere", "--out", "x.npz"], "nowhere: no such file, folder or dataset"),
        (["train", "doodles", "--hparams", "dec_rnn=4"], "did you mean 'dec_rnn_size'"),
        (["show", "doodles", "--split", "best"], "expected train, valid or test"),
        (["train"], "DATA: expected the name or the file of a dataset"),
        (["sample"], "Missing argument"),
        (["smaple", "kanji"], "No such command 'smaple'. Did you mean 'sample'?"),
        (["morph", "quickdraw", "rabbit"], "expected two categories or --data, got rabbit"),
        (["morph", "quickdraw", "rabbit", "baer"], "no category 'baer'; did you mean 'bear'?"),
    ],
)
def test_errors_have_one_style_and_one_exit_code(words, message, monkeypatch, capsys, tmp_path):
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
    folders = [f"--log_root={tmp_path / 'log'}", f"--data_dir={npz.parent}"]
    hparams = f"--hparams=data_set=[{npz.name}],{SIZES},conditional=0,num_steps="
    line = [*folders, hparams + "5"]
    sketch_rnn_train.main(line)
    assert "model: " in capsys.readouterr().out
    with pytest.raises(SystemExit):
        sketch_rnn_train.main(line)
    assert "add --resume_training" in capsys.readouterr().err
    sketch_rnn_train.main([*folders, hparams + "6", "--resume_training"])
    assert "resuming from step 5" in capsys.readouterr().out
    sketch_rnn_train.main([*folders, hparams + "7", "--resume_training=True"])
    assert np.isfinite(SketchRNN.open(tmp_path / "log/model").scale_factor)


def test_package_installs_no_log_handlers():
    assert logging.getLogger("sketchkit").handlers == []


@pytest.mark.parametrize("command", ["embed", "html", "compare", "dataset report"])
def test_page_with_an_unsupported_extension_is_rejected_before_the_input_is_read(command, run, tmp_path):
    with pytest.raises(ValueError, match=r"--out: expected a file ending in \.html( or \.mjs)?, got 'x\.pdf'"):
        run(*command.split(), "nothing", "--out", tmp_path / "x.pdf")


@pytest.mark.parametrize("command", ["sample", "reconstruct", "morph", "show"])
def test_unsupported_picture_file_is_refused_before_the_input_is_read(command, run, tmp_path):
    for name in ("x.jpg", "x"):
        with pytest.raises(ValueError, match=rf"--out: expected a file ending in \.svg, \.png or \.gif, got '{name}'"):
            run(command, "nothing", "--out", tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r"--out: cannot write x\.svg: the folder .*none does not exist"):
        run(command, "nothing", "--out", tmp_path / "none" / "x.svg")


def test_morph_and_show_with_too_few_drawings_raise(run, model, npz):
    with pytest.raises(
        ValueError, match="--ends: 3 drawings are needed, but few has only 2 drawings in its test split"
    ):
        run("morph", model, "--data", npz, "--ends", 0, 2)
    with pytest.raises(
        ValueError, match="--count: .* drawings are needed, but few has only 8 drawings in its train split"
    ):
        run("show", npz, "-n", 9)


def test_train_reads_hyperparameters_from_a_file(run, npz, tmp_path):
    Path("small.yaml").write_text(
        TINY.replace(",", "\n").replace("=", ": ") + "\nconditional: off\nlearning_rate: 1e-4"
    )
    run("train", npz, "--run", "r", "--hparams-file", "small.yaml", "--hparams", "num_steps=2", "--progress", "none")
    h = HParams().replace(json.loads((tmp_path / "r/run.json").read_text())["hparams"])
    assert (h.dec_rnn_size, h.num_steps, h.conditional, h.learning_rate) == (8, 2, False, 1e-4)
    Path("wrong.yaml").write_text("dec_rnn: 8")
    with pytest.raises(ValueError, match=r"wrong\.yaml: unknown hyperparameter 'dec_rnn'; did you mean 'dec_rnn_size'"):
        run("train", npz, "--run", "s", "--hparams-file", "wrong.yaml")
    assert not Path("s").exists()


def test_component_writes_script_package_and_model(run, model, tmp_path):
    run("component", "-m", model, "-o", tmp_path / "site", "--dtype", "int8", "--from-disk")
    package = json.loads((tmp_path / "site/package.json").read_text())
    assert (tmp_path / "site" / package["main"]).stat().st_size > 100_000
    assert (tmp_path / "site" / package["types"]).exists()
    (file,) = (tmp_path / "site").glob("*.sk")
    assert file.read_bytes().startswith(b"SKMODEL\n")
    assert file.with_suffix(".sk.js").exists()


def test_embed_draws_the_given_categories(run, tmp_path):
    widgets = [part for name in ("complete", "morph", "reconstruct") for part in ("-w", name)]
    run("embed", "quickdraw", *widgets, "--category", "bear", "--category", "sheep", "-o", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="sketchkit-widgets">(.*?)</script>', page, re.DOTALL)[1])
    complete, morph, reconstruct = data["widgets"].values()
    exemplars = load("quickdraw").exemplars
    for name, z in {"bear": morph["z_a"], "sheep": morph["z_b"]}.items():
        assert np.isclose(exemplars.codes[exemplars.index(name)], z, atol=1e-6).all(axis=1).any()
    assert complete["category"] == "bear"
    assert reconstruct["sketch"]["rows"]


def test_embed_writes_a_page(run, model, tmp_path):
    run("embed", model, "-w", "complete", "-w", "pad", "-o", tmp_path / "page.html", "--dtype", "int8")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("data-sketchkit=") == 2
