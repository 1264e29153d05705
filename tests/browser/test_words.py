"""Labels and messages of the widgets in German pages."""

import re

import pytest

import sketchkit
from sketchkit.data import doodles
from sketchkit.widgets import (
    Complete,
    Gallery,
    Guess,
    LatentMap,
    LatentSlider,
    LatentSliders,
    Morph,
    NextPoint,
    Reconstruct,
    SketchPad,
    TemperatureSlider,
)

from .conftest import ROOT
from .gestures import stroke

TREE = doodles.draw("tree", 4).simplified(8)
#: Script that returns all text in the widgets, and the values of attributes that users see or hear.
TEXTS = """() => {
  const said = new Set();
  for (const node of document.querySelectorAll(".sk-widget *")) {
    for (const name of ["title", "aria-label", "placeholder", "alt"]) said.add(node.getAttribute(name) ?? "");
    for (const child of node.childNodes) if (child.nodeType === 3 && child.data.trim()) said.add(child.data.trim());
  }
  return [...said];
}"""
#: Strings that are the same in every language: numbers, and names of models and categories.
NAMES = r"[-−\d.,%]+|\d+ s|kanji|omniglot|quickdraw|[abcd]|"


def table():
    """Return the German strings by their English originals."""
    source = (ROOT / "sketchkit/widgets/static/ui/german.js").read_text(encoding="utf-8")
    return dict(re.findall(r'"([^"]+)":\s*"([^"]+)"', source))


def said_in_code():
    """Return the English strings that the code passes to `say`, and the labels of controls."""
    literal = re.compile(r'\b(?:say|showStatus|report)\(\s*(?:[^"()\n]*\? )?"([^"]+)"(?:\s*:\s*"([^"]+)")?')
    controls = "button|slider|toggle|choice|search|iconButton|traitChoice"
    control = re.compile(rf'(?<![.\w])(?:{controls})\((?:link, )?(?:"\w+", )?"([^"]+)"')
    found = set()
    for path in (ROOT / "sketchkit/widgets/static").rglob("*.js"):
        if path.name not in ("german.js", "words.js") and "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found |= {each for match in literal.findall(text) for each in match if each}
            found |= set(control.findall(text))
    return found


def test_german_table_contains_every_string_of_the_code():
    found = said_in_code()
    assert len(found) > 60
    assert {text for text in found if text not in table() and not re.fullmatch(r"\{\w+\}|[a-z]\w{0,4}", text)} == set()


def test_translations_have_the_placeholders_of_the_originals():
    values = re.compile(r"\{\w+\}")
    wrong = [
        english
        for english, german in table().items()
        if sorted(values.findall(english)) != sorted(values.findall(german))
    ]
    assert wrong == []


def widgets():
    return [
        Complete("quickdraw", models=["quickdraw", "omniglot"], variants=2, seed=7),
        Morph("kanji", TREE, seed=1),
        Morph("kanji", square=True, seed=1),
        TemperatureSlider("omniglot", density=True, seed=2),
        Reconstruct("kanji", sketch=TREE, seed=3),
        SketchPad(collect=True),
        LatentSlider("kanji", seed=8),
        NextPoint("omniglot"),
        Gallery({"7": TREE}),
        Guess("quickdraw", category="", seconds=600),
        LatentSliders("kanji", TREE, {"7": [0.1] * 64}),
        LatentMap({"kanji": [TREE, TREE.scaled(2)]}),
    ]


def test_widgets_in_a_german_page_are_in_german(opened, tmp_path):
    page = opened(sketchkit.embed(widgets(), tmp_path / "page.html", language="de-AT"))
    page.locator(".sk-widget").nth(4).locator(".sk-grid path.sk-ink[d^='M']").first.wait_for(state="attached")
    pad = page.locator(".sk-widget").nth(5)
    stroke(page, pad.locator(".sk-pad"), (0.2, 0.3), (0.8, 0.3))
    pad.get_by_text("1 Strich, 1 Punkt").wait_for()
    pad.get_by_role("button", name="Behalten").click()
    german = table().values()
    keys = r"(?: \([^)]+\))?"  # a tooltip ends with the shortcut
    texts = [re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)) for text in german]
    one = f"(?:{'|'.join(texts)})"
    known = re.compile(f"{NAMES}|{one}{keys}|{one}: {one}{keys}")
    unknown = [text for text in page.evaluate(TEXTS) if not known.fullmatch(text)]
    assert unknown == []


def test_categories_of_bundled_models_have_german_names_in_a_german_page(opened, tmp_path):
    page = opened(Guess("quickdraw", category="rabbit").to_html(tmp_path / "page.html", language="de"))
    page.get_by_text("Zeichne: Hase").wait_for()
    category = page.get_by_role("combobox", name="Kategorie")
    assert category.input_value() == "Hase"
    category.fill("Bär")
    category.press("Enter")
    page.get_by_text("Zeichne: Bär").wait_for()
    category.fill("lobster")
    category.press("Enter")
    page.get_by_text("Zeichne: Hummer").wait_for()


@pytest.mark.parametrize("name", ["Temperature", "Temperatur"])
def test_control_is_hidden_by_its_english_or_german_name(opened, tmp_path, name):
    page = opened(NextPoint("omniglot", hidden=[name]).to_html(tmp_path / "page.html", language="de"))
    page.get_by_role("button", name="Nächsten Punkt zeichnen").wait_for()
    assert page.get_by_role("slider", name="Temperatur").count() == 0
    assert page.locator("[role=alert]:visible").count() == 0


def test_widgets_in_a_page_in_another_language_are_in_english(opened, tmp_path):
    page = opened(SketchPad().to_html(tmp_path / "page.html", language="ar"))
    page.get_by_role("button", name="Full screen").wait_for()


def test_invalid_language_tag_raises(tmp_path):
    with pytest.raises(ValueError, match="language: expected a language tag"):
        SketchPad().to_html(tmp_path / "page.html", language='de"><script>')
