"""Widgets in JupyterLab, tested with real gestures."""

import io
import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from .gestures import choose_model, points, saved, stroke

IMPORTS = "import sketchkit\nfrom sketchkit.widgets import *\n"


def test_sketch_pad_synchronizes_drawing_with_python(notebook):
    nb = notebook(f"{IMPORTS}pad = SketchPad()\npad")
    pad = nb.widget().locator(".sk-pad")
    stroke(nb.page, pad, (0.2, 0.2), (0.8, 0.2), (0.5, 0.8))
    nb.eventually(
        "print(pad.sketch.num_strokes, len(pad.sketch), [round(x) for x in pad.sketch.start])", "1 2 [51, 51]"
    )
    stroke(nb.page, pad, (0.3, 0.5), (0.7, 0.5))
    nb.eventually("print(pad.sketch.num_strokes)", "2")
    nb.page.keyboard.press("Control+z")
    nb.eventually("print(pad.sketch.num_strokes)", "1")
    nb.page.keyboard.press("Control+Shift+z")
    nb.eventually("print(pad.sketch.num_strokes)", "2")
    nb.widget().get_by_role("button", name="Erase").click()
    (middle,) = points(pad, (0.5, 0.5))
    nb.page.mouse.click(*middle)
    nb.eventually("print(pad.sketch.num_strokes)", "1")
    nb.widget().get_by_role("button", name="Clear").click()
    nb.eventually("print(len(pad.sketch))", "0")
    nb.python("pad.sketch = sketchkit.Sketch.from_polylines([[(10, 10), (90, 90)], [(10, 90), (90, 10)]])")
    nb.page.locator('.sk-pad[data-strokes="2"]').wait_for()
    assert nb.errors == []


def test_sketch_pad_redo_after_update_from_python_keeps_update(notebook):
    nb = notebook(f"{IMPORTS}pad = SketchPad()\npad")
    pad = nb.widget().locator(".sk-pad")
    stroke(nb.page, pad, (0.2, 0.2), (0.8, 0.2))
    stroke(nb.page, pad, (0.2, 0.4), (0.8, 0.4))
    nb.page.keyboard.press("Control+z")
    nb.eventually("print(pad.sketch.num_strokes)", "1")
    nb.python("pad.sketch = sketchkit.Sketch.from_polylines([[(10, 10 * k), (90, 10 * k)] for k in range(1, 4)])")
    nb.page.locator('.sk-pad[data-strokes="3"]').wait_for()
    nb.page.keyboard.press("Control+Shift+z")
    nb.page.keyboard.press("Control+z")  # the update itself can be undone
    nb.eventually("print(pad.sketch.num_strokes)", "1")
    nb.page.keyboard.press("Control+Shift+z")
    nb.eventually("print(pad.sketch.num_strokes, round(pad.sketch.bounds[3]))", "3 30")


COUNT = """
import time
heard = []
def listen(widget):
    handle = widget._handle_msg
    def count(message):
        if message["content"]["data"].get("method") == "update":
            heard.append((time.monotonic(), list(message["content"]["data"]["state"])))
        handle(message)
    widget._handle_msg = count
    widget.comm.on_msg(count)
"""


@pytest.mark.parametrize(
    ("widget", "slider"),
    [
        pytest.param("Complete('kanji', variants=2)", "Temperature", marks=pytest.mark.long),
        pytest.param("Reconstruct('kanji', variants=2)", "Temperature", marks=pytest.mark.long),
        pytest.param("LatentSlider('kanji', seed=1)", "Dimension", marks=pytest.mark.long),
        pytest.param("Morph('kanji', seed=1)", "Morph", marks=pytest.mark.long),
    ],
)
def test_slider_drag_sends_one_message_or_20_per_second_if_observed(notebook, widget, slider):
    nb = notebook(f"{IMPORTS}{COUNT}\nw = {widget}\nlisten(w)\nw")
    root, page = nb.widget(), nb.page
    if root.locator(".sk-split .sk-pad").count():
        stroke(page, root.locator(".sk-pad"), (0.2, 0.2), (0.8, 0.4), (0.4, 0.8))
        nb.eventually("print(len(w.drawings))", "2")
    else:
        nb.eventually("print(len(w.sketch) > 0)", "True")
    (left, *_, right) = points(root.get_by_role("slider", name=slider), *[((i + 2) / 44, 0.5) for i in range(41)])

    def drag(end):
        before = nb.python("heard.clear()")
        page.mouse.move(*left)
        page.mouse.down()
        for i in range(1, 31):
            page.mouse.move(left[0] + (right[0] - left[0]) * end * i / 30, left[1])
        during = nb.python("print(len(heard))")
        page.mouse.up()
        assert before == ""
        return int(during)

    # The last message of a gesture contains the drawing.
    settled = (
        "print(bool(heard) and bool({'drawings', 'completion', 'sketch'} & {*heard[-1][1]})"
        " and time.monotonic() - heard[-1][0] > 1)"
    )
    drag(1)  # the first click moves the slider to the position of the mouse
    nb.eventually(settled, "True")
    assert drag(0.6) == 0
    nb.eventually(settled, "True")
    assert int(nb.python("print(len(heard))")) <= 4
    nb.python("w.observe(lambda change: None)")
    drag(0.9)
    nb.eventually(settled, "True")
    times = "t = [at for at, _ in heard]; "
    assert nb.python(times + "print(len(t) > 4, max(sum(a <= b < a + 1 for b in t) for a in t) <= 23)") == "True True"
    assert nb.errors == []


