"""Progress reporting: a progress bar in interactive sessions, log lines otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Literal, Protocol, get_args

__all__ = ["ProgressKind", "Reporter", "check_progress", "is_interactive", "make_progress"]

#: Accepted values of `progress` parameters. `auto` selects a bar in a terminal or a live notebook, and lines in a pipe,
#: a log file or a notebook that is executed without a front end.
ProgressKind = Literal["auto", "bar", "lines", "none"]


class Reporter(Protocol):
    """Interface of the progress reporters."""

    def step(self, step: int, metrics: Mapping[str, float]) -> None:
        """Report that a step is complete. `metrics` contains its losses, or is empty."""

    def message(self, text: str) -> None:
        """Print a one-line message."""

    def close(self) -> None:
        """End the report."""


class _Bar:
    def __init__(self, first: int, total: int) -> None:
        from tqdm.auto import tqdm

        self._bar = tqdm(total=total, initial=first, unit="step", dynamic_ncols=True)

    def step(self, step: int, metrics: Mapping[str, float]) -> None:
        self._bar.update(step - self._bar.n)
        if metrics:
            self._bar.set_postfix({name: f"{value:.3f}" for name, value in metrics.items()}, refresh=False)

    def message(self, text: str) -> None:
        self._bar.write(text)

    def close(self) -> None:
        self._bar.close()


class _Lines:
    def __init__(self, total: int) -> None:
        self._total = total

    def step(self, step: int, metrics: Mapping[str, float]) -> None:
        if metrics:
            text = ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
            print(f"step {step:,} of {self._total:,}: {text}", flush=True)

    def message(self, text: str) -> None:
        print(text, flush=True)

    def close(self) -> None:
        pass


class _Silent:
    def step(self, step: int, metrics: Mapping[str, float]) -> None:
        pass

    def message(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


def check_progress(kind: str) -> ProgressKind:
    """Return the type of progress report. Raises ValueError if it is unknown."""
    for known in get_args(ProgressKind):
        if kind == known:
            return known  # type: ignore[no-any-return]
    raise ValueError(f"progress: expected auto, bar, lines or none, got {kind!r}")


def make_progress(kind: ProgressKind, first: int, total: int) -> Reporter:
    """Return a progress reporter.

    Parameters
    ----------
    kind : str
        `auto`, `bar`, `lines` or `none`; see `ProgressKind`.
    first, total : int
        Number of steps already taken, and total number of steps.

    Raises
    ------
    ValueError
        If `kind` has another value.
    """
    check_progress(kind)
    if kind == "bar" or (kind == "auto" and is_interactive()):
        return _Bar(first, total)
    return _Silent() if kind == "none" else _Lines(total)


def is_interactive() -> bool:
    """Return whether a progress bar can be seen: in a terminal or a live notebook."""
    if "ipykernel" not in sys.modules:
        return sys.stderr.isatty()
    # A kernel started by an editor or a Jupyter server has one of these variables; one started by papermill has none.
    variables = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in variables)
