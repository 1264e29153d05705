"""Rasterization of drawings with Pillow, antialiased by threefold supersampling."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from sketchkit.argument_errors import check_type, short_errors
from sketchkit.geometry import centered
from sketchkit.render.grid_layout import FONT_SIZE, GridLayout
from sketchkit.render.layout import check_positive, common_scale, line_width, page_padding
from sketchkit.render.palette import INK, PAPER, is_transparent, rgb
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_sketches

__all__ = ["add_strokes", "coverage", "grid_borders", "grid_image", "pixel_size", "raster", "raster_grid"]

_SUPERSAMPLING = 3
# Coverage of the borders and labels of a grid, which have the brightness of `palette.HAIRLINE` and `palette.MUTED`.
_BORDER, _LABEL = 28, 144


def raster(
    sketch: Sketch,
    size: int = 256,
    *,
    stroke_width: float | None = None,
    color: str = INK,
    background: str | None = PAPER,
) -> NDArray[np.uint8]:
    """Rasterize one sketch to a square image.

    Parameters
    ----------
    sketch : Sketch
        Drawing, fitted into the image and centered. An empty sketch gives a blank image.
    size : int
        Side of the image, px.
    stroke_width : float, optional
        Line width, px. Default: `size` / 90, at least 1.
    color : str
        Color of the lines, an opaque CSS color.
    background : str, optional
        Color of the background, an opaque CSS color. None: transparent.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        RGB image, 0 to 255; with a transparent background an RGBA image, (size, size, 4).

    Raises
    ------
    ValueError
        If `size` is not a whole number above 0, or a color is invalid.
    TypeError
        If `sketch` is not a Sketch.
    """
    check_type(sketch, Sketch, "sketch")
    size = _positive_int("size", size)
    line = line_width(stroke_width, size)
    side = size - 2 * page_padding(None, size, line)
    to_pixels = centered(sketch.bounds, common_scale([sketch], side), (size / 2, size / 2))
    ink = coverage([to_pixels(points) for points in sketch.polylines()], (size, size), line)
    return _colorize(np.asarray(ink), color, background)


@short_errors
def raster_grid(
    sketches: Iterable[Sketch],
    columns: int | None = None,
    cell: int = 128,
    *,
    color: str = INK,
    background: str | None = PAPER,
) -> NDArray[np.uint8]:
    """Rasterize a grid of sketches to one image. Each sketch is fitted into its cell and centered.

    Parameters
    ----------
    sketches : iterable of Sketch
        Drawings, in row-major order.
    columns : int, optional
        Number of columns. Default: the square root of the number of sketches, rounded up.
    cell : int
        Side of a cell, px.
    color, background
        Colors; see `raster`.

    Returns
    -------
    ndarray of uint8, shape (rows * cell, columns * cell, 3)
        RGB image, 0 to 255; with a transparent background an RGBA image. Cells after the last sketch are blank.
        Without sketches, the image is one blank cell.

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
    """Rasterize strokes and return the coverage of each pixel.

    Parameters
    ----------
    strokes : sequence of ndarray, each of shape (m, 2)
        Points of the strokes, px. A stroke whose points coincide is a dot.
    size : (int, int)
        Width and height of the image, px.
    line : float
        Line width, px.

    Returns
    -------
    PIL.Image.Image
        Image of mode "L": 0 is background, 255 is line.
    """
    fine = _SUPERSAMPLING
    image = Image.new("L", (size[0] * fine, size[1] * fine), 0)
    pen = ImageDraw.Draw(image)
    width = max(1, round(line * fine))
    for stroke in strokes:
        # In Pillow, the origin is the center of the first pixel; in our coordinates, it is the corner of that pixel.
        points = [(x, y) for x, y in (stroke * fine - 0.5).tolist()]
        if len(points) > 1:
            pen.line(points, fill=255, width=width)
        # A dot is slightly wider than the line. Discs at the points make joints and ends round.
        dot = np.ptp(stroke, axis=0).max() * fine < 1
        radius = (width - 1) / 2 * (1.4 if dot else 1)
        for x, y in points[:1] if dot else points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return image.reduce(fine)


def grid_image(layout: GridLayout, color: str = INK, background: str | None = PAPER) -> Image.Image:
    """Return a grid of sketches with borders and labels as an image, RGB or (with a transparent background) RGBA."""
    ink = add_strokes(grid_borders(layout), layout, [tile.strokes for tile in layout.tiles])
    return Image.fromarray(_colorize(np.asarray(ink), color, background))


def grid_borders(layout: GridLayout) -> Image.Image:
    """Return the coverage of the borders and labels of a grid, which are lighter than the lines."""
    image = Image.new("L", pixel_size(layout.width, layout.height), 0)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(FONT_SIZE)
    for tile in layout.tiles:
        right, bottom = tile.left + layout.cell, tile.top + layout.cell
        corners = (round(tile.left), round(tile.top), round(right) - 1, round(bottom) - 1)
        pen.rounded_rectangle(corners, radius=4, outline=_BORDER)
        if not tile.strokes:
            pen.text(((tile.left + right) / 2, (tile.top + bottom) / 2), "empty", _LABEL, font, anchor="mm")
        if tile.label:
            pen.text((tile.label.x, tile.label.y), tile.label.shown, _LABEL, font, anchor="ms")
    for label in layout.row_labels:
        pen.text((label.x, label.y), label.shown, _LABEL, font, anchor="rs")
    if not layout.tiles:
        pen.text((layout.width / 2, layout.height / 2), "empty", _LABEL, font, anchor="mm")
    return image


def add_strokes(
    borders: Image.Image, layout: GridLayout, strokes: Sequence[Sequence[NDArray[np.float64]]]
) -> Image.Image:
    """Return the coverage of a grid with strokes in its cells.

    Parameters
    ----------
    borders : PIL.Image.Image
        Result of `grid_borders`; it is not changed.
    layout : GridLayout
        Layout of the grid.
    strokes : sequence of sequence of ndarray, each of shape (m, 2)
        Points of the strokes of each cell, px.
    """
    image = borders.copy()
    side = math.ceil(layout.cell) + 1
    for tile, drawn in zip(layout.tiles, strokes, strict=True):
        left, top = math.floor(tile.left), math.floor(tile.top)
        ink = coverage([points - (left, top) for points in drawn], (side, side), layout.line)
        image.paste(ImageChops.lighter(image.crop((left, top, left + side, top + side)), ink), (left, top))
    return image


def pixel_size(width: float, height: float) -> tuple[int, int]:
    """Return the size of an image as whole numbers of pixels, at least 1."""
    return max(1, round(width)), max(1, round(height))


def _colorize(ink: NDArray[np.uint8], color: str, background: str | None) -> NDArray[np.uint8]:
    """Convert coverage to an RGB image, (height, width, 3), or an RGBA image with the coverage as alpha channel."""
    if background is None or is_transparent(background):
        return np.concatenate(
            [np.broadcast_to(np.array(rgb(color), np.uint8), (*ink.shape, 3)), ink[..., None]], axis=2
        )
    share = ink[..., None] / 255.0
    return np.rint(np.array(rgb(background)) * (1 - share) + np.array(rgb(color)) * share).astype(np.uint8)


def _positive_int(name: str, value: int) -> int:
    if int(check_positive(name, value)) != value:
        raise ValueError(f"{name}: expected a whole number above 0, got {value!r}")
    return int(value)
