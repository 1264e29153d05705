"""`Guess` in pages opened from disk."""

import re

import pytest

import sketchkit
from sketchkit.widgets import Guess

from .gestures import points, stroke

CHANCES = "() => [...document.querySelectorAll('meter')].map(meter => [meter.ariaLabel, meter.value])"


@pytest.fixture(scope="module")
def model():
    return sketchkit.load("quickdraw")


def guesses(page):
    """Return the guesses that the page shows, the most probable first."""
    return page.evaluate(CHANCES)


def test_guess_in_page_equals_python_and_recognizes_the_drawing(opened, tmp_path, model):
    drawing = next(each for each in model.generate(8, category="rabbit", seed=3) if model.guess(each)[0][1] > 0.5)
    assert model.guess(drawing)[0].category == "rabbit"
    page = opened(Guess("quickdraw", category="rabbit", sketch=drawing).to_html(tmp_path / "page.html"))
    page.get_by_text("✓ I see it: a rabbit!").wait_for()
    for (name, value), (category, probability) in zip(guesses(page), model.guess(drawing), strict=False):
        assert name == category
        assert value == pytest.approx(probability, abs=0.01)  # the drawing in the page has rounded coordinates
    page.get_by_role("button", name="Next drawing").click()
    page.locator(".sk-pad[data-strokes='0']").wait_for()
    page.wait_for_function("() => document.querySelector('.sk-answer').textContent.endsWith('appear here.')")
    prompt = page.locator(".sk-prompt").inner_text()
    assert re.fullmatch("Draw an? .*", prompt)
    assert prompt != "Draw a rabbit"
    assert guesses(page) == [["no guess", 0]] * 5


def test_guess_changes_during_a_stroke(opened, tmp_path):
    page = opened(Guess("quickdraw", category="key").to_html(tmp_path / "page.html"))
    page.locator(".sk-widget[data-frames]").wait_for()
    (first, second, third) = points(page.locator(".sk-pad"), (0.2, 0.3), (0.7, 0.3), (0.7, 0.8))
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*second, steps=4)
    page.wait_for_function(f"() => Math.abs(({CHANCES})()[0][1]) > 0")
    before = guesses(page)
    page.mouse.move(*third, steps=4)
    page.wait_for_function(f"before => JSON.stringify(({CHANCES})()) !== before", arg=str(before).replace("'", '"'))
    page.mouse.up()
    page.locator(".sk-pad[data-strokes='1']").wait_for()
    page.wait_for_function("() => document.querySelector('.sk-answer').textContent.startsWith('I ')")


def test_guess_ends_when_the_time_is_up(opened, tmp_path):
    page = opened(Guess("quickdraw", category="sheep", seconds=1).to_html(tmp_path / "page.html"))
    page.locator(".sk-widget[data-frames]").wait_for()
    assert page.get_by_role("timer").inner_text() == "1 s"
    stroke(page, page.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    page.get_by_text("Time is up. It looks like").wait_for()
    assert page.get_by_role("timer").inner_text() == "0 s"
    page.get_by_role("button", name="Next drawing").click()
    page.get_by_text("Time is up").wait_for(state="detached")
    assert page.get_by_role("timer").inner_text() == "1 s"


def test_guess_category_is_chosen_by_typing(opened, tmp_path):
    page = opened(Guess("quickdraw", category="").to_html(tmp_path / "page.html"))
    page.get_by_text("Draw anything").wait_for()
    field = page.get_by_role("combobox", name="Category")
    field.fill("ambul")
    field.press("Enter")
    page.get_by_text("Draw an ambulance").wait_for()
