"""Rendering of drawings, probability densities, training curves and latent codes.

svg
    `draw`, `grid` and `filmstrip` return a `Picture`: an SVG document with a notebook representation.
animation, gif_files
    `animated_svg`, `gif` and `gif_frames` animate the strokes of a drawing or a sequence of drawings.
grid_files
    `save_grid` writes a grid of drawings as SVG, PNG or GIF.
raster
    `raster_grid` (and `raster.raster` for one drawing) return uint8 arrays, for example for TensorBoard.
simplify_preview
    `simplification` shows drawings before and after simplification, with the remaining points.
figure
    `density`, `loss_curves`, `compared_curves`, `latent_scatter` and `length_histogram` return a `Plot`: a matplotlib
    figure with a notebook representation that does not use pyplot.

Each name imports its module on first use, so importing this package imports neither matplotlib nor Pillow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchkit.render.animation import animated_svg
    from sketchkit.render.figure import Plot, compared_curves, density, latent_scatter, length_histogram, loss_curves
    from sketchkit.render.gif_files import gif, gif_frames
    from sketchkit.render.grid_files import save_grid
    from sketchkit.render.raster import raster_grid
    from sketchkit.render.simplify_preview import simplification
    from sketchkit.render.svg import Picture, draw, filmstrip, grid

__all__ = [
    "Picture",
    "Plot",
    "animated_svg",
    "compared_curves",
    "density",
    "draw",
    "filmstrip",
    "gif",
    "gif_frames",
    "grid",
    "latent_scatter",
    "length_histogram",
    "loss_curves",
    "raster_grid",
    "save_grid",
    "simplification",
]

_MODULES = {
    "svg": ("Picture", "draw", "filmstrip", "grid"),
    "animation": ("animated_svg",),
    "gif_files": ("gif", "gif_frames"),
    "grid_files": ("save_grid",),
    "raster": ("raster_grid",),
    "simplify_preview": ("simplification",),
    "figure": ("Plot", "compared_curves", "density", "latent_scatter", "length_histogram", "loss_curves"),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
