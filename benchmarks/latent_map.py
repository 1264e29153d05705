"""Benchmark of `LatentMap` with 10,000 drawings in JupyterLab and in a page from disk, in Chromium without a GPU.

The drawings are random lines that have as many points as the drawings of the datasets kanji and omniglot. The cache is
empty, so the time to the first picture includes the computation of the codes.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import psutil

from benchmarks.figures import Figure, report
from benchmarks.widgets import LONG_TASKS
from tests.browser.conftest import CHROMIUM, FLAGS, Lab, Notebook, notebook_of

COUNT = 10_000
CELL = f"""
from benchmarks.drawings import dataset
from sketchkit.widgets import LatentMap
chart = LatentMap({{name: dataset(name, {COUNT // 2}).train for name in ("kanji", "omniglot")}}, "kanji")
chart
"""
#: Run the cells, and return the time until the map shows its first picture, in ms.
FIRST_PICTURE = """async () => {
  for (const node of document.querySelectorAll(".sk-widget")) delete node.dataset.frames;
  const start = performance.now();
  void jupyterapp.commands.execute("notebook:run-all-cells");
  while (!document.querySelector(".sk-widget")?.dataset.frames) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""
DECODED = "() => Number(document.querySelector('.sk-widget')?.dataset.decoded ?? 0)"


#: Record the time of each frame that the map draws from now on.
FRAMES = """() => { window.frames = []; window.observer?.disconnect();
  window.observer = new MutationObserver(() => window.frames.push(performance.now()));
  window.observer.observe(document.querySelector(".sk-widget"), { attributeFilter: ["data-frames"] }); }"""

#: Zoom in and then out: with Ctrl down, turn the wheel over the map by a notch in each frame. A script in the page does
#: this, because the driver of the browser waits for two frames after each notch that it sends, and so could not measure
#: more than 30 frames per second.
ZOOM = """async ([x, y, milliseconds]) => {
  const map = document.elementFromPoint(x, y), start = performance.now();
  for (let at = 0; at < milliseconds; at = performance.now() - start) {
    map.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, ctrlKey: true, clientX: x, clientY: y,
      deltaY: at < milliseconds / 2 ? -12 : 12 }));
    await new Promise(requestAnimationFrame);
  }
}"""


def processor_time() -> float:
    """Return the processor time of the browser, in s. Other programs affect it less than they affect elapsed time."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "chrom" in process.name():
                times = process.cpu_times()
                total += times.user + times.system
    return total


def frames_of(page: Any, where: str, name: str, gesture: Callable[[float], None], seconds: float = 3) -> float:
    """Report the frame rate (1 / median frame time) and processor time of a gesture; return the longest task, in ms."""
    page.evaluate(LONG_TASKS)
    page.evaluate(FRAMES)
    before, began = processor_time(), time.monotonic()
    while (share := (time.monotonic() - began) / seconds) < 1:
        gesture(share)
    used, at = processor_time() - before, page.evaluate("window.frames")
    # with fewer than two frames, there is no gap between frames: use the duration of the gesture
    gaps = sorted(b - a for a, b in itertools.pairwise(at)) or [1000 * seconds]
    rate = 1000 / gaps[len(gaps) // 2]
    report(Figure(f"map {where}: {name}, {COUNT:,} drawings", rate, "frames/s", bar="at least 50"))
    report(Figure("  processor time of all processes of the browser per frame", 1000 * used / max(len(at), 1), "ms"))
    return page.evaluate("window.longest")


def gestures(page: Any, where: str) -> None:
    """Report the frame rates, the latency of decoding and the longest tasks of a map."""
    chart = page.locator(".sk-map")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    tasks = []
    tasks.append(frames_of(page, where, "zoom", lambda _: page.evaluate(ZOOM, [*at(0.6, 0.4), 3000])))
    page.get_by_role("button", name="Move", exact=True).click()
    page.mouse.move(*at(0.2, 0.5))
    page.mouse.down()
    pan = frames_of(page, where, "pan", lambda share: page.mouse.move(*at(0.2 + 0.6 * share, 0.5 - 0.2 * share)))
    tasks.append(pan)
    page.mouse.up()
    page.get_by_role("button", name="Decode", exact=True).click()
    page.mouse.move(*at(0.2, 0.2))
    page.mouse.down()
    page.evaluate(LONG_TASKS)
    laps, used = [], processor_time()
    for k in range(1, 41):
        before = page.evaluate(DECODED)
        page.mouse.move(*at(0.2 + 0.015 * k, 0.2 + 0.014 * k))
        page.wait_for_function(f"before => ({DECODED})() > before", arg=before)
        laps.append(float(page.locator(".sk-widget").get_attribute("data-decode-ms") or 0))
    used = processor_time() - used
    page.mouse.up()
    tasks.append(page.evaluate("window.longest"))
    report(Figure(f"map {where}: decoding under the pointer, median", statistics.median(laps), "ms", bar="at most 50"))
    report(Figure(f"  decoding at the slowest of {len(laps)} positions", max(laps), "ms"))
    report(Figure("  processor time of all processes of the browser per drawing", 1000 * used / len(laps), "ms"))
    report(Figure(f"map {where}: longest task of these gestures", max(tasks), "ms", bar="at most 100"))


def main() -> None:
    """Report the response times and sizes of the map. Does nothing if Chromium is not installed."""
    if CHROMIUM is None:
        return
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp())
    os.environ["SKETCHKIT_CACHE"] = str(folder / "cache")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
    lab = Lab(folder)
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            lab.wait()
            page = browser.new_page(viewport={"width": 1200, "height": 1400})
            file = folder / "root/map.ipynb"
            nbformat.write(notebook_of(CELL), file)
            notebook = Notebook(lab, page, path=file)
            first = page.evaluate(FIRST_PICTURE)
            report(Figure("map in Lab: first picture in a new kernel", first, "ms", bar="at most 2000"))
            page.wait_for_function(f"() => ({DECODED})() > 0", timeout=60_000)
            laps = [page.evaluate(FIRST_PICTURE) for _ in range(3)]
            report(Figure("map in Lab: first picture after running the cell again", statistics.median(laps), "ms",
                          bar="at most 2000"))  # fmt: skip
            page.wait_for_function(f"() => ({DECODED})() > 0", timeout=60_000)
            size = float(notebook.python("import json; print(len(json.dumps(chart.get_state())) / 1000)"))
            report(Figure("map in Lab: size of the widget state", size, "kB", bar="at most 250"))
            gestures(page, "in Lab")
            path = folder / "map.html"
            notebook.python(f"chart.to_html({str(path)!r})")
            page.close()
            report(Figure("map in a page: size with the model", path.stat().st_size / 1e6, "MB"))
            page = browser.new_context(offline=True, viewport={"width": 1200, "height": 1400}).new_page()
            page.goto(path.as_uri(), wait_until="commit")
            page.wait_for_function("() => document.querySelector('.sk-widget')?.dataset.frames")
            report(Figure("map in a page: from opening to the first picture", page.evaluate("performance.now()"), "ms",
                          bar="at most 2000"))  # fmt: skip
            page.wait_for_function(f"() => ({DECODED})() > 0")
            gestures(page, "in a page")
        finally:
            lab.close()
            browser.close()


if __name__ == "__main__":
    main()
