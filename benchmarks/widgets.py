"""Benchmarks of the widgets in JupyterLab in Chromium, with a model of 512 units whose drawings never end early.

One benchmark uses a published model if it is in the cache.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, report
from benchmarks.models import PUBLISHED, is_cached
from tests.browser.conftest import CHROMIUM, FLAGS, Lab, Notebook

MODEL = """
import numpy as np
from sketchkit import HParams, SketchRNN
from sketchkit.widgets import *
sizes = {"dec_rnn_size": 512, "enc_rnn_size": 256, "z_size": 128, "max_seq_len": 250}
model = SketchRNN.new(HParams(conditional=CONDITIONAL, **sizes), 40.0)
model.weights["decoder/output/b"][2] = -50
"""
#: Cell with a model that has exemplars; a completion compares their codes with the beginning.
CATEGORY = """
from dataclasses import replace
from sketchkit.model.exemplars import Exemplars
random = np.random.default_rng(0)
model.config = replace(model.config, categories=("a", "b"))
model.exemplars = Exemplars(("a", "b"), random.normal(size=(2, 16, 128)).astype(np.float32))
Complete(model, category='a')
"""
LONG_TASKS = """() => { window.longest = 0;
  new PerformanceObserver(list => { for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration); })
    .observe({ entryTypes: ["longtask"] }); }"""  # noqa: E501
FRAMES = """() => { const root = document.querySelector(".sk-widget"); window.frames = [];
  new MutationObserver(changes => { if (changes.some(change => change.attributeName === "data-frames")) window.frames.push(performance.now()); })
    .observe(root, { attributes: true }); }"""  # noqa: E501


def draw(notebook: Notebook, *shares: tuple[float, float]) -> None:
    """Draw a stroke with the mouse."""
    pad = notebook.widget().locator(".sk-pad").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in shares]
    notebook.page.mouse.move(*points[0])
    notebook.page.mouse.down()
    for point in points[1:]:
        notebook.page.mouse.move(*point, steps=5)
    notebook.page.mouse.up()


def completions(notebook: Notebook, times: int) -> list[tuple[float, float]]:
    """Return the times to the first and to all nine completions, in ms, for `times` strokes, sorted."""
    laps = []
    root = notebook.widget()
    for i in range(times):
        root.evaluate("root => { delete root.dataset.doneMs; }")
        draw(notebook, (0.2, 0.2 + 0.04 * i), (0.8, 0.25 + 0.04 * i))
        notebook.page.wait_for_function("() => document.querySelector('.sk-widget').dataset.doneMs", timeout=60000)
        data = root.evaluate("root => [root.dataset.firstMs, root.dataset.doneMs].map(Number)")
        laps.append((data[0], data[1]))
    return sorted(laps)


INK_FRAMES = """() => { window.frames = [];
  new MutationObserver(changes => { if (changes.some(change => change.target.getAttribute("d"))) window.frames.push(performance.now()); })
    .observe(document.querySelector(".sk-pad > path.sk-model-ink"), { attributeFilter: ["d"] }); }"""  # noqa: E501


def turns(notebook: Notebook, times: int, corners: int = 2) -> tuple[float, float]:
    """Return medians: the time from lifting the pen to the model's first ink, in ms, and the frame rate of its turn.

    `corners` is the number of points of each stroke.
    """
    page, root, laps, gaps = notebook.page, notebook.widget(), [], []
    page.evaluate(INK_FRAMES)
    for i in range(times):
        draw(notebook, *((0.2 + 0.6 * k / (corners - 1), 0.2 + 0.04 * i + 0.2 * (k % 2)) for k in range(corners)))
        page.wait_for_function("() => document.querySelector('.sk-widget').dataset.inkMs", timeout=60000)
        laps.append(float(root.get_attribute("data-ink-ms") or 0))
        page.wait_for_timeout(1500)
        at = page.evaluate("window.frames.splice(0)")
        gaps += [b - a for a, b in itertools.pairwise(at)]
    return sorted(laps)[times // 2], 1000 / sorted(gaps)[len(gaps) // 2]


def drag(
    notebook: Notebook, name: str, seconds: float = 3, shares: tuple[float, float] = (0.1, 0.9)
) -> tuple[float, float]:
    """Drag a slider between two positions, given as `shares` of its width.

    Returns the frame rate (1 / median frame time, in frames/s) and the longest task, in ms.
    """
    page, slider = notebook.page, notebook.widget().get_by_role("slider", name=name)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.evaluate(LONG_TASKS)
    page.evaluate(FRAMES)
    first, last = (box["x"] + share * box["width"] for share in shares)
    page.mouse.move(first, y)
    page.mouse.down()
    began = time.monotonic()
    while (share := (time.monotonic() - began) / seconds) < 1:
        page.mouse.move(first + share * (last - first), y)
    page.mouse.up()
    at = page.evaluate("window.frames")
    # with fewer than two frames, there is no gap between frames: use the duration of the drag
    gaps = sorted(b - a for a, b in itertools.pairwise(at)) or [1000 * seconds]
    return 1000 / gaps[len(gaps) // 2], page.evaluate("window.longest")


def main() -> None:
    """Report the response times of the widgets. Does nothing if Chromium is not installed."""
    if CHROMIUM is None:
        return
    from playwright.sync_api import sync_playwright

    lab = Lab(Path(tempfile.mkdtemp()))
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            lab.wait()

            def opened(cell: str, *, conditional: bool = False) -> Notebook:
                page = browser.new_page(viewport={"width": 1200, "height": 1400})
                notebook = Notebook(lab, page, MODEL.replace("CONDITIONAL", str(conditional)) + cell)
                notebook.widget()
                page.wait_for_timeout(3000)  # wait until loading is complete, so that its time does not count
                return notebook

            notebook = opened("Complete(model, variants=9)")
            for state in ("", " while the kernel sleeps"):
                if state:
                    notebook.page.evaluate(
                        """() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel
                                     .requestExecute({ code: "import time; time.sleep(20)" }); }"""
                    )
                notebook.page.evaluate(LONG_TASKS)
                laps = completions(notebook, 5)
                longest = notebook.page.evaluate("window.longest")
                first, done = (sorted(lap[i] for lap in laps)[2] for i in (0, 1))
                report(Figure(f"widget: first completion after lifting the pen{state}", first, "ms", bar="at most 100"))
                report(Figure(f"widget: nine completions of 250 steps{state}", done, "ms", bar="at most 800"))
                report(Figure(f"widget: longest task during the completions{state}", longest, "ms", bar="at most 100"))
            notebook.page.close()
            for cell, of, conditional in (
                ("Complete(model)", "", False),
                (CATEGORY, ", category and 32 points", True),
                (CATEGORY.replace(", category='a'", ""), ", any category and 32 points", True),
            ):
                notebook = opened(cell, conditional=conditional)
                notebook.page.evaluate(
                    """() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel
                                 .requestExecute({ code: "import time; time.sleep(20)" }); }"""
                )
                ink, rate = turns(notebook, 5, corners=32 if conditional else 2)
                report(Figure(f"widget: model's ink after lifting the pen{of}", ink, "ms", bar="at most 100"))
                report(Figure(f"widget: model drawing on the pad{of}", rate, "frames/s", bar="at least 30"))
                notebook.page.close()
            published = [(f"TemperatureSlider({PUBLISHED!r}, seed=5)", "Temperature", f"model {PUBLISHED}", False)]
            for cell, name, of, conditional in (
                *(published if is_cached() else []),
                ("TemperatureSlider(model)", "Temperature", "250 points", False),
                ("Morph(model)", "Morph", "250 points", True),
            ):
                notebook = opened(cell, conditional=conditional)
                rate, longest = drag(notebook, name)
                report(Figure(f"widget: dragging {name.lower()}, {of}", rate, "frames/s", bar="at least 30"))
                report(Figure(f"  longest task while dragging {name.lower()}", longest, "ms", bar="at most 100"))
                notebook.page.close()
            leak(opened("Complete(model, variants=2)"))
        finally:
            lab.close()
            browser.close()


def leak(notebook: Notebook, times: int = 50) -> None:
    """Report the page memory and workers that remain after a widget's cell is run many times."""
    page = notebook.page
    session = page.context.new_cdp_session(page)

    def used() -> float:
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        return page.evaluate("performance.memory.usedJSHeapSize") / 1e6

    def again() -> None:
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_function("""() => { const root = document.querySelectorAll('.sk-widget[data-ready="true"]');
            const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            return root.length === 1 && kernel.status === "idle"; }""")

    notebook.python("kept = model")
    cell = "jupyterapp.shell.currentWidget.content.model.cells.get(0).sharedModel.setSource(arguments)"
    page.evaluate(f"source => {{ {cell.replace('arguments', 'source')} }}",
                  "from sketchkit.widgets import *\nComplete(kept, variants=2)")  # fmt: skip
    again()
    before, workers = used(), len(page.workers)
    for _ in range(times):
        again()
    report(
        Figure(f"widget: growth of page memory after {times} runs of its cell", used() - before, "MB", bar="at most 10")
    )
    report(Figure("  additional workers", len(page.workers) - workers, "", bar="0"))


if __name__ == "__main__":
    main()
