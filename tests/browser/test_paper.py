"""`Complete` on one pad: the turns of the model, undo, other endings, and the visible part of the pad."""

from xml.etree import ElementTree

import pytest

import sketchkit
from sketchkit.widgets import Complete, Reconstruct, TemperatureSlider

from .gestures import points, saved, stroke

LINE = (0.2, 0.3), (0.8, 0.35)


@pytest.fixture
def paper(opened, tmp_path):
    """Return a function that opens a page with `Complete`."""

    def open_paper(**arguments):
        page = opened(Complete("kanji", seed=5, **arguments).to_html(tmp_path / "page.html"))
        return Paper(page)

    return open_paper


class Paper:
    def __init__(self, page):
        self.page, self.pad = page, page.locator(".sk-pad")
        page.locator(".sk-ghost").wait_for(state="attached")

    def wait(self, selector):
        self.page.locator(f".sk-pad{selector}").wait_for(timeout=10_000)

    def idle(self):
        self.wait(":not([data-turn])")

    @property
    def strokes(self):
        """The numbers of strokes of the user and of the model."""
        return tuple(int(self.pad.get_attribute(f"data-{name}")) for name in ("strokes", "model-strokes"))

    @property
    def model_ink(self):
        return self.pad.locator(".sk-model-ink").evaluate_all(
            "paths => paths.map(path => path.getAttribute('d')).join()"
        )

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()


def test_model_continues_and_undo_removes_its_turn_and_then_the_stroke(paper):
    page = paper()
    stroke(page.page, page.pad, *LINE)
    page.wait('[data-turn="drawing"]')
    page.wait(':not([data-model-strokes="0"])')
    mine, model = page.strokes
    assert mine == 1
    assert model > 0
    page.press("Undo")
    assert page.strokes == (1, 0)
    page.press("Undo")
    assert page.strokes == (0, 0)
    page.press("Redo")
    page.press("Redo")
    assert page.strokes == (1, model)


def test_drawing_while_model_draws_removes_its_unfinished_turn(paper):
    page = paper(speed="slow")
    stroke(page.page, page.pad, *LINE)
    page.wait('[data-turn="drawing"]')
    (a, b) = points(page.pad, (0.25, 0.35), (0.2, 0.8))
    page.page.mouse.move(*a)
    page.page.mouse.down()
    assert page.pad.get_attribute("data-turn") is None  # before the stroke ends
    assert page.model_ink == ""
    page.page.mouse.move(*b)
    page.page.mouse.up()
    page.wait('[data-turn="drawing"]')
    assert page.strokes == (2, 0)
    # Stop keeps what the model has drawn so far; undo takes it back.
    page.page.wait_for_function("() => document.querySelector('path.sk-model-ink').getAttribute('d')")
    page.press("Stop")
    assert page.strokes[1] > 0
    page.pad.press("Control+z")
    assert page.strokes == (2, 0)


def test_stroke_replaces_the_answer_to_the_previous_one_and_undo_restores_it(paper):
    page = paper()
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    page.idle()
    answer = page.model_ink
    (a, b) = points(page.pad, (0.25, 0.35), (0.2, 0.8))
    page.page.mouse.move(*a)
    page.page.mouse.down()
    assert page.model_ink == ""  # before the stroke ends
    page.page.mouse.move(*b)
    page.page.mouse.up()
    page.page.get_by_text("Your stroke has replaced the model's answer.").wait_for()
    page.idle()
    assert page.strokes[0] == 2
    assert page.model_ink != answer
    while page.strokes != (2, 0):
        page.press("Undo")
    page.press("Undo")
    assert page.strokes[0] == 1
    assert page.model_ink == answer


@pytest.mark.parametrize("accept", ["button", "key", "continue", "variant"])
def test_accepted_turn_stays_when_the_user_draws_on(paper, accept):
    page = paper(speed="instant", variants=2)
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    page.idle()
    if accept == "key":
        page.pad.press("Enter")
    else:
        page.press({"button": "Accept", "continue": "Continue", "variant": "Accept variant 2"}[accept])
        page.page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
        page.idle()
    ink = page.model_ink
    stroke(page.page, page.pad, (0.1, 0.1), (0.2, 0.15))
    page.page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
    page.idle()
    assert page.strokes[0] == 2
    assert page.model_ink.startswith(ink)
    while page.strokes[0] > 1:
        page.pad.press("Control+z")
    stroke(page.page, page.pad, (0.1, 0.1), (0.2, 0.15))  # the turn stays accepted after undo
    assert page.model_ink.startswith(ink)


def test_keyboard_draws_another_ending_and_continues_a_finished_drawing(paper):
    page = paper(speed="instant")
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    endings = {page.model_ink}
    for _ in range(5):
        page.pad.press("n")
        page.page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
        page.idle()
        endings.add(page.model_ink)
    assert len(endings) > 2
    before = page.strokes[1]
    page.pad.press(" ")
    page.page.wait_for_function("n => Number(document.querySelector('.sk-pad').dataset.modelStrokes) > n", arg=before)
    page.pad.press("Control+z")
    assert page.strokes == (1, before)