def test_sketch_pad_pen_pressure_and_touch(notebook):
    nb = notebook(f"{IMPORTS}pad = SketchPad()\npad", has_touch=True)
    pad = nb.widget().locator(".sk-pad")
    pad.scroll_into_view_if_needed()
    cdp = nb.page.context.new_cdp_session(nb.page)
    for force, height in ((0.1, 0.2), (0.9, 0.4)):
        (a, b) = points(pad, (0.2, height), (0.8, height))
        for kind, (x, y) in (("mousePressed", a), ("mouseMoved", b), ("mouseReleased", b)):
            cdp.send("Input.dispatchMouseEvent", {
                "type": kind, "x": x, "y": y, "button": "left", "buttons": 0 if kind == "mouseReleased" else 1,
                "clickCount": 1, "pointerType": "pen", "force": force,
            })  # fmt: skip
    nb.eventually("print(pad.sketch.num_strokes)", "2")
    widths = pad.locator("path.sk-ink").evaluate_all("paths => paths.map(path => parseFloat(path.style.strokeWidth))")
    assert widths[1] > widths[0] + 1
    (a, b) = points(pad, (0.2, 0.7), (0.8, 0.7))
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": a[0], "y": a[1]}]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": b[0], "y": b[1]}]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    nb.eventually("print(pad.sketch.num_strokes)", "3")


