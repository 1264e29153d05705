"""Remaining time of a training run, and the limit that ends it, from the records of the run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from sketchkit.training.limits import Limits
from sketchkit.training.metrics import Record

__all__ = ["End", "LimitName", "Pace"]

LimitName = Literal["steps", "minutes", "patience"]

#: Number of the latest intervals between records from which the time per step is estimated, and number of the latest
#: validations from which the time per validation is estimated.
LATEST_LAPS, LATEST_VALIDATIONS = 14, 5
#: Times are limited to this multiple of their median. Longer times include a compilation by TensorFlow.
MAX_RATIO = 2.0
#: While only the first validation is known, its time is limited to this fraction of the time of the steps between two
#: validations.
MAX_FIRST_VALIDATION = 0.1


@dataclass(frozen=True)
class End:
    """The expected end of a run.

    Attributes
    ----------
    limit : str
        The limit that the run reaches first: `steps`, `minutes` or `patience`.
    seconds : float
        Training time until then, in seconds. For `patience`, the time if no validation improves from now on.
    """

    limit: LimitName
    seconds: float


class Pace:
    """Time that the steps and validations of a run take. Add the records of `metrics.jsonl` in order.

    The first interval and the first validation take longer than later ones, because TensorFlow compiles the model
    during them. They are ignored as soon as there are others.

    Attributes
    ----------
    elapsed : float
        Training time up to the latest record, in seconds, with validations and without pauses.
    step : int
        Step of the latest record.
    best_step : int or None
        Step of the validation with the lowest loss.
    """

    def __init__(self) -> None:
        self.elapsed, self.step = 0.0, 0
        self.best_step: int | None = None
        self._best_loss = math.inf
        self._laps: list[float] = []  # seconds per step, between two records
        self._validations: list[float] = []  # seconds
        self._lap: tuple[int, float] | None = None  # step and elapsed time of the latest training record
        self._pending: list[float] = []  # seconds of the validations since that record
        self._last_trained = 0  # step of the latest training record

    def add(self, record: Record) -> None:
        """Add the next record of the run."""
        step, kind = int(record["step"]), record.get("kind")
        seconds, elapsed = _time(record, "seconds"), _time(record, "elapsed")
        if kind == "train" and seconds is not None:
            self._add_lap(step, seconds, elapsed)
        elif kind == "valid":
            self._pending.append(seconds or 0.0)
            loss = record.get("loss")
            if isinstance(loss, (int, float)) and loss < self._best_loss:
                self._best_loss, self.best_step = float(loss), step
        self.step = max(self.step, step)
        if elapsed is not None:
            self.elapsed = elapsed
        elif seconds is not None:  # a record of an earlier version
            self.elapsed += seconds * (step - self._last_trained) if kind == "train" else seconds
        if kind == "train":
            self._last_trained = step

    def _add_lap(self, step: int, seconds: float, elapsed: float | None) -> None:
        if self._pending:
            # A validation also writes samples, a checkpoint and the model folder. Records of earlier versions contain
            # only the time of computing the losses.
            if elapsed is not None and self._lap is not None:
                total = max(elapsed - self._lap[1] - (step - self._lap[0]) * seconds, sum(self._pending))
                self._pending = [total / len(self._pending)] * len(self._pending)
            self._validations += self._pending
            self._pending = []
        self._laps.append(seconds)
        self._lap = None if elapsed is None else (step, elapsed)

    @property
    def seconds_per_step(self) -> float:
        """Time of a training step in seconds; 0 if it is unknown."""
        return _typical(self._laps, LATEST_LAPS)

    def seconds_per_validation(self, save_every: int) -> float:
        """Return the time of a validation in seconds, including the writing of its samples and files.

        Parameters
        ----------
        save_every : int
            Number of steps between two validations.

        Returns
        -------
        float
            0 before the first validation.
        """
        known = self._validations + self._pending
        seconds = _typical(known, LATEST_VALIDATIONS)
        longest = math.inf if len(known) > 1 else MAX_FIRST_VALIDATION * save_every * self.seconds_per_step
        return min(seconds, longest)

    def end(self, limits: Limits, save_every: int) -> End | None:
        """Return the expected end.

        Parameters
        ----------
        limits : Limits
            Limits of the run.
        save_every : int
            Number of steps between two validations.

        Returns
        -------
        End or None
            None while the time of a step is unknown.
        """
        if not self.seconds_per_step:
            return None
        ends = [End("steps", self._seconds_until(limits.steps, save_every))]
        if limits.minutes is not None:
            ends.append(End("minutes", max(limits.seconds - self.elapsed, 0.0)))
        if limits.patience is not None and self.best_step is not None:
            last = self.best_step + limits.patience * save_every
            ends.append(End("patience", self._seconds_until(last, save_every)))
        return min(ends, key=lambda end: end.seconds)

    def reached(self, limits: Limits) -> LimitName:
        """Return the limit that a finished run has reached."""
        if self.step >= limits.steps:
            return "steps"
        return "minutes" if limits.patience is None or self.elapsed >= limits.seconds else "patience"

    def _seconds_until(self, step: int, save_every: int) -> float:
        steps = max(step - self.step, 0)
        validations = math.ceil(step / save_every) - self.step // save_every if steps else 0
        return steps * self.seconds_per_step + validations * self.seconds_per_validation(save_every)


def _time(record: Record, key: str) -> float | None:
    """Return a time from a record in seconds, or None if it is missing or invalid."""
    value = record.get(key)
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) and value >= 0 else None


def _typical(values: Sequence[float], latest: int) -> float:
    """Return the mean of the latest values, each limited to `MAX_RATIO` times their median; 0 without values.

    The very first value is ignored as soon as there are others.
    """
    recent = values[1:][-latest:] or values
    if not recent:
        return 0.0
    longest = MAX_RATIO * median(recent)
    return fmean(min(value, longest) for value in recent)
