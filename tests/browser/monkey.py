"""Random sessions with all widgets, as a stress test: `python -m tests.browser.monkey --sessions 10 --minutes 3`.

A session is determined by its number and the application (JupyterLab or Notebook 7). It opens three of the widgets.
Then it draws, clicks, presses keys, moves sliders, and changes the theme and the size of the window. It also runs the
cell again, reloads the page and restarts the kernel, while the kernel is busy or idle. It fails on a console error, if
a stroke is not shown or is lost, or if a widget does not answer at the end.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from .conftest import CHROMIUM, FLAGS, Lab, Notebook

#: Python source of each widget.
WIDGETS = (
    "Complete('kanji', models=['kanji', 'omniglot'], variants=3, speed='fast', seed=1)",
    "SketchPad(collect=True, task='Draw a house.')",
    "Morph('kanji', seed=2)",
    "NextPoint('kanji')",
    "LatentSlider('kanji', seed=3)",
    "Complete('sheep', seed=4, auto=False)",
    "Reconstruct('kanji', variants=4)",
    "TemperatureSlider('kanji', density=True, seed=5)",
    "Morph('kanji', square=True)",
    "Gallery([sketchkit.Sketch.from_polylines([[(0, 0), (9, 9)], [(0, 9), (9, 0)]])] * 3)",
    "Complete('quickdraw', category='rabbit', seed=6)",
    "LatentMap(doodles.splits(10)['train'], 'kanji')",
    "Guess('quickdraw')",
    "LatentSliders('quickdraw', category='bear', directions={'ears': eye(128)[0], 'size': eye(128)[1]})",
)
#: Number of widgets of a session.
COUNT = 3
#: Beginnings of the names of buttons that are not clicked: they lead out of the widget or open a browser dialog.
EXCLUDED = ("Full screen", "Save", "Copy")
KEYS = ("e", "h", "m", "p", "n", "+", "-", "0", "ArrowLeft", "ArrowUp", "Delete", " ", "Control+z", "Control+Shift+z")
SLIDER_KEYS = ("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End")


#: Code that computes the numbers of strokes of the pads, in the order of the pads in the page.
COUNTS = """
def papers(w):
    ends = [n for n in ("sketch_a", "sketch_b", "sketch_c", "sketch_d") if w.has_trait(n)]
    if ends:
        return ends if w.square else ends[:2]
    results = (LatentSlider, LatentSliders, TemperatureSlider, Gallery, LatentMap)  # their sketch is not drawn on a pad
    return [] if isinstance(w, results) else ["sketch"]
