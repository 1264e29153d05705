"""The notebooks run headless, top to bottom, as papermill runs them."""

from pathlib import Path
from xml.etree import ElementTree

import papermill
import pytest

ROOT = Path(__file__).parents[2]


def execute(name, tmp_path, **parameters):
    notebook = papermill.execute_notebook(
        str(ROOT / "notebooks" / name),
        str(tmp_path / name),
        parameters,
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
    )
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    return outputs


def printed(outputs):
    return "".join(
        output["text"] for output in outputs if output["output_type"] == "stream" and output["name"] == "stdout"
    )


def pictures(outputs):
    data = [output["data"] for output in outputs if "data" in output]
    return [d for d in data if "image/png" in d or "data:image/svg+xml;base64," in "".join(d.get("text/html", ""))]


def test_quickstart(tmp_path):
    outputs = execute("quickstart.ipynb", tmp_path, out="pictures")
    assert len(pictures(outputs)) == 9
    saved = sorted((tmp_path / "pictures").glob("*.svg"))
    assert [path.stem for path in saved] == [
        *("animated", "completed", "generated", "given", "grid", "morph", "redrawn", "temperature"),
    ]
    for path in saved:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")  # noqa: S314 - written by us just now


def test_train_and_go_on(tmp_path):
    tiny = "dec_rnn_size=16,enc_rnn_size=12,z_size=4,num_mixture=3,batch_size=20,save_every=10"
    outputs = execute("train.ipynb", tmp_path, hparams=tiny, num_steps=20)
    assert len(pictures(outputs)) == 5
    lines = printed(outputs).splitlines()
    assert "step 20 of 20" in printed(outputs)
    assert len(lines) < 10
    again = printed(execute("train.ipynb", tmp_path, hparams=tiny, num_steps=30))
    assert "going on from step 20" in again
    assert (tmp_path / "runs/doodles/model/model.safetensors").is_file()


@pytest.mark.parametrize("name", ["quickstart.ipynb", "train.ipynb"])
def test_parameters_are_tagged_for_papermill(name):
    assert papermill.inspect_notebook(str(ROOT / "notebooks" / name))
