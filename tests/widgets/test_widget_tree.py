"""Conversion of displayed widgets to HTML, including hostile saved states."""

import json
import logging

import ipywidgets
import pytest

from sketchkit.widgets import Complete, SketchPad, TemperatureSlider
from sketchkit.widgets.export.notebook import notebook_html
from sketchkit.widgets.export.page import embed
from sketchkit.widgets.export.widget_tree import MAX_WIDGETS, WidgetTree, drop_models

PAD = {"model_module": "anywidget", "model_name": "AnyModel", "state": {"_view": "pad", "_observed": False}}


def box(*children, kind="HBoxModel", **state):
    references = [f"IPY_MODEL_{child}" for child in children]
    return {"model_module": "@jupyter-widgets/controls", "model_name": kind, "state": {"children": references, **state}}


def html(saved, model_id="top"):
    tree = WidgetTree(saved.get, lambda model_id, _: f"[{model_id}]", lambda model_id, _: f"({model_id})")
    return tree.html(model_id)


@pytest.mark.parametrize("kind", ["HBoxModel", "VBoxModel", "BoxModel", "GridBoxModel", "TabModel", "AccordionModel",
                                  "StackModel", "SomebodysFlexModel"])  # fmt: skip
def test_widget_tree_finds_widgets_in_nested_containers(kind):
    saved = {
        "top": box("left", "slider", "inner", kind=kind),
        "left": PAD,
        "slider": box(),
        "inner": box("deep"),
        "deep": PAD,
    }
    text = html(saved)
    assert [part in text for part in ("[left]", "(slider)", "[deep]")] == [True] * 3
    assert text.index("[left]") < text.index("(slider)") < text.index("[deep]")


def test_widget_tree_finds_widgets_in_outputs_and_keeps_text():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "pad"}}
    outputs = [{"output_type": "stream", "text": "1 < 2\n"}, {"output_type": "display_data", "data": view}]
    output = {"model_module": "@jupyter-widgets/output", "model_name": "OutputModel", "state": {"outputs": outputs}}
    saved = {"top": output, "pad": PAD}
    assert "<pre>1 &lt; 2\n</pre>" in html(saved)
    assert "[pad]" in html(saved)


def test_widget_tree_does_not_change_a_display_without_sketchkit_widgets():
    assert html({"top": box("a"), "a": box()}) == "(top)"
    assert html({}) == "(top)"


def test_widget_tree_escapes_titles_and_layouts():
    layout = {"state": {"width": "300px", "height": '1px"><script>', "border_top": "1px solid url(https://x.org)"}}
    saved = {"top": box("pad", kind="TabModel", titles=["<script>"], layout="IPY_MODEL_css"), "pad": PAD, "css": layout}
    text = html(saved)
    assert "<script>" not in text
    assert "x.org" not in text
    assert "width:300px" in text


def test_widget_tree_limits_cycles_and_copies():
    assert "[pad]" in html({"top": box("top", "pad"), "pad": PAD})
    saved = {"top": box("0"), **{str(i): box(str(i + 1), str(i + 1)) for i in range(30)}, "30": PAD}
    with pytest.raises(ValueError, match=f"at most {MAX_WIDGETS:,} widgets in a display"):
        html(saved)


@pytest.mark.parametrize(
    "entry", [{}, {"state": None}, {"state": {"children": 3}}, {"model_module": "anywidget", "state": []}]
)
def test_widget_tree_treats_damaged_entries_as_other_widgets(entry):
    assert html({"top": entry}) == "(top)"


def test_drop_models_also_drops_the_models_that_refer_to_them():
    link = {
        "model_name": "LinkModel",
        "state": {"source": ["IPY_MODEL_pad", "value"], "target": ["IPY_MODEL_slider", "value"]},
    }
    saved = {
        "pad": PAD,
        "slider": box(),
        "link": link,
        "inner": box("pad"),
        "top": box("inner", "slider"),
        "other": box("slider"),
    }
    assert set(drop_models(saved, {"pad"})) == {"slider", "other"}


def test_embed_accepts_boxes_and_warns_about_widgets_that_need_a_kernel(tmp_path, caplog):
    pad, slider = SketchPad(), ipywidgets.IntSlider()
    output = ipywidgets.Output()
    output.append_display_data(TemperatureSlider("kanji"))
    tabs = ipywidgets.Tab([ipywidgets.HBox([pad, slider]), ipywidgets.VBox([output, pad])], titles=["one", "two"])
    with caplog.at_level(logging.WARNING, "sketchkit"):
        text = embed([tabs, Complete("kanji")], tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count('data-sketchkit="') == 4
    assert text.count('data-sketchkit="0"') == 2  # the pad is displayed twice
    assert caplog.messages == ["IntSlider needs a kernel and is omitted from the page"]
    with pytest.raises(ValueError, match="at least one widget of sketchkit"):
        embed(slider, tmp_path / "none.html")
    assert not (tmp_path / "none.html").exists()


def test_embed_with_unknown_model_raises_and_keeps_file(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("before")
    with pytest.raises(FileNotFoundError, match="did you mean"):
        embed(Complete("kanji", models=["kanjy"]), path)
    assert path.read_text() == "before"


def test_notebook_html_replaces_lone_surrogates(tmp_path):
    path = tmp_path / "surrogate.ipynb"
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "left \ud800 right"}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert "right" in notebook_html(path).read_text(encoding="utf-8")
