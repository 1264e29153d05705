"""Task, hidden and locked controls, reset, and the gallery: what a teacher sets up and pupils use."""

from xml.etree import ElementTree

import pytest

from sketchkit import embed
from sketchkit.data import doodles
from sketchkit.sketch import Sketch
from sketchkit.widgets import Complete, Gallery, LatentSlider, SketchPad

from .gestures import choose_model, saved, stroke

STRAIGHT = ((0.2, 0.3), (0.8, 0.3))


@pytest.fixture
def page_of(opened, tmp_path):
    """Return a function that exports a widget and opens its page; it returns the page and the widget's root."""

    def open_widget(widget):
        page = opened(widget.to_html(tmp_path / "page.html"))
        root = page.locator(".sk-widget[data-ready]")
        root.wait_for()
        return page, root

    return open_widget


def strokes_of(root):
    return int(root.locator(".sk-pad").get_attribute("data-strokes"))


def test_task_is_shown_as_text_above_the_paper(page_of):
    task = "Draw a house.\n<img src=x onerror=alert(1)> & <b>bold</b>"
    _, root = page_of(SketchPad(task=task))
    shown = root.locator(".sk-task")
    assert shown.inner_text() == task
    assert root.locator("img, b").count() == 0
    assert shown.bounding_box()["y"] < root.locator(".sk-pad").bounding_box()["y"]


def test_hidden_control_is_not_shown_and_its_shortcut_has_no_effect(page_of):
    page, root = page_of(SketchPad(hidden=["clear", "Simplify"]))
    assert root.get_by_role("button", name="Clear").count() == 0
    assert root.get_by_role("slider", name="Simplify").count() == 0
    assert root.get_by_text("Simplify").is_hidden()
    stroke(page, root.locator(".sk-pad"), *STRAIGHT)
    root.locator(".sk-pad").focus()
    page.keyboard.press("Delete")
    assert strokes_of(root) == 1
    page.keyboard.press("Control+z")
    assert strokes_of(root) == 0


def test_locked_control_is_shown_and_does_nothing(page_of):
    page, root = page_of(SketchPad(locked=["Toolbar", "Simplify"]))
    undo = root.get_by_role("button", name="Undo")
    assert undo.is_disabled()
    assert root.get_by_role("slider", name="Simplify").is_disabled()
    stroke(page, root.locator(".sk-pad"), *STRAIGHT)
    page.mouse.click(*[undo.bounding_box()[side] + 5 for side in ("x", "y")])
    root.locator(".sk-pad").focus()
    page.keyboard.press("Control+z")
    assert strokes_of(root) == 1


def test_unknown_name_of_a_control_is_reported_and_the_console_lists_the_names(page_of):
    page, root = page_of(SketchPad(hidden=["Temperature"]))
    message = root.get_by_role("alert").inner_text()
    assert message == "hidden: the widget has no control “Temperature”. Use the label or the tooltip of a control."
    with page.expect_console_message(lambda entry: "Undo, Redo" in entry.text):
        page.reload()


def test_reset_returns_to_the_initial_state_and_can_be_undone(page_of):
    page, root = page_of(SketchPad(sketch=doodles.draw("fish", 1), collect=True))
    before = strokes_of(root)
    root.get_by_role("button", name="Keep").click()
    stroke(page, root.locator(".sk-pad"), *STRAIGHT)
    slider = root.get_by_role("slider", name="Simplify")
    slider.focus()
    page.keyboard.press("End")
    assert (strokes_of(root), slider.input_value()) == (1, "8")
    root.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    assert (strokes_of(root), slider.input_value()) == (before, "2")
    assert root.get_by_text("1 kept").is_visible()  # the collected drawings stay
    assert page.evaluate("document.activeElement.textContent") == "Reset"
    root.get_by_role("button", name="Undo reset").click()
    assert (strokes_of(root), slider.input_value()) == (1, "8")
    stroke(page, root.locator(".sk-pad"), (0.2, 0.6), (0.8, 0.6))
    assert strokes_of(root) == 2


def test_reset_while_the_model_draws_ends_its_turn(page_of):
    page, root = page_of(Complete("kanji", seed=5, speed="slow"))
    root.locator(".sk-ghost").wait_for(state="attached")
    stroke(page, root.locator(".sk-pad"), *STRAIGHT)
    root.locator('.sk-pad[data-turn="drawing"]').wait_for()
    page.clock.install()  # from here on, the time of the page stands still
    root.get_by_role("button", name="Reset").click()
    page.clock.run_for(60_000)
    assert strokes_of(root) == 0
    assert root.locator(".sk-pad").get_attribute("data-model-strokes") == "0"


