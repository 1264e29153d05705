"""Frames with exported pages are as high as their content."""

import re

import pytest

from sketchkit.widgets import Morph
from sketchkit.widgets.export.page import fragment

from .conftest import ROOT

TALL = """() => new Promise((fits) => {
  const check = () => {
    const { scrollHeight, offsetHeight } = document.documentElement;
    if (scrollHeight <= innerHeight && Math.abs(offsetHeight - innerHeight) <= 1) fits(innerHeight);
    else requestAnimationFrame(check);
  };
  check();
})"""


def fitted(page):
    """Wait until the frame of a page is as high as its content, and return this height in pixels."""
    frame = page.locator("iframe").element_handle().content_frame()
    frame.locator(".sk-widget").first.wait_for()
    return frame.evaluate(TALL)


def host(frame):
    return f"<!doctype html><html lang='en'><title>Host</title><p>Before</p>{frame}<p>After</p>"


def check_changes(page):
    """Check that the height of the frame follows its content when the content grows, shrinks and is rearranged."""
    first = fitted(page)
    assert first > 300
    content = page.locator("iframe").element_handle().content_frame()
    content.evaluate(
        "document.body.append(Object.assign(document.createElement('div'), { id: 'more', style: 'height: 300px' }))"
    )
    assert fitted(page) == pytest.approx(first + 300, abs=1)
    content.evaluate("document.getElementById('more').remove()")
    assert fitted(page) == pytest.approx(first, abs=1)
    page.set_viewport_size({"width": 420, "height": 900})
    assert fitted(page) != pytest.approx(first, abs=5)  # a narrow widget arranges its parts in more rows


@pytest.mark.parametrize("style", ["", "iframe { box-sizing: border-box; border: 6px solid; }"])
def test_frame_of_the_same_site_is_as_high_as_its_page(visit, site, tmp_path, style):
    path = Morph("kanji", seed=1).to_html(tmp_path / "morph.html", dtype="int8")
    site.answer("morph.html", path.read_bytes())
    page = visit(f'<style>{style}</style><iframe src="morph.html" width="100%" height="80"></iframe>')
    check_changes(page)


def test_script_of_the_documentation_fits_the_frame_of_a_page_from_disk(opened, tmp_path):
    text = (ROOT / "docs/embedding.md").read_text(encoding="utf-8")
    frame, script = re.findall(r"```html\n(<(?:iframe|script)\b.*?)```", text, re.DOTALL)
    Morph("kanji", seed=1).to_html(tmp_path / "kanji.html")
    (tmp_path / "host.html").write_text(host(frame + script), encoding="utf-8")
    check_changes(opened(tmp_path / "host.html"))


def test_fragment_is_as_high_as_its_content(opened, tmp_path):
    path = tmp_path / "host.html"
    path.write_text(host(fragment(Morph("kanji", seed=1), height=100)), encoding="utf-8")
    check_changes(opened(path))
