"""`simplification`: a picture of drawings before and after simplification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sketchkit.geometry import centered
from sketchkit.render.layout import common_scale, line_width, positive
from sketchkit.render.palette import ACCENT, HAIRLINE, INK, MUTED, PAPER
from sketchkit.render.svg import Picture, dot, finish, new_canvas, pen_group
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.svg_document import path_data

__all__ = ["simplification"]

_GAP = 8
_BAND = 18
_FONT = {"font_family": "system-ui, sans-serif", "font_size": 11, "text_anchor": "middle"}


def simplification(
    sketches: Sketch | Iterable[Sketch],
    epsilons: Sequence[float] = (0.2, 0.5, 1.0, 2.0, 3.0),
    *,
    cell: float = 150,
    chosen: float | None = None,
) -> Picture:
    """Draw sketches in their original form and simplified with several tolerances.

    Parameters
    ----------
    sketches : Sketch or iterable of Sketch
        Drawings, in the units of `epsilons`.
    epsilons : sequence of float
        Tolerances; see `Sketch.simplified`.
    cell : float
        Side of a cell, px.
    chosen : float, optional
        One of `epsilons` to highlight.

    Returns
    -------
    Picture
        One row for each sketch: the original, then one cell for each tolerance, with the simplified drawing and its
        points over the original in gray. The number below a cell is the number of points of its drawing.

    Raises
    ------
    ValueError
        If a tolerance is negative or not finite.
    """
    cell = positive("cell", cell)
    items = list(iter_sketches(sketches))
    width = (len(epsilons) + 1) * (cell + _GAP) + _GAP
    height = max(len(items), 1) * (cell + _BAND + _GAP) + _GAP
    line = line_width(None, cell)
    canvas = new_canvas(width, height, PAPER, None, "drawings before and after simplification")
    for row, sketch in enumerate(items):
        scale = common_scale([sketch], 0.86 * cell)
        for column, epsilon in enumerate([None, *epsilons]):
            left, top = _GAP + column * (cell + _GAP), _GAP + row * (cell + _BAND + _GAP)
            to_pixels = centered(sketch.bounds, scale, (left + cell / 2, top + cell / 2))
            marked = epsilon is not None and epsilon == chosen
            tile = {"rx": 4, "ry": 4, "fill": "none", "stroke": ACCENT if marked else HAIRLINE}
            canvas.add(canvas.rect((round(left, 2), round(top, 2)), (cell, cell), **tile))
            layers = [(sketch, INK if epsilon is None else HAIRLINE, line if epsilon is None else 3 * line)]
            if epsilon is not None:
                layers.append((sketch.simplified(epsilon), INK, line))
            for drawing, color, width_of_line in layers:
                strokes = [to_pixels(points) for points in drawing.polylines()]
                paths = [path_data(points) for points in strokes]
                group = canvas.add(pen_group(canvas, width_of_line, stroke=color))
                if any(paths):
                    group.add(canvas.path(d="".join(filter(None, paths))))
                for points, path in zip(strokes, paths, strict=True):
                    if path is None:
                        group.add(dot(canvas, points, width_of_line, fill=color))
            if epsilon is not None:
                remaining = canvas.add(canvas.g(fill=ACCENT))
                for x, y in (point for points in strokes for point in points.tolist()):
                    remaining.add(canvas.circle((round(x, 2), round(y, 2)), round(0.9 * line, 2)))
            text = f"{len(drawing):,} points" if epsilon is None else f"ε {epsilon:g}: {len(drawing):,} points"
            canvas.add(
                canvas.text(
                    text,
                    insert=(round(left + cell / 2, 2), round(top + cell + 13, 2)),
                    fill=ACCENT if marked else MUTED,
                    **_FONT,
                )
            )
    return finish(canvas, width, height)
