"""Layout of the widgets: paper, settings next to it or below it, and what the fields show."""

import pytest

import sketchkit
from sketchkit.widgets import (
    Complete,
    Guess,
    LatentSlider,
    LatentSliders,
    Morph,
    NextPoint,
    Reconstruct,
    SketchPad,
    TemperatureSlider,
)

from .gestures import stroke

MODELS = {"models": ["quickdraw", "kanji"]}
WITH_SETTINGS = {
    "complete": lambda: Complete("quickdraw", **MODELS),
    "reconstruct": lambda: Reconstruct("quickdraw", **MODELS),
    "temperature": lambda: TemperatureSlider("quickdraw", **MODELS),
    "latent": lambda: LatentSlider("quickdraw", **MODELS),
    "sliders": lambda: LatentSliders("quickdraw", directions={"up": [0.1] * 128}),
    "next_point": lambda: NextPoint("quickdraw", **MODELS),
    "guess": lambda: Guess("quickdraw"),
    "pad": lambda: SketchPad(collect=True),
    "path": lambda: Morph("quickdraw", path=["sheep", "bear"]),
}


def open_widget(opened, tmp_path, widget, width=980):
    page = opened(widget.to_html(tmp_path / "page.html"))
    page.set_viewport_size({"width": width, "height": 800})
    page.locator(".sk-widget[data-ready]").wait_for()
    return page


@pytest.mark.parametrize("width", [980, 390])
@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_settings_are_an_aligned_column_next_to_the_paper_or_below_it(opened, tmp_path, name, width):
    page = open_widget(opened, tmp_path, WITH_SETTINGS[name](), width)
    paper, settings = page.locator(".sk-paper").first.bounding_box(), page.locator(".sk-settings")
    column = settings.bounding_box()
    if width == 980:
        assert column["x"] > paper["x"] + paper["width"]
        assert column["y"] < paper["y"] + 40
    else:
        assert column["y"] > paper["y"] + paper["height"]
    fields = "label > input, label > select, .sk-current, meter, .sk-actions > button:first-child:not(.sk-switch)"
    lefts = [field.bounding_box()["x"] for field in settings.locator(fields).all() if field.is_visible()]
    assert lefts
    assert max(lefts) - min(lefts) < 1.5
    assert page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth")


def test_panes_of_other_endings_are_squares_of_the_same_size(opened, tmp_path):
    page = open_widget(opened, tmp_path, Complete("quickdraw", variants=1))
    for variants, columns in ((1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (9, 3)):
        page.get_by_role("combobox", name="Other endings").select_option(str(variants))
        page.wait_for_function("n => document.querySelectorAll('.sk-grid .sk-paper').length === n", arg=variants)
        panes = [pane.bounding_box() for pane in page.locator(".sk-grid .sk-paper").all()]
        assert len({round(pane["x"]) for pane in panes}) == columns
        for pane in panes:
            assert pane["width"] == pytest.approx(pane["height"], abs=1)
            assert pane["width"] == pytest.approx(panes[0]["width"], abs=1)


@pytest.mark.parametrize("widget", [Complete, Reconstruct, SketchPad])
def test_the_frame_of_a_focused_pad_is_the_same_after_a_stroke_and_after_a_key(opened, tmp_path, widget):
    page = open_widget(opened, tmp_path, widget())
    pad = page.locator(".sk-pad")
    style = "getComputedStyle(pad)"
    frame = f"pad => [{style}.outline, {style}.outlineOffset, {style}.borderColor]"
    stroke(page, pad, (0.3, 0.3), (0.6, 0.5))
    after_stroke = pad.evaluate(frame)
    page.keyboard.press("+")
    blue = "rgb(47, 98, 201)"
    assert after_stroke == pad.evaluate(frame) == [f"{blue} solid 1px", "0px", blue]


CATEGORIES = {
    "reconstruct": (lambda: Reconstruct("quickdraw", category="bear"), {"Category": "bear"}),
    "temperature": (lambda: TemperatureSlider("quickdraw", category="bear"), {"Category": "bear"}),
    "latent": (lambda: LatentSlider("quickdraw", category="bear"), {"Category": "bear"}),
    "sliders": (
        lambda: LatentSliders("quickdraw", directions={"up": [0.1] * 128}, category="bear"),
        {"Start": "bear"},
    ),
    "morph": (lambda: Morph("quickdraw", "rabbit", "bear"), {"Category a": "rabbit", "Category b": "bear"}),
    "drawing": (lambda: Morph("quickdraw", sketchkit.Sketch.from_polylines([[(0, 0), (90, 50)]]), "bear"),
                {"Category a": "", "Category b": "bear"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CATEGORIES)
def test_category_field_shows_the_category_that_was_given_in_python(opened, tmp_path, name):
    widget, shown = CATEGORIES[name]
    page = open_widget(opened, tmp_path, widget())
    for field, category in shown.items():
        assert page.get_by_role("combobox", name=field).input_value() == category


def test_category_field_is_empty_after_the_user_has_drawn_until_a_category_is_chosen(opened, tmp_path):
    page = open_widget(opened, tmp_path, Reconstruct("quickdraw", category="bear"))
    pad, field = page.locator(".sk-pad"), page.get_by_role("combobox", name="Category")
    stroke(page, pad, (0.3, 0.3), (0.6, 0.5))
    assert field.input_value() == ""
    field.fill("rabbit")
    field.press("Enter")
    field.blur()
    page.wait_for_function("field => field.value === 'rabbit'", arg=field.element_handle())
    stroke(page, pad, (0.3, 0.3), (0.6, 0.5))
    assert field.input_value() == ""
