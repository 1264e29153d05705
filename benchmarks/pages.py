"""Benchmark of exported pages, opened from disk without a kernel or an internet connection."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, report
from benchmarks.models import STEPS, published_decoder, untrained
from benchmarks.widgets import LONG_TASKS, drag
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
    decoder, name = published_decoder()
    long, conditional = untrained(conditional=False), untrained(conditional=True)
    for dtype, bar in (("float16", "at most 6"), ("int8", "at most 3.5")):
        for parts, widget in (("decoder only", Complete(long)), ("encoder and decoder", Morph(conditional))):
            size = widget.to_html(folder / "size.html", dtype=dtype).stat().st_size / 1e6
            report(Figure(f"page: 512 units, {parts}, {dtype}", size, "MB", bar=bar))
    TemperatureSlider(decoder, seed=5).to_html(folder / "first.html")
    Complete(decoder, variants=9, seed=2).to_html(folder / "complete.html")
    # Start and end of each drag, as shares of the slider's width, and the duration of the drag in seconds. The drag of
    # 0.6 s covers the 38 slider steps at low temperatures.
    drags = {
        f"temperature, {name}": (TemperatureSlider(decoder, seed=5), (0.1, 0.9), 3.0),
        "morph, kanji": (Morph("kanji", seed=1), (0.1, 0.9), 3.0),
        f"temperature, {STEPS} points": (TemperatureSlider(long, seed=5), (0.1, 0.9), 3.0),
        f"temperature up to 0.4, {STEPS} points": (TemperatureSlider(long, seed=5), (0.02, 0.27), 0.6),
        f"morph at temperature 0.1, {STEPS} points": (Morph(conditional, seed=1, temperature=0.1), (0.1, 0.9), 3.0),
    }
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        laps = []
        for _ in range(5):
            page = browser.new_context(offline=True).new_page()
            page.goto((folder / "first.html").as_uri(), wait_until="commit")
            page.wait_for_function("() => document.querySelector('.sk-widget')?.dataset.frames")
            laps.append(page.evaluate("performance.now()"))
            page.close()
        report(Figure("page: from opening to the first drawing", statistics.median(laps), "ms", bar="at most 1000"))
        for title, (widget, shares, seconds) in drags.items():
            page = browser.new_context(offline=True).new_page()
            page.goto(widget.to_html(folder / "drag.html").as_uri())
            page.wait_for_function("() => document.querySelector('.sk-widget')?.dataset.frames")
            rate, longest = drag(Page(page), title.split()[0].rstrip(",").capitalize(), seconds, shares)
            report(Figure(f"page: dragging {title}", rate, "frames/s", bar="at least 30"))
            report(Figure(f"  longest task while dragging {title}", longest, "ms", bar="at most 100"))
            page.close()
        page = browser.new_context(offline=True).new_page()
        page.goto((folder / "complete.html").as_uri())
        page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
        page.evaluate(LONG_TASKS)
        page.evaluate("() => { document.querySelector('.sk-widget').dataset.doneMs = ''; }")
        page.get_by_role("button", name="Another ending").click()
        page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs")
        longest = page.evaluate("window.longest")
        report(Figure("page: longest task during nine completions", longest, "ms", bar="at most 100"))
        browser.close()


if __name__ == "__main__":
    main()
