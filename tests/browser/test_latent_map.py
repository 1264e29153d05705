"""`LatentMap` in pages and in JupyterLab, with real gestures."""

import re

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.widgets import LatentMap
from sketchkit.widgets.export.page import embed

NAMES = ("fish", "star", "house")
DRAWINGS = {name: [doodles.draw(name, seed) for seed in range(20)] for name in NAMES}
IMPORTS = """
from sketchkit.data import doodles
from sketchkit.widgets import LatentMap
import numpy as np
drawings = {name: [doodles.draw(name, seed) for seed in range(20)] for name in ("fish", "star", "house")}
"""
#: Margin around the drawings relative to the view, as in camera.js.
MARGIN = 0.08
STATUS = "() => document.querySelector('.sk-status').textContent"


@pytest.fixture(scope="module")
def chart():
    return LatentMap(DRAWINGS, "kanji")


@pytest.fixture
def page(opened, chart, tmp_path):
    page = opened(chart.to_html(tmp_path / "page.html"))
    decoded(page, 1)
    return page


def decoded(page, count):
    """Wait until the page has decoded at least `count` times."""
    page.wait_for_function(
        "count => Number(document.querySelector('.sk-widget')?.dataset.decoded ?? 0) >= count", arg=count
    )


def pixels(locator, positions):
    """Return the positions of drawings on the screen, (n, 2), while the whole map is shown."""
    box = locator.bounding_box()
    places = positions * [1, -1]
    low, high = places.min(axis=0), places.max(axis=0)
    inner = np.array([box["width"] - 2, box["height"] - 2])  # without the border
    zoom = ((1 - 2 * MARGIN) * inner / (high - low)).min()
    return (places - (low + high) / 2) * zoom + inner / 2 + [box["x"] + 1, box["y"] + 1]


def alone(positions, count):
    """Return the indices of the drawings with the largest distance from all others."""
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2) + 1e9 * np.eye(len(positions))
    return np.argsort(-distances.min(axis=1))[:count].tolist()


def caption(page):
    return page.locator(".sk-map-side .sk-caption").first.text_content()


def test_pointer_shows_a_drawing_and_clicks_select_and_morph(page, chart):
    places = pixels(page.locator(".sk-map"), chart.positions)
    a, b = alone(chart.positions, 2)
    page.mouse.move(*places[a])
    assert caption(page).startswith(f"{chart.labels[a]}, drawing {a + 1} of 60: {len(chart.drawings[a])} points")
    page.get_by_text(f"reconstruction of drawing {a + 1}").wait_for()  # the drawing under the pointer is decoded
    page.mouse.down()
    page.mouse.up()
    page.get_by_text("selected: 1 drawing").wait_for()
    page.get_by_text(f"reconstruction of drawing {a + 1}").wait_for()
    page.mouse.click(*places[b])
    page.get_by_text("selected: 2 drawings").wait_for()
    strip = page.locator(".sk-strip path.sk-ink[d^='M']:not(.sk-given)")
    strip.nth(8).wait_for(state="attached")
    ends = [strip.nth(i).get_attribute("d") for i in (0, 8)]
    slider = page.get_by_role("slider", name="Morph")
    big = page.get_by_role("img", name="Decoded drawing").locator("path.sk-ink").first
    for key, end in (("Home", ends[0]), ("End", ends[1])):
        slider.focus()
        page.keyboard.press(key)
        page.wait_for_function("([path, end]) => path.getAttribute('d') === end", arg=[big.element_handle(), end])
    page.locator(".sk-map").focus()
    page.keyboard.press("Escape")
    page.get_by_text("Click a drawing to select it").wait_for()
    assert not slider.is_visible()


def test_dragging_decodes_the_positions_of_the_pointer(page):
    box = page.locator(".sk-map").bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.9 * box["height"])
    page.mouse.down()
    drawings = set()
    for share in np.linspace(0.2, 0.8, 8):
        before = int(page.locator(".sk-widget").get_attribute("data-decoded"))
        page.mouse.move(box["x"] + share * box["width"], box["y"] + (1 - share) * box["height"])
        decoded(page, before + 1)
        drawings.add(page.get_by_role("img", name="Decoded drawing").locator("path.sk-ink").first.get_attribute("d"))
    page.mouse.up()
    page.get_by_text("decoded here, approximately").wait_for()
    assert len(drawings) > 4
    page.get_by_text("Click a drawing to select it").wait_for()  # a drag selects nothing


