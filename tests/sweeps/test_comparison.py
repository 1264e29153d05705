"""Comparison of runs. The run directories are written by the tests, without training."""

import json
from html.parser import HTMLParser

import pytest

from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sweeps.comparison import Comparison, compare_page
from sketchkit.sweeps.trial import Trial

SMALL = "dec_rnn_size=8,enc_rnn_size=6,z_size=4,num_mixture=2,max_seq_len=60,data_set=[doodles],num_steps=20"


def write_run(folder, losses, *, model=True, **changes):
    h = HParams().replace(SMALL, **changes)
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"hparams": h.as_dict(), "seed": 0}))
    lines = [{"step": 10 * i, "kind": "valid", "loss": x, "recon": x - 0.1, "kl": 0.2} for i, x in enumerate(losses, 1)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if model:
        SketchRNN.new(h, 60.0, name="tiny").save(folder / "model")


@pytest.fixture
def sweep_folder(tmp_path):
    names = ["a", "b", "c"]
    settings = {"notebook": "train.ipynb", "fixed": {}, "points": names}
    (tmp_path / "sweep.json").write_text(json.dumps(settings))
    folders = [tmp_path / "points" / name for name in names]
    write_run(folders[0] / "run", [1.5, 1.25], learning_rate=0.002)
    write_run(folders[1] / "run", [1.75, 2.5], conditional=False)
    write_run(folders[2] / "run", [], model=False, learning_rate=0.5)
    error = "OSError: [Errno 28] No space left on device <script>alert(1)</script>"
    for folder, outcome in zip(folders, ("finished", "finished", "failed"), strict=True):
        values = {"note": f"</td><b>{folder.name}"}
        Trial(folder, values, {"data_set": "doodles"}, outcome, error * (outcome == "failed"), "", 75.0, 1).write()
        (folder / "report.ipynb").write_text("{}")
    return tmp_path


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.values = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "td":
            self.values.append(dict(attributes)["data-value"])


def test_rows_contain_the_hyperparameters_that_differ_and_the_best_losses(sweep_folder):
    compared = Comparison(sweep_folder)
    assert compared.differing == ["learning_rate", "conditional"]
    first, second, third = compared.rows()
    assert (first["loss"], first["best step"], first["steps"], first["seconds"]) == (1.25, 20, 20, 75.0)
    assert (second["loss"], second["conditional"]) == (1.75, False)
    assert (third["state"], third["loss"]) == ("failed", "")
    assert "No space left" in third["error"]
    page = Cells(compared._repr_html_())
    assert page.tags.count("script") == 1, "text from files is escaped"
    assert "b" not in page.tags
    assert len(page.values) == 3 * len(first)
    assert compared.sources == ["doodles"]


def test_rows_include_runs_with_missing_or_damaged_files(sweep_folder):
    (sweep_folder / "points/a/run/metrics.jsonl").unlink()
    (sweep_folder / "points/b/point.json").write_text("[")
    (sweep_folder / "points/c/run/run.json").unlink()
    rows = Comparison(sweep_folder).rows()
    assert [row["state"] for row in rows] == ["finished", "failed", "failed"]
    assert "damaged" in rows[1]["error"]
    assert len(Comparison(sweep_folder / "points")) == 2
    with pytest.raises(ValueError, match="no run to compare"):
        Comparison(sweep_folder / "points/c")


def test_compare_page_keeps_a_foreign_notebook_with_the_same_name(sweep_folder):
    (sweep_folder / "thesis.ipynb").write_text('{"cells": [], "metadata": {}}')
    with pytest.raises(FileExistsError, match=r"thesis\.ipynb exists and is not an executed comparison"):
        compare_page(sweep_folder, sweep_folder / "thesis.html")
    assert (sweep_folder / "thesis.ipynb").read_text() == '{"cells": [], "metadata": {}}'


def test_comparison_slices_like_a_list(sweep_folder):
    compared = Comparison(sweep_folder)
    assert [item.title for item in compared[:2]] == [item.title for item in list(compared)[:2]]
    assert compared[-1].title == list(compared)[-1].title


@pytest.mark.long
def test_compare_page_contains_table_curves_and_drawings(sweep_folder):
    page = compare_page(sweep_folder, sweep_folder / "compare.html")
    text = page.read_text()
    notebook = json.loads((sweep_folder / "compare.ipynb").read_text())
    shown = {cell["id"]: cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"}
    for name in ("redrawn", "samples"):
        assert '<img alt="' in "".join(shown[name][0]["data"]["text/html"])
    assert "image/png" in shown["curves"][0]["data"]
    assert "data:image/png" in text, "the page needs no other files"
    assert "aria-sort" in text
    with pytest.raises(ValueError, match=r"expected a file name with the suffix \.html"):
        compare_page(sweep_folder, sweep_folder / "compare.pdf")
