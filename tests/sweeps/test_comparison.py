"""Runs side by side, made without training: what is looked at is what a run directory says."""

import json
from html.parser import HTMLParser

import pytest

from sketchkit.hparams import HParams
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sweeps.comparison import Comparison, compare_page
from sketchkit.sweeps.trial import Point

SMALL = "dec_rnn_size=8,enc_rnn_size=6,z_size=4,num_mixture=2,max_seq_len=60,data_set=[doodles],num_steps=20"


def made_run(folder, losses, *, model=True, **changes):
    h = HParams().updated(SMALL, **changes)
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"hparams": h.as_dict(), "seed": 0}))
    lines = [{"step": 10 * i, "kind": "valid", "loss": x, "recon": x - 0.1, "kl": 0.2} for i, x in enumerate(losses, 1)]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if model:
        SketchRNN.new(h, 60.0, name="tiny").save(folder / "model")


@pytest.fixture
def swept(tmp_path):
    names = ["a", "b", "c"]
    told = {"notebook": "train.ipynb", "fixed": {}, "points": names}
    (tmp_path / "sweep.json").write_text(json.dumps(told))
    places = [tmp_path / "points" / name for name in names]
    made_run(places[0] / "run", [1.5, 1.25], learning_rate=0.002)
    made_run(places[1] / "run", [1.75, 2.5], conditional=False)
    made_run(places[2] / "run", [], model=False, learning_rate=0.5)
    error = "OSError: [Errno 28] No space left on device <script>alert(1)</script>"
    for place, ended in zip(places, ("finished", "finished", "failed"), strict=True):
        values = {"note": f"</td><b>{place.name}"}
        Point(place, values, {"data_set": "doodles"}, ended, error * (ended == "failed"), "", 75.0, 1).write()
        (place / "report.ipynb").write_text("{}")
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


def test_the_table_has_what_differs_and_the_best_losses(swept):
    compared = Comparison(swept)
    assert compared.differing == ["learning_rate", "conditional"]
    first, second, third = compared.rows()
    assert (first["loss"], first["best step"], first["steps"], first["seconds"]) == (1.25, 20, 20, 75.0)
    assert (second["loss"], second["conditional"]) == (1.75, False)
    assert (third["state"], third["loss"]) == ("failed", "")
    assert "No space left" in third["error"]
    page = Cells(compared._repr_html_())
    assert page.tags.count("script") == 1, "what came from a file is text"
    assert "b" not in page.tags
    assert len(page.values) == 3 * len(first)
    assert compared.sources == ["doodles"]


def test_runs_half_deleted_are_compared_as_far_as_they_go(swept):
    (swept / "points/a/run/metrics.jsonl").unlink()
    (swept / "points/b/point.json").write_text("[")
    (swept / "points/c/run/run.json").unlink()
    rows = Comparison(swept).rows()
    assert [row["state"] for row in rows] == ["finished", "failed", "failed"]
    assert "damaged" in rows[1]["error"]
    assert len(Comparison(swept / "points")) == 2
    with pytest.raises(ValueError, match="no run to compare"):
        Comparison(swept / "points/c")


def test_a_notebook_of_another_beside_the_page_is_left_alone(swept):
    (swept / "thesis.ipynb").write_text('{"cells": [], "metadata": {}}')
    with pytest.raises(FileExistsError, match=r"thesis\.ipynb exists and is not an executed comparison"):
        compare_page(swept, swept / "thesis.html")
    assert (swept / "thesis.ipynb").read_text() == '{"cells": [], "metadata": {}}'


def test_runs_compared_are_sliced_as_lists_are(swept):
    compared = Comparison(swept)
    assert [each.title for each in compared[:2]] == [each.title for each in list(compared)[:2]]
    assert compared[-1].title == list(compared)[-1].title


@pytest.mark.long
def test_the_page_shows_table_curves_and_every_models_drawings(swept):
    page = compare_page(swept, swept / "compare.html")
    text = page.read_text()
    notebook = json.loads((swept / "compare.ipynb").read_text())
    shown = {cell["id"]: cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"}
    for name in ("redrawn", "samples"):
        assert '<img alt="' in "".join(shown[name][0]["data"]["text/html"])
    assert "image/png" in shown["curves"][0]["data"]
    assert "data:image/png" in text, "the page stands alone"
    assert "aria-sort" in text
    with pytest.raises(ValueError, match="expected a page"):
        compare_page(swept, swept / "compare.pdf")
