"""Benchmark of exported pages, opened from disk without a kernel or a network. Downloads a published model."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, report
from benchmarks.widgets import LONG_TASKS, MODEL, drag
from tests.browser.conftest import CHROMIUM, FLAGS


class Page:
    """Adapter that gives an exported page the interface of `Notebook` that `drag` uses."""

    def __init__(self, page) -> None:
        self.page = page

    def widget(self):
        """Return the first widget that is ready."""
        return self.page.locator('.sk-widget[data-ready="true"]').first


def main() -> None:
    """Report sizes and times of pages. Does nothing if Chromium is not installed."""
    if CHROMIUM is None:
        return
    from playwright.sync_api import sync_playwright

    from sketchkit.widgets import Complete, Morph, TemperatureSlider

    folder = Path(tempfile.mkdtemp())
    made: dict = {}
    exec(MODEL.replace("CONDITIONAL", "True"), made)  # noqa: S102 - our own text
    for dtype, bar in (("float16", "at most 6"), ("int8", "at most 3.5")):
        for name, widget in (("a decoder", Complete("quickdraw/dog")), ("an encoder too", Morph(made["model"]))):
            size = widget.to_html(folder / "size.html", dtype=dtype).stat().st_size / 1e6
            report(Figure(f"page: 512 units, {name}, {dtype}", size, "MB", bar=bar))
    TemperatureSlider("quickdraw/dog", seed=5).to_html(folder / "temperature.html")
    Morph("kanji", seed=1).to_html(folder / "morph.html")
    Complete("quickdraw/dog", variants=9, seed=2).to_html(folder / "complete.html")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        laps = []
        for _ in range(5):
            page = browser.new_context(offline=True).new_page()
            page.goto((folder / "temperature.html").as_uri(), wait_until="commit")
            page.wait_for_function("() => document.querySelector('.sk-widget')?.dataset.frames")
            laps.append(page.evaluate("performance.now()"))
            page.close()
        report(Figure("page: from opening to the first drawing", statistics.median(laps), "ms", bar="at most 1000"))
        for name in ("temperature", "morph"):
            page = browser.new_context(offline=True).new_page()
            page.goto((folder / f"{name}.html").as_uri())
            page.wait_for_function("() => document.querySelector('.sk-widget')?.dataset.frames")
            rate, _ = drag(Page(page), name.capitalize())
            report(Figure(f"page: dragging {name}", rate, "frames/s", bar="at least 30"))
            page.close()
        page = browser.new_context(offline=True).new_page()
        page.goto((folder / "complete.html").as_uri())
        page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
        page.evaluate(LONG_TASKS)
        page.evaluate("() => { document.querySelector('.sk-widget').dataset.doneMs = ''; }")
        page.get_by_role("button", name="Another variation").click()
        page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
        longest = page.evaluate("window.longest")
        report(Figure("page: longest task during nine completions", longest, "ms", bar="at most 100"))
        browser.close()


if __name__ == "__main__":
    main()
