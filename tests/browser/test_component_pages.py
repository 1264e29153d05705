"""What authors of pages write: attributes, drawings from Python, colors, slides, and the page of the documentation."""

import re

import pytest

import sketchkit
from sketchkit import widgets
from sketchkit.data import doodles
from sketchkit.formats.link_text import to_link_text
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.elements import RENAMED, attributes_of, element_html, tag_of
from sketchkit.widgets.export.model_file import model_file

from .conftest import ROOT
from .gestures import stroke
from .site import sentence, until


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('category_a="rabbit"', "<sketch-morph> has no attribute “category_a”."),
        ('temprature="1"', "<sketch-morph> has no attribute “temprature”. Did you mean “temperature”?"),
        ('z-a="1, 2"', "<sketch-morph> has no attribute “z-a”. Did you mean “z_a”?"),
        ('locked="Reset"', "<sketch-morph> has no attribute “locked”. Did you mean “locked_controls”?"),
        ('b="rabbit.svg"', "b: expected a drawing as JSON, or the string from a link, got “rabbit.svg”."),
        ('hidden_controls="Foo"', None),
    ],
)  # fmt: skip
def test_unknown_name_of_attribute_or_control_shows_a_short_message(visit, attribute, expected):
    page = visit(f'<sketch-morph model="kanji.sk" {attribute}></sketch-morph>')
    page.locator("sketch-morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    if expected:
        assert sentence(page, "sketch-morph") == expected
    else:
        message = page.locator("sketch-morph .sk-widget").get_by_role("alert").inner_text()
        expected = "hidden_controls: the widget has no control “Foo”. Use the label or the tooltip of a control."
        assert message == expected


def test_attributes_of_html_and_frameworks_show_no_message(visit):
    names = (
        'class="a" id="pad" style="" data-x="1" aria-label="b" onclick="" tabindex="0" v-cloak data-v-1a2b _ngcontent-a'
    )
    page = visit(f"<sketch-pad {names}></sketch-pad>")
    until(page, "#pad", "ready")
    assert page.locator("#pad .sk-problems:visible").count() == 0


def test_drawings_and_codes_are_set_by_attributes_with_the_names_of_the_python_arguments(visit):
    code = ", ".join(["0.1"] * 64)
    page = visit(
        f"""<sketch-morph id="morph" model="kanji.sk" a='[[[20, 20], [120, 70]]]' b="[{code}]"></sketch-morph>"""
    )
    page.locator("#morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    assert page.locator("#morph .sk-problems:visible").count() == 0
    assert page.evaluate("[morph.sketch_a.rows, morph.z_b.slice(0, 2), morph.a.rows]") == [
        [100, 50, 1],
        [0.1, 0.1],
        [100, 50, 1],
    ]
    first = page.evaluate("morph.z_a")
    page.evaluate("morph.a = [[[0, 0], [9, 99], [50, 20]]]")
    page.wait_for_function("first => morph.z_a.length === 64 && morph.z_a[0] !== first[0]", arg=first)


@pytest.mark.parametrize(
    "style", ["background: #111; color: #eee", "background: oklch(0.2 0 0); color: oklch(0.9 0 0)"]
)
def test_colors_follow_the_text_of_a_page_that_sets_no_color_scheme(visit, style):
    page = visit(f'<style>.night {{ {style} }}</style><sketch-pad id="pad"></sketch-pad>')
    until(page, "#pad", "ready")
    label = page.locator("#pad .sk-slider").first
    brightness = "e => Number(getComputedStyle(e).color.match(/\\d+/)[0])"
    assert label.evaluate(brightness) < 100
    page.evaluate("document.body.className = 'night'")
    page.wait_for_function(f"({brightness})(pad.shadowRoot.querySelector('.sk-slider')) > 200")


@pytest.mark.parametrize(("hidden", "keys"), [("", ["PageDown"]), ("Move the paper", ["ArrowRight", "PageDown"])])
def test_keys_that_the_widget_does_not_use_reach_the_page(visit, hidden, keys):
    page = visit(f'<sketch-pad id="pad" hidden_controls="{hidden}"></sketch-pad>')
    until(page, "#pad", "ready")
    page.evaluate("window.keys = []; addEventListener('keydown', ({ key }) => keys.push(key))")
    stroke(page, page.locator("#pad .sk-pad"), (0.2, 0.3), (0.8, 0.3))
    for key in ("ArrowRight", "PageDown", "e"):
        page.keyboard.press(key)
    page.locator("#pad").get_by_role("slider", name="Simplify").press("ArrowRight")
    assert page.evaluate("keys") == keys


@pytest.mark.parametrize("number", range(3))
def test_link_text_of_a_drawing_is_the_same_in_python_and_in_the_page(visit, number):
    sketch = doodles.draw("fish", number)
    page = visit(f'<sketch-pad id="pad" sketch="{to_link_text(sketch)}"></sketch-pad>')
    until(page, "#pad", "ready")
    given = page.evaluate("pad.sketch")
    assert given["rows"] == pytest.approx(sketch.offsets.reshape(-1).tolist(), abs=0.6)
    assert page.evaluate("pad.toLink().split('=')[1]") == to_link_text(sketchkit.Sketch(
        [given["rows"][i : i + 3] for i in range(0, len(given["rows"]), 3)], start=given["start"]
    ))  # fmt: skip


def test_example_page_in_the_documentation_works(visit, site):
    site.answer("quickdraw.sk", model_file(sketchkit.load("quickdraw"), "int8"))
    text = (ROOT / "docs/howto/web-pages.md").read_text(encoding="utf-8")
    page = visit(re.search(r"```html\n<!doctype html>(.*?)```", text, re.DOTALL)[1])
    page.locator("sketch-morph .sk-strip path.sk-ink[d^='M']").first.wait_for(state="attached")
    assert page.evaluate("document.querySelector('sketch-morph').sketch_b.rows.length") > 100
    assert page.locator(".sk-problems:visible").count() == 0


def test_page_scaled_and_centered_as_slides_keeps_the_stroke_under_the_pen(visit):
    slide = (
        "position: absolute; left: 40px; top: 30px; transform: scale(0.8); transform-origin: 0 0; text-align: center"
    )
    page = visit(f'<div style="width: 700px; {slide}"><sketch-pad id="pad"></sketch-pad></div>')
    until(page, "#pad", "ready")
    paper = page.locator("#pad .sk-pad")
    stroke(page, paper, (0.3, 0.3), (0.7, 0.5))
    box, line = paper.bounding_box(), page.locator("#pad path.sk-ink[d^='M']").first.bounding_box()
    assert line["x"] == pytest.approx(box["x"] + 0.3 * box["width"], abs=4)
    assert line["width"] == pytest.approx(0.4 * box["width"], abs=6)
    label = page.locator("#pad .sk-slider").first
    assert label.evaluate("e => getComputedStyle(e).textAlign") == "start"


def test_names_of_controls_in_the_attribute_hidden_are_reported_in_the_console(visit):
    page = visit("<main></main>")
    with page.expect_console_message(lambda entry: "write `hidden_controls` for controls" in entry.text):
        page.evaluate("document.querySelector('main').innerHTML = '<sketch-pad hidden=\"Clear, Undo\"></sketch-pad>'")


TREE = doodles.draw("tree", 4).simplified(8)


@pytest.mark.parametrize(
    "widget",
    [
        lambda: widgets.Complete("kanji", sketch=TREE, auto=False, variants=2, seed=7, hidden=["Model", "Full screen"]),
        lambda: widgets.Morph("kanji", TREE, [0.25] * 64, t=0.3, interpolation="lerp"),
        lambda: widgets.LatentSlider("kanji", TREE, dimension=3, value=-0.5, temperature=0.4),
        lambda: widgets.LatentSliders("kanji", directions={"wider": [0.5] * 64}, locked=["Temperature"]),
        lambda: widgets.SketchPad(sketch=TREE, task="Draw a tree.", collect=True),
        lambda: widgets.Gallery({"Ada, 7": TREE, "Ben": TREE}),
    ],
)
def test_element_of_a_widget_has_its_traits(visit, widget):
    shown = widget()
    tag, attributes = tag_of(type(shown)), attributes_of(shown)
    model = {"model": "kanji.sk"} if isinstance(shown, ModelWidget) else {}
    page = visit(element_html(tag, {**model, **attributes}, "<img>"))
    state = {RENAMED.get(name, name): value for name, value in shown.get_state().items()}
    until(page, tag, "ready")
    assert page.locator(f"{tag} .sk-problems:visible").count() == 0
    for name in attributes:
        assert page.evaluate(f"document.querySelector('{tag}').{name}") == state[name], name
