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
