"""Random gestures on a widget, as a stress test: `python -m tests.browser.monkey --sessions 10 --minutes 3`.

A session is determined by its number. It succeeds if there are no console errors, the widget still responds, and no
drawing was lost by undo and redo, a new width, another model, a reload of the page, or a dead kernel.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from .conftest import CHROMIUM, FLAGS, Lab, Notebook

CELL = """
import sketchkit
from sketchkit.widgets import *
c = Complete('kanji', models=['kanji', 'omniglot'], variants=3, seed=1)
c
"""
SHOWN = "() => Number(document.querySelector('.sk-pad')?.dataset.strokes ?? -1)"


class Monkey:
    """One session."""

    def __init__(self, lab: Lab, page, number: int) -> None:
        self.dice, self.page = random.Random(number), page
        self.notebook = Notebook(lab, page, CELL)
        self.done: dict[str, int] = {}
        self.last = ""

    @property
    def widget(self):
        return self.notebook.widget()

    @property
    def pad(self):
        return self.widget.locator(".sk-pad")

    def place(self) -> tuple[float, float]:
        box = self.pad.bounding_box()
        return box["x"] + self.dice.random() * box["width"], box["y"] + self.dice.random() * box["height"]

    def stroke(self) -> None:
        self.pad.scroll_into_view_if_needed()
        before = self.page.evaluate(SHOWN)
        start = self.place()
        while not self.page.evaluate("([x, y]) => !!document.elementFromPoint(x, y)?.closest('.sk-pad')", start):
            start = self.place()  # outside the window, or under a notification of JupyterLab
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for _ in range(self.dice.randint(1, 6)):
            self.page.mouse.move(*self.place(), steps=self.dice.randint(1, 8))
        self.page.mouse.up()
        self.expect(before + 1)

    def expect(self, strokes: int) -> None:
        try:
            self.page.wait_for_function(f"strokes => ({SHOWN})() === strokes", arg=strokes, timeout=20000)
        except Exception as error:
            raise AssertionError(f"{self.page.evaluate(SHOWN)} strokes, expected {strokes}") from error

    def undo(self) -> None:
        self.pad.focus()
        self.page.keyboard.press("Control+z")

    def redo(self) -> None:
        self.pad.focus()
        self.page.keyboard.press("Control+Shift+z")

    def undo_and_redo(self) -> None:
        before = self.page.evaluate(SHOWN)
        self.undo()
        if self.page.evaluate(SHOWN) != before:  # otherwise there was nothing to undo
            self.redo()
            self.expect(before)

    def clear(self) -> None:
        self.widget.get_by_role("button", name="Clear").click()
        self.expect(0)

    def resize(self) -> None:
        self.page.set_viewport_size({"width": self.dice.randint(900, 1400), "height": self.dice.randint(500, 1400)})

    def choose(self) -> None:
        before = self.page.evaluate(SHOWN)
        self.widget.get_by_role("combobox", name="Model").select_option(self.dice.choice(["kanji", "omniglot"]))
        self.expect(before)

    def accept(self) -> None:
        self.widget.get_by_role("button", name="Accept variant 1").click()

    def noise(self) -> None:
        self.widget.get_by_role("button", name="Another ending").click()

    def warm(self) -> None:
        self.widget.get_by_role("slider", name="Temperature").focus()
        for _ in range(self.dice.randint(1, 10)):
            self.page.keyboard.press(self.dice.choice(["ArrowRight", "ArrowLeft", "PageUp", "Home"]))

    def from_python(self) -> None:
        variants = self.dice.randint(1, 9)
        self.notebook.python(f"c.variants = {variants}")
        self.page.wait_for_function("n => document.querySelectorAll('.sk-grid .sk-paper').length === n", arg=variants)

    def heard(self, strokes: int) -> None:
        """Wait until the sketch in Python has this number of strokes."""
        self.notebook.eventually("print(c.sketch.num_strokes)", str(strokes))

    def rerun(self) -> None:
        self.widget.evaluate("root => { root.dataset.ready = 'old'; }")
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        self.widget.wait_for()
        self.expect(0)

    def reload(self) -> None:
        before = self.page.evaluate(SHOWN)
        self.heard(before)
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.reload()
        self.notebook.ready()
        self.expect(before)

    def restart(self) -> None:
        before = self.page.evaluate(SHOWN)
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.widget.get_by_text("The kernel has disconnected").wait_for()
        self.expect(before)
        self.notebook.ready()
        self.rerun()

    def run(self, seconds: float) -> None:
        often = [self.stroke] * 8 + [self.undo, self.redo, self.undo_and_redo, self.resize, self.choose, self.accept]
        often += [self.noise, self.warm, self.from_python, self.clear]
        seldom = [self.rerun, self.reload, self.restart]
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            act = self.dice.choice(seldom if self.dice.random() < 0.04 else often)
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
            self.last = act.__name__
            act()
        self.stroke()
        self.heard(self.page.evaluate(SHOWN))
        assert self.notebook.errors == [], self.notebook.errors


def main() -> None:
    """Run sessions one after the other and print the result of each."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--first", type=int, default=0, help="number of the first session")
    options = parser.parse_args()
    lab = Lab(Path(tempfile.mkdtemp()))
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            lab.wait()
            for number in range(options.first, options.first + options.sessions):
                page = browser.new_page(viewport={"width": 1200, "height": 1200})
                monkey = Monkey(lab, page, number)
                try:
                    monkey.run(60 * options.minutes)
                    print(f"session {number}: passed, {monkey.done}", flush=True)
                except Exception as error:
                    print(f"session {number}: {type(error).__name__} {error}\n{monkey.done} {monkey.last}", flush=True)
                    page.screenshot(path=Path(tempfile.gettempdir()) / f"monkey-{number}.png")
                page.close()
        finally:
            lab.close()
            browser.close()


if __name__ == "__main__":
    main()