def test_complete_equals_python_and_draws_while_kernel_is_busy(notebook):
    nb = notebook(f"{IMPORTS}c = Complete('kanji', variants=4, seed=7, temperature=0.6)\nc")
    widget = nb.widget()
    pad = widget.locator(".sk-pad")
    stroke(nb.page, pad, (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(c.sketch.num_strokes, len(c.drawings))", "1 4")
    same = (
        "a = c.drawings; b = c.model.complete(c.sketch, 4, seed=7, temperature=c.temperature)\n"
        "import numpy as np\n"
        "print([len(x) for x in a] == [len(y) for y in b] and all(np.allclose(x.offsets, y.offsets, atol=0.2)"
        " for x, y in zip(a, b)))"
    )
    assert nb.python(same).splitlines()[-1] == "True"
    # The model draws the first ending on the pad.
    nb.eventually("print(np.allclose(c.completion.offsets, c.drawings[0].offsets, atol=0.01))", "True")
    assert nb.python("print(c.by_model[0], all(c.by_model[1:]), len(c.by_model) > 1)") == "False True True"
    assert nb.python("print(c.added.num_strokes == c.completion.num_strokes - 1)") == "True"
    # The page must respond while a cell sleeps.
    nb.page.evaluate(
        """() => { const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                  window.slept = false;
                  window.busy = kernel.requestExecute({ code: "import time; time.sleep(8)" }).done;
                  window.busy.then(() => { window.slept = true; }); }"""
    )
    before = pad.get_attribute("data-model-strokes")
    stroke(nb.page, pad, (0.3, 0.5), (0.7, 0.5))
    nb.page.locator(f'.sk-pad[data-strokes="2"]:not([data-model-strokes="{before}"])').wait_for(timeout=6000)
    assert nb.page.evaluate("window.slept") is False
    nb.page.evaluate("window.busy.then(() => null)")
    nb.eventually("print(c.sketch.num_strokes)", "2")
    longest, length = nb.python("n = [len(d) for d in c.drawings]; print(np.argmax(n) + 1, max(n))").split()
    widget.get_by_role("button", name=f"Accept variant {longest}").click()
    nb.eventually("print(len(c.completion))", length)
    assert nb.errors == []


def test_widget_appears_and_draws_while_the_next_cell_runs(notebook):
    nb = notebook(
        f"{IMPORTS}c = Complete('kanji', variants=1)\nc",
        "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.05)\nprint('we' + 'nt')",
    )
    pad = nb.widget().locator(".sk-pad")
    stroke(nb.page, pad, (0.2, 0.3), (0.8, 0.3))
    nb.page.locator('.sk-pad[data-strokes="1"][data-model-strokes]:not([data-model-strokes="0"])').wait_for()
    assert nb.page.get_by_text("went").count() == 0
    (nb.path.parent / "go").touch()
    nb.page.get_by_text("went").wait_for()
    nb.eventually("print(c.sketch.num_strokes)", "1")
    assert nb.errors == []


def test_results_in_next_cell_equal_those_that_the_page_sends_later(notebook):
    nb = notebook(
        f"{IMPORTS}{COUNT}\nfrom IPython.display import display\nimport numpy as np\n"
        "shape = sketchkit.Sketch.from_polylines([[(20, 20), (200, 40)], [(60, 80), (70, 200)]])\n"
        "shown = [Complete('kanji', sketch=shape, variants=2, seed=2), Reconstruct('kanji', sketch=shape, seed=2),"
        " Morph('kanji', shape, seed=2), TemperatureSlider('kanji', seed=2), LatentSlider('kanji', seed=2)]\n"
        "for w in shown: listen(w)\ndisplay(*shown)",
        "def read(w):\n    result = getattr(w, w.last_result)\n"
        "    return (result if isinstance(result, sketchkit.Sketch) else result[0]).offsets\n"
        "early = [read(w) for w in shown]; by_model = shown[0].by_model",
    )
    nb.widget(4)
    nb.eventually("print(by_model.count(False), all(map(len, early)))", "2 True")
    sent = "sum(any(name in state for _, state in heard) for name in ('completion', 'drawings', 'sketch'))"
    for change in ("", "for w in shown: w.seed = 5\nheard.clear(); early = [read(w) for w in shown]"):
        nb.python(change)
        nb.eventually(f"print({sent})", "3")
        nb.eventually("print(all(np.allclose(a, read(w), atol=0.3) for a, w in zip(early, shown)))", "True")
    assert nb.errors == []


def test_morph_and_temperature_synchronize_with_python(notebook):
    nb = notebook(f"{IMPORTS}m = Morph('kanji', seed=1)\nm", "t = TemperatureSlider('kanji', seed=3)\nt")
    morph = nb.widget(0)
    nb.eventually("print(len(m.z_a), len(m.z_b), len(m.z), len(m.sketch) > 0)", "64 64 64 True")
    before = nb.python("print(m.z_a[:3])")
    stroke(nb.page, morph.locator(".sk-pad").first, (0.2, 0.5), (0.8, 0.5))
    nb.eventually(f"print(str(m.z_a[:3]) != {before!r} and m.sketch_a.num_strokes == 1)", "True")
    code = "import numpy as np; print(np.allclose(m.z_a, m.model.encode(m.sketch_a), atol=1e-4))"
    assert nb.python(code).splitlines()[-1] == "True"
    slider = morph.get_by_role("slider", name="Morph")
    slider.focus()
    nb.page.keyboard.press("End")
    nb.eventually("print(m.t, np.allclose(m.z, m.z_b))", "1.0 True")
    nb.page.keyboard.press("b")  # JupyterLab would create a cell if it received the key
    assert nb.page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    nb.python("m.t = 0.0")
    nb.eventually("print(m.t, np.allclose(m.z, m.z_a, atol=1e-5))", "0.0 True")
    temperature = nb.widget(1)
    temperature.get_by_role("button", name="Set temperature 0.8").click()
    nb.eventually("print(t.temperature, len(t.sketch) > 0)", "0.8 True")
    same = "print(len(t.sketch) == len(t.model.generate(1, seed=3, temperature=0.8)[0]))"
    nb.eventually(same, "True")
    assert nb.errors == []


def test_two_widgets_of_a_model_fetch_weights_once_and_save_none(notebook):
    nb = notebook(
        f"{IMPORTS}import sketchkit.widgets.base as base\nsent = []\nsend = base.ModelWidget.send\n"
        "def count(self, content, buffers=None):\n    sent.append(content['kind'])\n    send(self, content, buffers)\n"
        "base.ModelWidget.send = count\nr = Reconstruct('kanji')\nr",
        "c = Complete(r.model, variants=6)\nc",
    )
    nb.widget(1)
    stroke(nb.page, nb.widget(1).locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(len(c.drawings))", "6")
    assert nb.python("print(sent)") == "['module', 'weights']"
    size = (
        "print(max(len(str(v)) for w in (r, c) for k, v in w.get_state().items() if k not in ('_esm', '_css')) < 20000)"
    )
    assert nb.python(size) == "True"


@pytest.mark.long
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_ink_has_contrast_in_light_and_dark_theme(notebook, theme):
    nb = notebook(f"{IMPORTS}pad = SketchPad()\npad")
    widget = nb.widget()
    stroke(nb.page, widget.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    nb.page.wait_for_function(
        "light => (document.body.dataset.jpThemeLight === 'true') === light", arg=theme == "JupyterLab Light"
    )
    luminance = """element => { const style = getComputedStyle(element);
      const colour = element.tagName === 'path' ? style.stroke : style.backgroundColor;
      const [r, g, b] = colour.match(/[\\d.]+/g).map(Number); return (r + g + b) / 765; }"""
    ink = widget.locator(".sk-pad path.sk-ink").first.evaluate(luminance)
    paper = widget.locator(".sk-pad").evaluate(luminance)
    assert abs(ink - paper) > 0.5
    assert (paper > 0.5) == (theme == "JupyterLab Light")


def test_sketch_pad_keeps_simplifies_and_saves_drawings(notebook):
    nb = notebook(f"{IMPORTS}pad = SketchPad(collect=True, epsilon=0)\npad")
    widget, page = nb.widget(), nb.page
    pad = widget.locator(".sk-pad")
    wave = [(0.1 + 0.02 * i, 0.5 + 0.1 * np.sin(i / 3)) for i in range(40)]
    stroke(page, pad, *wave)
    nb.eventually("print(len(pad.sketch) > 60)", "True")

    def save(item):
        widget.get_by_label("Copy or save", exact=True).first.click()
        return saved(page, widget.get_by_role("button", name=item, exact=True).first)

    name, file = save("Save as PNG")
    assert name == "drawing.png"
    image = Image.open(io.BytesIO(file)).convert("L")
    assert image.size == (512, 512)
    assert 0.005 < np.mean(np.asarray(image) < 128) < 0.1
    _, file = save("Save as JSON")
    assert len(json.loads(file)["rows"]) == 3 * int(nb.python("print(len(pad.sketch))"))
    _, file = save("Save as SVG")
    assert ElementTree.fromstring(file).tag == "{http://www.w3.org/2000/svg}svg"
    slider = widget.get_by_role("slider", name="Simplify")
    slider.focus()
    page.keyboard.press("End")
    nb.eventually("print(len(pad.sketch) < 20, pad.epsilon)", "True 8.0")
    widget.get_by_role("button", name="Show the model's input").click()
    dots = pad.locator(".sk-points").get_attribute("d").count("M")
    assert dots == int(nb.python("print(len(pad.sketch) + 1)"))
    for _ in range(2):
        widget.get_by_role("button", name="Keep").click()
        nb.eventually("print(len(pad.sketch))", "0")
        stroke(page, pad, (0.2, 0.2), (0.8, 0.4), (0.4, 0.7))
    nb.eventually("print([len(d) > 1 for d in pad.drawings])", "[True, True]")
    widget.get_by_role("button", name="Remove drawing 1").click()
    nb.eventually("print(len(pad.drawings), len(sketchkit.Dataset.from_sketches(pad.drawings).train))",
                  "1 1")  # fmt: skip
    assert nb.errors == []


@pytest.mark.long
def test_square_of_morph_and_density_of_temperature_slider_reach_python(notebook):
    nb = notebook(f"{IMPORTS}m = Morph('kanji', square=True, seed=1)\nm", "t = TemperatureSlider('kanji', seed=2)\nt")
    widget, page = nb.widget(), nb.page
    nb.eventually("print([len(z) for z in (m.z_a, m.z_b, m.z_c, m.z_d, m.z)])", "[64, 64, 64, 64, 64]")
    nb.python("heard = []; m.observe(lambda change: heard.append(change.new), 't')")
    plane = widget.locator(".sk-plane")
    stroke(page, plane, (0.5, 0.5), (0.9, 0.1))
    nb.eventually("print(m.t, m.u)", "1.0 0.0")
    nb.eventually("import numpy as np; print(np.allclose(m.z, m.z_b, atol=1e-5), len(heard) > 1)", "True True")
    plane.focus()
    page.keyboard.press("ArrowDown")
    nb.eventually("print(m.t, m.u)", "1.0 0.05")
    widget.get_by_label("Copy or save the morph").click()
    _, file = saved(page, widget.get_by_role("button", name="Save as SVG"))
    assert ElementTree.fromstring(file).get("viewBox") == "0 0 1535 1535"  # 25 drawings
    widget.get_by_label("Copy or save the morph").click()
    _, file = saved(page, widget.get_by_role("button", name="Save morph as animated SVG"))
    assert b"@keyframes" in file
    assert len(ElementTree.fromstring(file).findall("{*}path")) == 46
    expecting = nb.widget(1)
    expecting.get_by_role("button", name="Show where the next point goes").click()
    expecting.locator("image").wait_for(state="attached")
    said = expecting.locator(".sk-status")
    before = said.text_content()
    assert re.match(r"After \d+ points: pen stays down \d+%, pen lifts \d+%, drawing ends \d+%", before)
    slider = expecting.get_by_role("slider", name="After point")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function("([said, before]) => said.textContent !== before", arg=[said.element_handle(), before])
    nb.eventually("print(t.density)", "True")
    assert nb.errors == []


def test_complete_changes_model_and_works_without_kernel(notebook):
    nb = notebook(f"{IMPORTS}c = Complete('omniglot', models=['omniglot', 'kanji', 'nothing'], variants=2)\nc")
    widget, page = nb.widget(), nb.page
    stroke(page, widget.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(len(c.drawings))", "2")
    choose_model(widget, "kanji")
    nb.eventually("print(c.model.name, c.sketch.num_strokes, len(c.drawings))", "kanji 1 2")
    # The stroke still spans 0.6 of the pad, and the pad is 1.2 times as wide as a typical drawing of the new model.
    wide = "print(abs((c.sketch.bounds[2] - c.sketch.bounds[0]) / c._card['size'] - 0.72) < 0.02)"
    nb.eventually(wide, "True")
    choose_model(widget, "nothing")
    widget.get_by_text("nothing: no such model").wait_for()
    assert widget.locator(".sk-current").text_content() == "kanji"
    widget.locator(".sk-models > summary").click()
    widget.locator(".sk-pictures img").nth(2).wait_for()  # the bundled models have pictures
    page.keyboard.press("Escape")
    nb.python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", dies=True)
    widget.get_by_text("The kernel has disconnected").wait_for()
    page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
    before = widget.locator(".sk-grid path.sk-ink").first.get_attribute("d")
    stroke(page, widget.locator(".sk-pad"), (0.3, 0.5), (0.7, 0.5))
    page.locator('.sk-pad[data-strokes="2"]').wait_for()
    page.wait_for_function("before => document.querySelector('.sk-grid path.sk-ink').getAttribute('d') !== before",
                           arg=before)  # fmt: skip


@pytest.mark.long
def test_widgets_work_in_boxes_links_and_tabs(notebook):
    nb = notebook(
        f"{IMPORTS}import ipywidgets as w\npad = SketchPad()\nm = Morph('kanji', seed=1)\nr = Reconstruct(m.model)\n"
        "one = w.jslink((pad, 'sketch'), (m, 'sketch_a'))\ntwo = w.link((pad, 'sketch'), (r, 'sketch'))\n"
        "w.VBox([w.HBox([pad, m]), r])",
        "pad",
        "tab = w.Tab([TemperatureSlider(m.model, seed=1)])\ntab.set_title(0, 'Warm')\n"
        "w.interact(lambda t: print('t is', t), t=w.FloatSlider(value=0.2, max=1))\ntab",
    )
    assert nb.widget(3).locator(".sk-pad").count() == 1
    stroke(nb.page, nb.widget(0).locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(m.sketch_a.num_strokes, r.sketch.num_strokes, len(r.drawings), len(r.distances))", "1 1 6 6")
    nb.widget(3).locator('.sk-pad[data-strokes="1"]').wait_for()  # the second view of one pad
    code = "print(abs(r.distances[0] - r.sketch.chamfer_distance(r.drawings[0])) < 0.005)"
    assert nb.python(code) == "True"
    stroke(nb.page, nb.widget(3).locator(".sk-pad"), (0.2, 0.6), (0.8, 0.6))
    nb.widget(0).locator('.sk-pad[data-strokes="2"]').wait_for()
    nb.page.get_by_text("t is 0.2").wait_for()
    assert nb.errors == []
