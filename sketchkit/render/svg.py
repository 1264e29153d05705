"""Drawings as SVG, one at a time or in rows, written with svgwrite.

A picture brings its own white card and dark ink, so that it reads on light and dark notebook themes alike
(why not `currentColor`: see `palette`). Numbers are rounded to a hundredth of a pixel, and strokes of one
color share one path, which keeps a notebook full of grids small.
"""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import svgwrite
from numpy.typing import NDArray

from sketchkit.geometry import centered, page
from sketchkit.render.layout import check_sketch, common_scale, positive
from sketchkit.render.palette import HAIRLINE, INK, MUTED, PAPER, ramp
from sketchkit.render.saving import write_file
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.svg_document import CORNER, DOT, data_uri, path_data, px

__all__ = ["Picture", "draw", "filmstrip", "grid"]

_FONT = "system-ui, sans-serif"
_FONT_SIZE = 11
_CHARACTER_WIDTH = 6.2  # mean advance of the font at that size, px; wide (CJK) characters count twice
_GAP = 8
_LABEL_BAND = 18
# XML 1.0 allows no other characters (section 2.2), not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Picture:
    """A finished SVG document that shows itself in a notebook.

    Parameters
    ----------
    text : str
        The document.
    width, height : float
        Its size, px.
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
        """Read a picture that was saved.

        Raises
        ------
        ValueError
            If it is not an SVG document with a size in pixels.
        """
        text = Path(path).read_text(encoding="utf-8")
        size = re.search(r'<svg\b[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"', text) or re.search(
            r'<svg\b[^>]*?viewBox="0,0,([\d.]+),([\d.]+)"', text
        )
        if not size:
            raise ValueError(f"{path}: expected an SVG document with a viewBox that begins at 0 0")
        return cls(text, float(size[1]), float(size[2]))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the document to `path` (whole or not at all) and return the path.

        Raises
        ------
        ValueError
            If the name does not end in .svg.
        FileNotFoundError
            If the folder does not exist.
        """
        return write_file(path, self.text.encode("utf-8"), ".svg")

    def data_uri(self) -> str:
        """Return the document as the `src` of an HTML image."""
        return data_uri(self.text.encode("utf-8"), "image/svg+xml")

    def _repr_svg_(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # Beside the SVG, for notebooks that are not trusted: they show images, but no inline SVG.
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
        An empty one gives a small card that says so.
    size : float
        Longer side of the picture, px; the other follows the drawing, down to a quarter of it.
    stroke_width : float, optional
        Line width, px. Default: a ninetieth of `size`, at least 1.
    color : str
        Ink, any CSS color.
    color_by : {None, "order"}
        "order" colors strokes from early (indigo) to late (orange) instead.
    background : str, optional
        Card, any CSS color; None leaves the page to shine through.
    padding : float, optional
        Space on each side, px. Default: 6% of `size`, and never less than the line width.
    title : str, optional
        Title of the document: a tooltip, and what a screen reader says.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a size is not positive and finite, the padding leaves no room, or `color_by` is unknown.
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
    """Draw sketches in rows, each fitted into its cell and centered.

    Parameters
    ----------
    sketches : iterable of Sketch
        Placed from left to right, then downwards. An empty one leaves a faint mark.
    columns : int, optional
        Cells in a row. Default: about as many as rows.
    cell : float
        Side of a cell, px.
    labels : sequence, optional
        One text, number or None under each cell. What is too long is cut, and whole in a tooltip.
    row_labels : sequence, optional
        One text, number or None to the left of each row.
    stroke_width : float, optional
        Line width, px. Default: a ninetieth of `cell`, at least 1.
    color, color_by, background, title
        See `draw`.
    same_scale : bool
        Draw all at the scale at which the largest fits, so that sizes compare.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If a size is not positive, or there are more or fewer labels than cells or rows.
    TypeError
        If an item is not a Sketch.
    """
    cell = positive("cell", cell)
    _check_color_by(color_by)
    items = list(iter_sketches(sketches))
    if columns is None:
        columns = max(1, math.ceil(math.sqrt(len(items))))
    elif isinstance(columns, bool) or not isinstance(columns, int | np.integer) or columns < 1:
        raise ValueError(f"columns: expected a whole number above 0, got {columns!r}")
    rows = math.ceil(len(items) / columns)
    columns = min(int(columns), max(1, len(items)))
    texts = _label_texts("labels", labels, len(items), "sketches")
    row_texts = _label_texts("row_labels", row_labels, rows, "rows")
    line = line_width(stroke_width, cell)
    if not items:
        canvas = new_canvas(cell, cell / 2, background, title, "no drawings")
        canvas.add(_empty_mark(canvas, cell / 2, cell / 4, cell))
        return finish(canvas, cell, cell / 2)

    band = _LABEL_BAND if labels is not None else 0
    gutter = min(max(map(_text_width, row_texts), default=0.0) + _GAP, 2 * cell) if row_labels is not None else 0
    width = gutter + columns * (cell + _GAP) + _GAP
    height = rows * (cell + band + _GAP) + _GAP
    inner = max(cell - 2 * page_padding(None, cell, line), cell / 2)
    shared = common_scale(items, inner) if same_scale else None

    canvas = new_canvas(width, height, background, title, f"{len(items)} drawings")
    tiles = canvas.add(canvas.g(fill="none", stroke=HAIRLINE))
    label_group = canvas.add(canvas.g(**_font_style(MUTED), text_anchor="middle"))
    row_label_group = canvas.add(canvas.g(**_font_style(MUTED), text_anchor="end"))
    for index, sketch in enumerate(items):
        left = gutter + _GAP + index % columns * (cell + _GAP)
        top = _GAP + index // columns * (cell + band + _GAP)
        middle = (left + cell / 2, top + cell / 2)
        # Half a pixel in, so that the hairline falls on whole pixels.
        tiles.add(canvas.rect((px(left + 0.5), px(top + 0.5)), (px(cell - 1), px(cell - 1)), rx=4, ry=4))
        if len(sketch):
            scale = common_scale([sketch], inner) if shared is None else shared
            place = centered(sketch.bounds, scale, middle)
            strokes = [place(points) for points in sketch.polylines()]
            canvas.add(_stroke_group(canvas, strokes, line, color, color_by))
        else:
            canvas.add(_empty_mark(canvas, *middle, cell))
        if texts[index]:
            label_group.add(_label(canvas, texts[index], middle[0], top + cell + _FONT_SIZE + 2, cell))
    for row, text in enumerate(row_texts):
        if text:
            middle_y = _GAP + row * (cell + band + _GAP) + cell / 2
            row_label_group.add(_label(canvas, text, gutter, middle_y + _FONT_SIZE / 3, gutter))
    return finish(canvas, width, height)


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
    """Draw sketches in one row: an interpolation, or a sweep over temperatures.

    Parameters
    ----------
    sketches : iterable of Sketch
        From left to right.
    labels : sequence, optional
        One text, number or None under each.
    cell, stroke_width, color, color_by, background, same_scale, title
        See `grid`.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError, TypeError
        See `grid`.
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


# What every SVG of the package shares ---------------------------------------------------------------


def line_width(given: float | None, size: float) -> float:
    """Return the line width in px: as given, or one that suits a picture of `size` px."""
    return max(1.0, size / 90) if given is None else positive("stroke_width", given)


def page_padding(given: float | None, size: float, line: float) -> float:
    """Return the padding in px: as given, or one that suits; ValueError if it leaves no room."""
    if given is None:
        return min(max(0.06 * size, line), 0.4 * size)
    if not (math.isfinite(given) and 0 <= given < size / 2):
        raise ValueError(f"padding: expected at least 0 and less than half of size {size:g}, got {given!r}")
    return float(given)


def new_canvas(width: float, height: float, background: str | None, title: str | None, label: str) -> Any:
    """Return an svgwrite drawing of that many px with its card and title, and nothing on it yet."""
    # svgwrite's own validation is off: it would parse every path again, which is most of the time it takes.
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
    """Return a round dot at the first of `points`.

    A circle, for not every renderer gives a zero-length path its round caps; a little wider than the line,
    as a pen that rests leaves it.
    """
    x, y = points[0].tolist()
    return canvas.circle((px(x), px(y)), px(DOT * line), stroke="none", **style)


def pen_group(canvas: Any, line: float, **style: str) -> Any:
    """Return a group whose paths are drawn with a round pen `line` px wide."""
    return canvas.g(fill="none", stroke_width=px(line), stroke_linecap="round", stroke_linejoin="round", **style)


def stroke_colors(count: int, color: str, color_by: str | None) -> list[str]:
    """Return one color for each of `count` strokes."""
    return ramp(count) if color_by == "order" else [color] * count


def _stroke_group(canvas: Any, strokes: list[NDArray[np.float64]], line: float, color: str, color_by: str | None) -> Any:
    """Return the strokes, given in px, as a group of one path and dots for each run of one color."""
    group = pen_group(canvas, line)
    runs: dict[str, list[NDArray[np.float64]]] = {}
    for stroke, ink in zip(strokes, stroke_colors(len(strokes), color, color_by), strict=True):
        runs.setdefault(ink, []).append(stroke)
    for ink, run in runs.items():
        paths = [path_data(stroke) for stroke in run]
        if any(paths):
            group.add(canvas.path(d="".join(path for path in paths if path), stroke=ink))
        for stroke, path in zip(run, paths, strict=True):
            if path is None:
                group.add(dot(canvas, stroke, line, fill=ink))
    return group


def _empty_mark(canvas: Any, x: float, y: float, width: float) -> Any:
    size = min(_FONT_SIZE, width / 4)
    return canvas.text(
        "empty",
        insert=(px(x), px(y + size / 3)),
        text_anchor="middle",
        opacity=0.7,
        **{**_font_style(MUTED), "font_size": px(size)},
    )


def _font_style(color: str) -> dict[str, Any]:
    return {"font_family": _FONT, "font_size": _FONT_SIZE, "fill": color}


def _label(canvas: Any, text: str, x: float, y: float, room: float) -> Any:
    """Return `text` at (x, y), cut to `room` px; a cut one keeps the whole as its tooltip."""
    shown = text
    while len(shown) > 1 and _text_width(shown) > room:
        shown = shown[:-2].rstrip() + "…"
    word = canvas.text(shown, insert=(px(x), px(y)))
    if shown != text:
        word.set_desc(title=text)
    return word


def _text_width(text: str) -> float:
    return _CHARACTER_WIDTH * sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _label_texts(name: str, given: Sequence[object] | None, count: int, of: str) -> list[str]:
    """Return one string for each cell or row; numbers are shortened, None is blank."""
    if given is None:
        return [""] * count
    if isinstance(given, str):
        raise ValueError(f"{name}: expected one for each of {count} {of}, got the single text {given!r}")
    if len(given) != count:
        raise ValueError(f"{name}: expected one for each of {count} {of}, got {len(given)}")
    return [
        "" if item is None else f"{item:.4g}" if isinstance(item, float | np.floating) else _clean_text(str(item))
        for item in given
    ]


def _clean_text(text: str) -> str:
    """Return `text` on one line, without characters that no XML document may hold."""
    return _NOT_XML.sub("\ufffd", " ".join(text.split()))


def _check_color_by(color_by: str | None) -> None:
    if color_by not in (None, "order"):
        raise ValueError(f"color_by: expected None or 'order', got {color_by!r}")
