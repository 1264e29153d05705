"""Drawings as pixels, drawn with Pillow at three times the size and reduced, so that lines are smooth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sketchkit.geometry import centered
from sketchkit.render.layout import check_sketch, common_scale, positive
from sketchkit.render.palette import INK, PAPER, is_transparent, rgb
from sketchkit.render.svg import line_width, page_padding
from sketchkit.sketch import Sketch, iter_sketches

__all__ = ["coverage", "raster", "raster_grid"]

_SUPERSAMPLING = 3


def raster(
    sketch: Sketch,
    size: int = 256,
    *,
    stroke_width: float | None = None,
    color: str = INK,
    background: str | None = PAPER,
) -> NDArray[np.uint8]:
    """Draw one sketch into a square image.

    Parameters
    ----------
    sketch : Sketch
        Fitted and centered; an empty one leaves the image blank.
    size : int
        Side of the image, px.
    stroke_width : float, optional
        Line width, px. Default: a ninetieth of `size`, at least 1.
    color : str
        Ink, an opaque CSS color.
    background : str, optional
        Paper, likewise; None for transparent.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        RGB, 0 to 255; with a transparent background RGBA, (size, size, 4).

    Raises
    ------
    ValueError
        If `size` is not a whole number above 0 or a color is not one.
    TypeError
        If `sketch` is not a Sketch.
    """
    check_sketch(sketch)
    size = _positive_int("size", size)
    line = line_width(stroke_width, size)
    side = size - 2 * page_padding(None, size, line)
    place = centered(sketch.bounds, common_scale([sketch], side), (size / 2, size / 2))
    ink = coverage([place(points) for points in sketch.polylines()], (size, size), line)
    return _colorize(np.asarray(ink), color, background)


def raster_grid(
    sketches: Iterable[Sketch],
    columns: int | None = None,
    cell: int = 128,
    *,
    color: str = INK,
    background: str | None = PAPER,
) -> NDArray[np.uint8]:
    """Draw sketches in rows into one image, each fitted into its cell and centered.

    Parameters
    ----------
    sketches : iterable of Sketch
        Placed from left to right, then downwards.
    columns : int, optional
        Cells in a row. Default: about as many as rows.
    cell : int
        Side of a cell, px.
    color, background
        See `raster`.

    Returns
    -------
    ndarray of uint8, shape (rows * cell, columns * cell, 3)
        RGB, 0 to 255; with a transparent background RGBA. Cells past the last sketch are blank; without sketches
        there is one blank cell.

    Raises
    ------
    ValueError
        If `columns` or `cell` is not a whole number above 0.
    TypeError
        If an item is not a Sketch.
    """
    items = list(iter_sketches(sketches))
    cell = _positive_int("cell", cell)
    columns = max(1, math.ceil(math.sqrt(len(items)))) if columns is None else _positive_int("columns", columns)
    rows = max(1, math.ceil(len(items) / columns))
    blank = _colorize(np.zeros((1, 1), dtype=np.uint8), color, background)
    image = np.tile(blank, (rows * cell, columns * cell, 1))
    for index, sketch in enumerate(items):
        top, left = index // columns * cell, index % columns * cell
        image[top : top + cell, left : left + cell] = raster(sketch, cell, color=color, background=background)
    return image


def coverage(strokes: Sequence[NDArray[np.float64]], size: tuple[int, int], line: float) -> Image.Image:
    """Draw strokes with a round pen and return how much ink covers each pixel.

    Parameters
    ----------
    strokes : sequence of ndarray, each of shape (m, 2)
        In px; one of a single point is a dot.
    size : (int, int)
        Width and height of the image, px.
    line : float
        Width of the pen, px.

    Returns
    -------
    PIL.Image.Image
        Mode "L": 0 is paper, 255 is ink.
    """
    fine = _SUPERSAMPLING
    image = Image.new("L", (size[0] * fine, size[1] * fine), 0)
    pen = ImageDraw.Draw(image)
    width = max(1, round(line * fine))
    for stroke in strokes:
        # Pillow counts from the middle of a pixel, pictures from its corner.
        points = [(x, y) for x, y in (stroke * fine - 0.5).tolist()]
        if len(points) > 1:
            pen.line(points, fill=255, width=width)
        # A dot is a little wider than the line. Discs at every point make joints and ends round.
        dot = np.ptp(stroke, axis=0).max() * fine < 1
        radius = (width - 1) / 2 * (1.4 if dot else 1)
        for x, y in points[:1] if dot else points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return image.reduce(fine)


def _colorize(ink: NDArray[np.uint8], color: str, background: str | None) -> NDArray[np.uint8]:
    """Return ink on paper, (height, width, 3), or ink alone with its coverage as alpha, (height, width, 4)."""
    if background is None or is_transparent(background):
        return np.concatenate(
            [np.broadcast_to(np.array(rgb(color), np.uint8), (*ink.shape, 3)), ink[..., None]], axis=2
        )
    share = ink[..., None] / 255.0
    return np.rint(np.array(rgb(background)) * (1 - share) + np.array(rgb(color)) * share).astype(np.uint8)


def _positive_int(name: str, value: int) -> int:
    if int(positive(name, value)) != value:
        raise ValueError(f"{name}: expected a whole number above 0, got {value!r}")
    return int(value)
