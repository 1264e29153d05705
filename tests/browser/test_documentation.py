"""The built documentation: no warnings, no broken links, interactive widgets."""

import importlib.util
import os
import subprocess
import sys

import pytest

from .conftest import ROOT
from .gestures import stroke

pytest.importorskip("myst_nb", reason="needs the documentation's tools")


def build(out, *options):
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", *options]
    done = subprocess.run(
        [*command, "-d", str(out.parent / "doctrees"), str(ROOT / "docs"), str(out)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def check_links():
    spec = importlib.util.spec_from_file_location("check_links", ROOT / "docs/check_links.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_check_links_reports_broken_links_and_external_resources(check_links, tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="top">A</h1><a href="b.html#there">b</a><a href="https://x.org">x</a>')
    (tmp_path / "b.html").write_text('<p id="there"></p><a href="a.html#top">a</a><a href="#there"></a>')
    assert check_links.problems(tmp_path) == []
    check_links.page.cache_clear()
    (tmp_path / "b.html").write_text(
        '<p id="here"></p><a href="c.html">c</a><img src="//x.org/p.png"><script src="https://x.org/s.js"></script>'
    )
    assert check_links.problems(tmp_path) == [
        "a.html: b.html#there has no such anchor",
        "b.html: c.html is missing",
        "b.html: loads //x.org/p.png from another site",
        "b.html: loads https://x.org/s.js from another site",
    ]


@pytest.mark.long
def test_explanation_page_has_interactive_figures(opened, tmp_path):
    parts = "myst_nb,sketchkit.sphinx,mathml"
    away = "_build,tutorials,howto,reference,index.md,explanation/[!m]*.md,*.md"
    build(tmp_path / "out", "-D", f"extensions={parts}", "-D", "root_doc=explanation/model", "-D",
          f"exclude_patterns={away}")  # fmt: skip
    page = opened(tmp_path / "out/explanation/model.html")
    assert page.locator("math").count() > 10
    dimension, expectation, temperature, morph = (page.locator(".sketchkit > *").nth(i) for i in range(4))
    assert page.locator("sketch-morph img").is_visible()  # the widget loads when it comes into view
    for strip in (dimension, temperature, morph):
        strip.scroll_into_view_if_needed()
        strip.locator(".sk-strip path.sk-ink[d^='M']").nth(8).wait_for(state="attached")
    expectation.scroll_into_view_if_needed()
    before = expectation.locator("image").get_attribute("href")
    stroke(page, expectation.locator(".sk-pad"), (0.3, 0.4), (0.4, 0.7))
    expectation.locator(".sk-pad[data-strokes='3']").wait_for()
    page.wait_for_function(
        "([el, before]) => el.shadowRoot.querySelector('image').getAttribute('href') !== before",
        arg=[expectation.element_handle(), before],
    )
    light = page.locator(".sk-paper").first.evaluate("paper => getComputedStyle(paper).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.locator(".sk-paper").first.evaluate("paper => getComputedStyle(paper).backgroundColor") != light
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_picture_of_the_first_page_moves_unless_reduced_motion_is_preferred(opened, tmp_path):
    picture = (ROOT / "docs/_static/first-page.svg").read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(f"<!doctype html><title>First page</title>{picture}", encoding="utf-8")
    page = opened(tmp_path / "page.html")
    move = "t => document.getAnimations().forEach((a) => { a.pause(); a.currentTime = 1000 * t; })"

    def opacities():
        strokes = page.locator("svg path.a")
        return {strokes.nth(i).evaluate("path => getComputedStyle(path).opacity") for i in range(strokes.count())}

    page.evaluate(move, 0.1)
    assert opacities() == {"0", "1"}
    page.evaluate(move, 4.5)
    assert opacities() == {"1"}
    page.reload()
    page.keyboard.press("Tab")
    states = "() => [...new Set(document.getAnimations().map((animation) => animation.playState))]"
    assert page.evaluate(states) == ["paused"]
    page.keyboard.press("Tab")
    assert page.evaluate(states) == ["running"]
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    assert opacities() == {"1"}


@pytest.mark.long
def test_documentation_builds_without_warnings_or_broken_links(check_links, opened, tmp_path):
    build(tmp_path / "out")
    assert check_links.problems(tmp_path / "out") == []
    import sketchkit
    from sketchkit import widgets

    names = (tmp_path / "out/genindex.html").read_text(encoding="utf-8")
    missing = [name for name in [*sketchkit.__all__, *widgets.__all__] if f"{name} (" not in names.replace("()", "")]
    assert [name for name in missing if name not in ("latent", "render")] == []
    page = opened(tmp_path / "out/tutorials/your_dataset.html")  # the build of this page trains the model of the widget
    page.locator("[data-sketchkit]").first.scroll_into_view_if_needed()  # widgets start when they come into view
    page.locator(".sk-pad .sk-ghost[d^='M']").first.wait_for(state="attached")
    page = opened(tmp_path / "out/index.html")
    page.locator(".sk-grid path.sk-ink[d^='M']").nth(2).wait_for(state="attached")