def test_undo_of_keep_shows_the_whole_drawing_again(page_of):
    _, root = page_of(SketchPad(sketch=doodles.draw("house", 1).fitted(400), collect=True))
    pad = root.locator(".sk-pad")
    view = pad.get_attribute("viewBox")
    root.get_by_role("button", name="Keep").click()
    pad.page.wait_for_function("view => document.querySelector('.sk-pad').getAttribute('viewBox') !== view", arg=view)
    root.get_by_role("button", name="Undo").click()
    pad.page.wait_for_function("view => document.querySelector('.sk-pad').getAttribute('viewBox') === view", arg=view)


def test_reset_returns_to_the_initial_model_and_code(page_of):
    page, root = page_of(LatentSlider("kanji", models=["kanji", "sheep"]))
    main = root.get_by_role("img", name="Drawing decoded from the latent code").locator("path").first
    page.wait_for_function("() => document.querySelector('.sk-ink').getAttribute('d')")
    drawn = main.get_attribute("d")
    choose_model(root, "sheep")
    page.wait_for_function("d => document.querySelector('.sk-ink').getAttribute('d') !== d", arg=drawn)
    root.get_by_role("button", name="Reset").click()
    page.wait_for_function("d => document.querySelector('.sk-ink').getAttribute('d') === d", arg=drawn)
    assert root.locator(".sk-current").text_content() == "kanji"


def test_reset_keeps_a_stroke_that_is_drawn_while_the_initial_model_loads(page_of):
    page, root = page_of(Complete("kanji", models=["kanji", "sheep"], auto=False))
    page.wait_for_function("() => document.querySelector('.sk-current').textContent === 'kanji'")
    choose_model(root, "sheep")
    page.wait_for_function("() => document.querySelector('.sk-current').textContent === 'sheep'")
    before = strokes_of(root)
    page.evaluate("""() => {
      document.querySelector(".sk-reset").click();
      const pad = document.querySelector(".sk-pad"), { left, top } = pad.getBoundingClientRect();
      for (const [kind, at] of [["down", 20], ["move", 60], ["move", 90], ["up", 90]]) {
        const xy = { clientX: left + at, clientY: top + at }, pointer = { pointerId: 1, isPrimary: true, buttons: 1 };
        pad.dispatchEvent(new PointerEvent(`pointer${kind}`, { ...xy, ...pointer, bubbles: true }));
      }
    }""")
    page.wait_for_function("() => document.querySelector('.sk-current').textContent === 'kanji'")
    assert strokes_of(root) == before + 1


def ink_length(cell):
    return cell.locator("path").evaluate_all("paths => paths.reduce((sum, path) => sum + path.getTotalLength(), 0)")


def test_gallery_plays_one_drawing_or_all_and_moves_to_a_position(page_of):
    drawings = {"Ada": doodles.draw("star", 1), "<b>Ben</b>": doodles.draw("fish", 2)}
    page, root = page_of(Gallery(drawings, task="What you drew"))
    assert root.locator(".sk-caption").all_inner_texts() == ["Ada", "<b>Ben</b>"]
    ada, ben = (root.get_by_role("listitem").nth(i) for i in range(2))
    whole = ink_length(ada), ink_length(ben)
    ben.get_by_role("button").click()
    page.wait_for_function("() => Number(document.querySelector('.sk-value').textContent) > 20")
    root.get_by_role("button", name="Pause").click()
    assert ink_length(ada) == whole[0]
    assert 0 < ink_length(ben) < whole[1]
    position = root.get_by_role("slider", name="Position")
    position.focus()
    page.keyboard.press("End")
    assert ink_length(ben) == pytest.approx(whole[1])
    root.get_by_role("button", name="Play all").click()
    page.wait_for_function("() => Number(document.querySelector('.sk-value').textContent) < 90")
    root.get_by_role("button", name="Pause").click()
    assert ink_length(ada) < whole[0]
    assert ink_length(ben) < whole[1]


