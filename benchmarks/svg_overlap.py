"""Overlap of the lines that `read_svg` reads from SVG files with the lines that Chromium draws.

`python -m benchmarks.svg_overlap [FOLDER ...] [--count N] [--sample N]` compares them on files in the style of drawing
programs (`benchmarks.svg_styles`), or on a random sample of the files in folders.

Both sets of lines are drawn with the same thin pen. The overlap is the smaller of two fractions: the fraction of
Chromium's ink that is near ours, and the fraction of our ink that is near Chromium's. If Chromium draws no line, the
outlines of fills are compared.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from sketchkit.formats.svg import read_svg
from sketchkit.sketch import Sketch

#: Length of the longer side, width of the pen, and maximum distance of "near" ink, in pixels.
SIDE, PEN, NEAR = 400, 1.5, 2.5

PLAIN = """
* { fill-opacity: 0 !important; stroke-dasharray: none !important; marker: none !important; clip-path: none !important;
    mask: none !important; animation: none !important; vector-effect: non-scaling-stroke !important;
    stroke-width: %fpx !important; stroke-linecap: round !important; stroke-linejoin: round !important }
svg, symbol { overflow: visible !important }
svg { background: none !important; max-width: none !important }
text, image, foreignObject { display: none !important }
"""

#: Script for the page. It replaces sizes that depend on the window with the size of the viewBox, and hides lines of
#: zero width.
PREPARE = """([css, outlines]) => {
  const root = document.documentElement, box = root.viewBox?.baseVal;
  const shapes = [...document.querySelectorAll("path,rect,circle,ellipse,line,polyline,polygon")];
  const widths = shapes.map(shape => [shape, getComputedStyle(shape)]).map(([shape, style]) =>
    [shape, parseFloat(style.strokeWidth), style.fill, style.fillOpacity]);
  let size = ["width", "height"].map(side =>
    /%$|^auto$|^$/.test(root.style[side] || root.getAttribute(side) || "") ? null : root[side].baseVal.value);
  if (box && box.width) {
    const [across, down] = [box.width, box.height];
    const width = size[0] ?? (size[1] ?? down) * across / down;
    size = [width, size[1] ?? width * down / across];
  } else {
    const width = size[0] ?? (size[1] ?? 150) * 2;
    size = [width, size[1] ?? width / 2];
  }
  root.style.setProperty("width", size[0] + "px", "important");
  root.style.setProperty("height", size[1] + "px", "important");
  for (const [shape, width, fill, opacity] of widths) {
    if (!width) shape.style.setProperty("stroke", "none", "important");
    if (outlines) {
      const around = shape.getBBox(), paper = shape.matches("rect") && around.width * around.height > 0.95 *
        (box?.width ? box.width * box.height : size[0] * size[1]);
      const filled = fill !== "none" && opacity !== "0" && !paper && !shape.matches("line");
      shape.style.setProperty("stroke", filled ? "black" : "none", "important");
    }
  }
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = css.replace("PEN", Math.max(...size));
  root.append(style);
  return size;
}"""


class Browser:
    """Context manager that starts Chromium and renders SVG files with it."""

    def __enter__(self) -> Browser:
        from playwright.sync_api import sync_playwright

        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        self.page = self.browser.new_page(viewport={"width": 1280, "height": 720})
        self.page.set_default_timeout(10_000)
        self.session = self.page.context.new_cdp_session(self.page)
        clear = {"r": 0, "g": 0, "b": 0, "a": 0}
        self.session.send("Emulation.setDefaultBackgroundColorOverride", {"color": clear})
        self.folder = Path(tempfile.mkdtemp())
        return self

    def __exit__(self, *error: object) -> None:
        self.browser.close()
        self.playwright.stop()

    def ink(self, data: bytes, outlines: bool = False) -> tuple[np.ndarray, tuple[float, float]]:
        """Return a mask of the pixels with ink, and the width and height of the page, in px."""
        path = self.folder / "drawing.svg"
        path.write_bytes(data)
        self.page.goto(path.as_uri())
        width, height = self.page.evaluate(PREPARE, ["", False])
        self.page.goto(path.as_uri())
        scale = SIDE / max(width, height)
        self.page.evaluate(PREPARE, [PLAIN % (PEN / scale), outlines])
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        for attempt in range(5):
            try:
                shot = self.session.send(
                    "Page.captureScreenshot",
                    {"format": "png", "clip": clip, "captureBeyondViewport": max(width / 1280, height / 720) > 1},
                )
                break
            except Exception:  # Chromium fails occasionally if its compositor is busy
                if attempt == 4:
                    raise
        from PIL import Image

        alpha = np.array(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGBA"))[..., 3]
        return alpha > 8, (width, height)


def ours(sketch: Sketch, width: float, height: float) -> bytes:
    """Return the lines of a sketch as an SVG document of the given page size."""
    paths = "".join(
        f'<path d="M{" ".join(f"{x:.3f} {y:.3f}" for x, y in points)}"/>'
        for points in sketch.polylines()
        if len(points)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<g fill="none" stroke="black">{paths}</g></svg>'
    ).encode()


def overlap(theirs: np.ndarray, own: np.ndarray) -> float:
    """Return the smaller fraction of ink that is near the other ink; 1 if there is no ink in either."""
    from scipy.ndimage import distance_transform_edt

    if not theirs.any() or not own.any():
        return float(theirs.any() == own.any())
    shares = [float((distance_transform_edt(~b)[a] <= NEAR).mean()) for a, b in ((theirs, own), (own, theirs))]
    return min(shares)


def compare(browser: Browser, data: bytes, where: str) -> tuple[float, str, Counter[str]]:
    """Return the overlap for one document, the kind of lines that was compared, and the counts of skipped elements."""
    skipped: Counter[str] = Counter()
    theirs, (width, height) = browser.ink(data)
    kind = "lines" if theirs.any() else "outlines"
    if kind == "outlines":
        theirs, _ = browser.ink(data, outlines=True)
    fills = "skip" if kind == "lines" else "outline"
    sketch = read_svg(data, size=None, tolerance=max(width, height) / 1000, fills=fills, skipped=skipped, where=where)
    own, _ = browser.ink(ours(sketch, width, height))
    return overlap(theirs, own), kind, skipped


def main() -> None:
    """Compare the files, and print the median and minimum overlap, and the files with an overlap below 0.9."""
    from benchmarks.svg_styles import all_files

    parser = argparse.ArgumentParser(prog="python -m benchmarks.svg_overlap", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="folders of SVG files; default: generated files")
    parser.add_argument("--count", type=int, default=9, help="number of generated files per style")
    parser.add_argument("--sample", type=int, default=60, help="number of random files per folder")
    parser.add_argument("--keep", type=Path, help="write the generated files into this folder")
    options = parser.parse_args()
    sets: list[tuple[str, list[tuple[str, bytes]]]] = []
    if not options.folders:
        sets.append(("generated", [(name, text.encode()) for name, text in all_files(options.count)]))
    for folder in options.folders:
        found = sorted(folder.rglob("*.svg"))
        refused = 0
        for path in found:
            try:
                read_svg(path, skipped=Counter())
            except ValueError as error:
                refused += 1
                print(f"  refused: {error}")
        print(f"{folder}: {len(found) - refused} of {len(found)} read")
        chosen = np.random.default_rng(0).permutation(len(found))[: options.sample]
        sets.append((str(folder), [(found[i].name, found[i].read_bytes()) for i in chosen]))
    with Browser() as browser:
        for title, files in sets:
            found_values = []
            for name, data in files:
                if options.keep:
                    options.keep.mkdir(exist_ok=True)
                    (options.keep / f"{name.removesuffix('.svg')}.svg").write_bytes(data)
                try:
                    value, kind, skipped = compare(browser, data, name)
                except ValueError as error:
                    value, kind, skipped = 0.0, f"refused: {error}", Counter()
                found_values.append(value)
                if value < 0.9:
                    print(f"  {name}: {value:.3f} ({kind}), left out {dict(+skipped)}")
            values = np.array(found_values)
            print(
                f"{title}: {len(values)} files, overlap median {np.median(values):.4f}, lowest {values.min():.3f}, "
                f"{int((values < 0.9).sum())} below 0.9"
            )


if __name__ == "__main__":
    main()
