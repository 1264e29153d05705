"""Animation at the top of the first page of the documentation: drawings appear stroke by stroke, then morph.

`python -m tools.first_page` writes `docs/_static/first-page.svg`. The page contains the SVG code of this file, so the
lines have the colors of the page's theme. If the file is shown in another way, for example as an image, the lines
follow the color scheme of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import sketchkit
from sketchkit import latent
from sketchkit.render.animation import timetable
from sketchkit.sketch import Sketch

__all__ = ["main"]

FILE = Path(__file__).parents[1] / "docs/_static/first-page.svg"
MODEL, SEED = "quickdraw", 5
#: The exemplars of each cell, chosen by eye: for each, its category and its index among the exemplars of the category.
#: The first exemplar is drawn stroke by stroke, and morphs into the others in turn.
CELLS = (
    (("rabbit", 9), ("bear", 1), ("sheep", 8)),
    (("bicycle", 8), ("ambulance", 5), ("calendar", 2)),
    (("palm tree", 7), ("key", 4), ("bicycle", 8)),
    (("sheep", 8), ("bird", 6), ("rabbit", 9)),
)
#: Number of steps from one drawing to the next.
STEPS = 12
#: Durations of the phases, s: drawing the first drawing, showing a drawing, a morph, fading out; and the delay from one
#: cell to the next.
DRAW, HOLD, MORPH, FADE, DELAY = 3.2, 1.7, 1.6, 0.6, 0.25
#: Size of a cell, of the drawing in it, and line width, in units of the picture.
CELL, DRAWING, LINE = 440, 390, 7


def _morph(model: sketchkit.SketchRNN, stations: Sequence[tuple[str, int]]) -> Sequence[Sketch]:
    """Return the drawings of the exemplars in `stations`, and `STEPS - 1` drawings between consecutive ones."""
    exemplars = model.exemplars
    assert exemplars is not None  # noqa: S101
    codes = [exemplars.codes[exemplars.index(name)][number] for name, number in stations]
    return model.decode(latent.path(codes, STEPS), seed=SEED)  # type: ignore[no-any-return]


def _place(sketches: Sequence[Sketch], left: float) -> list[list[NDArray[np.float64]]]:
    """Return the strokes of the drawings, each centered in a cell below the previous one, in whole units.

    The drawings of exemplars have the same size. From one exemplar to the next, the scale changes evenly.
    """
    corners = np.array([sketch.bounds for sketch in sketches])
    extents = (corners[:, 2:] - corners[:, :2]).max(axis=1)
    stations = np.arange(0, len(sketches), STEPS)
    scales = DRAWING / np.exp(np.interp(np.arange(len(sketches)), stations, np.log(extents[stations])))
    scales = np.minimum(scales, (CELL - LINE) / extents)
    placed = []
    for index, (sketch, (x0, y0, x1, y1), scale) in enumerate(zip(sketches, corners, scales, strict=True)):
        middle, cell = np.array([x0 + x1, y0 + y1]) / 2, np.array([left + CELL / 2, (index + 0.5) * CELL])
        placed.append([np.rint((line - middle) * scale + cell) for line in sketch.polylines()])
    return placed


def _path_data(strokes: Sequence[NDArray[np.float64]]) -> str:
    """Return path data with relative coordinates, which take less space."""
    data = []
    for stroke in strokes:
        moves = np.diff(stroke, axis=0)
        moves = moves[moves.any(axis=1)] if moves.any() else np.zeros((1, 2))  # a dot
        data.append(
            f"M{stroke[0][0]:g} {stroke[0][1]:g}l" + " ".join(f"{x + 0:g} {y + 0:g}" for x, y in moves.tolist())
        )
    return "".join(data).replace(" -", "-")


def _length(stroke: NDArray[np.float64]) -> int:
    return int(np.hypot(*np.diff(stroke, axis=0).T).sum()) + 2  # longer than the stroke in spite of rounding


def picture(cells: Sequence[Sequence[Sketch]]) -> str:
    """Return the SVG document of the drawings of each cell.

    The drawings of a cell form a vertical strip, of which the picture shows one drawing. The strip moves up by one
    drawing at a time.
    """
    steps = len(cells[0]) - 1
    total = DRAW + HOLD + steps / STEPS * (MORPH + HOLD) + FADE + DELAY * (len(cells) - 1)

    def percent(seconds: float) -> str:
        return f"{100 * seconds / total:.4g}%"

    moves = [
        f"{percent(DRAW + HOLD + k * MORPH / STEPS + (k - 1) // STEPS * HOLD)}{{transform:translateY({-k * CELL}px)}}"
        for k in range(1, steps + 1)
    ]
    ended = total - FADE - DELAY * (len(cells) - 1)
    rules = [
        f"@keyframes first-strip{{0%{{transform:none}}{''.join(moves)}}}",
        f"@keyframes first-end{{0%,{percent(ended)}{{opacity:1}}{percent(ended + FADE)},100%{{opacity:0}}}}",
    ]
    groups = []
    for number, sketches in enumerate(cells):
        drawings = _place(sketches, number * CELL)
        paths = []
        for index, (stroke, (begin, end)) in enumerate(zip(drawings[0], timetable(drawings[0], DRAW), strict=True)):
            name, dash = f"first-{number}-{index}", _length(stroke)
            rules.append(
                f"@keyframes {name}{{0%,{percent(begin)}{{opacity:0;stroke-dashoffset:{dash};stroke:var(--first-pen)}}"
                f"{percent(begin + 0.01)}{{opacity:1}}{percent(end)}{{stroke-dashoffset:0;stroke:var(--first-pen)}}"
                f"{percent(end + 0.4)},100%{{opacity:1;stroke-dashoffset:0;stroke:var(--first-ink)}}}}"
            )
            paths.append(
                f'<path class="a" stroke-dasharray="{dash}" style="animation-name:{name}" d="{_path_data([stroke])}"/>'
            )
        for index, drawing in enumerate(drawings[1:], 1):
            color = "" if index % STEPS == 0 else ' stroke="var(--first-pen)"'
            paths.append(f'<path{color} d="{_path_data(drawing)}"/>')
        strip = (
            f'<g class="a" style="animation-name:first-strip;animation-timing-function:step-end">{"".join(paths)}</g>'
        )
        groups.append(f'<g class="a" style="--first-delay:{number * DELAY:g}s;animation-name:first-end">{strip}</g>')
    width = CELL * len(cells)
    names = ", ".join(f"a {stations[0][0]}" for stations in CELLS)
    style = (
        ".first{--first-ink:var(--color-foreground-primary,#1d2433);--first-pen:#e8590c;overflow:hidden}"
        "@media(prefers-color-scheme:dark){.first{--first-ink:var(--color-foreground-primary,#d5d9e2)}}"
        f".first .a{{animation:{total:g}s linear var(--first-delay) infinite both}}"
        "@media(max-width:500px){.first{stroke-width:9}}"
        # The animations of single elements are in their style attributes, which only !important overrides.
        ".first:is(:hover,:focus) .a{animation-play-state:paused!important}"
        "@media print{.first .a{animation:none!important}}"
        "@media(prefers-reduced-motion:reduce){.first .a{animation:none!important}}"
    )
    return (
        f'<svg class="first" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {CELL}" role="img" tabindex="0" '
        f'aria-label="A model draws {names} stroke by stroke. The drawings change into others, and pause while this '
        f'picture has the focus." fill="none" '
        f'stroke="var(--first-ink)" stroke-width="{LINE}" stroke-linecap="round" stroke-linejoin="round">'
        f"<style>{style}{''.join(rules)}</style>{''.join(groups)}</svg>\n"
    )


def main() -> None:
    """Write the picture."""
    model = sketchkit.load(MODEL)
    FILE.write_text(picture([_morph(model, stations) for stations in CELLS]), encoding="utf-8")
    print(f"{FILE}: {FILE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