def test_gallery_shows_changes_in_its_widgets_and_reset_reaches_python(notebook):
    nb = notebook(
        "import sketchkit\nfrom sketchkit.widgets import *\n"
        "c = Complete('kanji', models=['kanji', 'omniglot'], speed='instant', hidden=['Model'], task='Draw.')\n"
        "p = SketchPad(collect=True)\ng = Gallery({'Ada': c, 'Ben': p})\nimport ipywidgets\nipywidgets.VBox([c, p, g])"
    )
    complete, pad, gallery = (nb.widget(i) for i in range(3))
    stroke(nb.page, complete.locator(".sk-pad"), *STRAIGHT)
    nb.eventually("print(g.drawings[0] == c.completion, c.added.num_strokes > 0)", "True True")
    gallery.locator(".sk-model-ink:not([d=''])").first.wait_for()
    for y in (0.3, 0.6):
        stroke(nb.page, pad.locator(".sk-pad"), (0.2, y), (0.8, y))
        pad.get_by_role("button", name="Keep").click()
    gallery.get_by_text("Ben (2)").wait_for()
    complete.get_by_role("slider", name="Temperature").focus()
    nb.page.keyboard.press("End")
    nb.eventually("print(c.temperature)", "1.5")
    nb.python("c.model = 'omniglot'; c.task = 'Now draw a letter.'")
    complete.get_by_text("Now draw a letter.").wait_for()
    complete.get_by_role("button", name="Reset").click()
    nb.eventually("print(c.model.name, c.temperature, len(c.sketch), len(c.completion))", "kanji 0.3 0 0")
    stroke(nb.page, complete.locator(".sk-pad"), *STRAIGHT)
    nb.eventually("print(c.sketch.num_strokes)", "1")
    nb.python("c.locked = ['Undo']")
    complete.get_by_role("button", name="Undo", disabled=True, exact=True).wait_for()
    nb.python("c.locked = []")
    complete.get_by_role("button", name="Undo", disabled=False, exact=True).wait_for()
    assert nb.errors == []


def test_gallery_with_an_unsuitable_item_raises_and_names_it():
    with pytest.raises(TypeError, match="expected a Sketch, a path or a widget with a pad for 'Ada', got int"):
        Gallery({"Ada": 3})


def test_gallery_shows_the_strokes_of_the_model_in_the_ink_of_the_model(page_of):
    paper = Complete("kanji", sketch=Sketch.from_polylines([[(50, 100), (200, 100)]]), seed=1)
    assert 0 < sum(paper.by_model) < len(paper.by_model)
    _, root = page_of(Gallery([paper]))
    assert root.locator(".sk-model-ink").get_attribute("d")


def test_gallery_of_saved_files_shows_their_names_and_the_ink_of_the_model(page_of, tmp_path):
    paper = Complete("kanji", sketch=Sketch.from_polylines([[(50, 100), (200, 100)]]), seed=1)
    page, root = page_of(Gallery([paper]))
    root.locator(".sk-menu > summary").first.click()
    _, data = saved(page, root.get_by_role("button", name="Save as SVG").first)
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "Ada.svg").write_bytes(data)
    (folder / "Ben.svg").write_text(doodles.draw("star", 1)._repr_svg_())
    (folder / "notes.txt").write_text("no drawing")
    gallery = Gallery(folder)
    assert gallery.names == ["Ada", "Ben"]
    assert gallery.by_model == [paper.by_model, []]
    assert Gallery([folder / "Ben.svg", Sketch([])]).names == ["Ben", "2"]
    assert Gallery({"Ben B.": str(folder / "Ben.svg")}).names == ["Ben B."]
    with pytest.raises(FileNotFoundError, match="no file or folder handed-out"):
        Gallery("handed-out")
    with pytest.raises(ValueError, match="expected an SVG file or a folder of SVG files, got .*notes.txt"):
        Gallery([folder / "notes.txt"])


def test_saved_files_are_named_after_the_name_that_the_page_asks_for(opened, tmp_path):
    tree = Sketch.from_polylines([[(50, 100), (200, 100)], [(120, 20), (120, 220)]])
    first, second = SketchPad(sketch=tree, ask_name=True), Complete("kanji", sketch=tree, auto=False, variants=2)
    page = opened(embed([first, second], tmp_path / "page.html", language="de"))
    pad, complete = page.locator(".sk-widget[data-ready]").all()
    complete.locator(".sk-choice path.sk-given[d^='M']").first.wait_for(state="attached")

    def file(widget, label):
        widget.get_by_label(label, exact=True).click()
        return saved(page, widget.get_by_role("button", name="Als SVG speichern", exact=True).locator("visible=true"))

    name, data = file(pad, "Kopieren oder speichern")
    assert name == "drawing.svg"
    assert ElementTree.fromstring(data).get("width") == "512"
    assert page.get_by_label("Dein Name").count() == 1
    page.get_by_label("Dein Name").fill("Ada: 3/b ")
    assert file(pad, "Kopieren oder speichern")[0] == "Ada_ 3_b.svg"
    assert file(complete, "Kopieren oder speichern")[0] == "Ada_ 3_b.svg"
    assert file(complete, "Enden kopieren oder speichern")[0] == "Ada_ 3_b-endings.svg"


def test_gallery_without_drawings_says_that_it_is_empty(page_of):
    _, root = page_of(Gallery([]))
    assert root.get_by_text("There are no drawings yet.").is_visible()
    assert root.get_by_role("button", name="Play all").count() == 0
