"""Widgets in pages opened from disk without an internet connection."""

import json
import re

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

import sketchkit
from sketchkit import cli
from sketchkit.data import doodles
from sketchkit.widgets import Complete, LatentSlider, Morph, NextPoint, Reconstruct, SketchPad, TemperatureSlider
from sketchkit.widgets.export.notebook import notebook_html
from sketchkit.widgets.export.page import fragment

from .conftest import ROOT, notebook_of
from .gestures import choose_model, points, saved, stroke

TREE, FIELD = (doodles.draw(name, 4).simplified(8) for name in ("tree", "field"))


def test_embedded_page_widgets_are_interactive(opened, tmp_path):
    widgets = [
        Complete("kanji", models=["kanji", "omniglot"], variants=2, seed=7),
        Morph("kanji", TREE, FIELD, seed=1),
        TemperatureSlider("omniglot", seed=2),
        Reconstruct("kanji", sketch=TREE, variants=1, seed=3),
        SketchPad(collect=True),
        LatentSlider("kanji", seed=8, dimension=60),
        NextPoint("omniglot", temperature=0.5),
    ]
    path = sketchkit.embed(widgets, tmp_path / "page.html", title="</title><script>boom</script>")
    assert path.stat().st_size < 3e6  # the page contains each of the two models once
    page = opened(path)
    complete, morph, temperature, reconstruct, pad = (page.locator("[data-sketchkit]").nth(i) for i in range(5))
    stroke(page, complete.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    complete.locator(".sk-choice path.sk-given[d^='M']").first.wait_for(state="attached")
    choose_model(complete, "omniglot")
    complete.get_by_text("loading").wait_for(state="detached")
    morph.get_by_label("Copy or save the morph").click()
    _, file = saved(page, morph.get_by_role("button", name="Save as SVG"))
    assert b'viewBox="0 0 1530 170"' in file  # nine drawings
    # The page draws the same as Python.
    model = sketchkit.load("kanji")
    wanted = model.decode(model.encode(TREE), temperature=0.3, seed=3)
    reconstruct.locator(".sk-grid path.sk-ink[d^='M']").first.wait_for(state="attached")
    lines = reconstruct.locator(".sk-grid path.sk-ink").first.get_attribute("d")
    assert len(re.findall("[ML]", lines)) == sum(len(points) for points in wanted.polylines())
    slider = temperature.get_by_role("slider", name="Temperature")
    slider.focus()
    frames = temperature.locator(".sk-widget").get_attribute("data-frames")
    page.keyboard.press("End")
    page.wait_for_function("([el, before]) => el.querySelector('.sk-widget').dataset.frames !== before",
                           arg=[temperature.element_handle(), frames])  # fmt: skip
    stroke(page, pad.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    pad.get_by_role("button", name="Keep").click()
    pad.get_by_text("1 kept").wait_for()
    axe = ROOT / "node_modules/axe-core/axe.min.js"
    if axe.exists():
        page.evaluate(axe.read_text(encoding="utf-8"))
        bad = page.evaluate(
            "async () => (await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(({ id, nodes }) => [id, nodes[0].html])"
        )
        assert bad == []


def test_latent_slider_in_page_equals_python(opened, tmp_path):
    page = opened(LatentSlider("kanji", seed=8, dimension=60, temperature=0.1).to_html(tmp_path / "page.html"))
    drawing = page.locator(".sk-split .sk-paper path.sk-ink").first
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    model = sketchkit.load("kanji")
    z = model.new_codes(None, 1, seed=8)[0]  # the code of model.generate(seed=8)
    value = page.get_by_role("slider", name="Value")
    assert float(value.input_value()) == pytest.approx(z[60], abs=0.03)
    before = drawing.get_attribute("d")
    value.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "([path, before]) => path.getAttribute('d') !== before", arg=[drawing.element_handle(), before]
    )
    page.locator(".sk-widget:has(output:text('-3.00'))").wait_for()
    z[60] = -3
    wanted = model.decode(z, temperature=0.1, seed=8)
    page.wait_for_function(
        "([path, count]) => path.getAttribute('d').match(/[ML]/g).length === count",
        arg=[drawing.element_handle(), sum(len(points) for points in wanted.polylines())],
    )


def test_next_point_updates_during_a_stroke_and_after_drawing_a_point(opened, tmp_path):
    page = opened(NextPoint("kanji", temperature=0.5).to_html(tmp_path / "page.html"))
    chances = "() => [...document.querySelectorAll('meter')].map(meter => meter.value)"
    page.wait_for_function(f"() => Math.abs(({chances})().reduce((a, b) => a + b, 0) - 1) < 1e-6")
    assert page.locator(".sk-pad image").count() == 1
    empty = page.evaluate(chances)
    pad = page.locator(".sk-pad")
    (first, second) = points(pad, (0.2, 0.3), (0.7, 0.3))
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*second, steps=4)
    page.wait_for_function(f"before => JSON.stringify(({chances})()) !== before", arg=json.dumps(empty))
    page.mouse.up()
    assert float(pad.locator("circle").get_attribute("cx")) > 0
    page.locator(".sk-pad[data-strokes='1']").wait_for()
    for _ in range(3):
        seen = page.locator(".sk-widget").get_attribute("data-frames")
        page.get_by_role("button", name="Draw the next point").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "seen => document.querySelector('.sk-widget').dataset.frames !== seen"
            " || document.querySelector('.sk-status').textContent.includes('ended')",
            arg=seen,
        )
    before = page.evaluate(chances)
    page.get_by_role("slider", name="Temperature").focus()
    page.keyboard.press("Home")
    page.wait_for_function(f"before => JSON.stringify(({chances})()) !== before", arg=json.dumps(before))
    assert max(page.evaluate(chances)) > 0.99  # at temperature 0 one state is certain


