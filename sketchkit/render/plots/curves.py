"""Plots of training curves, of one run and of several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sketchkit.argument_errors import short_errors
from sketchkit.render.palette import ACCENT, INK, SECOND
from sketchkit.render.plots.plot import FONT_SIZE, Plot, category_colors, set_title, show_note, style_axes, three_panels

__all__ = ["compared_curves", "loss_curves"]


@short_errors
def loss_curves(records: Iterable[Mapping[str, Any]]) -> Plot:
    """Plot the reconstruction loss, the KL divergence, the learning rate and the KL weight of a training run.

    Parameters
    ----------
    records : iterable of mapping
        Records of ``metrics.jsonl`` with the keys "step" and "kind" ("train", "valid" or "test"), and optionally
        "loss", "recon", "kl", "learning_rate" and "kl_weight". Records of the test split, and values
        that are missing, None or not finite, are omitted.

    Returns
    -------
    Plot
        Three panels. A ring marks the validation with the lowest "loss" ("recon" if there is no "loss").

    Raises
    ------
    ValueError
        If a record has no step, or a kind other than "train", "valid" and "test".
    TypeError
        If a record is not a mapping.
    """
    valid_records = _checked_records(records)
    train = [record for record in valid_records if record["kind"] == "train"]
    valid = [record for record in valid_records if record["kind"] == "valid"]
    best = _best_record(valid)

    plot, panels = three_panels()
    for axes, key, title in zip(panels, ("recon", "kl"), ("reconstruction loss", "KL divergence"), strict=False):
        set_title(axes, title)
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


@short_errors
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
    colors = category_colors(max(len(valid), 1))
    has_legend = 0 < len(valid) <= 20
    plot, panels = three_panels(2.9 + (0.2 * len(valid) if has_legend else 0))
    titles = ("validation loss", "reconstruction loss", "KL divergence")
    for axes, key, title in zip(panels, ("loss", "recon", "kl"), titles, strict=True):
        set_title(axes, title)
        for color, records in zip(colors, valid.values(), strict=False):
            axes.plot(*_series(records, key), "o-", color=color, linewidth=1.2, markersize=3)
        axes.set_xlabel("step")
        if not any(len(line.get_xdata()) for line in axes.lines):  # type: ignore[arg-type]
            show_note(axes, "not recorded")
    if has_legend:
        plot.legend(panels[0].lines, [name[:150] for name in valid], loc="outside lower left", fontsize=FONT_SIZE,
                    frameon=False)  # fmt: skip
    return plot


def _checked_records(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    valid_records = []
    for index, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise TypeError(f"record {index}: expected a mapping, got {type(record).__name__}")
        if _finite_number(record, "step") is None:
            raise ValueError(f"record {index}: expected a step, got {record.get('step')!r}")
        if record.get("kind") not in ("train", "valid", "test"):
            raise ValueError(f"record {index}: expected kind 'train', 'valid' or 'test', got {record.get('kind')!r}")
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
    set_title(axes, "schedules")
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
        right = style_axes(axes.twinx())
        right.spines[["left", "bottom"]].set_visible(False)
        right.spines["right"].set_visible(True)
        right.plot(weight_steps, weights, color=SECOND, linewidth=1.4)
        right.set_ylabel("KL weight")
        right.yaxis.label.set_color(SECOND)
        right.set_ylim(0, 1.08 * max(weights) or 1)
    axes.set_xlabel("step")
    if not rates and not weights:
        show_note(axes, "not recorded")


def _finish_panel(axes: Axes) -> None:
    axes.set_xlabel("step")
    if axes.lines:
        axes.legend(fontsize=FONT_SIZE, frameon=False, labelcolor=INK)
    else:
        show_note(axes, "not recorded")
