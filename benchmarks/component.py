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

READY = f"[...document.querySelectorAll('sketch-complete')].every({STATE.format('firstMs')})"
DONE = f"[...document.querySelectorAll('sketch-complete')].every({STATE.format('doneMs')})"


#: Headers without which a page cannot measure its memory.
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


def page(model: Path, count: int) -> str:
    element = f'<sketch-complete model="{model.name}" loading="eager"></sketch-complete>'
    return f'<!doctype html><title>component</title>{element * count}<script src="sketchkit.js"></script>'


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


def memory(browser, site: Site, text: str) -> float:
    """Return the memory of the objects of a page and its workers, in MB, without the memory of WebAssembly."""
    site.answer("memory.html", text.encode(), **ISOLATED)
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
    files = write_component(folder, [untrained(conditional=True)], from_disk=True)
    script = (folder / "sketchkit.js").stat().st_size / 1e6
    model = next(path for path in files if path.suffix == ".sk")
    for path, suffix in ((model, ".sk"), (model.with_suffix(".sk.js"), ".sk.js")):
        size = path.stat().st_size / 1e6
        name = f"component: sketchkit.js and model as {suffix}, 512 units, float16"
        report(Figure(name, script + size, "MB", bar="at most 6"))
    (folder / "page.html").write_text(page(model, 1), encoding="utf-8")
    site = Site(folder)
    places = {"from disk": (folder / "page.html").as_uri(), "from a server": f"{site.address}/page.html"}
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, "--enable-blink-features=ForceEagerMeasureMemory"]
        )
        for where, address in places.items():
            time = first_drawing(browser, address)
            report(Figure(f"component: first drawing, 512 units, {where}", time, "ms", bar="at most 500"))
        one, two = (memory(browser, site, page(model, count)) for count in (1, 2))
        report(Figure("component: memory of a page with one element", one, "MB"))
        report(Figure("component: memory with two elements", two, "MB", two / one, "one element", "at most 1.1"))
        browser.close()
    site.server.shutdown()


if __name__ == "__main__":
    main()
