"""How training tells a person where it is: a bar where one can move, lines where not."""

from __future__ import annotations

import os
import sys
from typing import Any, Protocol

__all__ = ["PROGRESS", "Reporter", "reporter", "someone_watches"]

#: Kinds of reporter.
PROGRESS = ("auto", "bar", "lines", "none")


class Reporter(Protocol):
    """Shows where a run is."""

    def step(self, step: int, figures: dict[str, float]) -> None:
        """Tell of a step; `figures` may be empty."""

    def say(self, text: str) -> None:
        """Tell of an event in one line."""

    def close(self) -> None:
        """Stop."""


class _Bar:
    def __init__(self, first: int, total: int) -> None:
        from tqdm.auto import tqdm

        self._bar = tqdm(total=total, initial=first, unit="step", dynamic_ncols=True)

    def step(self, step: int, figures: dict[str, float]) -> None:
        self._bar.update(step - self._bar.n)
        if figures:
            self._bar.set_postfix({name: f"{value:.3f}" for name, value in figures.items()}, refresh=False)

    def say(self, text: str) -> None:
        self._bar.write(text)

    def close(self) -> None:
        self._bar.close()


class _Lines:
    def __init__(self, total: int) -> None:
        self._total = total

    def step(self, step: int, figures: dict[str, float]) -> None:
        if figures:
            text = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
            print(f"step {step:,} of {self._total:,}: {text}", flush=True)

    def say(self, text: str) -> None:
        print(text, flush=True)

    def close(self) -> None:
        pass


class _Silent:
    def step(self, step: int, figures: dict[str, float]) -> None:
        pass

    say = close = lambda self, *_: None


def reporter(kind: str, first: int, total: int) -> Any:
    """Return a reporter.

    Parameters
    ----------
    kind : str
        `bar`, `lines`, `none`, or `auto`: a bar in a terminal or a live notebook; lines in a pipe, a log file
        or a notebook that runs headless.
    first, total : int
        Steps taken, and to take in all.

    Raises
    ------
    ValueError
        If `kind` is something else.
    """
    if kind == "auto":
        kind = "bar" if someone_watches() else "lines"
    if kind == "bar":
        return _Bar(first, total)
    if kind == "lines":
        return _Lines(total)
    if kind == "none":
        return _Silent()
    raise ValueError(f"progress: expected auto, bar, lines or none, got {kind!r}")


def someone_watches() -> bool:
    """Tell whether a bar is looked at: in a terminal or a live notebook."""
    if "ipykernel" not in sys.modules:
        return sys.stderr.isatty()
    # A kernel that an editor or a Jupyter server started has one of these; papermill's has neither.
    marks = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(mark in os.environ for mark in marks)
