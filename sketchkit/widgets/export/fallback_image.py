"""Static fallback image for environments without widget support."""

from __future__ import annotations

import io
from collections.abc import Sequence

from sketchkit.sketch import Sketch

__all__ = ["fallback_image"]

#: Side of a drawing in pixels, and maximum number of drawings.
CELL, MAX_DRAWINGS = 120, 9


def fallback_image(caption: str, drawings: Sequence[Sketch]) -> bytes:
    """Return a PNG image with up to nine drawings side by side and a line of text.

    Parameters
    ----------
    caption : str
        Line of text.
    drawings : sequence of Sketch
        Drawings to show. If there are none, the image is empty and the text explains how to run the widget.
    """
    from PIL import Image, ImageDraw

    from sketchkit.render.palette import INK, PAPER
    from sketchkit.render.raster import raster_grid

    shown = list(drawings[:MAX_DRAWINGS])
    text = caption if shown else f"{caption}: run this notebook in JupyterLab to draw here"
    columns = min(len(shown), 5) or 4
    rows = -(-len(shown) // columns) or 1
    sheet = Image.new("RGB", (columns * CELL, rows * CELL + 24), PAPER)
    if shown:
        sheet.paste(Image.fromarray(raster_grid(shown, columns, CELL)), (0, 0))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, 0, sheet.width - 1, rows * CELL - 1), outline="#bdbdbd")
    pen.text((6, rows * CELL + 5), text.encode("latin-1", "replace").decode("latin-1"), fill=INK)
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()
