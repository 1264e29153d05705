"""Limits of a training run."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Limits", "counted"]


@dataclass(frozen=True)
class Limits:
    """Limits of a training run, which ends when it reaches one of them.

    Attributes
    ----------
    steps : int
        Number of steps, including those of earlier starts of the run.
    minutes : float or None
        Training time in minutes, including that of earlier starts.
    patience : int or None
        Number of validations without improvement.

    Raises
    ------
    ValueError
        If `minutes` or `patience` is not positive.
    """

    steps: int
    minutes: float | None = None
    patience: int | None = None

    def __post_init__(self) -> None:
        if self.minutes is not None and not self.minutes > 0:
            raise ValueError(f"minutes: expected a positive number, got {self.minutes}")
        if self.patience is not None and self.patience < 1:
            raise ValueError(f"patience: expected at least 1, got {self.patience}")

    @property
    def seconds(self) -> float:
        """Training time in seconds; infinity if there is no limit."""
        return math.inf if self.minutes is None else 60 * self.minutes

    def reached(self, step: int, seconds: float, waited: int) -> str:
        """Return the limit that a run has reached, in words, or an empty string.

        Parameters
        ----------
        step : int
            Number of steps taken.
        seconds : float
            Training time in seconds.
        waited : int
            Number of validations since the best one.
        """
        if step >= self.steps:
            return counted(self.steps, "step")
        if self.minutes is not None and seconds >= self.seconds:
            return counted(self.minutes, "minute")
        if self.patience is not None and waited >= self.patience:
            return f"{counted(self.patience, 'validation')} without improvement"
        return ""

    def share(self, step: int, seconds: float) -> float:
        """Return the completed share of a run, 0 to 1: of its steps or of its time, whichever is larger."""
        return min(max(step / max(self.steps, 1), seconds / self.seconds), 1.0)

    def __str__(self) -> str:
        """Return the limits in words, such as "60 minutes or 20,000 steps"."""
        parts = [] if self.minutes is None else [counted(self.minutes, "minute")]
        if self.patience is not None:
            parts.append(f"{counted(self.patience, 'validation')} without improvement")
        return " or ".join([*parts, counted(self.steps, "step")])


def counted(number: float, noun: str) -> str:
    """Return a number and a noun, such as "1 minute" or "2,000 steps"."""
    text = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{text} {noun}{'' if number == 1 else 's'}"
