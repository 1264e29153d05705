"""Progress reporting: a progress bar in interactive sessions, log lines otherwise."""

from __future__ import annotations

import os
import sys
from typing import Any, Protocol

__all__ = ["PROGRESS", "Reporter", "is_interactive", "make_progress"]

#: Accepted values of `progress` parameters.
PROGRESS = ("auto", "bar", "lines", "none")


class Reporter(Protocol):
    """Interface of the progress reporters."""

    def step(self, step: int, metrics: dict[str, float]) -> None:
        """Report that a step is complete. `metrics` contains its losses, or is empty."""

    def message(self, text: str) -> None:
        """Print a one-line message."""

    def close(self) -> None:
        """End the report."""


class _Bar:
    def __init__(self, first: int, total: int) -> None:
        from tqdm.auto import tqdm

        self._bar = tqdm(total=total, initial=first, unit="step", dynamic_ncols=True)

    def step(self, step: int, metrics: dict[str, float]) -> None:
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

    def step(self, step: int, metrics: dict[str, float]) -> None:
        if metrics:
            text = ", ".join(f"{name} {value:.3f}" for name, value in metrics.items())
            print(f"step {step:,} of {self._total:,}: {text}", flush=True)

    def message(self, text: str) -> None:
        print(text, flush=True)

    def close(self) -> None:
        pass


class _Silent:
    def step(self, step: int, metrics: dict[str, float]) -> None:
        pass

    message = close = lambda self, *_: None


def make_progress(kind: str, first: int, total: int) -> Any:
    """Return a progress reporter.

    Parameters
    ----------
    kind : str
        `bar`, `lines`, `none` or `auto`. `auto` selects a bar in a terminal or a live notebook, and lines in a pipe,
        a log file or a notebook that is executed without a front end.
    first, total : int
        Number of steps already taken, and total number of steps.

    Raises
    ------
    ValueError
        If `kind` has another value.
    """
    if kind == "auto":
        kind = "bar" if is_interactive() else "lines"
    if kind == "bar":
        return _Bar(first, total)
    if kind == "lines":
        return _Lines(total)
    if kind == "none":
        return _Silent()
    raise ValueError(f"progress: expected auto, bar, lines or none, got {kind!r}")


def is_interactive() -> bool:
    """Return whether a progress bar can be seen: in a terminal or a live notebook."""
    if "ipykernel" not in sys.modules:
        return sys.stderr.isatty()
    # A kernel started by an editor or a Jupyter server has one of these variables; one started by papermill has none.
    variables = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in variables)
