"""Plot of the probability density of the next point of a drawing."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, PowerNorm
from numpy.typing import NDArray

from sketchkit.argument_errors import check_type, short_errors
from sketchkit.geometry import Bounds
from sketchkit.render.palette import ACCENT, HAIRLINE, INK, MUTED, PAPER, SECOND
from sketchkit.render.plots.plot import FONT_SIZE, Plot
from sketchkit.sketch import Sketch

__all__ = ["Mixture", "density"]

_PEN_STATES = ("pen down", "pen up", "end")
_MIN_WEIGHT = 0.02  # components with a smaller weight do not enlarge the default view


class Mixture(Protocol):
    """Protocol of the argument of `density`: for each row, a mixture of M bivariate normals and three pen states.

    Row i is the distribution of row i of a sketch given the previous rows, in the units of the drawing.
    """

    @property
    def pi(self) -> NDArray[np.floating]:
        """Weights, shape (n, M); each row sums to 1."""

    @property
    def mu(self) -> NDArray[np.floating]:
        """Means of the offsets, shape (n, M, 2)."""

    @property
    def sigma(self) -> NDArray[np.floating]:
        """Standard deviations, shape (n, M, 2), > 0."""

    @property
    def rho(self) -> NDArray[np.floating]:
        """Correlations, shape (n, M), -1 to 1."""

    @property
    def pen(self) -> NDArray[np.floating]:
        """Probabilities of pen down, pen up and end, shape (n, 3)."""


@short_errors
def density(
    mixture: Mixture,
    sketch: Sketch,
    step: int = -1,
    *,
    extent: Bounds | None = None,
    resolution: int = 200,
) -> Plot:
    """Plot the first rows of a sketch and the probability density of its next point.

    Parameters
    ----------
    mixture : Mixture
        Density with ``len(sketch) + 1`` rows. The last row is the distribution after the whole drawing.
    sketch : Sketch
        The drawing.
    step : int
        Number of rows drawn, 0 to ``len(sketch)``; -1 is all rows, -2 all but the last, and so on.
    extent : (left, top, right, bottom), optional
        Visible area, in units of the drawing. Default: the drawn rows and three standard deviations around each
        component with a weight of at least 0.02.
    resolution : int
        Number of samples of the density along the longer side of the visible area, 2 to 2000.

    Returns
    -------
    Plot
        The color scale is the square root of the density, which makes small densities visible. The bar below shows the
        probabilities of the pen states.

    Raises
    ------
    ValueError
        If the shapes do not match, or `step`, `extent` or `resolution` is out of range.
    TypeError
        If `sketch` is not a Sketch.
    """
    check_type(sketch, Sketch, "sketch")
    rows = len(sketch) + 1
    arrays = _checked_mixture(mixture, rows)
    if not -rows <= step < rows:
        raise ValueError(f"step: expected {-rows} to {rows - 1} for a sketch of {rows - 1} rows, got {step}")
    step %= rows
    point = _PointDensity(*(array[step] for array in arrays))
    if not 2 <= resolution <= 2000:
        raise ValueError(f"resolution: expected 2 to 2000, got {resolution!r}")
    tip = sketch.points()[step]
    drawn = Sketch(sketch.offsets[:step], sketch.start)
    if extent is None:
        extent = _default_extent(drawn, tip, point)
    left, top, right, bottom = extent
    if not (np.isfinite(extent).all() and left < right and top < bottom):
        raise ValueError(
            f"extent: expected finite (left, top, right, bottom), left < right, top < bottom, got {extent!r}"
        )

    heat = _density_image(extent, tip, point, resolution)
    plot, axes, bar = _map_with_bar(right - left, bottom - top)
    peak = float(heat.max())
    axes.imshow(
        heat,
        extent=(left, right, bottom, top),
        cmap=_heat_colormap(),
        norm=PowerNorm(0.5, vmin=0, vmax=peak if peak > 0 else 1.0),
        interpolation="bilinear",
        aspect="equal",
        zorder=1,
    )
    _plot_strokes(axes, drawn)
    axes.plot(*tip, "o", markersize=7, markerfacecolor=PAPER, markeredgecolor=INK, markeredgewidth=1.4, zorder=4)
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    axes.set_title(f"after {step} of {rows - 1} points", fontsize=FONT_SIZE + 1, color=MUTED, loc="left", pad=4)
    for spine in axes.spines.values():
        spine.set_color(HAIRLINE)
    _pen_bar(bar, point.pen)
    return plot


class _PointDensity(NamedTuple):
    """The density of one point: a mixture of M bivariate normals, and the probabilities of the pen states."""

    pi: NDArray[np.float64]  # (M,)
    mu: NDArray[np.float64]  # (M, 2)
    sigma: NDArray[np.float64]  # (M, 2)
    rho: NDArray[np.float64]  # (M,)
    pen: NDArray[np.float64]  # (3,)


def _checked_mixture(mixture: Mixture, rows: int) -> tuple[NDArray[np.float64], ...]:
    pi = np.asarray(mixture.pi, dtype=np.float64)
    if pi.ndim != 2:
        raise ValueError(f"mixture.pi: expected shape ({rows}, M), got {pi.shape}")
    components = pi.shape[1]
    expected = {
        "pi": (rows, components),
        "mu": (rows, components, 2),
        "sigma": (rows, components, 2),
        "rho": (rows, components),
        "pen": (rows, 3),
    }
    arrays = []
    for name, shape in expected.items():
        array = np.asarray(getattr(mixture, name), dtype=np.float64)
        if array.shape != shape:
            raise ValueError(
                f"mixture.{name}: expected shape {shape} for a sketch of {rows - 1} rows, got {array.shape}"
            )
        if not np.isfinite(array).all():
            raise ValueError(f"mixture.{name}: expected finite numbers, got NaN or infinity")
        arrays.append(array)
    return tuple(arrays)


def _density_image(
    extent: Bounds, tip: NDArray[np.float64], point: _PointDensity, resolution: int
) -> NDArray[np.float64]:
    """Return the density of the next point at the pixels of a visible area, shape (lines, columns)."""
    left, top, right, bottom = extent
    pixel = max(right - left, bottom - top) / resolution
    columns = max(1, math.ceil((right - left) / pixel))
    lines = max(1, math.ceil((bottom - top) / pixel))
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = top + (np.arange(lines) + 0.5) * (bottom - top) / lines
    return _bivariate_mixture(x - tip[0], y - tip[1], point, pixel)


def _bivariate_mixture(
    dx: NDArray[np.float64], dy: NDArray[np.float64], point: _PointDensity, pixel: float
) -> NDArray[np.float64]:
    """Return the density of the next offset on a raster, shape (len(dy), len(dx)).

    The density is the sum over j of pi_j N(Δx, Δy | mu_x, mu_y, sigma_x, sigma_y, rho_xy), eq. 2-3 of
    arXiv 1704.03477, blurred by half a pixel: (pixel / 2)² is added to each variance. The blur does not visibly change
    wide components. Without it, components that are narrower than a pixel or have a correlation of 1 would be
    invisible.
    """
    pi, mu, sigma, rho, _ = point
    blur = (pixel / 2) ** 2
    xx, yy = sigma[:, 0] ** 2 + blur, sigma[:, 1] ** 2 + blur
    xy = rho * sigma[:, 0] * sigma[:, 1]
    # xx * yy - xy**2 would lose precision for |rho| close to 1; this form does not.
    determinant = (sigma[:, 0] * sigma[:, 1]) ** 2 * (1 - rho**2) + blur * (xx + yy - blur)
    heat = np.zeros((len(dy), len(dx)))
    for j in np.flatnonzero(pi > 0):
        x = (dx - mu[j, 0])[None, :]
        y = (dy - mu[j, 1])[:, None]
        squares = (yy[j] * x**2 - 2 * xy[j] * x * y + xx[j] * y**2) / determinant[j]
        heat += pi[j] / (2 * np.pi * np.sqrt(determinant[j])) * np.exp(-0.5 * squares)
    return heat


def _default_extent(drawn: Sketch, tip: NDArray[np.float64], point: _PointDensity) -> Bounds:
    """Return bounds around the drawn rows, the pen, and three standard deviations of each significant component."""
    pi, mu, sigma = point.pi, point.mu, point.sigma
    significant = pi >= min(_MIN_WEIGHT, float(pi.max(initial=0.0)))
    corners = [
        tip[None],
        tip + mu[significant] - 3 * sigma[significant],
        tip + mu[significant] + 3 * sigma[significant],
    ]
    corners.append(drawn.points() if len(drawn) else tip[None])
    points = np.concatenate(corners)
    low, high = points.min(axis=0), points.max(axis=0)
    longest = float((high - low).max())
    # The visible area of a point or a line is enlarged to a positive width and height.
    short = np.maximum(0.3 * longest - (high - low), 0) if longest > 0 else np.ones(2)
    margin = 0.04 * longest + short / 2
    (left, top), (right, bottom) = (low - margin).tolist(), (high + margin).tolist()
    return (left, top, right, bottom)


def _heat_colormap() -> ListedColormap:
    """Return a colormap from pale yellow to dark purple that is transparent at zero density."""
    colors = colormaps["magma_r"](np.linspace(0.06, 0.82, 256))
    colors[:, 3] = np.minimum(np.linspace(0, 2.2, 256), 0.92)
    return ListedColormap(colors, name="heat")


def _map_with_bar(width: float, height: float) -> tuple[Plot, Axes, Axes]:
    """Return a plot, axes with the aspect ratio of the visible area, and axes for a bar below them."""
    longest, margin, head, foot = 4.4, 0.12, 0.28, 0.5  # inches
    scale = longest / max(width, height)
    # The caption requires a minimum width of about two inches.
    inner = np.array([max(width * scale, 2.2), max(height * scale, 1.0)])
    paper_width, paper_height = inner[0] + 2 * margin, inner[1] + head + foot
    plot = Plot(figsize=(paper_width, paper_height), facecolor=PAPER)
    axes = plot.add_axes((margin / paper_width, foot / paper_height, inner[0] / paper_width, inner[1] / paper_height))
    bar = plot.add_axes((margin / paper_width, 0.3 / paper_height, inner[0] / paper_width, 0.1 / paper_height))
    axes.set_facecolor(PAPER)
    return plot, axes, bar


def _plot_strokes(axes: Axes, sketch: Sketch) -> None:
    for points in sketch.polylines():
        if len(points) == 1 or not np.any(points - points[0]):
            axes.plot(*points[0], "o", color=INK, markersize=3.2, zorder=3)
        else:
            axes.plot(*points.T, color=INK, linewidth=1.8, solid_capstyle="round", solid_joinstyle="round", zorder=3)


def _pen_bar(bar: Axes, pen: NDArray[np.float64]) -> None:
    """Plot three probabilities as a stacked bar, with labels below."""
    bar.set(xlim=(0, 1), ylim=(0, 1))
    bar.axis("off")
    begin = 0.0
    for state, share, color, x, side in zip(
        _PEN_STATES,
        pen.tolist(),
        (INK, ACCENT, SECOND),
        (0.0, 0.5, 1.0),
        ("left", "center", "right"),
        strict=True,
    ):
        bar.barh(0.5, share, left=begin, height=1, color=color)
        begin += share
        bar.annotate(
            f"{state} {100 * share:.0f}%",
            (x, 0),
            xytext=(0, -3),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=FONT_SIZE,
            color=color,
        )