def test_wheel_zooms_with_ctrl_and_tools_move_and_select(page, chart):
    where, picture = page.locator(".sk-map"), page.locator(".sk-map canvas")
    box = where.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    frames = page.locator(".sk-widget").get_attribute("data-frames")
    page.mouse.wheel(0, 50)
    assert page.locator(".sk-widget").get_attribute("data-frames") == frames  # the wheel alone scrolls the page
    seen = [picture.screenshot()]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -60)
    page.keyboard.up("Control")
    changed(page, frames)
    seen.append(picture.screenshot())
    page.get_by_role("button", name="Move").click()
    frames = page.locator(".sk-widget").get_attribute("data-frames")
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 230, steps=4)
    page.mouse.up()
    changed(page, frames)
    seen.append(picture.screenshot())
    assert len(set(seen)) == 3
    page.emulate_media(reduced_motion="reduce")  # without a transition
    where.focus()
    page.keyboard.press("0")
    page.get_by_role("button", name="Lasso").click()
    places = pixels(where, chart.positions)
    middle = np.median(places[:, 0])
    left, right, top, bottom = box["x"] + 4, middle, box["y"] + 4, box["y"] + box["height"] - 4
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    inside = int((places[:, 0] < middle).sum())
    page.wait_for_function(
        f"inside => Math.abs(parseInt(({STATUS})().match(/region: (\\d+)/)?.[1]) - inside) <= 1", arg=inside
    )
    page.get_by_text("mean of the selected drawings").wait_for()
    selected = int(re.search(r"selected: (\d+) drawings", page.locator(".sk-count").first.text_content())[1])
    cells = page.locator(".sk-strip .sk-choice").all()
    assert len({round(cell.bounding_box()["y"]) for cell in cells}) == 1  # one row
    assert page.locator(".sk-strip").text_content() == f"and {selected - len(cells)} more"


def changed(page, frames):
    page.wait_for_function("frames => document.querySelector('.sk-widget').dataset.frames !== frames", arg=frames)


def test_categories_are_searched_and_highlighted_and_an_unknown_one_is_reported(page):
    field = page.get_by_label("Category")
    field.fill("unicorn")
    page.keyboard.press("Enter")
    page.get_by_text("There is no category “unicorn” on this map.").wait_for()
    field.fill("sta")
    page.keyboard.press("Enter")
    page.get_by_text("star: 20 drawings").wait_for()
    assert page.get_by_role("button", name="star", exact=True).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="house", exact=True).click()
    page.get_by_text("house: 20 drawings").wait_for()
    page.get_by_label("Color by").select_option("length")
    page.get_by_text(re.compile(r"length from \d+")).wait_for()
    page.get_by_label("Drawing number").fill("61")
    page.keyboard.press("Enter")
    page.get_by_text("Expected a number from 1 to 60.").wait_for()
    page.get_by_label("Drawing number").fill("42")
    page.keyboard.press("Enter")
    page.locator(".sk-status", has_text="house, drawing 42 of 60").wait_for()


def test_points_and_legend_follow_the_theme(page):
    swatch = page.locator(".sk-key .sk-swatch").first
    color, picture = "node => node.style.background", page.locator(".sk-map canvas")
    light, before = swatch.evaluate(color), picture.screenshot()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => document.querySelector('.sk-key .sk-swatch').style.background !== light", arg=light
    )
    assert picture.screenshot() != before


def test_keyboard_reaches_and_selects_every_drawing(page, chart):
    page.locator(".sk-map").focus()
    page.keyboard.press("Home")
    told = []
    for _ in range(60):
        told.append(int(re.search(r"drawing (\d+) of 60", page.evaluate(STATUS))[1]))
        page.keyboard.press("PageDown")
    assert told == list(range(1, 61))
    page.keyboard.press("End")
    assert "drawing 60 of 60" in page.evaluate(STATUS)
    page.keyboard.press("PageUp")
    start = 58
    page.keyboard.press("ArrowLeft")
    reached = int(re.search(r"drawing (\d+) of 60", page.evaluate(STATUS))[1]) - 1
    step = (chart.positions[reached] - chart.positions[start]) * [1, -1]
    assert step[0] < 0
    assert abs(step[1]) <= -step[0] * 1.01
    page.keyboard.press("Enter")
    assert page.evaluate(STATUS).startswith(f"Selected: {chart.labels[reached]}, drawing {reached + 1} of 60")
    page.get_by_text("selected: 1 drawing").wait_for()


