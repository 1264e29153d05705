"""SVG pictures of single drawings and grids of drawings, written with svgwrite.

A picture has a white background and dark lines, so it is readable in light and dark notebook themes (see `palette`).
Coordinates are rounded to 0.01 px, and strokes of the same color share one path, which keeps notebooks small.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import svgwrite
from numpy.typing import NDArray

from sketchkit.geometry import page
from sketchkit.render.grid_layout import FONT_SIZE, GridLayout, Label
from sketchkit.render.layout import check_sketch, line_width, page_padding, positive
from sketchkit.render.palette import HAIRLINE, INK, MUTED, PAPER, ramp
from sketchkit.render.saving import write_file
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.svg_document import CORNER, DOT, data_uri, path_data, px

__all__ = ["Picture", "draw", "filmstrip", "grid"]

_FONT = "system-ui, sans-serif"
# Characters that XML 1.0 does not allow, even escaped (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Picture:
    """An SVG document with a notebook representation.

    Parameters
    ----------
    text : str
        Text of the document.
    width, height : float
        Size of the document, px.
    """

    __slots__ = ("height", "text", "width")

    def __init__(self, text: str, width: float, height: float) -> None:
        self.text = text
        self.width = width
        self.height = height

    def __repr__(self) -> str:
        return f"Picture({self.width:g} × {self.height:g} px, {len(self.text)} characters)"

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Picture:
        """Read an SVG file written by `save`.

        Raises
        ------
        ValueError
            If the file is not an SVG document with a viewBox that starts at 0 0.
        """
        text = Path(path).read_text(encoding="utf-8")
        size = re.search(r'<svg\b[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"', text) or re.search(
            r'<svg\b[^>]*?viewBox="0,0,([\d.]+),([\d.]+)"', text
        )
        if not size:
            raise ValueError(f"{path}: expected an SVG document with a viewBox that starts at 0 0")
        return cls(text, float(size[1]), float(size[2]))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the document to a file atomically and return the path.

        Raises
        ------
        ValueError
            If the file name does not end in .svg.
        FileNotFoundError
            If the folder does not exist.
        """
        return write_file(self.text.encode("utf-8"), path, ".svg")

    def data_uri(self) -> str:
        """Return the document as a data URI, the `src` of an HTML image."""
        return data_uri(self.text.encode("utf-8"), "image/svg+xml")

    def _repr_svg_(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # An image in addition to the SVG, because an untrusted notebook shows images, but no inline SVG.
        return (
            f'<img alt="{type(self).__name__}" width="{self.width:g}" height="{self.height:g}" src="{self.data_uri()}">'
        )


def draw(
    sketch: Sketch,
    *,
    size: float = 200,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: str | None = None,
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
    check_sketch(sketch)
    size = positive("size", size)
    _check_color_by(color_by)
    line = line_width(stroke_width, size)
    padding = page_padding(padding, size, line)
    if not len(sketch):
        width, height = size / 2, size / 4
        canvas = new_canvas(width, height, background, title, "empty drawing")
        canvas.add(_empty_mark(canvas, width / 2, height / 2, width))
        return finish(canvas, width, height)
    layout = page(sketch.bounds, size, padding)
    canvas = new_canvas(layout.width, layout.height, background, title, "drawing")
    strokes = [layout.place(points) for points in sketch.polylines()]
    canvas.add(_stroke_group(canvas, strokes, line, color, color_by))
    return finish(canvas, layout.width, layout.height)


def grid(
    sketches: Iterable[Sketch],
    *,
    columns: int | None = None,
    cell: float = 120,
    labels: Sequence[object] | None = None,
    row_labels: Sequence[object] | None = None,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: str | None = None,
    background: str | None = PAPER,
    same_scale: bool = False,
    title: str | None = None,
) -> Picture:
    """Draw a grid of sketches. Each sketch is fitted into its cell and centered.

    Parameters
    ----------
    sketches : iterable of Sketch
        Drawings, in row-major order. The cell of an empty sketch contains the text "empty".
    columns : int, optional
        Number of columns. Default: the square root of the number of sketches, rounded up.
    cell : float
        Side of a cell, px.
    labels : sequence, optional
        Labels below the cells: a text, a number or None for each. Long labels are truncated; a tooltip shows the full
        text.
    row_labels : sequence, optional
        Labels to the left of the rows: a text, a number or None for each.
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
    _check_color_by(color_by)
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
        canvas = new_canvas(layout.width, layout.height, background, title, "no drawings")
        canvas.add(_empty_mark(canvas, cell / 2, cell / 4, cell))
        return finish(canvas, layout.width, layout.height)
    canvas = new_canvas(layout.width, layout.height, background, title, f"{len(layout.tiles)} drawings")
    borders = canvas.add(canvas.g(fill="none", stroke=HAIRLINE))
    label_group = canvas.add(canvas.g(**_font_style(MUTED), text_anchor="middle"))
    row_label_group = canvas.add(canvas.g(**_font_style(MUTED), text_anchor="end"))
    for tile in layout.tiles:
        # The offset of half a pixel aligns the hairline with the pixel grid.
        borders.add(canvas.rect((px(tile.left + 0.5), px(tile.top + 0.5)), (px(cell - 1), px(cell - 1)), rx=4, ry=4))
        if tile.strokes:
            canvas.add(_stroke_group(canvas, tile.strokes, layout.line, color, color_by))
        else:
            canvas.add(_empty_mark(canvas, tile.left + cell / 2, tile.top + cell / 2, cell))
        if tile.label:
            label_group.add(_text(canvas, tile.label))
    for label in layout.row_labels:
        row_label_group.add(_text(canvas, label))
    return finish(canvas, layout.width, layout.height)


def filmstrip(
    sketches: Iterable[Sketch],
    *,
    labels: Sequence[object] | None = None,
    cell: float = 120,
    stroke_width: float | None = None,
    color: str = INK,
    color_by: str | None = None,
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
        Labels below the cells: a text, a number or None for each.
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


# Common parts of the SVG pictures -------------------------------------------------------------------


def new_canvas(width: float, height: float, background: str | None, title: str | None, label: str) -> Any:
    """Return an svgwrite drawing with a size in px, a background and a title, but without content."""
    # svgwrite's validation is disabled, since it parses every path and takes most of the time.
    canvas = svgwrite.Drawing(size=(px(width), px(height)), debug=False)
    canvas.viewbox(0, 0, px(width), px(height))
    canvas["role"] = "img"
    canvas["aria-label"] = _clean_text(title) if title else label
    if title:
        canvas.set_desc(title=_clean_text(title))
    if background is not None:
        canvas.add(canvas.rect((0, 0), ("100%", "100%"), rx=CORNER, ry=CORNER, fill=background))
    return canvas


def finish(canvas: Any, width: float, height: float) -> Picture:
    """Return the canvas as a Picture."""
    return Picture(canvas.tostring(), px(width), px(height))


def dot(canvas: Any, points: NDArray[np.float64], line: float, **style: str) -> Any:
    """Return a circle at the first of `points`.

    Dots are circles, since some renderers do not draw the round caps of a path without length. They are slightly wider
    than the line, as with a real pen.
    """
    x, y = points[0].tolist()
    return canvas.circle((px(x), px(y)), px(DOT * line), stroke="none", **style)


def pen_group(canvas: Any, line: float, **style: str) -> Any:
    """Return a group for paths with round caps and joins and a line width of `line` px."""
    return canvas.g(fill="none", stroke_width=px(line), stroke_linecap="round", stroke_linejoin="round", **style)


def stroke_colors(count: int, color: str, color_by: str | None) -> list[str]:
    """Return the colors of `count` strokes."""
    return ramp(count) if color_by == "order" else [color] * count


def _stroke_group(
    canvas: Any, strokes: list[NDArray[np.float64]], line: float, color: str, color_by: str | None
) -> Any:
    """Return a group of strokes, whose points are in px. Strokes of the same color share one path; dots are circles."""
    group = pen_group(canvas, line)
    by_color: dict[str, list[NDArray[np.float64]]] = {}
    for stroke, ink in zip(strokes, stroke_colors(len(strokes), color, color_by), strict=True):
        by_color.setdefault(ink, []).append(stroke)
    for ink, same_color in by_color.items():
        paths = [path_data(stroke) for stroke in same_color]
        if any(paths):
            group.add(canvas.path(d="".join(path for path in paths if path), stroke=ink))
        for stroke, path in zip(same_color, paths, strict=True):
            if path is None:
                group.add(dot(canvas, stroke, line, fill=ink))
    return group


def _empty_mark(canvas: Any, x: float, y: float, width: float) -> Any:
    size = min(FONT_SIZE, width / 4)
    return canvas.text(
        "empty",
        insert=(px(x), px(y + size / 3)),
        text_anchor="middle",
        opacity=0.7,
        **{**_font_style(MUTED), "font_size": px(size)},
    )


def _font_style(color: str) -> dict[str, Any]:
    return {"font_family": _FONT, "font_size": FONT_SIZE, "fill": color}


def _text(canvas: Any, label: Label) -> Any:
    """Return the text of a label; the tooltip of a truncated label is the full text."""
    element = canvas.text(_clean_text(label.shown), insert=(px(label.x), px(label.y)))
    if label.shown != label.text:
        element.set_desc(title=_clean_text(label.text))
    return element


def _clean_text(text: str) -> str:
    """Return `text` on one line; characters that XML does not allow are replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", " ".join(text.split()))


def _check_color_by(color_by: str | None) -> None:
    if color_by not in (None, "order"):
        raise ValueError(f"color_by: expected None or 'order', got {color_by!r}")