counts = [getattr(w, n).num_strokes for w in all for n in papers(w)]
""".strip()


def cell_of(number: int) -> str:
    """Return the source of the cell of a session."""
    chosen = [WIDGETS[(COUNT * number + i) % len(WIDGETS)] for i in range(COUNT)]
    return (
        "import sketchkit, ipywidgets\nfrom numpy import eye\n"
        "from sketchkit.data import doodles\nfrom sketchkit.widgets import *\n"
        f"all = [{', '.join(chosen)}]\nipywidgets.VBox(all)"
    )


class Monkey:
    """One session."""

    def __init__(self, lab: Lab, page, number: int, app: str = "lab") -> None:
        self.dice, self.page, self.app = random.Random(f"{app}-{number}"), page, app
        self.notebook = Notebook(lab, page, cell_of(number), app=app)
        self.done: dict[str, int] = {}
        self.log: list[str] = []
        self.wait()

    def wait(self) -> None:
        """Wait until all widgets are shown."""
        self.widgets.nth(COUNT - 1).wait_for(timeout=90000)

    @property
    def widgets(self):
        return self.page.locator('.sk-widget[data-ready="true"]')

    @property
    def pads(self):
        return self.page.locator(".sk-pad")

    def strokes(self) -> list[int]:
        """Return the number of strokes of the user on each pad."""
        return self.pads.evaluate_all("pads => pads.map(pad => Number(pad.dataset.strokes))")

    def expect(self, strokes: list[int]) -> None:
        """Wait until the pads have these numbers of strokes."""
        script = """strokes => JSON.stringify(strokes) ===
          JSON.stringify([...document.querySelectorAll(".sk-pad")].map(pad => Number(pad.dataset.strokes)))"""
        try:
            self.page.wait_for_function(script, arg=strokes, timeout=30000)
        except Exception as error:
            raise AssertionError(f"{self.strokes()} strokes, expected {strokes}") from error

    def heard(self) -> None:
        """Wait until Python has the strokes of all pads."""
        self.notebook.eventually(f"{COUNTS}\nprint(counts)", str(self.strokes()))

    # Gestures ---------------------------------------------------------------------------------------

    def place(self, node) -> tuple[float, float]:
        box = node.bounding_box()
        return box["x"] + self.dice.random() * box["width"], box["y"] + self.dice.random() * box["height"]

    def pick(self, selector: str):
        """Return a visible and enabled element of a widget, or None."""
        found = self.widgets.nth(self.dice.randrange(COUNT)).locator(selector)
        usable = found.evaluate_all("""(nodes, excluded) => nodes.flatMap((node, i) => {
          const name = node.getAttribute("aria-label") ?? node.textContent;
          return node.checkVisibility() && !node.disabled && !excluded.some(text => name.startsWith(text)) ? [i] : [];
        })""", list(EXCLUDED))  # fmt: skip
        return found.nth(self.dice.choice(usable)) if usable else None

    def drag(self, pad) -> None:
        pad.scroll_into_view_if_needed()
        at = self.place(pad)
        inside = "([x, y]) => !!document.elementFromPoint(x, y)?.closest('.sk-pad')"
        for _ in range(100):  # the point may be outside the window, or under a notification of JupyterLab
            if self.page.evaluate(inside, at):
                break
            at = self.place(pad)
        self.page.mouse.move(*at)
        self.page.mouse.down()
        for _ in range(self.dice.randint(1, 5)):
            self.page.mouse.move(*self.place(pad), steps=self.dice.randint(1, 6))
        self.page.mouse.up()

    def stroke(self, number: int | None = None) -> None:
        count = self.pads.count()
        if not count:
            return
        number = self.dice.randrange(count) if number is None else number
        pad, before = self.pads.nth(number), self.strokes()
        for tool, key in (("sk-erasing", "e"), ("sk-panning", "h")):  # keys, because small pads have no buttons
            if tool in pad.get_attribute("class"):
                pad.focus()
                self.page.keyboard.press(key)
        self.drag(pad)
        self.expect([n + (i == number) for i, n in enumerate(before)])

    def erase(self) -> None:
        if self.pads.count():
            pad = self.pads.nth(self.dice.randrange(self.pads.count()))
            pad.focus()
            self.page.keyboard.press("e")
            self.drag(pad)

    def undo_and_redo(self) -> None:
        if not self.pads.count():
            return
        pad, before = self.pads.nth(self.dice.randrange(self.pads.count())), self.strokes()
        pad.focus()
        self.page.keyboard.press("Control+z")
        if self.strokes() != before:  # otherwise there was nothing to undo
            self.page.keyboard.press("Control+Shift+z")
            self.expect(before)

    def click(self) -> None:
        button = self.pick("button, summary")
        if button:
            self.log[-1] += f" {button.get_attribute('aria-label') or button.inner_text()}"
            button.click()
            # Reset may have to load the initial model.
            self.widgets.locator("[aria-busy]").wait_for(state="detached", timeout=60000)

    def press(self) -> None:
        if self.pads.count():
            self.pads.nth(self.dice.randrange(self.pads.count())).focus()
            for _ in range(self.dice.randint(1, 4)):
                self.page.keyboard.press(self.dice.choice(KEYS))

    def slide(self) -> None:
        slider = self.pick("input[type=range]")
        if slider:
            slider.focus()
            for _ in range(self.dice.randint(1, 8)):
                self.page.keyboard.press(self.dice.choice(SLIDER_KEYS))

    def choose(self) -> None:
        select = self.pick("select")
        if select:
            before = self.strokes()
            select.select_option(index=self.dice.randrange(select.locator("option").count()))
            self.expect(before)

    def choose_model(self) -> None:
        menu = self.pick(".sk-models > summary")
        if menu:
            before = self.strokes()
            if menu.locator("xpath=..").get_attribute("open") is None:  # an earlier click may have opened it
                menu.click()
            name = self.dice.choice(["kanji", "quickdraw"])  # all widgets can draw with these models
            menu.locator("xpath=..").get_by_role("button", name=name, exact=True).click()
            self.expect(before)

    def zoom(self) -> None:
        if self.pads.count():
            pad, before = self.pads.nth(self.dice.randrange(self.pads.count())), self.strokes()
            pad.scroll_into_view_if_needed()
            self.page.mouse.move(*self.place(pad))
            self.page.keyboard.down("Control")
            self.page.mouse.wheel(0, self.dice.choice([-300, 300]))
            self.page.keyboard.up("Control")
            self.expect(before)

    # The page and the kernel ------------------------------------------------------------------------

    def resize(self) -> None:
        before = self.strokes()
        self.page.set_viewport_size({"width": self.dice.randint(700, 1400), "height": self.dice.randint(500, 1400)})
        self.expect(before)

    def theme(self) -> None:
        before, name = self.strokes(), self.dice.choice(["JupyterLab Dark", "JupyterLab Light"])
        self.page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
        self.expect(before)

    def busy(self) -> None:
        """Keep the kernel busy during the next actions."""
        self.notebook.python(f"import time; time.sleep({self.dice.uniform(1, 5)})", dies=True)

    def from_python(self) -> None:
        code = "for w in all:\n    if w.has_trait('{0}'): w.{0} = {1}"
        trait, value = self.dice.choice([("temperature", 0.7), ("seed", 9), ("task", "'Draw a boat.'"), ("locked", [])])
        self.notebook.python(code.format(trait, value))

    def rerun(self) -> None:
        self.widgets.evaluate_all("roots => { for (const root of roots) root.dataset.ready = 'old'; }")
        self.notebook.run_all()
        self.wait()

    def reload(self) -> None:
        self.heard()
        before = self.strokes()
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.reload()
        self.notebook.ready()
        self.wait()
        self.expect(before)

    def restart(self) -> None:
        before = self.strokes()
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.page.get_by_text("The kernel has disconnected").first.wait_for()
        self.expect(before)
        self.stroke()
        self.notebook.ready()
        self.rerun()

    # The session ------------------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        often = [self.stroke] * 8 + [self.click] * 5 + [self.slide] * 2
        often += [
            self.press,
            self.erase,
            self.undo_and_redo,
            self.choose,
            self.choose_model,
            self.zoom,
            self.resize,
            self.theme,
        ]
        often += [self.busy, self.from_python]
        seldom = [self.rerun, self.reload, self.restart]
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            act = self.dice.choice(seldom if self.dice.random() < 0.03 else often)
            self.act(act)
        self.check_alive()

    def act(self, act) -> None:
        self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
        self.log.append(act.__name__)
        act()
        assert self.notebook.errors == [], self.notebook.errors

    def check_alive(self) -> None:
        """Check that each pad accepts a stroke, that Python has it, and that each model answers."""
        self.log.append("check_alive")
        for number in range(self.pads.count()):
            self.stroke(number)
        self.heard()
        for i in range(COUNT):
            slider = self.widgets.nth(i).get_by_role("slider", name="Temperature")
            if slider.count() and slider.is_visible():
                slider.focus()
                self.page.keyboard.press("End")
                self.page.keyboard.press("Home")
                self.notebook.eventually(f"print(all[{i}].temperature)", "0.0")
        wrong = self.page.locator(".sk-error").filter(has_not_text="The beginning has").all_inner_texts()
        assert [text for text in wrong if text] == []
        assert self.notebook.errors == [], self.notebook.errors


def main() -> None:
    """Run sessions one after the other and print the result of each."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--first", type=int, default=0, help="number of the first session")
    parser.add_argument("--app", choices=("lab", "notebooks"), default="lab", help="JupyterLab or Notebook 7")
    options = parser.parse_args()
    lab, failed = Lab(Path(tempfile.mkdtemp())), 0
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            lab.wait()
            for number in range(options.first, options.first + options.sessions):
                page = browser.new_page(viewport={"width": 1200, "height": 1200})
                monkey = None
                try:
                    monkey = Monkey(lab, page, number, options.app)
                    monkey.run(60 * options.minutes)
                    print(f"{options.app} {number}: passed, {monkey.done}", flush=True)
                except Exception as error:
                    failed += 1
                    print(f"{options.app} {number}: {type(error).__name__} {error}", flush=True)
                    print(monkey and monkey.log[-12:], monkey and monkey.notebook.errors, flush=True)
                    page.screenshot(path=Path(tempfile.gettempdir()) / f"monkey-{options.app}-{number}.png")
                page.close()
        finally:
            lab.close()
            browser.close()
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
