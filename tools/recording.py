"""Recording of a drawing session with `Complete`, as a GIF file for the README.

`python -m tools.recording` writes `docs/_static/widgets/complete.gif`. It needs Chromium and Playwright.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

import sketchkit
from sketchkit.sketch import Sketch
from sketchkit.widgets import Complete
from tools.chromium import chromium

__all__ = ["main"]

FILE = Path(__file__).parents[1] / "docs/_static/widgets/complete.gif"
#: The user draws the first stroke of a drawing of this category, and the model continues.
CATEGORY, DRAWING_SEED, SEED = "bear", 3, 0
#: Time between two frames during the recording and during its playback, and duration of the last frame, in ms.
RECORDED_MS, FRAME_MS, LAST_MS = 50, 60, 3000
#: Number of points that the user draws from one frame to the next.
POINTS_PER_FRAME = 2
#: Maximum number of frames in which the model draws, and number of equal frames in a row after which it is done.
MAX_FRAMES, STILL_FRAMES = 200, 25
WIDTH, COLORS = 980, 32


def _points(sketch: Sketch, box: dict[str, float]) -> list[tuple[float, float]]:
    """Return the points of the first stroke, in pixels of the page; the whole drawing would fill 85 % of the pad."""
    left, top, right, bottom = sketch.bounds
    scale = 0.85 * min(box["width"], box["height"]) / max(right - left, bottom - top)
    x0, y0 = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    middle = (left + right) / 2, (top + bottom) / 2
    stroke = sketch.polylines()[0]
    return [(x0 + scale * (float(x) - middle[0]), y0 + scale * (float(y) - middle[1])) for x, y in stroke]


def _record(page: Page, drawing: Sketch) -> list[Image.Image]:
    """Draw the first stroke of a drawing with the mouse, let the model continue, and return the frames."""
    frames = []
    widget = page.locator(".sk-widget")

    def add() -> None:
        page.clock.run_for(RECORDED_MS)
        frames.append(Image.open(io.BytesIO(widget.screenshot(animations="allow"))).convert("RGB"))

    box = page.locator(".sk-pad").bounding_box() or {}
    add()
    first, *rest = _points(drawing, box)
    page.mouse.move(*first)
    page.mouse.down()
    for number, point in enumerate(rest):
        page.mouse.move(*point, steps=4)
        if number % POINTS_PER_FRAME == 0:
            add()
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"])
    still = 0
    for _ in range(MAX_FRAMES):
        add()
        still = still + 1 if frames[-1].tobytes() == frames[-2].tobytes() else 0
        if still > STILL_FRAMES:
            break
    return frames


def main() -> None:
    """Record the session and write the file."""
    drawing = sketchkit.load("quickdraw").generate(category=CATEGORY, seed=DRAWING_SEED)
    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        path = Complete("quickdraw", category=CATEGORY, seed=SEED).to_html(Path(temporary) / "complete.html")
        page = browser.new_page(viewport={"width": WIDTH, "height": 700})
        page.clock.install()
        page.goto(path.as_uri())
        page.clock.run_for(1000)
        page.locator(".sk-widget[data-ready]").wait_for()
        page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))  # from here, time passes only between frames
        frames = _record(page, drawing)
    palette = frames[-1].quantize(COLORS)
    first, *rest = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    durations = [FRAME_MS] * (len(frames) - 1) + [LAST_MS]
    first.save(FILE, save_all=True, append_images=rest, duration=durations, loop=0, optimize=True)


if __name__ == "__main__":
    main()
