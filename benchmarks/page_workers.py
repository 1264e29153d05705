"""Benchmark of the page's engine in Chromium, for one drawing and for nine, with different numbers of workers."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, report
from benchmarks.models import STEPS, untrained
from sketchkit.widgets.export.bundle import bundle, worker_source
from sketchkit.widgets.export.packing import pack
from tests.browser.conftest import CHROMIUM, FLAGS

ROUNDS = 9


def client_module() -> str:
    """Return a JavaScript expression that evaluates to the exports of the engine's client."""
    generated = {"runtime/worker_source.js": f"export const WORKER_SOURCE = {json.dumps(worker_source())};"}
    return bundle("runtime/engine_client.js", generated=generated)


def medians(modules: dict[str, str], cases: list[dict[str, Any]], *, rounds: int = ROUNDS) -> list[tuple[float, float]]:
    """Return, for each case, the median times to the first points and to the end of all drawings, in ms.

    `modules` are JavaScript expressions that define the client of the engine, by name. A case has the name of one of
    these modules (`module`), a number of `workers`, and a number of drawings (`count`).
    """
    from playwright.sync_api import sync_playwright

    packed = pack(untrained(conditional=False), "float16")
    given = {"modules": modules, "cases": cases, "key": packed.key, "config": packed.config, "index": packed.index,
             "weights": base64.b64encode(packed.buffer).decode(), "rounds": rounds}  # fmt: skip
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
        laps = browser.new_page().evaluate(script, given)
        browser.close()
    return [(first, done) for first, done in laps]


def main() -> None:
    """Report the times. Does nothing if Chromium is not installed."""
    if CHROMIUM is None:
        return
    cores = os.cpu_count() or 1
    numbers = [number for number in (1, 2, 4) if number <= cores]
    cases = [{"module": "here", "workers": 1, "count": 1}]
    cases += [{"module": "here", "workers": workers, "count": 9} for workers in numbers]
    (_, one), *nine = medians({"here": client_module()}, cases)
    report(Figure(f"page in Chromium: one drawing of {STEPS} points, 512 units", one, "ms"))
    for workers, (first, done) in zip(numbers, nine, strict=True):
        bar = "at most 4" if workers == numbers[-1] else ""  # a page uses as many workers as there are cores
        named = f"nine variants, {workers} of {cores} cores"
        report(Figure(f"page in Chromium: {named}", done, "ms", done / one, "one drawing", bar))
        report(Figure(f"  first points of {named}", first, "ms", bar="at most 100"))


if __name__ == "__main__":
    main()
