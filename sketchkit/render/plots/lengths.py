"""Histogram of the lengths of drawings."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from sketchkit.argument_errors import short_errors
from sketchkit.render.palette import ACCENT, PAPER, SECOND
from sketchkit.render.plots.plot import FONT_SIZE, Plot, show_note, style_axes

__all__ = ["length_histogram"]


@short_errors
def length_histogram(lengths: ArrayLike, limit: int | None = None) -> Plot:
    """Plot a histogram of the lengths of sketches.

    Parameters
    ----------
    lengths : array_like of int, shape (n,)
        Number of points of each sketch.
    limit : int, optional
        Maximum length of a sketch for a model (N_max). A line marks it, with the percentage of sketches that fit.

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
    axes = style_axes(plot.add_subplot())
    axes.set(xlabel="points in a sketch", ylabel="sketches")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if not array.size:
        show_note(axes, "no sketches")
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
            fontsize=FONT_SIZE,
            color=SECOND,
        )
    return plot