def test_map_of_one_drawing_works_with_the_keyboard(opened, tmp_path):
    page = opened(LatentMap(DRAWINGS["fish"][:1], "kanji").to_html(tmp_path / "page.html"))
    decoded(page, 1)
    page.locator(".sk-map").focus()
    for key in ("ArrowLeft", "PageDown", "+", "0", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("selected: 1 drawing").wait_for()
    assert page.locator(".sk-map-note").text_content().strip() == "Between drawings, decoding is approximate."


def test_pinch_zooms_without_selecting_and_reset_clears_the_selection(opened, chart, tmp_path):
    page = opened(chart.to_html(tmp_path / "page.html"))
    decoded(page, 1)
    box, picture = page.locator(".sk-map").bounding_box(), page.locator(".sk-map canvas")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    cdp, before = page.context.new_cdp_session(page), picture.screenshot()

    def touch(kind, *places):
        fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    frames = page.locator(".sk-widget").get_attribute("data-frames")
    touch("touchStart", (x - 40, y))
    touch("touchStart", (x - 40, y), (x + 40, y))
    for step in range(1, 5):
        touch("touchMove", (x - 40 - 5 * step, y), (x + 40 + 5 * step, y))
    touch("touchEnd")
    changed(page, frames)
    assert picture.screenshot() != before
    page.get_by_text("Click a drawing to select it").wait_for()  # a pinch selects nothing
    page.locator(".sk-map").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.get_by_text("selected: 1 drawing").wait_for()
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_text("Click a drawing to select it").wait_for()
    page.get_by_role("button", name="Undo reset").click()
    page.get_by_text("selected: 1 drawing").wait_for()


def test_maps_of_two_models_in_a_page_mark_the_same_drawing(opened, chart, tmp_path):
    box = LatentMap(DRAWINGS, "kanji").beside("quickdraw")
    page = opened(embed(box, tmp_path / "page.html"))
    page.wait_for_function("() => [...document.querySelectorAll('.sk-widget')].every(node => node.dataset.decoded)")
    one, other = page.locator(".sk-widget").all()
    one.locator(".sk-map").focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    other.get_by_text("fish, drawing 2 of 60").first.wait_for()
    page.keyboard.press("Enter")
    other.get_by_text("selected: 1 drawing").wait_for()
    other.get_by_role("button", name="star", exact=True).click()
    assert one.get_by_role("button", name="star", exact=True).get_attribute("aria-pressed") == "true"


def test_map_in_lab_exchanges_selection_and_codes_with_python(notebook):
    nb = notebook(f"{IMPORTS}m = LatentMap(drawings, 'kanji')\nm")
    widget, page = nb.widget(), nb.page
    decoded(page, 1)
    positions = np.array(eval(nb.python("print(m.positions.tolist())")))  # noqa: S307 - printed by the test
    where = widget.locator(".sk-map")
    where.scroll_into_view_if_needed()
    places = pixels(where, positions)
    a, b = alone(positions, 2)
    page.mouse.click(*places[a])
    nb.eventually("print(m.selection)", str([a]))
    page.mouse.click(*places[b])
    nb.eventually("print(m.selection, len(m.selected))", f"{[a, b]} 2")
    nb.eventually("print(np.allclose(m.z, (m.selected_codes[0] + m.selected_codes[1]) / 2, atol=2e-3))", "True")
    nb.python("m.selection = []")
    widget.get_by_text("Click a drawing to select it").wait_for()
    box = where.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=6)
    page.mouse.up()
    nb.eventually("print(len(m.position))", "2")
    assert nb.python("print(np.abs(m.code_at(*m.position) - m.z).max() < 0.02, len(m.sketch) > 3)") == "True True"
    nb.python("m.category = 'star'; m.model = 'quickdraw'")
    widget.get_by_text("Principal components").wait_for()
    nb.eventually("print(len(m.z))", "128")
    assert nb.python("try: m.category = 'unicorn'\nexcept Exception as error: print(error)").startswith("category: no")
    assert widget.locator(".sk-map").is_visible()
    assert nb.errors == []
