"""Drawings in the addresses of pages."""

import json
import shutil
import subprocess

import pytest

import sketchkit
from sketchkit.data import doodles
from sketchkit.widgets import Complete, SketchPad

from .conftest import ROOT
from .gestures import stroke
from .site import sentence, until

PAD = '<sketch-pad id="pad" link></sketch-pad>'


def link_of(page):
    return page.evaluate("pad.toLink()")


def test_copied_link_opens_the_same_drawing(visit):
    page = visit(PAD, permissions=["clipboard-read", "clipboard-write"])
    until(page, "#pad", "ready")
    stroke(page, page.locator("#pad .sk-pad"), (0.2, 0.3), (0.8, 0.3))
    stroke(page, page.locator("#pad .sk-pad"), (0.5, 0.1), (0.4, 0.8))
    page.locator("#pad").get_by_role("button", name="Copy link").click()
    page.locator("#pad .sk-status").filter(has_text="Copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    drawing = page.evaluate("pad.sketch")
    other = visit(PAD, place=link[link.index("#") :])
    until(other, "#pad", "ready")
    copied = other.evaluate("pad.sketch")
    assert copied["rows"] == pytest.approx(drawing["rows"], abs=0.5)
    assert copied["start"] == pytest.approx(drawing["start"], abs=0.5)


def test_another_address_shows_another_drawing(visit):
    page = visit(PAD)
    until(page, "#pad", "ready")
    page.evaluate("() => { pad.sketch = [[[0, 0], [10, 10]]]; window.one = pad.toLink(); pad.sketch = null; }")
    page.evaluate("location.href = one")
    page.wait_for_function("pad.sketch.rows.length === 3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1." + "A" * 1_000_000, "The link is too long for a drawing."),
        ("1." + "A" * 70_000, "The link is too long for a drawing."),
        ("2.AAAA", "The link has version 2; this page reads version 1."),
        ("1.", "The link does not contain a complete drawing."),
        ("<script>", "The link does not contain a complete drawing."),
        ("1._ERROR!", "The link does not contain a complete drawing."),
        ("1.AP__________8", "The link does not contain a complete drawing."),
        ("1.ZAEAAA", "The link does not contain a complete drawing."),
    ],
)
def test_invalid_link_shows_a_message_and_an_empty_pad(visit, text, expected):
    page = visit(PAD, place=f"#sketch={text}")
    assert sentence(page, "#pad") == expected
    until(page, "#pad", "ready")
    assert page.evaluate("pad.sketch.rows.length") == 0


def test_incomplete_link_shows_a_message(visit):
    page = visit(PAD)
    until(page, "#pad", "ready")
    page.evaluate("() => { pad.sketch = [[[0, 0], [10, 10], [90, 40], [33, 11], [8, 200]]]; }")
    link = link_of(page)
    other = visit(PAD, place=link[link.index("#") : -3])
    assert sentence(other, "#pad") == "The link does not contain a complete drawing."


def test_other_parts_of_the_address_are_kept(visit):
    page = visit(PAD, place="?a=1#tail=1.AAEAAA")
    until(page, "#pad", "ready")
    page.evaluate("() => { pad.sketch = [[[0, 0], [10, 10]]]; }")
    assert "?a=1#tail=1.AAEAAA&sketch=1." in link_of(page)


def test_exported_page_starts_from_a_link(opened, tmp_path):
    path = sketchkit.embed([SketchPad(), Complete("kanji", auto=False)], tmp_path / "page.html")
    page = opened(path)
    page.goto(f"{path.as_uri()}#sketch2=1._QLOCM4I0AioBA")
    pads = page.locator(".sk-pad")
    page.locator(".sk-pad[data-strokes='1']").wait_for()
    assert [pads.nth(i).get_attribute("data-strokes") for i in (0, 1)] == ["0", "1"]
    assert page.get_by_role("button", name="Copy link").count() == 2


def test_link_of_a_drawing_is_short_and_keeps_the_shape_of_the_drawing(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js, which is not installed")
    drawings = [doodles.draw(name, 4).simplified(2) for name in ("tree", "field", "mountain")]
    drawings += [drawings[0].scaled(1e-3), drawings[0].scaled(1e5)]
    given = [{"start": list(map(float, each.start)), "rows": each.offsets.reshape(-1).tolist()} for each in drawings]
    module = (ROOT / "sketchkit/widgets/static/editor/link_text.js").as_uri()
    code = f"""
    globalThis.document = {{ documentElement: {{ lang: "en" }} }};
    const {{ fromText, toText }} = await import({json.dumps(module)});
    const texts = {json.dumps(given)}.map(toText);
    console.log(JSON.stringify([texts, texts.map(fromText)]));
    """
    (tmp_path / "links.mjs").write_text(code)
    ran = subprocess.run([node, str(tmp_path / "links.mjs")], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    texts, read = json.loads(ran.stdout)
    for drawing, text, copy in zip(drawings, texts, read, strict=True):
        assert len(text) < 6 * len(drawing) + 20
        copied = sketchkit.Sketch(copy["rows"] and _rows(copy["rows"]), tuple(copy["start"]))
        assert copied.num_strokes == drawing.num_strokes
        assert len(copied) == len(drawing)
        assert drawing.chamfer_distance(copied) < 2e-3


def _rows(rows):
    return [rows[i : i + 3] for i in range(0, len(rows), 3)]
