"""Training time: in total, and per step between two records."""

from __future__ import annotations

import time

__all__ = ["StepTimer"]


class StepTimer:
    """Clock of the training time of a run, including earlier starts.

    Parameters
    ----------
    step : int
        Number of earlier steps.
    seconds : float
        Training time of earlier starts of the run, in seconds.
    """

    def __init__(self, step: int, seconds: float) -> None:
        self._start = time.perf_counter() - seconds
        self.start_lap(step)

    @property
    def seconds(self) -> float:
        """Training time in seconds, including that of earlier starts, without pauses."""
        return time.perf_counter() - self._start

    def start_lap(self, step: int) -> None:
        """Start a lap now.

        The time since the end of the last lap is ignored, because it includes more than training steps.
        """
        self._lap_step, self._lap_start = step, time.perf_counter()

    def finish_lap(self, step: int) -> float:
        """Return the mean time, in seconds, of the steps of this lap up to `step`. Start the next lap."""
        seconds = (time.perf_counter() - self._lap_start) / (step - self._lap_step)
        self.start_lap(step)
        return seconds

    def exclude(self, seconds: float) -> None:
        """Exclude a pause."""
        self._start += seconds
        self._lap_start += seconds
