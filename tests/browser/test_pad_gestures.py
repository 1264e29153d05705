"""Mouse, pen and touch on a pad: palms, second fingers, canceled touches, the eraser end of a pen, undo and redo."""

import pytest

from sketchkit.widgets import SketchPad

from .gestures import points, stroke


@pytest.fixture
def pad(chromium, tmp_path):
    """Return a pad in a page opened from disk, on a touch screen."""
    context = chromium.new_context(has_touch=True)
    page = context.new_page()
    page.goto(SketchPad().to_html(tmp_path / "pad.html").as_uri())
    yield Pad(page)
    context.close()


class Pad:
    def __init__(self, page):
        self.page, self.svg = page, page.locator(".sk-pad")
        self.svg.wait_for()
        self.cdp = page.context.new_cdp_session(page)

    def touch(self, kind, *contacts):
        """Dispatch a touch event with all contacts: (id, x, y), x and y as shares of the pad."""
        places = points(self.svg, *[(x, y) for _, x, y in contacts])
        touches = [{"x": x, "y": y, "id": number} for (number, *_), (x, y) in zip(contacts, places, strict=True)]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def pen(self, *places):
        """Draw a stroke with a pen."""
        (first, *_, last) = at = points(self.svg, *places)
        steps = [("mousePressed", first), *(("mouseMoved", place) for place in at[1:]), ("mouseReleased", last)]
        for kind, (x, y) in steps:
            self.cdp.send("Input.dispatchMouseEvent", {
                "type": kind, "x": x, "y": y, "button": "left", "buttons": 0 if kind == "mouseReleased" else 1,
                "clickCount": 1, "pointerType": "pen", "force": 0.5,
            })  # fmt: skip

    def eraser(self, *places):
        """Move the eraser end of a pen, simulated by events in the page: the browser protocol does not support it."""
        self.svg.evaluate(
            """(pad, places) => {
              const at = (kind, [x, y], button) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true,
                pointerId: 9, pointerType: "pen", button, buttons: kind === "pointerup" ? 0 : 32,
                clientX: x, clientY: y }));
              at("pointerdown", places[0], 5);
              for (const place of places.slice(1)) at("pointermove", place, -1);
              at("pointerup", places.at(-1), 5);
            }""",
            points(self.svg, *places),
        )

    @property
    def strokes(self):
        """The strokes on the pad as the page saves them: y of the first point and x extent, in percent of the pad."""
        data = self.svg.evaluate(
            """pad => { const boxes = [...pad.querySelectorAll("g > path.sk-ink")].map(path => path.getBBox());
                 return boxes.map(({ x, y, width }) => [x, y, width].map(value => Math.round(value / 2.55))); }"""
        )
        assert len(data) >= int(self.svg.get_attribute("data-strokes"))
        return [tuple(box) for box in data]

    def count(self, expected):
        self.page.locator(f'.sk-pad[data-strokes="{expected}"]').wait_for(timeout=3000)

    def button(self, name):
        self.page.get_by_role("button", name=name).click()


def test_pad_pen_draws_while_palm_rests(pad):
    pad.touch("touchStart", (1, 0.8, 0.8))
    pad.pen((0.2, 0.2), (0.5, 0.2), (0.7, 0.2))
    pad.count(1)
    pad.touch("touchMove", (1, 0.7, 0.9))
    pad.touch("touchEnd")
    pad.count(1)
    assert pad.strokes == [(20, 20, 50)]


def test_pad_pen_replaces_a_touch_that_draws(pad):
    pad.touch("touchStart", (1, 0.8, 0.8))
    pad.touch("touchMove", (1, 0.4, 0.8))
    pad.pen((0.2, 0.2), (0.7, 0.2))
    pad.touch("touchMove", (1, 0.2, 0.8))
    pad.touch("touchEnd")
    pad.count(1)
    assert pad.strokes == [(20, 20, 50)]


