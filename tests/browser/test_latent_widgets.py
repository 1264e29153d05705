"""`LatentSliders`, and `Morph` along a path, in pages opened from disk."""

import numpy as np
import pytest

import sketchkit
from sketchkit.widgets import LatentSliders, Morph

from .gestures import saved


@pytest.fixture(scope="module")
def model():
    return sketchkit.load("quickdraw")


def wait_until_shown(page, path, sketch):
    """Wait until the path of a drawing area has as many points as a drawing."""
    page.wait_for_function(
        "([path, count]) => path.getAttribute('d')?.match(/[ML]/g)?.length === count",
        arg=[path.element_handle(), sum(len(points) for points in sketch.polylines())],
    )


def test_latent_sliders_in_page_equal_python(opened, tmp_path, model):
    directions = {"first": model.exemplars.codes[1, 0] - model.exemplars.codes[12, 0], "second": np.ones(128) / 20}
    start = model.exemplars.codes[12, 0]
    widget = LatentSliders("quickdraw", start, directions, seed=8)
    page = opened(widget.to_html(tmp_path / "page.html"))
    drawing = page.locator(".sk-split .sk-paper path.sk-ink").first

    wait_until_shown(page, drawing, widget.sketch)
    for name, key, value in (("first", "End", 3), ("second", "Home", -3)):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press(key)
        widget.strengths = {**widget.strengths, name: value}
        wait_until_shown(page, drawing, widget.sketch)
    page.get_by_role("button", name="Set all to 0").click()
    widget.strengths = {}
    wait_until_shown(page, drawing, widget.sketch)
    assert page.get_by_role("slider", name="first").input_value() == "0"


def test_morph_along_a_path_in_page_equals_python_and_saves_an_animation(opened, tmp_path, model):
    widget = Morph("quickdraw", path=model.exemplars.codes[[1, 11, 12], 0], t=0.5, seed=3)
    page = opened(widget.to_html(tmp_path / "page.html"))
    drawing = page.locator(".sk-column > .sk-paper path.sk-ink").first
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    assert page.locator(".sk-strip .sk-choice").count() == 9
    wait_until_shown(page, drawing, widget.sketch)
    page.get_by_role("slider", name="Morph").focus()
    page.keyboard.press("End")
    widget.t = 1
    wait_until_shown(page, drawing, widget.sketch)
    page.get_by_label("Copy or save the morph").click()
    name, file = saved(page, page.get_by_role("button", name="Save morph as animated SVG"))
    assert name == "morph-animation.svg"
    assert file.count(b"<path") == 2 * 25 - 2  # 25 drawings, forward and backward
