"""`Plot`: a matplotlib figure without pyplot, and the style that all plots share.

pyplot keeps a reference to every figure until it is closed, and a notebook shows a `Figure` only if pyplot's inline
backend is loaded. `Plot` is a `Figure` with its own notebook representation and without global references.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sketchkit.render.palette import INK, MUTED, PAPER, ramp
from sketchkit.render.saving import write_file
from sketchkit.svg_document import data_uri

__all__ = ["FONT_SIZE", "Plot", "category_colors", "set_title", "show_note", "style_axes", "three_panels"]

FONT_SIZE = 8  # font size of ticks and captions, pt


class Plot(Figure):
    """A matplotlib figure with a notebook representation that does not use pyplot.

    All attributes and methods of `Figure` are available, such as `plot.axes` and `plot.savefig(...)`.
    """

    def save(self, path: str | os.PathLike[str], dpi: float = 200) -> Path:
        """Write the figure to a file and return the path.

        Parameters
        ----------
        path : path-like
            Path of the file, ending in .png, .svg or .pdf. An existing file is replaced atomically.
        dpi : float
            Resolution of a PNG, pixels per inch.

        Raises
        ------
        ValueError
            If the file name has another ending.
        FileNotFoundError
            If the folder does not exist.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in (".png", ".svg", ".pdf"):
            raise ValueError(f"expected a file name ending in .png, .svg or .pdf, got {Path(path).name!r}")
        buffer = io.BytesIO()
        self.savefig(buffer, format=suffix[1:], dpi=dpi)
        return write_file(buffer.getvalue(), path, suffix)

    def data_uri(self) -> str:
        """Return the figure as a data URI, the `src` of an HTML image."""
        return data_uri(self._repr_png_()[0], "image/png")

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        # The resolution is doubled at the same displayed size, for high-density screens.
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=2 * self.dpi)
        width, height = (round(side * self.dpi) for side in self.get_size_inches())
        return buffer.getvalue(), {"width": width, "height": height}

    def _repr_html_(self) -> None:
        """Disable the HTML representation of `Figure`, which would import pyplot."""


def three_panels(height: float = 2.9) -> tuple[Plot, list[Axes]]:
    """Return a plot with three panels next to each other, and their axes. `height` is in inches."""
    plot = Plot(figsize=(10.2, height), layout="constrained", facecolor=PAPER)
    return plot, [style_axes(plot.add_subplot(1, 3, index + 1)) for index in range(3)]


def style_axes(axes: Axes) -> Axes:
    """Apply the package's style to axes. It overrides the user's matplotlib style."""
    axes.set_facecolor(PAPER)
    axes.spines[["top", "right"]].set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(MUTED)
        spine.set_linewidth(0.8)
    axes.tick_params(colors=MUTED, labelsize=FONT_SIZE, width=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=INK, fontsize=FONT_SIZE + 1)
    return axes


def set_title(axes: Axes, text: str) -> None:
    """Write a title above the left end of axes."""
    axes.set_title(text, fontsize=FONT_SIZE + 2, color=INK, loc="left")


def show_note(axes: Axes, text: str) -> None:
    """Write text in the middle of empty axes."""
    axes.set(xticks=[], yticks=[])
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED, fontsize=FONT_SIZE + 1)


def category_colors(count: int) -> list[Any]:
    """Return distinct colors for up to ten categories, or a color ramp for more."""
    return [colormaps["tab10"](index) for index in range(count)] if count <= 10 else list(ramp(count))
