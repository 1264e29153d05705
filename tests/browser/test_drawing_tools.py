"""Tools of the drawings in all widgets: playback, files, categories, and the layout of the drawings."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import sketchkit
from sketchkit.widgets import Complete, LatentSlider, Morph, NextPoint, Reconstruct, SketchPad, TemperatureSlider

from .gestures import saved, stroke

TWO = sketchkit.Sketch.from_polylines([[(20, 20), (200, 40)], [(60, 80), (70, 200)]])
#: For each case: the widget, the drawings that its tools act on (named as in the labels of the tools), the selector of
#: these drawings, and the number of drawings in a saved file.
WIDGETS = {
    "complete": (lambda: Complete("kanji", sketch=TWO, variants=4), "the endings", ".sk-grid .sk-paper", 4),
    "reconstruct": (lambda: Reconstruct("kanji", sketch=TWO, variants=2), "the reconstructions", ".sk-grid svg", 2),
    "morph": (lambda: Morph("kanji", TWO), "the drawing", ".sk-triple > :nth-child(2) > .sk-paper", 1),
    "temperature": (lambda: TemperatureSlider("kanji"), "the drawing", ".sk-split .sk-paper", 1),
    "latent": (lambda: LatentSlider("kanji"), "all values", ".sk-strip .sk-paper", 9),
    "pad": (lambda: SketchPad(collect=True, drawings=[TWO, TWO]), "the kept drawings", ".sk-kept .sk-paper", 2),
}


def darkness(image):
    """Return the share of ink in an image. A pixel that a thin line covers partly is gray and counts partly."""
    return 1 - np.asarray(image.convert("L")).mean() / 255


@pytest.mark.parametrize("name", WIDGETS)
def test_drawings_of_widget_are_played_back_and_saved(opened, tmp_path, name):
    widget, label, selector, count = WIDGETS[name]
    page = opened(widget().to_html(tmp_path / "page.html"))
    papers = page.locator(selector)
    papers.locator("path.sk-ink[d^='M']").nth(count - 1).wait_for(state="attached")
    ink = (
        "papers => papers.map(paper => [...paper.querySelectorAll('path')].map(path => path.getAttribute('d')).join())"
    )
    page.wait_for_function(  # wait until no drawing changes any more
        """selector => { const now = [...document.querySelectorAll(selector)].map(node => node.innerHTML).join();
          const same = now === window.before; window.before = now; return same; }""",
        arg=selector,
        polling=500,
    )
    whole = papers.evaluate_all(ink)
    bar = page.get_by_role("group", name=f"Playback of {label}")
    page.get_by_role("button", name=f"Play back {label}").click()
    position = bar.get_by_role("slider", name="Position in the drawing")
    position.press("Home")  # pauses
    bar.get_by_role("button", name="Play", exact=True).wait_for()
    assert all(part.count("L") <= 1 for part in papers.evaluate_all(ink))
    position.press("End")
    assert papers.evaluate_all(ink) == whole
    page.get_by_role("button", name=f"Play back {label}").click()  # ends the playback
    assert bar.is_hidden()

    def file(item):
        page.get_by_label(f"Copy or save {label}").click()
        return saved(page, page.get_by_role("button", name=item, exact=True))[1]

    picture = ElementTree.fromstring(file("Save as SVG"))
    assert "background:#fff" in picture.get("style")
    assert len(picture.findall("{*}path")) >= count
    assert b"@keyframes" in file("Save as animated SVG")
    png = Image.open(io.BytesIO(file("Save as PNG"))).convert("RGB")
    gif = Image.open(io.BytesIO(file("Save as GIF")))
    assert gif.n_frames > 30
    shares = []
    for frame in (0, gif.n_frames - 1):
        gif.seek(frame)
        shares.append(darkness(gif))
    assert shares[0] < shares[1] / 4
    assert darkness(png) == pytest.approx(shares[1], rel=0.3)
    assert png.getpixel((0, 0)) == (255, 255, 255)


def test_morph_is_saved_as_gif_that_moves_back_and_forth(opened, tmp_path):
    page = opened(Morph("kanji", TWO).to_html(tmp_path / "page.html"))
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    page.get_by_label("Copy or save the morph").click()
    _, file = saved(page, page.get_by_role("button", name="Save morph as GIF"))
    assert Image.open(io.BytesIO(file)).n_frames > 20


def test_morph_stops_playing_when_a_position_is_chosen(opened, tmp_path):
    page = opened(Morph("kanji", seed=1).to_html(tmp_path / "page.html"))
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    position, play = page.get_by_role("slider", name="Morph"), page.get_by_role("button", name="Play morph")
    for choose in (lambda: position.press("End"), lambda: page.locator(".sk-strip button").last.click()):
        play.click()
        page.get_by_role("button", name="Stop", exact=True).wait_for()
        choose()
        play.wait_for()
        assert position.input_value() == "1"


def test_clear_in_morph_restores_the_code_that_the_seed_selects(opened, tmp_path):
    page = opened(Morph("kanji", seed=1).to_html(tmp_path / "page.html"))
    first = page.locator(".sk-strip .sk-paper").first
    ink = "paper => [...paper.querySelectorAll('path')].map(path => path.getAttribute('d')).join()"
    first.locator("path.sk-ink[d^='M']").wait_for(state="attached")
    before = first.evaluate(ink)
    assert page.get_by_role("button", name="Clear end a").is_disabled(), "there is no drawing to clear"
    changed = f"([paper, before, same]) => (({ink})(paper) === before) === same"
    stroke(page, page.locator(".sk-pad").first, (0.2, 0.3), (0.8, 0.3), (0.3, 0.8))
    clear = page.get_by_role("button", name="Clear end a")
    page.wait_for_function(changed, arg=[first.element_handle(), before, False])
    clear.click()
    page.wait_for_function(changed, arg=[first.element_handle(), before, True])
    assert clear.is_disabled()


def test_unknown_category_is_reported_until_another_one_is_chosen(opened, tmp_path):
    page = opened(Complete("quickdraw").to_html(tmp_path / "page.html"))
    page.locator(".sk-widget[data-ready]").wait_for()
    category, status = page.get_by_role("combobox", name="Category"), page.get_by_role("status")
    category.fill("unicorn")
    category.press("Enter")
    status.get_by_text("There is no category “unicorn”. The categories are ambulance, bear,").wait_for()
    category.fill("rabb")
    category.press("Enter")
    status.get_by_text("unicorn").wait_for(state="detached")
    assert category.input_value() == "rabbit"


@pytest.mark.parametrize("widget", [Complete, TemperatureSlider])
def test_categories_of_the_model_are_listed_below_the_category_field(opened, tmp_path, widget):
    page = opened(widget("quickdraw").to_html(tmp_path / "page.html"))
    page.locator(".sk-widget[data-ready]").wait_for()
    known = page.get_by_text(re.compile("14 categories: ambulance, bear, .*, tiger"))
    assert known.is_visible()
    assert known.evaluate("line => line.scrollWidth <= line.clientWidth"), "the list is not cut off"
    field, line = page.get_by_role("combobox", name="Category").bounding_box(), known.bounding_box()
    assert 0 <= line["y"] - field["y"] - field["height"] < 8


def test_reconstruct_lists_the_subjects_of_the_model_under_the_pad(opened, tmp_path):
    page = opened(Reconstruct("quickdraw").to_html(tmp_path / "page.html"))
    known = page.get_by_text(re.compile("The model knows 14 subjects: ambulance, .*, tiger"))
    known.wait_for()
    pad = page.locator(".sk-pad").bounding_box()
    assert 0 <= known.bounding_box()["y"] - pad["y"] - pad["height"] < 12


def test_category_puts_a_drawing_on_the_pad_of_reconstruct(opened, tmp_path):
    page = opened(Reconstruct("quickdraw", variants=1).to_html(tmp_path / "page.html"))
    page.locator(".sk-ghost").wait_for(state="attached")
    category = page.get_by_role("combobox", name="Category")
    category.fill("rabb")
    category.press("Enter")
    page.locator('.sk-pad:not([data-strokes="0"])').wait_for()
    page.get_by_text(re.compile(r"^distance \d")).wait_for()
    page.locator(".sk-pad").press("Control+z")
    page.locator('.sk-pad[data-strokes="0"]').wait_for()


def test_category_changes_the_prediction_of_next_point(opened, tmp_path):
    page = opened(NextPoint("quickdraw", sketch=TWO).to_html(tmp_path / "page.html"))
    page.locator(".sk-pad image").first.wait_for(state="attached")
    before = page.locator(".sk-pad image").first.get_attribute("href")
    category = page.get_by_role("combobox", name="Category")
    category.fill("bear")
    category.press("Enter")
    page.wait_for_function(
        "before => document.querySelector('.sk-pad image').getAttribute('href') !== before", arg=before
    )


@pytest.mark.parametrize("width", [900, 390])
@pytest.mark.parametrize("widget", [Complete, Reconstruct, NextPoint])
def test_hint_does_not_cover_the_example_on_an_empty_pad(opened, tmp_path, widget, width):
    page = opened(widget("quickdraw").to_html(tmp_path / "page.html"))
    page.set_viewport_size({"width": width, "height": 800})
    page.reload()
    page.locator(".sk-ghost").wait_for(state="attached")
    example, hint = page.locator(".sk-ghost").bounding_box(), page.locator(".sk-hint").bounding_box()
    assert example["height"] > 80
    assert example["y"] + example["height"] <= hint["y"] + 2


@pytest.mark.parametrize("name", ["complete", "reconstruct", "morph", "temperature", "latent"])
def test_layout_does_not_shift_when_numbers_change(opened, tmp_path, name):
    page = opened(WIDGETS[name][0]().to_html(tmp_path / "page.html"))
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator(".sk-grid path.sk-ink[d^='M'], .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    tops = (
        "() => [...document.querySelectorAll('button, input, svg.sk-paper')]"
        ".map(node => Math.round(node.getBoundingClientRect().y))"
    )
    page.get_by_role("slider", name="Temperature").focus()
    seen = [page.evaluate(tops)]
    for key in ("Home", "End", "PageDown"):
        page.keyboard.press(key)
        seen.append(page.evaluate(tops))
    assert all(places == seen[0] for places in seen)


def test_pressure_is_kept_in_python_and_in_files(opened, tmp_path):
    pad = SketchPad()
    pad.set_state({
        "sketch": {"start": [10, 10], "rows": [100, 0, 1]},
        "ink": [[[10, 10, 0.1], [60, 11, 0.9], [110, 10, 0.9]]],
    })  # fmt: skip
    assert pad.ink == [[[10, 10, 0.1], [60, 11, 0.9], [110, 10, 0.9]]]
    page = opened(pad.to_html(tmp_path / "page.html"))
    stroke(page, page.locator(".sk-pad"), (0.2, 0.7), (0.8, 0.7))
    page.get_by_label("Copy or save", exact=True).click()
    _, file = saved(page, page.get_by_role("button", name="Save as SVG"))
    widths = [path.get("stroke-width") for path in ElementTree.fromstring(file).findall("{*}path")]
    assert max(float(width or 2) for width in widths) > 2.5  # a pressure of 0.9 gives a wider line than a mouse
    assert widths[-1] is None


@pytest.mark.parametrize(("width", "rows"), [(1200, [8]), (832, [8]), (700, [4, 4]), (400, [4, 4])])
def test_eight_drawings_in_an_output_are_in_one_row_or_in_rows_of_four(opened, tmp_path, width, rows):
    (tmp_path / "page.html").write_text(f"<!doctype html>{sketchkit.Sketches([TWO] * 8)._repr_html_()}")
    page = opened(tmp_path / "page.html")
    page.set_viewport_size({"width": width, "height": 800})
    tops = [round(image.bounding_box()["y"]) for image in page.locator("img").all()]
    assert [tops.count(top) for top in sorted(set(tops))] == rows
