"""Execution of the notebooks by papermill, without a browser."""

import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import papermill
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
TINY = "dec_rnn_size=16,enc_rnn_size=12,z_size=4,num_mixture=3,batch_size=20,save_every=10"


def execute(name, tmp_path, **parameters):
    """Execute a notebook in its own folder and return it. An error in a cell raises."""
    notebook = papermill.execute_notebook(
        str(NOTEBOOKS / name),
        str(tmp_path / name),
        parameters,
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
    )
    assert not [output for cell in notebook.cells for output in outputs(cell) if output.output_type == "error"]
    return notebook


def outputs(cell):
    return cell.get("outputs", [])


def pictures(cell):
    """Return the outputs of a cell that are pictures even in an untrusted notebook."""
    shown = [output.data for output in outputs(cell) if "data" in output]
    for data in shown:
        assert "image/svg+xml" not in data or "text/html" in data, "inline SVG is not shown in an untrusted notebook"
    return [data for data in shown if "image/png" in data or re.search('<img [^>]*alt="', data.get("text/html", ""))]


def printed(notebook):
    texts = [output.text for cell in notebook.cells for output in outputs(cell) if output.output_type == "stream"]
    return "".join(texts)


def test_quickstart_shows_pictures_and_saves_some(tmp_path):
    notebook = execute("quickstart.ipynb", tmp_path, out="pictures")
    without = {"imports", "parameters", "load", "codes", "save"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id not in without and "injected-parameters" not in cell.metadata.tags:
            assert len(pictures(cell)) == 1, cell.id
    saved = {path.stem: path for path in (tmp_path / "pictures").iterdir()}
    assert set(saved) == {"strip", "square", "animation"}
    for path in saved.values():
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert list(root.iter("{http://www.w3.org/2000/svg}path")), f"{path.name} is blank"
    assert "@keyframes" in saved["animation"].read_text(encoding="utf-8")


@pytest.mark.long
def test_train_resumes_the_run(tmp_path):
    first = execute("train.ipynb", tmp_path, hparams=TINY, num_steps=20)
    shown = {cell.id: len(pictures(cell)) for cell in first.cells if outputs(cell)}
    assert shown == {"data": 1, "train": 0, "curves": 1, "losses": 0, "sheets": 2, "redrawn": 1, "folder": 0}
    assert "step 20 of 20" in printed(first)
    assert "| test |" in next(cell for cell in first.cells if cell.id == "losses").outputs[0].data["text/markdown"]
    second = execute("train.ipynb", tmp_path, hparams=TINY, num_steps=30)
    assert "resuming from step 20" in printed(second)
    assert len((printed(first) + printed(second)).splitlines()) < 60
    assert sorted(path.stem for path in (tmp_path / "runs/doodles/samples").iterdir()) == [
        *("step-00000010", "step-00000020", "step-00000030"),
    ]
    assert (tmp_path / "runs/doodles/model/model.safetensors").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_stored_notebook_has_parameters_and_no_outputs(name):
    notebook = nbformat.read(NOTEBOOKS / name, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    }
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not [cell.id for cell in code if cell.outputs or cell.execution_count is not None]
    # The quick start shows a widget first.
    assert code[1 if name == "quickstart.ipynb" else 0].metadata.get("tags") == ["parameters"]
    assert papermill.inspect_notebook(str(NOTEBOOKS / name))


@pytest.mark.parametrize("name", ["draw.ipynb", "morph.ipynb", "temperature.ipynb"])
def test_widget_notebook_is_small_and_has_static_images(name, tmp_path):
    notebook = execute(name, tmp_path)
    assert sum(len(pictures(cell)) for cell in notebook.cells) >= 1
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert len(str(state)) < 80_000  # without the weights, which are several megabytes


def test_embed_writes_pages_with_widgets(tmp_path):
    notebook = execute("embed.ipynb", tmp_path)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "pages").iterdir()}
    assert set(sizes) == {"morph.html", "both-float16.html", "both-int8.html"}
    assert sizes["both-int8.html"] < 0.7 * sizes["both-float16.html"]
    assert "<iframe" in notebook.cells[-2].outputs[0].data["text/html"]


@pytest.mark.long
def test_pretrained_works_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("SKETCHKIT_OFFLINE", "1")
    notebook = execute("pretrained.ipynb", tmp_path, frames=4)
    assert "is not available here" in printed(notebook)
    assert sum(len(pictures(cell)) for cell in notebook.cells) == 8  # the table of models contains pictures
    assert (tmp_path / "kanji.vae.json").is_file()


@pytest.mark.long
def test_train_pretrained_accepts_other_data(tmp_path):
    tiny = {"hparams": "dec_rnn_size=16,batch_size=20,save_every=5,skip_padding=false", "num_steps": 5}
    execute("train_pretrained.ipynb", tmp_path, model="omniglot", data_set="doodles", run="run", out="made", **tiny)
    card = (tmp_path / "made/README.md").read_text(encoding="utf-8")
    assert "opensource.org/license/mit" in card
    assert (tmp_path / "made/samples.svg").is_file()


@pytest.mark.long
def test_your_dataset_trains_a_model_and_shows_a_widget(tmp_path):
    folder = str(NOTEBOOKS / "drawings")
    notebook = execute("your_dataset.ipynb", tmp_path, drawings=folder, base="", hparams=TINY, num_steps=20)
    shown = {cell.id: len(pictures(cell)) for cell in notebook.cells if outputs(cell)}
    assert shown == {
        "one": 1, "simplification": 1, "build": 1, "train": 0, "curves": 1, "drawn": 1, "widget": 1,
        "again": 1,
    }  # fmt: skip
    build = next(cell for cell in notebook.cells if cell.id == "build")
    assert "72 drawings read, 72 kept: 58 train, 7 valid, 7 test" in build.outputs[0].data["text/html"]
    assert (tmp_path / "my_drawings.npz").is_file()
    assert (tmp_path / "runs/my_drawings/model/model.safetensors").is_file()


@pytest.mark.long
def test_teach_fine_tunes_a_model(tmp_path):
    notebook = execute("teach.ipynb", tmp_path, examples=8, hparams={"num_steps": 5}, minutes=2)
    shown = {cell.id: len(pictures(cell)) for cell in notebook.cells if outputs(cell)}
    assert shown == {"pad": 1, "teach": 0, "curves": 1, "result": 1, "use": 1, "export": 0}
    assert (tmp_path / "runs/taught/page.html").is_file()


@pytest.mark.long
def test_paper_repeats_every_experiment(tmp_path):
    notebook = execute(
        "paper.ipynb", tmp_path, data_set="doodles", hparams=TINY, num_steps=10, kl_weights=[1.0, 0.25], out="figures"
    )
    shown = {cell.id: len(pictures(cell)) for cell in notebook.cells if outputs(cell)}
    experiments = ("curve", "reconstruction", "temperature", "interpolation", "ending", "analogy")
    assert {name: shown[name] for name in experiments} == dict.fromkeys(experiments, 1)
    table = next(cell for cell in notebook.cells if cell.id == "table").outputs[0].data["text/markdown"]
    assert [row.split(" | ")[0].strip("| ") for row in table.splitlines()[2:]] == [
        *("KL weight 1", "KL weight 0.25", "unconditional"),
    ]
    saved = {path.name for path in (tmp_path / "figures").iterdir()}
    assert saved == {
        *("analogies.svg", "curve.svg", "endings.svg", "interpolation.svg", "losses.json"),
        *("reconstructions.svg", "temperature.svg"),
    }