def test_another_ending_of_a_finished_drawing_replaces_all_strokes_of_the_model(paper):
    page = paper(speed="instant", variants=2)
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    page.idle()
    page.press("Accept")
    stroke(page.page, page.pad, (0.5, 0.1), (0.5, 0.9))
    message = page.page.get_by_text("The model considers this drawing finished.")
    message.wait_for()
    mine, model = page.strokes
    ending = page.page.get_by_role("button", name="Accept variant 1").locator("path.sk-ink")
    ink = [path.get_attribute("d").count("M") for path in (ending.nth(0), ending.nth(1))]
    colors = [path.evaluate("path => getComputedStyle(path).stroke") for path in (ending.nth(0), ending.nth(1))]
    assert ink == [model, mine]  # the thumbnail has the colors of the pad
    assert colors == [
        page.pad.locator(f"path{kind}").first.evaluate("path => getComputedStyle(path).stroke")
        for kind in (".sk-model-ink[d^=M]", ".sk-ink:not(.sk-model-ink)")
    ]
    before = set(page.model_ink.split(",M"))
    page.press("Another ending")
    message.wait_for(state="detached")
    page.wait(':not([data-model-strokes="0"])')
    assert page.strokes[0] == mine
    assert not before & set(page.model_ink.split(",M"))


def test_button_in_the_message_lets_the_model_add_to_a_finished_drawing(paper):
    page = paper(speed="instant")
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    page.idle()
    page.press("Accept")
    stroke(page.page, page.pad, (0.5, 0.1), (0.5, 0.9))
    resume = page.page.locator(".sk-status").get_by_role("button", name="Continue")
    resume.wait_for()
    mine, model = page.strokes
    resume.press("Enter")
    page.page.wait_for_function("n => Number(document.querySelector('.sk-pad').dataset.modelStrokes) > n", arg=model)
    assert page.strokes[0] == mine
    assert page.pad.evaluate("pad => pad === document.activeElement")


def test_message_about_a_finished_drawing_does_not_name_a_hidden_button(paper):
    page = paper(speed="instant", hidden=["Continue"])
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    page.idle()
    page.press("Accept")
    stroke(page.page, page.pad, (0.5, 0.1), (0.5, 0.9))
    page.page.get_by_text("The model considers this drawing finished.", exact=True).wait_for()


def test_another_ending_replaces_a_drawing_that_the_model_drew_alone(paper):
    page = paper(speed="instant")
    page.press("Continue")
    page.wait(':not([data-model-strokes="0"])')
    page.idle()
    before = page.model_ink
    page.press("Another ending")
    page.page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
    page.idle()
    assert page.strokes[0] == 0
    assert page.model_ink not in ("", before)


@pytest.mark.parametrize("width", [1000, 390])
def test_continue_another_ending_and_accept_show_their_labels(paper, width):
    page = paper()
    page.page.set_viewport_size({"width": width, "height": 800})
    helps = {
        "Continue": "Let the model continue",
        "Another ending": "Replace what the model drew last",
        "Accept": "Keep what",
    }
    for name, help in helps.items():
        control = page.page.get_by_role("button", name=name, exact=True)
        assert control.get_by_text(name).is_visible()
        assert help.lower() in control.get_attribute("title").lower()


@pytest.mark.parametrize("contrast", ["none", "active"])
def test_switch_for_auto_shows_whether_it_is_on(paper, contrast):
    page = paper()
    page.page.emulate_media(forced_colors=contrast, reduced_motion="reduce")
    switch = page.page.get_by_role("button", name="Answer every stroke")
    box = {**switch.bounding_box(), "width": 40}  # only the switch, without its label
    switch.focus()
    images = []
    for pressed in ("true", "false"):
        assert switch.get_attribute("aria-pressed") == pressed
        images.append(page.page.screenshot(clip=box))
        page.page.keyboard.press("Space")
    assert images[0] != images[1]
    assert switch.get_attribute("aria-pressed") == "true"


def test_model_draws_only_on_request_if_auto_is_off(paper):
    page = paper(auto=False, variants=3)
    assert page.page.get_by_text("Draw something and press Continue.").is_visible()
    stroke(page.page, page.pad, *LINE)
    page.page.locator(".sk-grid path.sk-given[d^='M']").first.wait_for(state="attached")
    assert page.pad.get_attribute("data-turn") is None
    assert page.strokes == (1, 0)
    page.press("Continue")
    page.wait(':not([data-model-strokes="0"])')
    page.press("Accept variant 2")
    second = page.page.locator(".sk-grid .sk-paper").nth(1).locator("path.sk-ink").first.get_attribute("d")
    assert page.model_ink.replace(",", "").count("L") == second.count("L")


