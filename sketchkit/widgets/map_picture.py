"""Static image of a map of drawings, for environments without widget support."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.render.palette import INK, PAPER, rgb

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["CATEGORY_COLORS", "map_picture"]

#: Colors of the categories on light paper, the same as in `static/views/latent_map/colors.js`.
CATEGORY_COLORS = (
    *("#2f62c9", "#d9622b", "#1f8a4c", "#b8328f", "#8a6d00", "#0b7f8c", "#7a4fd0", "#c2293c", "#5b7a1f", "#6b6f76"),
)
#: Width and height of the image, its margin, and the radius of a point, in pixels.
WIDTH, HEIGHT, MARGIN, RADIUS = 560, 360, 12, 1


def map_picture(positions: NDArray[np.float64], labels: NDArray[np.int64], caption: str) -> Image.Image:
    """Return an image with a point for each drawing.

    Parameters
    ----------
    positions : ndarray, shape (n, 2)
        Positions of the drawings, y pointing up.
    labels : ndarray of int, shape (n,)
        Category of each drawing, which selects its color.
    caption : str
        Line of text below the map.
    """
    from PIL import Image, ImageDraw

    pixels = np.full((HEIGHT, WIDTH, 3), rgb(PAPER), dtype=np.uint8)
    low, high = positions.min(axis=0), positions.max(axis=0)
    room = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
    scale = np.min(room / np.maximum(high - low, 1e-9))
    centered = (positions - (low + high) / 2) * (scale if np.isfinite(scale) else 0) * [1, -1]
    places = np.rint(centered + np.array([WIDTH, HEIGHT]) / 2).astype(int)
    colors = np.array([rgb(color) for color in CATEGORY_COLORS], dtype=np.uint8)[labels % len(CATEGORY_COLORS)]
    for dx in range(-RADIUS, RADIUS + 1):
        for dy in range(-RADIUS, RADIUS + 1):
            pixels[places[:, 1] + dy, places[:, 0] + dx] = colors
    sheet = Image.new("RGB", (WIDTH, HEIGHT + 24), PAPER)
    sheet.paste(Image.fromarray(pixels), (0, 0))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, WIDTH - 1, HEIGHT - 1), outline="#bdbdbd")
    pen.text((6, HEIGHT + 5), caption.encode("latin-1", "replace").decode("latin-1"), fill=INK)
    return sheet