def test_pad_ignores_second_finger(pad):
    pad.touch("touchStart", (1, 0.2, 0.3))
    pad.touch("touchMove", (1, 0.4, 0.3))
    pad.touch("touchStart", (1, 0.4, 0.3), (2, 0.8, 0.8))
    pad.touch("touchMove", (1, 0.6, 0.3), (2, 0.7, 0.7))
    pad.touch("touchMove", (1, 0.8, 0.3), (2, 0.6, 0.7))
    pad.touch("touchEnd")
    pad.count(1)
    assert pad.strokes == [(20, 30, 60)]


def test_pad_finger_draws_while_palm_rests(pad):
    pad.touch("touchStart", (1, 0.8, 0.8))
    pad.touch("touchStart", (1, 0.8, 0.8), (2, 0.2, 0.3))
    pad.touch("touchMove", (1, 0.8, 0.8), (2, 0.6, 0.3))
    pad.touch("touchEnd")  # both touches end, the palm first
    pad.count(1)
    assert pad.strokes == [(20, 30, 40)]


def test_pad_tap_draws_dot(pad):
    pad.touch("touchStart", (1, 0.5, 0.5))
    pad.touch("touchEnd")
    pad.count(1)


def test_pad_canceled_touch_is_removed_and_redo_still_works(pad):
    stroke(pad.page, pad.svg, (0.2, 0.2), (0.7, 0.2))
    stroke(pad.page, pad.svg, (0.2, 0.4), (0.7, 0.4))
    pad.button("Undo")
    pad.count(1)
    pad.touch("touchStart", (1, 0.2, 0.8))
    pad.touch("touchMove", (1, 0.6, 0.8))
    pad.touch("touchCancel")
    assert pad.strokes == [(20, 20, 50)]
    pad.button("Redo")  # a canceled touch is not a gesture, so redo still works
    pad.count(2)
    pad.touch("touchStart", (1, 0.2, 0.6))  # the next touch draws
    pad.touch("touchMove", (1, 0.7, 0.6))
    pad.touch("touchEnd")
    pad.count(3)


def test_pad_canceled_erasing_touch_restores_strokes(pad):
    stroke(pad.page, pad.svg, (0.2, 0.2), (0.7, 0.2))
    pad.button("Erase")
    pad.touch("touchStart", (1, 0.5, 0.5))
    pad.touch("touchMove", (1, 0.5, 0.2))
    pad.count(0)
    pad.touch("touchCancel")
    pad.count(1)


def test_pad_eraser_end_of_pen_is_one_undo_step(pad):
    for y in (0.2, 0.4, 0.6):
        stroke(pad.page, pad.svg, (0.2, y), (0.7, y))
    pad.eraser((0.4, 0.1), (0.4, 0.2), (0.4, 0.3), (0.4, 0.4), (0.4, 0.5))
    pad.count(1)
    assert pad.strokes == [(20, 60, 50)]
    pad.button("Undo")
    pad.count(3)
    pad.button("Redo")
    pad.count(1)
    pad.pen((0.2, 0.8), (0.7, 0.8))  # the tip of the pen draws again
    pad.count(2)
    assert pad.page.get_by_role("button", name="Erase").get_attribute("aria-pressed") == "false"


def test_pad_canceled_pen_keeps_stroke(pad):
    (a, b) = points(pad.svg, (0.2, 0.3), (0.7, 0.3))
    pad.svg.evaluate(
        """(pad, [a, b]) => {
          const at = (kind, [x, y]) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 9,
            pointerType: "pen", button: 0, buttons: 1, clientX: x, clientY: y }));
          at("pointerdown", a); at("pointermove", b); at("pointercancel", b);
        }""",
        [a, b],
    )
    pad.count(1)


def test_pad_stroke_without_end_event_does_not_block_next(pad):
    pad.svg.evaluate(
        """pad => { const { left, top } = pad.getBoundingClientRect();
          const at = (kind, x, y) => pad.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 9,
            pointerType: "mouse", button: 0, buttons: 1, clientX: left + x, clientY: top + y }));
          at("pointerdown", 50, 50); at("pointermove", 150, 50);
          at("pointerdown", 50, 90); at("pointermove", 150, 90); at("pointerup", 150, 90); }"""
    )
    pad.count(2)
