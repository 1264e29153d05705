"""SVG pictures of single drawings and grids of drawings.

A picture has a white background and dark lines, so it is readable in light and dark notebook themes (see `palette`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sketchkit.argument_errors import check_type, short_errors
from sketchkit.geometry import page
from sketchkit.render.canvas import Canvas, ColorBy, check_color_by
from sketchkit.render.grid_layout import GridLayout
from sketchkit.render.layout import check_positive, line_width, page_padding
from sketchkit.render.palette import HAIRLINE, INK, PAPER
from sketchkit.render.picture import Picture
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_sketches
from sketchkit.svg_document import px

__all__ = ["Picture", "draw", "filmstrip", "grid"]


@short_errors
def draw(
    sketch: Sketch,
    *,
    size: float = 200,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: ColorBy = None,
    background: str | None = PAPER,
    padding: float | None = None,
    title: str | None = None,
) -> Picture:
    """Draw one sketch.

    Parameters
    ----------
    sketch : Sketch
        The drawing. An empty sketch gives a small picture with the text "empty".
    size : float
        Longer side of the picture, px. The shorter side follows from the drawing and is at least `size` / 4.
    stroke_width : float, optional
        Line width, px. Default: `size` / 90, at least 1.
    color : str
        Color of the lines, any CSS color.
    color_by : {None, "order"}
        "order" colors the strokes by their order, from indigo (first) to orange (last).
    background : str, optional
        Color of the background, any CSS color. None: transparent.
    padding : float, optional
        Padding on each side, px. Default: 6% of `size`, at least the line width.
    title : str, optional
        Title of the document, shown as a tooltip and read by screen readers.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a size is not a finite number above 0, the padding is too large, or `color_by` is unknown.
    TypeError
        If `sketch` is not a Sketch.
    """
    check_type(sketch, Sketch, "sketch")
    size = check_positive("size", size)
    check_color_by(color_by)
    line = line_width(stroke_width, size)
    padding = page_padding(padding, size, line)
    if not len(sketch):
        canvas = Canvas(size / 2, size / 4, background, title, "empty drawing")
        canvas.add_empty_mark(size / 4, size / 8, size / 2)
        return canvas.picture()
    layout = page(sketch.bounds, size, padding)
    canvas = Canvas(layout.width, layout.height, background, title, "drawing")
    canvas.add_strokes([layout.place(points) for points in sketch.polylines()], line, color, color_by)
    return canvas.picture()


@short_errors
def grid(
    sketches: Iterable[Sketch | None],
    *,
    columns: int | None = None,
    cell: float = 120,
    labels: Sequence[object] | None = None,
    row_labels: Sequence[object] | None = None,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: ColorBy = None,
    background: str | None = PAPER,
    same_scale: bool = False,
    title: str | None = None,
) -> Picture:
    """Draw a grid of sketches. Each sketch is fitted into its cell and centered.

    Parameters
    ----------
    sketches : iterable of Sketch or None
        Drawings, in row-major order. The cell of an empty sketch contains the text "empty"; None leaves a cell blank.
    columns : int, optional
        Number of columns. Default: the square root of the number of sketches, rounded up.
    cell : float
        Side of a cell, px.
    labels : sequence, optional
        Labels below the cells: a string, a number or None for each. Long labels are truncated; a tooltip shows the full
        text.
    row_labels : sequence, optional
        Labels to the left of the rows: a string, a number or None for each.
    stroke_width : float, optional
        Line width, px. Default: `cell` / 90, at least 1.
    color, color_by, background, title
        See `draw`.
    same_scale : bool
        Whether to draw all sketches at the same scale, at which the largest fits its cell.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a size is not a finite number above 0, `columns` is not a whole number above 0, `color_by` is unknown, or
        the number of labels differs from the number of sketches or rows.
    TypeError
        If an item is not a Sketch.
    """
    check_color_by(color_by)
    layout = GridLayout.of(
        sketches,
        columns=columns,
        cell=cell,
        labels=labels,
        row_labels=row_labels,
        stroke_width=stroke_width,
        same_scale=same_scale,
    )
    cell = layout.cell
    if not layout.tiles:
        canvas = Canvas(layout.width, layout.height, background, title, "no drawings")
        canvas.add_empty_mark(cell / 2, cell / 4, cell)
        return canvas.picture()
    canvas = Canvas(layout.width, layout.height, background, title, f"{len(layout.tiles)} drawings")
    borders = canvas.add(canvas.svg.g(fill="none", stroke=HAIRLINE))
    label_group, row_label_group = canvas.add(canvas.label_group("middle")), canvas.add(canvas.label_group("end"))
    for tile in layout.tiles:
        # The offset of half a pixel aligns the hairline with the pixel grid.
        corner, side = (px(tile.left + 0.5), px(tile.top + 0.5)), px(cell - 1)
        borders.add(canvas.svg.rect(corner, (side, side), rx=4, ry=4))
        if tile.strokes:
            canvas.add_strokes(tile.strokes, layout.line, color, color_by)
        else:
            canvas.add_empty_mark(tile.left + cell / 2, tile.top + cell / 2, cell)
        if tile.label:
            label_group.add(canvas.label(tile.label))
    for label in layout.row_labels:
        row_label_group.add(canvas.label(label))
    return canvas.picture()


@short_errors
def filmstrip(
    sketches: Iterable[Sketch],
    *,
    labels: Sequence[object] | None = None,
    cell: float = 120,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: ColorBy = None,
    background: str | None = PAPER,
    same_scale: bool = False,
    title: str | None = None,
) -> Picture:
    """Draw sketches in one row, such as an interpolation or a range of temperatures.

    Parameters
    ----------
    sketches : iterable of Sketch
        Drawings, from left to right.
    labels : sequence, optional
        Labels below the cells: a string, a number or None for each.
    cell, stroke_width, color, color_by, background, same_scale, title
        See `grid`.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError, TypeError
        If an argument is invalid; see `grid`.
    """
    items = list(iter_sketches(sketches))
    return grid(
        items,
        columns=max(1, len(items)),
        labels=labels,
        cell=cell,
        stroke_width=stroke_width,
        color=color,
        color_by=color_by,
        background=background,
        same_scale=same_scale,
        title=title,
    )
