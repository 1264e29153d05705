"""Progress reporting: a progress bar in interactive sessions, log lines otherwise."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from typing import Literal, get_args

from sketchkit.training.limits import Limits, counted

__all__ = ["ProgressKind", "Reporter", "check_progress", "is_interactive", "make_progress"]

#: Number of equal parts into which a run is divided for its log. The log reports the first recorded step and the first
#: validation of each part. It reports others if 60 seconds have passed since the last line of the same kind.
PARTS = 10

#: Accepted values of `progress` parameters. `auto` selects a bar in a terminal or a live notebook, and lines in a pipe,
#: a log file or a notebook that is executed without a front end.
ProgressKind = Literal["auto", "bar", "lines", "none"]


class Reporter:
    """Base class of the progress reporters. It reports nothing."""

    def step(self, step: int, seconds: float, metrics: Mapping[str, float]) -> None:
        """Report that a step is complete.

        Parameters
        ----------
        step : int
            Number of steps taken.
        seconds : float
            Training time so far, in seconds.
        metrics : mapping of str to float
            Losses of the step, or empty.
        """

    def validation(self, step: int, seconds: float, losses: Mapping[str, float], *, is_best: bool) -> None:
        """Report the result of a validation.

        Parameters
        ----------
        step, seconds
            See `step`.
        losses : mapping of str to float
            Losses of the valid split: `loss`, `recon` and `kl`.
        is_best : bool
            Whether the loss is the lowest so far.
        """

    def message(self, text: str) -> None:
        """Print a one-line message."""

    def finish(self) -> None:
        """Show that the run has reached one of its limits."""

    def close(self) -> None:
        """End the report."""


class _Bar(Reporter):
    """A progress bar that counts the minutes if they are limited, otherwise the steps, and shows the latest losses."""

    def __init__(self, first: int, seconds: float, limits: Limits) -> None:
        from tqdm.auto import tqdm

        self._minutes = limits.minutes
        self._shown: dict[str, str] = {}
        if limits.minutes is None:
            self._bar = tqdm(total=limits.steps, initial=first, unit="step", dynamic_ncols=True)
        else:
            form = "{percentage:3.0f}%|{bar}| {n:.1f}/{total:g} min{postfix}"  # tqdm begins the postfix with a comma
            minutes = min(seconds / 60, limits.minutes)
            self._bar = tqdm(total=limits.minutes, initial=minutes, bar_format=form, dynamic_ncols=True)

    def step(self, step: int, seconds: float, metrics: Mapping[str, float]) -> None:
        reached = step if self._minutes is None else min(seconds / 60, self._minutes)
        self._bar.update(reached - self._bar.n)
        if metrics:
            counted = {} if self._minutes is None else {"step": f"{step:,}"}
            self._show({**counted, "loss": metrics["loss"]})

    def validation(self, step: int, seconds: float, losses: Mapping[str, float], *, is_best: bool) -> None:
        self._show({"validation": losses["loss"], **({"best": losses["loss"]} if is_best else {})})

    def _show(self, values: Mapping[str, str | float]) -> None:
        """Show values to the right of the bar, next to those that are already there."""
        self._shown |= {name: value if isinstance(value, str) else f"{value:.3f}" for name, value in values.items()}
        order = ("step", "loss", "validation", "best")
        self._bar.set_postfix({name: self._shown[name] for name in order if name in self._shown}, refresh=False)

    def message(self, text: str) -> None:
        self._bar.write(text)

    def finish(self) -> None:
        reached, start_time = max(round(self._bar.n, 1), 0.1), self._bar.start_t
        self._bar.reset(reached)  # the total, so that the bar is full
        self._bar.start_t = start_time
        self._bar.update(reached)
        self._bar.refresh()

    def close(self) -> None:
        self._bar.close()


class _Lines(Reporter):
    """A reporter that prints few log lines; see `PARTS`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._printed: dict[str, tuple[int, float]] = {}  # part and seconds of the last line of each kind

    def _is_due(self, kind: str, step: int, seconds: float) -> bool:
        """Return whether to print a line of a kind."""
        part = int(PARTS * self._limits.share(step, seconds))
        last_part, last_seconds = self._printed.get(kind, (-1, -math.inf))
        is_due = part > last_part or seconds >= last_seconds + 60
        if is_due:
            self._printed[kind] = part, seconds
        return is_due

    def step(self, step: int, seconds: float, metrics: Mapping[str, float]) -> None:
        if metrics and self._is_due("step", step, seconds):
            text = ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
            minutes = self._limits.minutes
            of = (
                f" of {self._limits.steps:,}"
                if minutes is None
                else f", {seconds / 60:.1f} of {counted(minutes, 'minute')}"
            )
            print(f"step {step:,}{of}: {text}", flush=True)

    def validation(self, step: int, seconds: float, losses: Mapping[str, float], *, is_best: bool) -> None:
        if self._is_due("validation", step, seconds):
            parts = f"recon {losses['recon']:.3f}, KL {losses['kl']:.3f}"
            note = ", best so far" if is_best else ""
            print(f"step {step:,}: validation loss {losses['loss']:.3f} ({parts}){note}", flush=True)

    def message(self, text: str) -> None:
        print(text, flush=True)


def check_progress(kind: str) -> ProgressKind:
    """Return the type of progress report. Raises ValueError if it is unknown."""
    for known in get_args(ProgressKind):
        if kind == known:
            return known  # type: ignore[no-any-return]
    raise ValueError(f"progress: expected auto, bar, lines or none, got {kind!r}")


def make_progress(kind: ProgressKind, first: int = 0, seconds: float = 0.0, limits: Limits | None = None) -> Reporter:
    """Return a progress reporter.

    Parameters
    ----------
    kind : str
        `auto`, `bar`, `lines` or `none`; see `ProgressKind`.
    first : int
        Number of steps already taken.
    seconds : float
        Training time so far, in seconds.
    limits : Limits, optional
        Limits of the run. Without limits, nothing is reported.

    Raises
    ------
    ValueError
        If `kind` has another value.
    """
    check_progress(kind)
    if kind == "none" or limits is None:
        return Reporter()
    return _Bar(first, seconds, limits) if kind == "bar" or (kind == "auto" and is_interactive()) else _Lines(limits)


def is_interactive() -> bool:
    """Return whether a progress bar can be seen: in a terminal or a live notebook."""
    if "ipykernel" not in sys.modules:
        return sys.stderr.isatty()
    # A kernel started by an editor or a Jupyter server has one of these variables; one started by papermill has none.
    variables = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in variables)
