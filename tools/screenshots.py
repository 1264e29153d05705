"""Screenshots of the widgets for the README and the documentation: light, dark, and 390 pixels wide.

`python -m tools.screenshots [NAME ...]` writes `docs/_static/widgets/NAME-THEME.png`. It needs Chromium and Playwright.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

import sketchkit
from sketchkit import latent, widgets
from sketchkit.sketch import Sketch
from tools.chromium import chromium

__all__ = ["main"]

FOLDER = Path(__file__).parents[1] / "docs/_static/widgets"
#: Name, color scheme and width in pixels of each variant.
VARIANTS = (("light", "light", 900), ("dark", "dark", 900), ("narrow", "light", 390))
MODEL = "quickdraw"


def _widgets() -> Iterator[tuple[str, widgets.SketchWidget]]:
    """Yield the name of each widget that works without a kernel, and the widget."""
    model = sketchkit.load(MODEL)
    rabbit, bear = model.generate(category="rabbit", seed=5), model.generate(category="bear", seed=7)
    ears = Sketch.from_polylines(rabbit.polylines()[:2])
    yield "complete", widgets.Complete(MODEL, category="rabbit", sketch=ears, speed="instant")
    yield "sketch-pad", widgets.SketchPad(sketch=rabbit, collect=True)
    yield "reconstruct", widgets.Reconstruct(MODEL, sketch=bear)
    yield "morph", widgets.Morph(MODEL, rabbit, bear)
    yield "temperature-slider", widgets.TemperatureSlider(MODEL, model.encode(bear), density=True)
    sheep, codes = model.generate(category="sheep", seed=0), model.exemplars.codes
    yield "latent-slider", widgets.LatentSlider(MODEL, sheep, dimension=27)
    to_bear = latent.direction(codes[model.exemplars.index("bear")], codes[model.exemplars.index("rabbit")])
    directions, strengths = {"like a bear": to_bear}, {"like a bear": 0.5}
    yield "latent-sliders", widgets.LatentSliders(MODEL, rabbit, directions, strengths=strengths)
    yield "guess", widgets.Guess(MODEL, category="rabbit", sketch=ears, seconds=20)
    yield "next-point", widgets.NextPoint(MODEL, category="rabbit", sketch=ears)
    many = {name: model.generate(40, category=name, seed=3) for name in model.categories[:8]}
    yield "latent-map", widgets.LatentMap(many, MODEL, selection=[6, 93])
    names = model.categories[:10]
    yield "gallery", widgets.Gallery({name: model.generate(1, category=name, seed=3)[0] for name in names})


def _photograph(page: Page, url: str, path: Path) -> None:
    """Save a picture of a page's widget once the worker has finished and nothing changes any more."""
    page.goto(url)
    body = page.locator("body")
    body.locator("svg, canvas").first.wait_for()
    last = b""
    while (picture := body.screenshot()) != last:
        last = picture
        page.wait_for_timeout(1500)
    path.write_bytes(last)


def main() -> None:
    """Write the screenshots of all widgets, or of those that are named in the command line."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        for name, widget in _widgets():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            file = Path(temporary) / f"{name}.html"
            widget.to_html(file)
            for variant, scheme, width in VARIANTS:
                page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
                _photograph(page, file.as_uri(), FOLDER / f"{name}-{variant}.png")
                page.close()


if __name__ == "__main__":
    main()
