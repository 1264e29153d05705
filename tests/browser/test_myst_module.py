"""Modules for MyST's directive `anywidget`: their function `render` is called in a shadow tree, as by MyST's theme."""

import pytest

import sketchkit
from sketchkit.widgets import Complete, SketchPad

PAGE = """<!doctype html><title>Site</title>
<style>body { background: #fff } .dark body { background: #1c1917 }</style>
<div id="widget"></div>
<script type="module">
const { default: widget } = await import("./kanji.mjs");
const el = document.createElement("div");
document.querySelector("#widget").attachShadow({ mode: "open" }).append(el);
window.end = await widget.render({ model: {}, el });
</script>
"""


@pytest.fixture
def module(site, tmp_path):
    """Return a site with a page that shows a module of two widgets."""
    path = sketchkit.embed([Complete("kanji", variants=1, seed=7), SketchPad()], tmp_path / "kanji.mjs")
    site.answer("kanji.mjs", path.read_bytes(), **{"Content-Type": "text/javascript"})
    site.answer("site.html", PAGE.encode())
    return site


def test_module_draws_in_a_shadow_tree_and_follows_the_theme(module, chromium):
    from playwright.sync_api import expect

    page = chromium.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{module.address}/site.html")
    frame = page.frame_locator("iframe")
    frame.locator(".sk-choice path.sk-ink[d^='M']").first.wait_for(state="attached")
    page.wait_for_function("() => widget.shadowRoot.querySelector('iframe').clientHeight > 900")
    paper = frame.locator(".sk-pad").first
    for name, background in (("dark", "rgb(23, 25, 29)"), ("", "rgb(255, 255, 255)")):
        page.evaluate("name => { document.documentElement.className = name }", name)
        expect(paper).to_have_css("background-color", background)
    page.evaluate("end()")
    assert errors == []
    page.close()
