"""`save_grid`: writes a grid of drawings as an SVG, PNG or GIF file."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from sketchkit.argument_errors import short_errors
from sketchkit.render.grid_layout import GridLayout
from sketchkit.render.palette import INK, PAPER
from sketchkit.render.saving import write_file
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_cells

__all__ = ["ENDINGS", "save_grid"]

#: Endings of file names that `save_grid` supports.
ENDINGS = (".svg", ".png", ".gif")
#: Default side of a cell, and of the cell of a single drawing, px.
CELL, SINGLE_CELL = 120, 512
#: Maximum number of pixels of a PNG. Many programs refuse larger images.
_MAX_PIXELS = 64e6


@short_errors
def save_grid(
    sketches: Iterable[Sketch | None],
    path: str | os.PathLike[str],
    *,
    columns: int | None = None,
    cell: float | None = None,
    labels: Sequence[object] | None = None,
    row_labels: Sequence[object] | None = None,
    same_scale: bool = False,
    color: str = INK,
    background: str | None = PAPER,
    seconds: float = 3.0,
    hold: float = 1.0,
) -> Path:
    """Write a grid of sketches to a file. The ending of its name selects the format.

    Parameters
    ----------
    sketches : iterable of Sketch or None
        Drawings, in row-major order; None leaves a cell blank.
    path : path-like
        Path of the file, which is replaced atomically: `.svg`, `.png`, or `.gif` for an animation that draws all
        sketches at the same time, stroke by stroke.
    columns, labels, row_labels, same_scale
        See `grid`.
    cell : float, optional
        Side of a cell, px. Default: 120, or 512 for a single drawing.
    color, background : str
        Opaque CSS colors of lines and background. If the background is None, it is transparent.
    seconds : float
        Time from the first pen contact to the last pen lift in a GIF, s.
    hold : float
        Time for which a GIF shows the finished drawings before it repeats, s, 0 to 600.

    Returns
    -------
    Path
        Path of the file.

    Raises
    ------
    ValueError
        If the name has another ending, the picture has too many pixels, or an argument is invalid.
    FileNotFoundError
        If the folder does not exist.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(f"expected a file name ending in {', '.join(ENDINGS)}, got {Path(path).name!r}")
    items = list(iter_cells(sketches))
    if cell is None:
        cell = SINGLE_CELL if len(items) == 1 else CELL
    if ending == ".svg":
        from sketchkit.render.svg import grid

        return grid(
            items, columns=columns, cell=cell, labels=labels, row_labels=row_labels, same_scale=same_scale,
            color=color, background=background,
        ).save(path)  # fmt: skip
    layout = GridLayout.of(
        items, columns=columns, cell=cell, labels=labels, row_labels=row_labels, same_scale=same_scale
    )
    if ending == ".gif":
        from sketchkit.render.gif_files import gif_grid

        return gif_grid(layout, path, seconds=seconds, hold=hold, color=color, background=background)
    if layout.width * layout.height > _MAX_PIXELS:
        raise ValueError(
            f"expected a grid of at most {_MAX_PIXELS / 1e6:g} million pixels for a PNG, "
            f"got {layout.width:,.0f} × {layout.height:,.0f}; use fewer drawings, smaller cells, or .svg"
        )
    from sketchkit.render.raster import grid_image

    buffer = io.BytesIO()
    grid_image(layout, color, background).save(buffer, "PNG", optimize=True)
    return write_file(buffer.getvalue(), path, ".png")
