"""Parameters of the notebooks, and values in the forms in which papermill passes them."""

import ast
import logging
import re
import shlex
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.cli import _resolve_type

import sketchkit
from sketchkit import HParams
from sketchkit.data.build import build_dataset
from sketchkit.sweeps.comparison import Comparison
from sketchkit.sweeps.search_space import notebook_parameters

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("notebooks/*.ipynb")]


def documented_commands():
    """Return the papermill commands in the documentation and the notebooks, as pairs of notebook and parameters."""
    found = []
    for page in PAGES:
        if "_build" in page.parts or "tutorials" in page.parts:
            continue
        cells = nbformat.read(page, 4).cells if page.suffix == ".ipynb" else []
        text = "\n".join(cell.source for cell in cells) or page.read_text(encoding="utf-8")
        for line in re.findall(r"^papermill (notebooks/.*)$", text, re.MULTILINE):
            words = shlex.split(line.replace("\\", ""))
            pairs = [(words[i + 1], words[i + 2]) for i, word in enumerate(words) if word == "-p"]
            found.append(pytest.param(words[0], pairs, id=f"{page.name}: {words[0]}"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_papermill_finds_every_parameter(name, caplog):
    path = ROOT / "notebooks" / name
    with caplog.at_level(logging.WARNING):
        found = papermill.inspect_notebook(str(path))
    cell = next(cell for cell in nbformat.read(path, 4).cells if "parameters" in cell.metadata.get("tags", []))
    names = [line.targets[0].id for line in ast.parse(cell.source).body]
    assert list(found) == names == list(notebook_parameters(path))
    assert caplog.text == ""


@pytest.mark.parametrize(("notebook", "parameters"), documented_commands())
def test_documented_commands_print_no_warning(tmp_path, caplog, notebook, parameters):
    with caplog.at_level(logging.WARNING):
        papermill.execute_notebook(
            str(ROOT / notebook), str(tmp_path / "out.ipynb"),
            {name: _resolve_type(value) for name, value in parameters}, prepare_only=True, progress_bar=False,
        )  # fmt: skip
    assert caplog.text == ""


@pytest.mark.parametrize(
    "value",
    [
        "z_size=16,dec_model=layer_norm",
        {"z_size": 16, "dec_model": "layer_norm"},
        '{"z_size": 16, "dec_model": "layer_norm"}',
    ],
)
def test_hyperparameters_as_string_mapping_and_json(value):
    assert HParams().replace(value) == HParams(z_size=16, dec_model="layer_norm")


@pytest.mark.parametrize("value", [None, "", {}])
def test_empty_hyperparameters_are_the_defaults(value):
    assert HParams().replace(value) == HParams()


@pytest.mark.parametrize("value", [7, 0.5, ["z_size=16"], True])
def test_hyperparameters_of_other_types_raise(value):
    with pytest.raises(ValueError, match="hyperparameters: expected key=value or a mapping, got"):
        HParams().replace(value)


def test_numbers_are_read_as_paths_and_none_raises_or_means_the_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="2024: no such model folder"):
        sketchkit.load(2024)
    with pytest.raises(ValueError, match="model: expected a path, got None"):
        sketchkit.load(None)
    with pytest.raises(FileNotFoundError, match="2024"):
        Comparison(2024)
    with pytest.raises(ValueError, match="folder: expected a path, got None"):
        Comparison(None)
    with pytest.raises(ValueError, match="data_set: expected"):
        sketchkit.Dataset.open(None)
    built = build_dataset("doodles, doodles", "a.npz", epsilon=None, seed=None, limit=20, progress=False)
    assert (built.num_read, built.epsilon) == (40, 2.0)
    with pytest.raises(ValueError, match=r"out: expected the name of an \.npz file"):
        build_dataset("doodles", 2024)


@pytest.mark.long
def test_train_accepts_values_in_the_forms_of_papermill(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        build_dataset("doodles", f"{name}.npz", limit=40, progress=False)
    tiny = {"dec_rnn_size": 8, "enc_rnn_size": 6, "z_size": 2, "num_mixture": 2, "batch_size": 10, "save_every": 1}
    run = sketchkit.train(
        "a.npz, b.npz", 2024, tiny, seed=None, patience=None, log_every=None, progress=None, strategy=None, num_steps=1
    )
    assert (run.folder, run.settings["seed"], run.step) == (Path("2024"), 0, 1)
    assert run.hparams.data_set == ("a.npz", "b.npz")
    model = sketchkit.load(2024)
    assert len(model.generate(2, temperature=None, seed=None)) == 2
    for wrong in ({"run": None}, {"seed": "x"}, {"hparams": 7}, {"data_set": ["a.npz", None]}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong)).replace('hparams', 'hyperparameters')}: expected"):
            sketchkit.train(**{"data_set": "a.npz", "run": "x", "hparams": tiny, **wrong})
