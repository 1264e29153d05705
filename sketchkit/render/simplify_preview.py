"""`simplification`: a picture of drawings before and after simplification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sketchkit.argument_errors import short_errors
from sketchkit.geometry import centered
from sketchkit.render.canvas import Canvas
from sketchkit.render.layout import check_positive, common_scale, line_width
from sketchkit.render.palette import ACCENT, HAIRLINE, INK, MUTED, PAPER
from sketchkit.render.picture import Picture
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_sketches
from sketchkit.svg_document import px

__all__ = ["simplification"]

_GAP = 8
_BAND = 18
_FONT = {"font_family": "system-ui, sans-serif", "font_size": 11, "text_anchor": "middle"}


@short_errors
def simplification(
    sketches: Sketch | Iterable[Sketch],
    epsilons: Sequence[float] = (0.2, 0.5, 1.0, 2.0, 3.0),
    *,
    cell: float = 150,
    chosen: float | None = None,
) -> Picture:
    """Draw sketches in their original form and simplified with several values of epsilon.

    Parameters
    ----------
    sketches : Sketch or iterable of Sketch
        Drawings, in the units of `epsilons`.
    epsilons : sequence of float
        Values of epsilon; see `Sketch.simplified`.
    cell : float
        Side of a cell, px.
    chosen : float, optional
        One of `epsilons` to highlight.

    Returns
    -------
    Picture
        One row for each sketch: the original, then one cell for each epsilon. Such a cell shows the simplified drawing
        and its points in front of the original in gray. The number below a cell is the number of points of its drawing.

    Raises
    ------
    ValueError
        If an epsilon is negative or not finite.
    """
    cell = check_positive("cell", cell)
    items = list(iter_sketches(sketches))
    width = (len(epsilons) + 1) * (cell + _GAP) + _GAP
    height = max(len(items), 1) * (cell + _BAND + _GAP) + _GAP
    canvas = Canvas(width, height, PAPER, None, "drawings before and after simplification")
    for row, sketch in enumerate(items):
        for column, epsilon in enumerate([None, *epsilons]):
            corner = (_GAP + column * (cell + _GAP), _GAP + row * (cell + _BAND + _GAP))
            _add_cell(canvas, sketch, epsilon, corner, cell, marked=epsilon is not None and epsilon == chosen)
    return canvas.picture()


def _add_cell(
    canvas: Canvas, sketch: Sketch, epsilon: float | None, corner: tuple[float, float], cell: float, *, marked: bool
) -> None:
    """Add a cell with a sketch or, if `epsilon` is given, with its simplified form in front of the original."""
    left, top = corner
    line = line_width(None, cell)
    to_pixels = centered(sketch.bounds, common_scale([sketch], 0.86 * cell), (left + cell / 2, top + cell / 2))
    stroke = ACCENT if marked else HAIRLINE
    canvas.add(canvas.svg.rect((px(left), px(top)), (cell, cell), rx=4, ry=4, fill="none", stroke=stroke))
    original = [to_pixels(points) for points in sketch.polylines()]
    if epsilon is None:
        canvas.add_strokes(original, line, INK)
        text = f"{len(sketch):,} points"
    else:
        simplified = sketch.simplified(epsilon)
        strokes = [to_pixels(points) for points in simplified.polylines()]
        canvas.add_strokes(original, 3 * line, HAIRLINE)
        canvas.add_strokes(strokes, line, INK)
        points = canvas.add(canvas.svg.g(fill=ACCENT))
        for x, y in (point for stroke_points in strokes for point in stroke_points.tolist()):
            points.add(canvas.svg.circle((px(x), px(y)), px(0.9 * line)))
        text = f"ε {epsilon:g}: {len(simplified):,} points"
    position = (px(left + cell / 2), px(top + cell + 13))
    canvas.add(canvas.svg.text(text, insert=position, fill=ACCENT if marked else MUTED, **_FONT))
