"""Plot of latent codes along their principal components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sketchkit.argument_errors import short_errors
from sketchkit.projection import principal_components
from sketchkit.render.palette import ACCENT, HAIRLINE, INK, PAPER
from sketchkit.render.plots.plot import FONT_SIZE, Plot, category_colors, style_axes

__all__ = ["latent_scatter"]


@short_errors
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
    shares: tuple[float | None, float | None] = (None, None)
    if array.shape[1] == 1:
        coordinates = np.column_stack([array, np.zeros(len(array))])
    else:
        found = principal_components(array)
        coordinates, shares = found.positions, found.shares

    plot = Plot(figsize=(5.2, 4.4), layout="constrained", facecolor=PAPER)
    axes = style_axes(plot.add_subplot())
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
        for unique_name, color in zip(unique_names, category_colors(len(unique_names)), strict=True):
            selected = coordinates[[name == unique_name for name in names]]
            axes.scatter(*selected.T, color=color, label=unique_name, **style)
        if len(unique_names) <= 20:
            legend = plot.legend(
                loc="outside right upper", fontsize=FONT_SIZE, frameon=False, labelcolor=INK, handletextpad=0.2
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
