"""Progress report of a sweep."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sketchkit.sweeps.trial import Trial, TrialState
from sketchkit.training.progress import ProgressKind, is_interactive

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["SweepProgress", "format_counts", "format_duration", "format_total"]

#: Minimum interval of the lines about running trials, in seconds.
LINE_SECONDS = 60.0


class SweepProgress:
    """Progress report of a sweep: a bar and lines in a terminal or a notebook, only lines elsewhere.

    Parameters
    ----------
    kind : str
        Type of progress report; see `sketchkit.training.progress`.
    total : int
        Number of points.
    """

    def __init__(self, kind: ProgressKind, total: int) -> None:
        self._total, self._counts, self._last_message = total, Counter[TrialState](), time.monotonic()
        self._silent = kind == "none"
        self._bar: tqdm | None = None
        if kind == "bar" or (kind == "auto" and is_interactive()):
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, unit="point", dynamic_ncols=True)

    def skip(self, trial: Trial) -> None:
        """Count a trial that finished in an earlier execution of the sweep."""
        self._counts["finished"] += 1
        if self._bar is not None:
            self._bar.update(1)

    def start(self) -> None:
        """Report the number of points."""
        done = self._counts["finished"]
        self._message(f"{format_total(self._total)}" + (f", {done:,} of them already finished" if done else ""))

    def finish(self, trial: Trial) -> None:
        """Report the result of a trial."""
        self._counts[trial.outcome or "waiting"] += 1
        if self._bar is not None:
            self._bar.update(1)
        result = f"{trial.outcome} in {format_duration(trial.seconds)}"
        if trial.error:
            result += f": {trial.error.splitlines()[0][:300]}"
        elif best := _best(trial):
            result += f", best {best}"
        self._message(f"{sum(self._counts.values()):,} of {self._total:,}: {trial.title}: {result}")

    def update(self, unfinished: Iterable[Trial]) -> None:
        """Report the steps of the running trials: in the bar at every call, in lines at most once a minute."""
        if self._bar is None and (self._silent or time.monotonic() - self._last_message < LINE_SECONDS):
            return
        running = [trial for trial in unfinished if trial.state == "running"]
        steps = "; ".join(f"{trial.title}: {_step(trial)}" for trial in running)
        if self._bar is not None:
            self._bar.set_postfix_str(steps[:120])
        elif running:
            self._message(f"running: {steps}")

    def close(self) -> None:
        """Close the bar, and report the number of trials in each state."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None
        self._message(
            f"{format_total(self._total)}: {format_counts(self._counts)}" if self._counts else "no trial has ended"
        )

    def _message(self, text: str) -> None:
        self._last_message = time.monotonic()
        if self._bar is not None:
            self._bar.write(text)
        elif not self._silent:
            print(text, flush=True)


def _step(trial: Trial) -> str:
    try:
        run = trial.run
        return f"step {run.step:,} of {run.hparams.num_steps:,}"
    except (OSError, ValueError):
        return "starting"


def _best(trial: Trial) -> str:
    try:
        best = trial.run.best
    except (OSError, ValueError):
        return ""
    return f"{best['loss']:.3f} at step {best['step']:,}" if best else ""


def format_total(count: int) -> str:
    """Return a number of points in words, such as "3 points"."""
    return f"{count:,} point{'' if count == 1 else 's'}"


def format_counts(counts: Mapping[TrialState, int]) -> str:
    """Return the number of trials in each state, such as "1 failed, 2 finished"."""
    return ", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) or "none"


def format_duration(seconds: float) -> str:
    """Format a time in seconds, such as "2 min 5 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
