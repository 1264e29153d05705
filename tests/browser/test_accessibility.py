"""Accessibility of all widgets: axe, operation by keyboard, and right-to-left pages."""

import pytest

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
from sketchkit.widgets.export.page import embed

from .conftest import AXE, VIOLATIONS

WIDGETS = {
    "pad": lambda: SketchPad(sketch=doodles.draw("fish", 1), collect=True, drawings=[doodles.draw("star", 1)]),
    "classroom": lambda: SketchPad(task="Draw.", hidden=["Zoom in"], locked=["Toolbar", "Simplify", "Copy or save"]),
    "complete": lambda: Complete("kanji", models=["kanji", "omniglot"], variants=5, speed="instant"),
    "categories": lambda: Complete("sheep", auto=False),
    "reconstruct": lambda: Reconstruct("kanji", sketch=doodles.draw("star", 1)),
    "morph": lambda: Morph("kanji", doodles.draw("star", 1), doodles.draw("fish", 1)),
    "square": lambda: Morph("kanji", square=True),
    "temperature": lambda: TemperatureSlider("kanji", density=True),
    "latent": lambda: LatentSlider("kanji"),
    "next_point": lambda: NextPoint("kanji"),
    "guess": lambda: Guess("quickdraw", category="rabbit", sketch=doodles.draw("fish", 1), seconds=600),
    "sliders": lambda: LatentSliders("kanji", directions={"up": [0.1] * 64, "down": [-0.1] * 64}),
    "map": lambda: LatentMap(
        {name: [doodles.draw(name, seed) for seed in range(3)] for name in ("fish", "star")}, "kanji"
    ),
    "gallery": lambda: Gallery({"Ada": doodles.draw("star", 1), "Ben": doodles.draw("fish", 1)}),
}
#: The controls that a user can reach, by the text that a screen reader would read.
CONTROLS = """() => [...document.querySelectorAll("button, input, select, summary, [tabindex='0']")]
  .filter(node => node.checkVisibility() && !node.disabled && !node.inert)
  .map(node => node.getAttribute("aria-label") ?? node.textContent.trim())"""
FOCUSED = """() => {
  const node = document.activeElement, hasFrame = part => getComputedStyle(part).outlineStyle !== "none";
  const name = node.getAttribute("aria-label") ?? node.textContent.trim();
  return node === document.body ? null : [name, [node, ...node.children].some(hasFrame)];
}"""


@pytest.fixture
def page_of(opened, tmp_path):
    """Return a function that exports widgets, opens the page, and waits until all have rendered."""

    def open_widgets(*widgets):
        page = opened(embed(list(widgets), tmp_path / "page.html"))
        page.locator(".sk-widget[data-ready]").nth(len(widgets) - 1).wait_for()
        return page

    return open_widgets


def test_axe_finds_nothing_serious_in_any_widget_and_mode(page_of):
    if not AXE.exists():
        pytest.skip("needs axe-core: npm install")
    page = page_of(*[make() for make in WIDGETS.values()])
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(VIOLATIONS) == []
    for name in ("Play back", "Show the model's input", "Erase"):
        for button in page.get_by_role("button", name=name, disabled=False).all():
            button.click()
    for menu in page.locator("details.sk-menu > summary:not([inert])").all():
        menu.evaluate("summary => { summary.parentElement.open = true; }")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => [...document.querySelectorAll('.sk-widget')].every(node => node.style.colorScheme === scheme)",
            arg=scheme,
        )
        assert page.evaluate(VIOLATIONS) == [], scheme
    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    assert page.evaluate(VIOLATIONS) == []


@pytest.mark.parametrize("name", WIDGETS)
def test_every_control_is_reached_by_tab_with_a_visible_focus(page_of, name):
    page = page_of(WIDGETS[name]())
    page.wait_for_function("() => document.querySelector('.sk-status').textContent.indexOf('Loading')")
    controls, reached = page.evaluate(CONTROLS), []
    for _ in range(len(controls) + 2):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        reached.append(focused)
    assert sorted(control for control, _ in reached) == sorted(controls)
    assert [control for control, visible in reached if not visible] == []


def test_menu_and_search_work_with_the_keyboard(page_of):
    page = page_of(Complete("sheep", auto=False))
    page.get_by_label("Copy or save", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Copy as PNG"
    page.keyboard.press("Enter")
    page.get_by_text("There is no drawing yet.").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Copy or save"


def test_square_of_morph_is_moved_with_the_keyboard(page_of):
    page = page_of(Morph("kanji", square=True))
    square = page.locator(".sk-plane")
    marker = square.locator(".sk-marker")
    page.wait_for_function("() => document.querySelector('.sk-plane .sk-ink').getAttribute('d')")
    before = marker.bounding_box()
    square.focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    after = marker.bounding_box()
    assert after["x"] > before["x"]
    assert after["y"] > before["y"]


def test_square_of_morph_and_labels_in_a_right_to_left_page(page_of):
    page = page_of(
        Morph("kanji", square=True), LatentSlider("kanji"), SketchPad(task="ציירו בית.", sketch=doodles.draw("fish", 1))
    )
    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    page.wait_for_function("() => document.querySelector('.sk-plane .sk-ink').getAttribute('d')")
    square = page.locator(".sk-plane")
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"])
    marker = square.locator(".sk-marker").bounding_box()
    assert marker["x"] > box["x"] + 0.7 * box["width"]  # under the mouse
    # As in a left-to-right page, the first drawing is on the left.
    first = square.locator(".sk-paper").first.bounding_box()
    assert first["x"] == pytest.approx(box["x"], abs=2)
    caption = page.get_by_text("-3", exact=True)
    minus = caption.evaluate("""node => {
      const range = document.createRange(), text = node.firstChild;
      const left = i => (range.setStart(text, i), range.setEnd(text, i + 1), range.getBoundingClientRect().left);
      return left(0) < left(1);
    }""")
    assert minus, "the minus sign is before the number"
    assert page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth")
    undo, clear = (page.get_by_role("button", name=name, exact=True).last.bounding_box() for name in ("Undo", "Clear"))
    assert undo["x"] > clear["x"]
