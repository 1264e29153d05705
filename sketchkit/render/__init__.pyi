from .animation import animated_svg
from .frame_animation import svg_frames
from .gif_files import gif, gif_frames
from .grid_files import save_grid
from .plots.curves import compared_curves, loss_curves
from .plots.density import density
from .plots.latent_scatter import latent_scatter
from .plots.lengths import length_histogram
from .plots.plot import Plot
from .raster import raster_grid
from .simplify_preview import simplification
from .svg import Picture, draw, filmstrip, grid

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
    "svg_frames",
]