def test_pad_shows_all_of_the_model_ink_until_it_is_zoomed_and_panned(paper):
    page = paper(speed="instant")
    inside = """pad => { const [x, y, side] = pad.getAttribute("viewBox").split(" ").map(Number);
      return [...pad.querySelectorAll(".sk-model-ink[d^=M]")].map(path => path.getBBox()).every(box =>
        box.x >= x && box.y >= y && box.x + box.width <= x + side && box.y + box.height <= y + side); }"""
    stroke(page.page, page.pad, (0.75, 0.85), (0.97, 0.97))  # the drawing continues outside the pad
    page.wait(':not([data-model-strokes="0"])')
    page.page.wait_for_function(f"() => ({inside})(document.querySelector('.sk-pad'))")
    for key in ("+", "+", "ArrowLeft", "ArrowUp"):
        page.pad.press(key)
    page.page.wait_for_function(f"() => !({inside})(document.querySelector('.sk-pad'))")
    page.press("Fit")
    page.page.wait_for_function(f"() => ({inside})(document.querySelector('.sk-pad'))")
    assert page.strokes[0] == 1


def test_drawing_that_reaches_the_edge_of_the_paper_is_shown_with_a_margin(opened, tmp_path):
    widget = Reconstruct("kanji", variants=1)
    widget.sketch = sketchkit.Sketch.from_polylines([[(0, 0), (1, 0)], [(0, 1), (1, 1)]]).fitted(
        widget.model.drawing_size
    )
    pad = opened(widget.to_html(tmp_path / "page.html")).locator(".sk-pad")
    pad.locator(".sk-ink[d^=M]").first.wait_for(state="attached")
    left, top, side = (float(number) for number in pad.get_attribute("viewBox").split()[:3])
    margins = [-left, -top, left + side - widget.model.drawing_size, top + side - widget.model.drawing_size]
    assert min(margins) > 0.05 * side


def test_drawing_is_played_back_and_saved_in_both_inks(paper):
    page = paper(speed="instant")
    stroke(page.page, page.pad, *LINE)
    page.wait(':not([data-model-strokes="0"])')
    whole = page.model_ink
    page.press("Play back")
    page.press("Pause")
    position = page.page.get_by_role("slider", name="Position in the drawing")
    position.press("Home")
    assert page.model_ink == ""
    position.press("End")
    assert page.model_ink == whole
    page.press("Play back")
    for name in ("Save as SVG", "Save as animated SVG"):
        page.page.get_by_label("Copy or save", exact=True).click()
        _, file = saved(page.page, page.page.get_by_role("button", name=name))
        assert len(ElementTree.fromstring(file).findall("{*}path")) == sum(page.strokes)
        assert b"#e8590c" in file
        assert (b"@keyframes" in file) == ("animated" in name)


def test_category_is_found_by_typing(opened, tmp_path):
    page = opened(Complete("quickdraw", variants=1, seed=2).to_html(tmp_path / "page.html"))
    shown = page.locator(".sk-grid path.sk-ink[d^='M']").first
    shown.wait_for(state="attached")
    before = shown.get_attribute("d")
    category = page.get_by_role("combobox", name="Category")
    names = sketchkit.load("quickdraw").categories
    category.fill(names[3][:-1].upper())
    category.press("Enter")
    assert category.input_value() == names[3]
    page.wait_for_function(
        "([path, before]) => path.getAttribute('d') !== before", arg=[shown.element_handle(), before]
    )


def test_category_replaces_the_drawing_of_a_slider(opened, tmp_path):
    page = opened(TemperatureSlider("quickdraw", seed=3).to_html(tmp_path / "page.html"))
    shown = page.locator(".sk-strip path.sk-ink[d^='M']").first
    shown.wait_for(state="attached")
    before = shown.get_attribute("d")
    category = page.get_by_role("combobox", name="Category")
    category.fill(sketchkit.load("quickdraw").categories[5])
    category.press("Enter")
    redrawn = "([path, before]) => path.getAttribute('d') !== before"
    page.wait_for_function(redrawn, arg=[shown.element_handle(), before])


def test_ink_stays_as_drawn_and_model_input_is_simplified(paper):
    page = paper(auto=False)
    stroke(page.page, page.pad, *[(0.2 + 0.02 * i, 0.5 + (0.005 if i % 2 else 0)) for i in range(30)])
    ink = page.pad.locator("g > path.sk-ink:not(.sk-ghost)")
    points_of = "paths => paths.map(path => path.getAttribute('d')).join('').match(/[ML]/g).length"
    drawn = ink.evaluate_all(points_of)
    page.pad.press("m")
    assert drawn > 25
    assert page.pad.locator("g > path.sk-ink:not(.sk-faint):not(.sk-lift)").evaluate_all(points_of) < drawn / 3