ENOUGH = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)


@pytest.mark.parametrize(
    "policy",
    [ENOUGH, ENOUGH.replace(" 'wasm-unsafe-eval'", ""), ENOUGH.replace("worker-src blob:", "worker-src 'none'")],
)
def test_page_with_strict_content_security_policy_draws(chromium, tmp_path, policy):
    path = Complete("kanji", variants=1, seed=7).to_html(tmp_path / "page.html")
    told = f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
    path.write_text(path.read_text(encoding="utf-8").replace("<head>", told, 1), encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.locator(".sk-choice path.sk-ink[d^='M']").first.wait_for(state="attached")
    page.close()


def test_fragment_in_sandbox_is_interactive_and_grows(opened, tmp_path):
    path = tmp_path / "host.html"
    inside = fragment(Complete("kanji", variants=1, seed=7), dtype="int8", height=100)
    path.write_text(f"<!doctype html><title>Host</title><p>Before</p>{inside}<p>After</p>", encoding="utf-8")
    page = opened(path)
    frame = page.frame_locator("iframe")
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 300")
    frame.locator(".sk-choice path.sk-ink[d^='M']").first.wait_for(state="attached")
    assert (
        page.locator("iframe").evaluate("frame => frame.contentDocument") is None
    )  # the page and the frame cannot access each other


def test_frame_follows_the_theme_of_the_page_around_it(chromium, tmp_path):
    from playwright.sync_api import expect

    path = tmp_path / "host.html"
    inside = fragment(Complete("kanji", variants=1, seed=7), dtype="int8")
    style = "<style>body { background: #fff } body[data-theme=dark] { background: #131416 }</style>"
    path.write_text(f"<!doctype html><title>Host</title>{style}{inside}", encoding="utf-8")
    page = chromium.new_page()  # the system prefers the light theme
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    label, paper = frame.locator("label").first, frame.locator(".sk-pad")
    colors = {"dark": ("rgb(228, 230, 234)", "rgb(23, 25, 29)"), "light": ("rgb(29, 36, 51)", "rgb(255, 255, 255)")}
    for theme in ("dark", "light"):
        page.evaluate("theme => document.body.dataset.theme = theme", theme)
        ink, background = colors[theme]
        expect(label).to_have_css("color", ink)
        expect(paper).to_have_css("background-color", background)
    page.close()


def test_page_escapes_hostile_model_name(opened, tmp_path):
    model = sketchkit.SketchRNN.new(
        sketchkit.HParams(conditional=False, dec_rnn_size=8, num_mixture=2, max_seq_len=9), 5.0,
        name="</script><img src=x onerror=\"document.title='boom'\">",
    )  # fmt: skip
    page = opened(Complete(model, models=["kanji"], variants=1).to_html(tmp_path / "page.html"))
    page.locator(".sk-models > summary").click()
    assert "<img" in page.get_by_role("group", name="Models").get_by_role("button").all_text_contents()[0]
    assert page.title() != "boom"


def test_list_of_models_is_searched_by_typing_and_enter_chooses_the_first_hit(opened, tmp_path):
    hparams = sketchkit.HParams(conditional=False, dec_rnn_size=8, num_mixture=2, max_seq_len=9)
    models = [str(sketchkit.SketchRNN.new(hparams, 5.0).save(tmp_path / f"model-{i}")) for i in range(9)]
    page = opened(Complete(models[0], models=models).to_html(tmp_path / "page.html"))
    current = page.locator(".sk-current")
    current.click()
    page.get_by_role("searchbox", name="Search model").and_(page.locator(":focus")).wait_for()
    page.keyboard.press("Enter")  # nothing has been typed
    page.keyboard.type("unicorn")
    page.get_by_text("No name contains “unicorn”.").wait_for()
    page.keyboard.press("Enter")
    assert current.text_content() == models[0]
    page.keyboard.press("Control+a")
    page.keyboard.type("Model-7")
    page.keyboard.press("Enter")
    page.wait_for_function("name => document.querySelector('.sk-current').textContent === name", arg=models[7])
    assert page.get_by_role("group", name="Models").is_hidden()


def test_notebook_html_has_interactive_widgets(opened, tmp_path):
    cells = ["from sketchkit.widgets import *\nMorph('kanji', seed=1)", "SketchPad()", "1 + 1"]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(nb, kernel_name="python3").execute()
    nbformat.write(nb, tmp_path / "run.ipynb")
    assert (tmp_path / "run.ipynb").stat().st_size < 60_000  # the notebook contains no weights
    whole = notebook_html(tmp_path / "run.ipynb", tmp_path / "whole.html").stat().st_size
    page = opened(notebook_html(tmp_path / "run.ipynb", dtype="int8"))
    assert (tmp_path / "run.html").stat().st_size < whole - 0.4e6
    assert page.locator(".sk-widget").count() == 2
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    page.get_by_role("slider", name="Morph").focus()
    page.keyboard.press("End")
    page.wait_for_function("() => Number(document.querySelector('.sk-widget').dataset.frames) > 1")
    # If the model has changed, only the image is shown.
    text = (tmp_path / "run.ipynb").read_text(encoding="utf-8")
    key = re.search(r'"key": "([0-9a-f]{32})"', text)[1]
    (tmp_path / "other.ipynb").write_text(text.replace(key, "0" * 32), encoding="utf-8")
    page = opened(notebook_html(tmp_path / "other.ipynb"))
    assert page.locator(".sk-widget").count() == 1
    assert page.locator("img").count() == 1


BOXES = (
    "from sketchkit.widgets import *\nimport ipywidgets as w\nfrom IPython.display import display\n"
    "pad = SketchPad()\nw.HBox([pad, TemperatureSlider('kanji', seed=1)])",
    "out = w.Output()\nwith out:\n    print('1 < 2')\n    display(w.VBox([SketchPad()]))\n"
    "w.Tab([w.Accordion([SketchPad()]), out], titles=['one', '<two>'])",
    "display(pad, w.HBox([SketchPad(), w.IntSlider(3)]), w.GridBox([w.Stack([SketchPad()])]))",
    "w.IntSlider(4)",
)


@pytest.fixture(scope="module")
def boxes(tmp_path_factory):
    """Return a notebook of widgets in boxes that has been run."""
    path = tmp_path_factory.mktemp("boxes") / "boxes.ipynb"
    notebook = notebook_of(*BOXES)
    NotebookClient(notebook, kernel_name="python3").execute()
    nbformat.write(notebook, path)
    return path


def test_notebook_html_widgets_in_boxes_tabs_and_outputs(chromium, boxes):
    text = notebook_html(boxes).read_text(encoding="utf-8")
    # Jupyter's scripts render the sliders. They do not receive the states of sketchkit's widgets, so they do
    # not change these widgets.
    views = re.findall(r'<script type="application/vnd.jupyter.widget-view\+json">(.*?)</script>', text, re.DOTALL)
    saved = json.loads(re.search(r'widget-state\+json">(.*?)</script>', text, re.DOTALL)[1])["state"]
    assert [saved[json.loads(view)["model_id"]]["model_name"] for view in views] == ["IntSliderModel"] * 2
    assert "anywidget" not in {entry["model_module"] for entry in saved.values()}
    assert "html-manager" in text
    page = chromium.new_page(viewport={"width": 1500, "height": 1200}, offline=True)
    page.goto(boxes.with_suffix(".html").as_uri())
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    assert page.locator(".sk-widget").count() == 7
    pads = page.locator(".sk-pad")
    stroke(page, pads.nth(0), (0.2, 0.3), (0.8, 0.3))
    page.locator(".sk-pad[data-strokes='1']").nth(1).wait_for()  # both displays show the same pad
    page.locator(".sk-accordion summary").first.click()
    stroke(page, pads.nth(1), (0.2, 0.3), (0.8, 0.3))
    assert not pads.nth(2).is_visible()
    page.locator("summary", has_text="<two>").click()
    pads.nth(2).wait_for()
    assert pads.evaluate_all("pads => pads.map(pad => pad.clientWidth)") == WIDTHS
    stroke(page, pads.nth(2), (0.2, 0.3), (0.8, 0.3))
    page.get_by_text("1 < 2").last.wait_for()
    assert pads.evaluate_all("pads => pads.map(pad => pad.dataset.strokes)") == ["1", "1", "1", "1", "0", "0"]
    page.close()


#: Widths of the pads on that page: narrow next to other widgets, 0 in the hidden tab.
WIDTHS = [262, 0, 464, 464, 262, 464]


@pytest.mark.long
def test_pad_size_in_page_equals_jupyterlab(notebook):
    nb = notebook(*BOXES[:2], viewport={"width": 1500, "height": 1200})
    nb.widget(1)
    nb.page.get_by_role("tab", name="<two>").click()
    pads = nb.page.locator(".sk-pad:visible")
    pads.nth(1).wait_for()
    assert pads.evaluate_all("pads => pads.map(pad => pad.clientWidth)") == [WIDTHS[0], WIDTHS[2]]


def test_notebook_html_that_was_not_executed_warns(tmp_path, caplog):
    path = tmp_path / "plain.ipynb"
    nbformat.write(notebook_of("x = 1"), path)
    notebook_html(path)
    assert "no cell has been executed, so the page shows no results. Add --execute" in caplog.text


@pytest.mark.long
def test_notebook_html_without_widget_state_warns_and_executes(opened, tmp_path, caplog):
    path = tmp_path / "plain.ipynb"
    notebook = notebook_of(
        "from sketchkit.widgets import *\nSketchPad()", "x = 1", "w = TemperatureSlider('kanji', seed=1)\nw"
    )
    NotebookClient(notebook, kernel_name="python3").execute()
    del notebook.metadata["widgets"]
    nbformat.write(notebook, path)
    before = path.read_bytes()
    page = opened(notebook_html(path))
    assert page.locator(".sk-widget").count() == 0
    assert page.locator("img").count() == 2
    assert "no saved widget state for cell 1, 3" in caplog.text
    assert "--execute" in caplog.text
    caplog.clear()
    result = CliRunner().invoke(cli.app, ["html", str(path), "--execute"])
    assert result.exit_code == 0, result.output
    page = opened(tmp_path / "plain.html")
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    assert page.locator(".sk-widget").count() == 2
    assert caplog.text == ""
    assert path.read_bytes() == before


def test_notebook_html_with_failing_cell_raises_and_names_notebook(tmp_path):
    nbformat.write(notebook_of("1", "1 / 0"), tmp_path / "bad.ipynb")
    with pytest.raises(ValueError, match=r"bad.ipynb: cell 2 raised ZeroDivisionError: division by zero"):
        notebook_html(tmp_path / "bad.ipynb", execute=True)
    assert not (tmp_path / "bad.html").exists()


def test_notebook_html_with_changed_model_has_image_and_warns(opened, boxes, caplog):
    notebook = nbformat.read(boxes, as_version=4)
    notebook.cells = notebook.cells[:2]
    text = nbformat.writes(notebook)
    key = re.search(r'"key": "([0-9a-f]{32})"', text)[1]
    path = boxes.with_name("changed.ipynb")
    path.write_text(text.replace(key, "0" * 32), encoding="utf-8")
    page = opened(notebook_html(path))
    page.locator(".sk-pad").nth(2).wait_for(state="attached")
    assert page.locator(".sk-widget").count() == 3
    assert page.get_by_role("img", name="TemperatureSlider").count() == 1
    assert "cell 1: TemperatureSlider is exported as a static image: kanji: the model has changed" in caplog.text


@pytest.mark.long
def test_sphinx_widgets_are_interactive_and_share_weights(opened, tmp_path):
    pytest.importorskip("myst_nb", reason="needs sphinx and myst-nb")
    from sphinx.cmd.build import main

    settings = 'extensions = ["sketchkit.sphinx", "myst_nb"]\nnb_execution_mode = "off"\nsketchkit_dtype = "int8"\n'
    (tmp_path / "conf.py").write_text(settings)
    sketchkit.render.draw(TREE).save(tmp_path / "tree.svg")
    (tmp_path / "index.rst").write_text(
        "Title\n=====\n\n.. toctree::\n\n   more\n   run\n\n"
        ".. sketchkit-morph:: kanji\n   :seed: 3\n   :a: tree.svg\n\n.. sketchkit-pad::\n   :collect:\n\n"
        ".. sketchkit-gallery:: tree.svg\n\n.. sketchkit-latent-map:: doodles\n   :limit: 60\n"
    )
    (tmp_path / "more.md").write_text("# More\n\n```{sketchkit-complete} kanji\n:variants: 2\n```\n")
    cells = [
        "from sketchkit.widgets import *\nimport ipywidgets as w\nMorph('kanji', seed=1)",
        "w.Tab([w.HBox([SketchPad(), SketchPad()]), w.VBox([SketchPad()])])",
    ]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nb.cells.insert(0, nbformat.v4.new_markdown_cell("# Run"))
    NotebookClient(nb, kernel_name="python3").execute()
    nbformat.write(nb, tmp_path / "run.ipynb")
    assert main(["-q", "-W", "-b", "html", str(tmp_path), str(tmp_path / "out")]) == 0
    assert (
        len(list((tmp_path / "out/_static/sketchkit").iterdir())) == 6
    )  # one script, one stylesheet, one model, three arrays
    page = opened(tmp_path / "out/index.html")
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    assert page.locator(".sk-pad[data-strokes='4']").count() == 1
    assert page.get_by_role("button", name="Keep").is_visible()
    page.locator("sketch-gallery").scroll_into_view_if_needed()
    page.locator(".sk-gallery .sk-caption", has_text="tree").wait_for()
    page.get_by_label("Drawing number").fill("42")
    page.keyboard.press("Enter")
    page.locator(".sk-status", has_text="drawing 42 of 60").wait_for()
    page = opened(tmp_path / "out/more.html")
    page.locator(".sk-choice").nth(1).wait_for()
    page = opened(tmp_path / "out/run.html")
    page.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    page.locator(".sk-tabs").scroll_into_view_if_needed()
    page.locator(".sk-tabs .sk-pad").nth(1).wait_for()
    assert page.locator(".sk-widget").count() == 3  # the widget in the closed tab is not yet in view
    page.locator(".sk-tabs > details > summary").nth(1).click()
    page.locator(".sk-tabs .sk-pad").nth(2).wait_for()
    (tmp_path / "more.md").write_text("# More\n\n```{sketchkit-complete} kanjy\n```\n")
    assert main(["-q", "-W", "-b", "html", str(tmp_path), str(tmp_path / "out")]) != 0
