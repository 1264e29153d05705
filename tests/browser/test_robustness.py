"""Widgets under unusual conditions (long strokes, random gestures, no worker), and their accessibility."""

import pytest

from .conftest import AXE, VIOLATIONS
from .gestures import points, stroke
from .monkey import Monkey

IMPORTS = "import sketchkit\nfrom sketchkit.widgets import *\n"


@pytest.mark.long
def test_complete_with_very_long_stroke_and_dot(notebook):
    nb = notebook(f"{IMPORTS}c = Complete('kanji', variants=1)\nc")
    pad = nb.widget().locator(".sk-pad")
    pad.scroll_into_view_if_needed()
    # A stroke of 100,000 points, one of them far outside; then a dot.
    pad.evaluate("""pad => {
      const box = pad.getBoundingClientRect();
      const at = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 7, button: 0,
        clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
      at("pointerdown", 0.5, 0.5);
      for (let i = 0; i < 100000; i++) at("pointermove", 0.5 + 0.3 * Math.cos(i / 500), 0.5 + 0.3 * Math.sin(i / 300));
      at("pointermove", 3, -2);
      at("pointerup", 3, -2);
      at("pointerdown", 0.1, 0.1);
      at("pointerup", 0.1, 0.1);
    }""")
    nb.eventually("print(c.sketch.num_strokes, 100 < len(c.sketch) < 20000, len(c.drawings))", "2 True 0")
    count = nb.python("print(len(c.sketch))")  # more points than the model can draw; the widget says so
    nb.widget().get_by_text(f"The beginning has {count} points. kanji draws at most 88").wait_for()
    nb.widget().get_by_role("button", name="Clear").click()
    nb.page.mouse.click(*points(pad, (0.5, 0.5))[0])
    nb.eventually("print(c.sketch.num_strokes, len(c.sketch), len(c.drawings))", "1 1 1")
    assert nb.errors == []


@pytest.mark.long
def test_widgets_have_no_serious_accessibility_violation(notebook):
    if not AXE.exists():
        pytest.skip("needs axe-core: npm install")
    nb = notebook(
        f"{IMPORTS}import ipywidgets as w\n"
        "all = [SketchPad(collect=True), Complete('kanji', models=['kanji', 'omniglot'], variants=5),"
        " Reconstruct('kanji'), Morph('kanji'), Morph('kanji', square=True), TemperatureSlider('kanji', density=True),"
        " LatentSlider('kanji'), NextPoint('kanji'), Gallery({'Ada': SketchPad()})]\nw.VBox(all)"
    )
    nb.widget(8)
    nb.page.add_script_tag(path=AXE)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        nb.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        nb.page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
        assert nb.page.evaluate(VIOLATIONS) == [], theme
    box = "widgets => widgets.every(widget => widget.scrollWidth <= widget.clientWidth + 1)"
    nb.python("for each in all: each.layout.width = '296px'")
    nb.page.wait_for_function("() => document.querySelector('.sk-widget').clientWidth < 300")
    assert nb.page.locator(".sk-widget").evaluate_all(box)


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_keys_pressed_in_widget_are_not_shortcuts_of_the_notebook(notebook, app):
    if app == "notebooks":
        pytest.importorskip("notebook", reason="needs notebook 7")
    nb = notebook(f"{IMPORTS}c = Complete('kanji', variants=1)\nc", app=app)
    for element in (nb.widget().locator(".sk-pad"), nb.widget().get_by_role("button", name="Continue")):
        element.focus()
        for key in "mbdd":  # shortcuts to change the cell to Markdown, insert a cell, and delete the cell
            nb.page.keyboard.press(key)
        nb.page.keyboard.press("Control+Enter")  # outside of the widget, these keys run the cell again
    kinds = "[...jupyterapp.shell.currentWidget.content.model.cells].map(cell => cell.type)"
    assert nb.page.evaluate(kinds) == ["code"]
    nb.python("")  # returns after the kernel has answered all earlier requests
    assert nb.page.evaluate("jupyterapp.shell.currentWidget.content.activeCell.model.executionCount") == 1


def test_complete_in_notebook_7_after_reload(notebook):
    pytest.importorskip("notebook", reason="needs notebook 7")
    nb = notebook(f"{IMPORTS}c = Complete('kanji', variants=2)\nc", app="notebooks")
    stroke(nb.page, nb.widget().locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(len(c.drawings))", "2")
    nb.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    nb.eventually("print(c.sketch.num_strokes)", "1")
    nb.page.reload()
    nb.widget().locator('.sk-pad[data-strokes="1"]').wait_for()
    nb.ready()
    stroke(nb.page, nb.widget().locator(".sk-pad"), (0.2, 0.6), (0.8, 0.6))
    nb.eventually("print(c.sketch.num_strokes)", "2")


def test_engine_without_worker_and_webassembly(notebook):
    nb = notebook(
        f"{IMPORTS}c = Complete('kanji', variants=1, seed=3)\nc",
        script="delete globalThis.WebAssembly; globalThis.Worker = undefined;",
    )
    stroke(nb.page, nb.widget().locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(len(c.drawings))", "1")
    same = (
        "d = c.model.complete(c.sketch, 1, seed=3, temperature=c.temperature)[0]\nprint(len(d) == len(c.drawings[0]))"
    )
    assert nb.python(same).splitlines()[-1] == "True"
    assert nb.errors == []


@pytest.mark.long
def test_widgets_survive_random_gestures(lab, chromium):
    page = chromium.new_page(viewport={"width": 1200, "height": 1200})
    try:
        Monkey(lab, page, 0).run(12)
    finally:
        page.close()
