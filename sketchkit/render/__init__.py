"""Rendering of drawings, probability densities, training curves and latent codes.

svg
    `draw`, `grid` and `filmstrip` return a `Picture`: an SVG document with a notebook representation.
animation, frame_animation, gif_files
    `animated_svg` and `gif` animate the strokes of a drawing, `svg_frames` and `gif_frames` a sequence of drawings.
grid_files
    `save_grid` writes a grid of drawings as SVG, PNG or GIF.
raster
    `raster_grid`, and `raster.raster` for one drawing, return uint8 arrays, for example for TensorBoard.
simplify_preview
    `simplification` shows drawings before and after simplification, with the remaining points.
plots
    `density`, `loss_curves`, `compared_curves`, `latent_scatter` and `length_histogram` return a `Plot`: a matplotlib
    figure with a notebook representation that does not use pyplot.

`__init__.pyi` lists the names. The module of a name is imported on first use, so importing this package imports neither
matplotlib nor Pillow.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
