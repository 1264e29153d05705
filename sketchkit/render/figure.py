"""Figures of probability densities, training curves and latent codes, made with matplotlib without pyplot.

pyplot keeps a reference to every figure until it is closed, and a notebook shows a `Figure` only if pyplot's inline
backend is loaded. `Plot` is a `Figure` with its own notebook representation and without global references.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from sketchkit.geometry import Bounds
from sketchkit.render.layout import check_sketch
from sketchkit.render.palette import ACCENT, HAIRLINE, INK, MUTED, PAPER, SECOND, ramp
from sketchkit.render.saving import write_file
from sketchkit.sketch import Sketch
from sketchkit.svg_document import data_uri

__all__ = ["Mixture", "Plot", "compared_curves", "density", "latent_scatter", "length_histogram", "loss_curves"]

_FONT_SIZE = 8  # font size of ticks and captions, pt
_PEN_STATES = ("pen down", "pen up", "end")
_MIN_WEIGHT = 0.02  # components with a smaller weight do not enlarge the default view


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
    check_sketch(sketch)
    rows = len(sketch) + 1
    pi, mu, sigma, rho, pen = _checked_mixture(mixture, rows)
    if not -rows <= step < rows:
        raise ValueError(f"step: expected {-rows} to {rows - 1} for a sketch of {rows - 1} rows, got {step}")
    step %= rows
    if not 2 <= resolution <= 2000:
        raise ValueError(f"resolution: expected 2 to 2000, got {resolution!r}")
    tip = sketch.points()[step]
    drawn = Sketch(sketch.offsets[:step], sketch.start)
    if extent is None:
        extent = _default_extent(drawn, tip, pi[step], mu[step], sigma[step])
    left, top, right, bottom = extent
    if not (np.isfinite(extent).all() and left < right and top < bottom):
        raise ValueError(
            f"extent: expected finite (left, top, right, bottom), left < right, top < bottom, got {extent!r}"
        )

    pixel = max(right - left, bottom - top) / resolution
    columns = max(1, math.ceil((right - left) / pixel))
    lines = max(1, math.ceil((bottom - top) / pixel))
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = top + (np.arange(lines) + 0.5) * (bottom - top) / lines
    heat = _bivariate_mixture(x - tip[0], y - tip[1], pi[step], mu[step], sigma[step], rho[step], pixel)

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
    for points in drawn.polylines():
        if len(points) == 1 or not np.any(points - points[0]):
            axes.plot(*points[0], "o", color=INK, markersize=3.2, zorder=3)
        else:
            axes.plot(*points.T, color=INK, linewidth=1.8, solid_capstyle="round", solid_joinstyle="round", zorder=3)
    axes.plot(*tip, "o", markersize=7, markerfacecolor=PAPER, markeredgecolor=INK, markeredgewidth=1.4, zorder=4)
    axes.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    axes.set_title(f"after {step} of {rows - 1} points", fontsize=_FONT_SIZE + 1, color=MUTED, loc="left", pad=4)
    for spine in axes.spines.values():
        spine.set_color(HAIRLINE)
    _pen_bar(bar, pen[step])
    return plot


def loss_curves(records: Iterable[Mapping[str, Any]]) -> Plot:
    """Plot the reconstruction loss, the KL divergence, the learning rate and the KL weight of a training run.

    Parameters
    ----------
    records : iterable of mapping
        Records of ``metrics.jsonl`` with the keys "step" and "kind" ("train" or "valid"), and optionally "loss",
        "recon", "kl", "learning_rate" and "kl_weight". Values that are missing, None or not finite are omitted.

    Returns
    -------
    Plot
        Three panels. A ring marks the validation with the lowest "loss" ("recon" if there is no "loss").

    Raises
    ------
    ValueError
        If a record has no step, or a kind other than "train" and "valid".
    TypeError
        If a record is not a mapping.
    """
    valid_records = _checked_records(records)
    train = [record for record in valid_records if record["kind"] == "train"]
    valid = [record for record in valid_records if record["kind"] == "valid"]
    best = _best_record(valid)

    plot = Plot(figsize=(10.2, 2.9), layout="constrained", facecolor=PAPER)
    panels = [_style_axes(plot.add_subplot(1, 3, index + 1)) for index in range(3)]
    for axes, key, title in zip(panels, ("recon", "kl"), ("reconstruction loss", "KL divergence"), strict=False):
        _set_title(axes, title)
        steps, values = _series(train, key)
        if len(steps):
            axes.plot(steps, values, color=ACCENT, linewidth=1.1, label="training", zorder=2)
        steps, values = _series(valid, key)
        if len(steps):
            axes.plot(steps, values, "o", color=SECOND, markersize=3.6, linestyle="", label="validation", zorder=3)
        if best is not None and _finite_number(best, key) is not None:
            axes.plot(
                [best["step"]],
                [best[key]],
                "o",
                markersize=10,
                markerfacecolor="none",
                markeredgecolor=SECOND,
                markeredgewidth=1.5,
                label=f"best: {best[key]:.4g} at {best['step']}",
                zorder=4,
            )
        _finish_panel(axes)
    _plot_schedules(panels[2], train or valid)
    return plot


def compared_curves(runs: Mapping[str, Iterable[Mapping[str, Any]]]) -> Plot:
    """Plot the validation curves of several training runs in the same axes.

    Parameters
    ----------
    runs : mapping of str to iterable of mapping
        Records of each run, by the name of the run; see `loss_curves`. Only validation records are plotted.

    Returns
    -------
    Plot
        Three panels: validation loss, reconstruction loss and KL divergence. There is a legend for up to 20 runs.

    Raises
    ------
    ValueError
        If a record has no step.
    """
    valid = {name: _checked_records(r for r in records if r.get("kind") == "valid") for name, records in runs.items()}
    colors = _category_colors(max(len(valid), 1))
    has_legend = 0 < len(valid) <= 20
    plot = Plot(figsize=(10.2, 2.9 + (0.2 * len(valid) if has_legend else 0)), layout="constrained", facecolor=PAPER)
    panels = [_style_axes(plot.add_subplot(1, 3, index + 1)) for index in range(3)]
    titles = ("validation loss", "reconstruction loss", "KL divergence")
    for axes, key, title in zip(panels, ("loss", "recon", "kl"), titles, strict=True):
        _set_title(axes, title)
        for color, records in zip(colors, valid.values(), strict=False):
            axes.plot(*_series(records, key), "o-", color=color, linewidth=1.2, markersize=3)
        axes.set_xlabel("step")
        if not any(len(line.get_xdata()) for line in axes.lines):  # type: ignore[arg-type]
            _show_note(axes, "not recorded")
    if has_legend:
        plot.legend(panels[0].lines, [name[:150] for name in valid], loc="outside lower left", fontsize=_FONT_SIZE,
                    frameon=False)  # fmt: skip
    return plot


def latent_scatter(codes: ArrayLike, labels: Sequence[object] | None = None) -> Plot:
    """Plot latent codes along their first two principal components.

    Parameters
    ----------
    codes : array_like, shape (n, z)
        Codes, one in each row, n >= 1, z >= 1. Codes with z = 1 are plotted on a line.
    labels : sequence, optional
        Labels of the codes. Codes with equal labels have the same color. There is a legend for up to 20 labels.

    Returns
    -------
    Plot
        The labels of the axes contain the share of the variance explained by each component.

    Raises
    ------
    ValueError
        If `codes` is not a finite (n, z) array, or there are more or fewer labels than codes.
    """
    array = np.asarray(codes, dtype=np.float64)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"codes: expected shape (n, z) with n and z at least 1, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("codes: expected finite numbers, got NaN or infinity")
    if labels is not None and (isinstance(labels, str) or len(labels) != len(array)):
        raise ValueError(f"labels: expected one label for each of {len(array)} codes, got {len(labels)}")
    coordinates, shares = _principal_components(array)

    plot = Plot(figsize=(5.2, 4.4), layout="constrained", facecolor=PAPER)
    axes = _style_axes(plot.add_subplot())
    # Many points overlap, so their size and opacity decrease with their number.
    style: dict[str, Any] = {
        "s": float(np.clip(4000 / len(array), 6, 36)),
        "alpha": 0.85 if len(array) < 500 else 0.6,
        "linewidths": 0,
    }
    if labels is None:
        axes.scatter(*coordinates.T, color=ACCENT, **style)
    else:
        names = [str(label) for label in labels]
        unique_names = list(dict.fromkeys(names))
        for unique_name, color in zip(unique_names, _category_colors(len(unique_names)), strict=True):
            selected = coordinates[[name == unique_name for name in names]]
            axes.scatter(*selected.T, color=color, label=unique_name, **style)
        if len(unique_names) <= 20:
            legend = plot.legend(
                loc="outside right upper", fontsize=_FONT_SIZE, frameon=False, labelcolor=INK, handletextpad=0.2
            )
            for handle in legend.legend_handles:
                handle.set_alpha(1)  # type: ignore[union-attr]
    titles = ("first principal component", "second principal component")
    for name, title, share in zip("xy", titles, shares, strict=False):
        axes.set(**{f"{name}label": title if share is None else f"{title} ({100 * share:.1f}% of variance)"})
    axes.axhline(0, color=HAIRLINE, linewidth=1, zorder=0)
    axes.axvline(0, color=HAIRLINE, linewidth=1, zorder=0)
    if array.shape[1] == 1:
        axes.set(xlabel="latent code", ylabel="", yticks=[])
    return plot


def length_histogram(lengths: ArrayLike, limit: int | None = None) -> Plot:
    """Plot a histogram of the lengths of sketches.

    Parameters
    ----------
    lengths : array_like of int, shape (n,)
        Number of points of each sketch.
    limit : int, optional
        Maximum length for a model (N_max). A line marks it, with the percentage of sketches that fit.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If `lengths` is not a one-dimensional array of integers >= 0, or `limit` is below 1.
    """
    array = np.asarray(lengths)
    if array.ndim != 1:
        raise ValueError(f"lengths: expected shape (n,), got {array.shape}")
    if array.size and not (np.issubdtype(array.dtype, np.number) and (array >= 0).all() and (array % 1 == 0).all()):
        raise ValueError("lengths: expected whole numbers of at least 0")
    if limit is not None and limit < 1:
        raise ValueError(f"limit: expected at least 1, got {limit!r}")

    plot = Plot(figsize=(5.6, 2.9), layout="constrained", facecolor=PAPER)
    axes = _style_axes(plot.add_subplot())
    axes.set(xlabel="points in a sketch", ylabel="sketches")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if not array.size:
        _show_note(axes, "no sketches")
        return plot
    shortest, longest = int(array.min()), int(array.max())
    # The bin width is an integer and the edges are half-integers, so all bins cover the same number of lengths.
    bin_width = max(1, math.ceil((longest - shortest + 1) / 60))
    edges = np.arange(shortest, longest + bin_width + 1, bin_width) - 0.5
    axes.hist(array, bins=edges.tolist(), color=ACCENT, alpha=0.85, linewidth=0)
    if limit is not None:
        fits = float((array <= limit).mean())
        axes.axvline(limit + 0.5, color=SECOND, linewidth=1.5)
        axes.annotate(
            f"limit {limit}: {100 * fits:.4g}% fit",
            (limit + 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=_FONT_SIZE,
            color=SECOND,
        )
    return plot


# Density --------------------------------------------------------------------------------------------


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


def _bivariate_mixture(
    dx: NDArray[np.float64],
    dy: NDArray[np.float64],
    pi: NDArray[np.float64],
    mu: NDArray[np.float64],
    sigma: NDArray[np.float64],
    rho: NDArray[np.float64],
    pixel: float,
) -> NDArray[np.float64]:
    """Return the density of the next offset on a raster, shape (len(dy), len(dx)).

    The density is the sum over j of pi_j N(Δx, Δy | mu_x, mu_y, sigma_x, sigma_y, rho_xy), eq. 2-3 of
    arXiv 1704.03477, blurred by half a pixel, which is added to each standard deviation in quadrature. The blur does
    not visibly change wide components. It makes components visible that are narrower than a pixel or have a
    correlation of 1.
    """
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


def _default_extent(
    drawn: Sketch,
    tip: NDArray[np.float64],
    pi: NDArray[np.float64],
    mu: NDArray[np.float64],
    sigma: NDArray[np.float64],
) -> Bounds:
    """Return the bounds of the drawn rows, the pen, and three standard deviations around each significant component."""
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
            fontsize=_FONT_SIZE,
            color=color,
        )


# Curves ---------------------------------------------------------------------------------------------


def _checked_records(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    valid_records = []
    for index, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise TypeError(f"record {index}: expected a mapping, got {type(record).__name__}")
        if _finite_number(record, "step") is None:
            raise ValueError(f"record {index}: expected a step, got {record.get('step')!r}")
        if record.get("kind") not in ("train", "valid"):
            raise ValueError(f"record {index}: expected kind 'train' or 'valid', got {record.get('kind')!r}")
        valid_records.append(record)
    return valid_records


def _finite_number(record: Mapping[str, Any], key: str) -> float | None:
    """Return a finite number from a record, or None."""
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not math.isfinite(value):
        return None
    return float(value)


def _series(records: Iterable[Mapping[str, Any]], key: str) -> tuple[list[float], list[float]]:
    pairs = [(record["step"], value) for record in records if (value := _finite_number(record, key)) is not None]
    return [step for step, _ in pairs], [value for _, value in pairs]


def _best_record(valid: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    for key in ("loss", "recon"):
        rated = [record for record in valid if _finite_number(record, key) is not None]
        if rated:
            return min(rated, key=lambda record: record[key])
    return None


def _plot_schedules(axes: Axes, records: Sequence[Mapping[str, Any]]) -> None:
    """Plot the learning rate on the left axis and the KL weight on the right axis."""
    _set_title(axes, "schedules")
    rate_steps, rates = _series(records, "learning_rate")
    weight_steps, weights = _series(records, "kl_weight")
    if rates:
        axes.plot(rate_steps, rates, color=ACCENT, linewidth=1.4)
        axes.set_ylabel("learning rate")
        axes.yaxis.label.set_color(ACCENT)
        # Tick labels are written in full, since a common factor above the axis would move the title of this panel.
        axes.yaxis.set_major_formatter(lambda rate, _: f"{rate:g}")
        axes.set_ylim(0, 1.08 * max(rates) or 1)
    else:
        axes.set_yticks([])
    if weights:
        right = _style_axes(axes.twinx())
        right.spines[["left", "bottom"]].set_visible(False)
        right.spines["right"].set_visible(True)
        right.plot(weight_steps, weights, color=SECOND, linewidth=1.4)
        right.set_ylabel("KL weight")
        right.yaxis.label.set_color(SECOND)
        right.set_ylim(0, 1.08 * max(weights) or 1)
    axes.set_xlabel("step")
    if not rates and not weights:
        _show_note(axes, "not recorded")


def _finish_panel(axes: Axes) -> None:
    axes.set_xlabel("step")
    if axes.lines:
        axes.legend(fontsize=_FONT_SIZE, frameon=False, labelcolor=INK)
    else:
        _show_note(axes, "not recorded")


# Latent codes ---------------------------------------------------------------------------------------


def _principal_components(codes: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[float | None]]:
    """Return the codes along two principal components, (n, 2), and the share of the variance of each component.

    The share is None if there is no variance or no such component. The sign of a component is arbitrary; it is chosen
    so that the largest loading is positive, which makes the figure reproducible.
    """
    centered = codes - codes.mean(axis=0)
    if codes.shape[1] == 1:
        return np.column_stack([codes, np.zeros(len(codes))]), [None, None]
    _, spread, directions = np.linalg.svd(centered, full_matrices=False)
    directions = directions[:2]
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]
    coordinates = np.zeros((len(codes), 2))
    coordinates[:, : len(directions)] = centered @ directions.T
    variance = spread**2
    total = float(variance.sum())
    shares: list[float | None] = [None, None]
    if total > 0:
        shares[: len(directions)] = (variance[:2] / total).tolist()
    return coordinates, shares


def _category_colors(count: int) -> list[Any]:
    """Return distinct colors for up to ten categories, or a color ramp for more."""
    return [colormaps["tab10"](index) for index in range(count)] if count <= 10 else list(ramp(count))


# Style ----------------------------------------------------------------------------------------------


def _style_axes(axes: Axes) -> Axes:
    """Apply the package's style to axes. It overrides the user's matplotlib style."""
    axes.set_facecolor(PAPER)
    axes.spines[["top", "right"]].set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(MUTED)
        spine.set_linewidth(0.8)
    axes.tick_params(colors=MUTED, labelsize=_FONT_SIZE, width=0.8)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=INK, fontsize=_FONT_SIZE + 1)
    return axes


def _set_title(axes: Axes, text: str) -> None:
    axes.set_title(text, fontsize=_FONT_SIZE + 2, color=INK, loc="left")


def _show_note(axes: Axes, text: str) -> None:
    axes.set(xticks=[], yticks=[])
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED, fontsize=_FONT_SIZE + 1)
