"""Widgets by real gestures: what the page shows, and what the kernel hears."""

import pytest

IMPORTS = "import sketchkit\nfrom sketchkit.widgets import *\n"


def points(locator, *shares):
    box = locator.bounding_box()
    return [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in shares]


def stroke(page, pad, *shares):
    """Draw a stroke with the mouse, through points given as shares of the pad."""
    pad.scroll_into_view_if_needed()
    first, *rest = points(pad, *shares)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point, steps=5)
    page.mouse.up()


def test_a_drawing_reaches_python_when_the_stroke_ends_and_goes_back(notebook):
    nb = notebook(f"{IMPORTS}pad = SketchPad()\npad")
    pad = nb.widget().locator(".sk-pad")
    stroke(nb.page, pad, (0.2, 0.2), (0.8, 0.2), (0.5, 0.8))
    nb.eventually(
        "print(pad.sketch.stroke_count, len(pad.sketch), [round(x) for x in pad.sketch.start])", "1 2 [51, 51]"
    )
    stroke(nb.page, pad, (0.3, 0.5), (0.7, 0.5))
    nb.eventually("print(pad.sketch.stroke_count)", "2")
    nb.page.keyboard.press("Control+z")
    nb.eventually("print(pad.sketch.stroke_count)", "1")
    nb.page.keyboard.press("Control+Shift+z")
    nb.eventually("print(pad.sketch.stroke_count)", "2")
    nb.widget().get_by_role("button", name="Erase").click()
    (middle,) = points(pad, (0.5, 0.5))
    nb.page.mouse.click(*middle)
    nb.eventually("print(pad.sketch.stroke_count)", "1")
    nb.widget().get_by_role("button", name="Clear").click()
    nb.eventually("print(len(pad.sketch))", "0")
    nb.python("pad.sketch = sketchkit.Sketch.from_polylines([[(10, 10), (90, 90)], [(10, 90), (90, 10)]])")
    nb.page.locator('.sk-pad[data-strokes="2"]').wait_for()
    assert nb.errors == []


def test_pen_pressure_shows_as_width_and_touch_draws(notebook):
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
    nb.eventually("print(pad.sketch.stroke_count)", "2")
    widths = pad.locator("path.sk-ink").evaluate_all("paths => paths.map(path => parseFloat(path.style.strokeWidth))")
    assert widths[1] > widths[0] + 1
    (a, b) = points(pad, (0.2, 0.7), (0.8, 0.7))
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": a[0], "y": a[1]}]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": b[0], "y": b[1]}]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    nb.eventually("print(pad.sketch.stroke_count)", "3")


def test_the_model_goes_on_as_in_python_even_while_the_kernel_is_busy(notebook):
    nb = notebook(f"{IMPORTS}c = Complete('kanji', variants=4, seed=7, temperature=0.6)\nc")
    widget = nb.widget()
    pad = widget.locator(".sk-pad")
    stroke(nb.page, pad, (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(c.sketch.stroke_count, len(c.drawings))", "1 4")
    same = (
        "a = c.drawings; b = c.model.complete(c.sketch, 4, seed=7, temperature=c.temperature)\n"
        "import numpy as np\n"
        "print([len(x) for x in a] == [len(y) for y in b] and all(np.allclose(x.offsets, y.offsets, atol=0.2)"
        " for x, y in zip(a, b)))"
    )
    assert nb.python(same).splitlines()[-1] == "True"
    # A cell sleeps; the page does not.
    nb.page.evaluate(
        """() => { const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                  window.slept = false;
                  window.busy = kernel.requestExecute({ code: "import time; time.sleep(8)" }).done;
                  window.busy.then(() => { window.slept = true; }); }"""
    )
    before = widget.locator(".sk-grid path.sk-ink").first.get_attribute("d")
    stroke(nb.page, pad, (0.3, 0.5), (0.7, 0.5))
    nb.page.wait_for_function("before => document.querySelector('.sk-grid path.sk-ink').getAttribute('d') !== before",
                              arg=before, timeout=6000)  # fmt: skip
    assert nb.page.evaluate("window.slept") is False
    nb.page.evaluate("window.busy.then(() => null)")
    nb.eventually("print(c.sketch.stroke_count)", "2")
    nb.eventually("print(np.allclose(c.drawings[1].offsets[: len(c.sketch)], c.sketch.offsets, atol=0.01))", "True")
    longest, length = nb.python("n = [len(d) for d in c.drawings]; print(np.argmax(n) + 1, max(n))").split()
    widget.get_by_role("button", name=f"Accept variant {longest}").click()
    nb.eventually("print(len(c.sketch))", length)
    assert nb.errors == []


def test_ends_can_be_drawn_and_the_slider_is_heard(notebook):
    nb = notebook(f"{IMPORTS}m = Morph('kanji', seed=1)\nm", "t = Temperature('kanji', seed=3)\nt")
    morph = nb.widget(0)
    nb.eventually("print(len(m.z_a), len(m.z_b), len(m.z), len(m.sketch) > 0)", "64 64 64 True")
    before = nb.python("print(m.z_a[:3])")
    stroke(nb.page, morph.locator(".sk-pad").first, (0.2, 0.5), (0.8, 0.5))
    nb.eventually(f"print(str(m.z_a[:3]) != {before!r} and m.sketch_a.stroke_count == 1)", "True")
    code = "import numpy as np; print(np.allclose(m.z_a, m.model.encode(m.sketch_a), atol=1e-4))"
    assert nb.python(code).splitlines()[-1] == "True"
    slider = morph.get_by_role("slider", name="Morph")
    slider.focus()
    nb.page.keyboard.press("End")
    nb.eventually("print(m.t, np.allclose(m.z, m.z_b))", "1.0 True")
    nb.page.keyboard.press("b")  # would make a cell if it leaked into JupyterLab
    assert nb.page.locator(".jp-Notebook .jp-CodeCell").count() == 2
    nb.python("m.t = 0.0")
    nb.eventually("print(m.t, np.allclose(m.z, m.z_a, atol=1e-5))", "0.0 True")
    temperature = nb.widget(1)
    temperature.get_by_role("button", name="Set temperature 0.8").click()
    nb.eventually("print(t.temperature, len(t.sketch) > 0)", "0.8 True")
    same = "print(len(t.sketch) == len(t.model.generate(1, seed=3, temperature=0.8)[0]))"
    nb.eventually(same, "True")
    assert nb.errors == []


def test_two_widgets_on_a_model_fetch_its_weights_once_and_none_is_saved(notebook):
    nb = notebook(
        f"{IMPORTS}import sketchkit.widgets.base as base\nsent = []\nsend = base.ModelWidget.send\n"
        "def count(self, content, buffers=None):\n    sent.append(content['kind'])\n    send(self, content, buffers)\n"
        "base.ModelWidget.send = count\nr = Reconstruct('kanji')\nr",
        "c = Complete(r.model)\nc",
    )
    nb.widget(1)
    stroke(nb.page, nb.widget(1).locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    nb.eventually("print(len(c.drawings))", "6")
    assert nb.python("print(sent)") == "['module', 'weights']"
    size = (
        "print(max(len(str(v)) for w in (r, c) for k, v in w.get_state().items() if k not in ('_esm', '_css')) < 20000)"
    )
    assert nb.python(size) == "True"


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_ink_stands_out_in_both_themes(notebook, theme):
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
