"""Benchmarks of the component in Chromium: size of a model, time to the first drawing, memory of several elements."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, report
from benchmarks.models import untrained
from sketchkit.widgets.export.component import write_component
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.site import STATE, Site

ELEMENT = '<sketch-complete model="model.sk" loading="eager"></sketch-complete>'
READY = f"[...document.querySelectorAll('sketch-complete')].every({STATE.format('firstMs')})"
DONE = f"[...document.querySelectorAll('sketch-complete')].every({STATE.format('doneMs')})"
#: Headers without which a page cannot measure its memory.
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


def page(count: int) -> str:
    return f'<!doctype html><title>component</title>{ELEMENT * count}<script src="sketchkit.js"></script>'


def first_drawing(browser, address: str) -> float:
    """Return the median time from opening a page to the first points of a drawing, in ms."""
    laps = []
    for _ in range(5):
        context = browser.new_context()
        opened = context.new_page()
        opened.goto(address, wait_until="commit")
        opened.wait_for_function(READY)
        laps.append(opened.evaluate("performance.now()"))
        context.close()
    return statistics.median(laps)


def memory(browser, site: Site, count: int) -> float:
    """Return the memory of a page with some elements and of its workers, in MB."""
    site.answer("memory.html", page(count).encode(), **ISOLATED)
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{site.address}/memory.html")
    opened.wait_for_function(DONE)
    used = opened.evaluate("async () => (await performance.measureUserAgentSpecificMemory()).bytes / 1e6")
    context.close()
    return used


def main() -> None:
    """Report sizes, times and memory. Does nothing if Chromium is not installed."""
    if CHROMIUM is None:
        return
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp())
    model = untrained(conditional=True)
    model.name = "model"
    write_component(folder, [model], from_disk=True)
    script = (folder / "sketchkit.js").stat().st_size / 1e6
    for name, what in (("model.sk", "model"), ("model.sk.js", "model as a script")):
        size = (folder / name).stat().st_size / 1e6
        report(Figure(f"component: script and {what}, 512 units, float16", script + size, "MB", bar="at most 6"))
    (folder / "page.html").write_text(page(1), encoding="utf-8")
    site = Site(folder)
    with sync_playwright() as p:
        flags = [*FLAGS, "--enable-blink-features=ForceEagerMeasureMemory"]
        browser = p.chromium.launch(executable_path=CHROMIUM, args=flags)
        for address, what in (
            ((folder / "page.html").as_uri(), "from disk"),
            (f"{site.address}/page.html", "from a server"),
        ):
            report(
                Figure(
                    f"component: first drawing, 512 units, {what}",
                    first_drawing(browser, address),
                    "ms",
                    bar="at most 500",
                )
            )
        one, two = (memory(browser, site, count) for count in (1, 2))
        report(Figure("component: memory of a page with one element", one, "MB"))
        report(
            Figure("component: memory of a page with two elements", two, "MB", two / one, "one element", "at most 1.1")
        )
        browser.close()
    site.server.shutdown()


if __name__ == "__main__":
    main()
