"""Results of widgets: the page computes them. If they are read before the page has answered, Python computes them.

A notebook cell that runs right after a widget was created, or right after one of its traits was set, cannot wait for
the page, because answers of the page arrive only between cells. If such a cell reads a result, Python computes it, with
the same values as the page. Python does not send these results to the page, which computes its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import anywidget

__all__ = ["WidgetWithResults"]


class _Pauses(threading.local):
    """Number of `without_computing` blocks that the current thread is in."""

    count = 0


class WidgetWithResults(anywidget.AnyWidget):
    """Base class of widgets with results. A result is a trait of one of the `Result` classes in `traits`."""

    #: Traits from which the results are computed.
    inputs: tuple[str, ...] = ()
    #: The result that the page sends last; when it has arrived, the page has answered.
    last_result = ""

    def __init__(self, **arguments: Any) -> None:
        self._pauses, self._compute_lock = _Pauses(), threading.RLock()
        #: The inputs of the current results; None if there are no results yet.
        self._computed_for: dict[str, Any] | None = None
        with self.without_computing():
            super().__init__(**arguments)

    def compute_results(self) -> None:
        """Compute the results if Python has changed an input and the page has not answered yet."""
        if self._pauses.count or not self.last_result:
            return
        with self._compute_lock, self.without_computing():
            if self._is_current():
                return
            for name, value in self._results(self._computed_for).items():
                self._trait_values[name] = value  # without notifying observers or the page
            self._computed_for = self._input_values()

    def _results(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the results by the names of their traits; `before` are the inputs of the earlier results."""
        raise NotImplementedError

    @contextmanager
    def without_computing(self) -> Iterator[None]:
        """Return a context in which reading a trait computes nothing."""
        self._pauses.count += 1
        try:
            yield
        finally:
            self._pauses.count -= 1

    def _input_values(self) -> dict[str, Any]:
        with self.without_computing():
            return {name: getattr(self, name) for name in self.inputs}

    def _is_current(self) -> bool:
        return self._computed_for == self._input_values()

    def get_state(self, *arguments: Any, **options: Any) -> Any:
        """Return the traits that are sent to the page, without computing any."""
        with self.without_computing():
            return super().get_state(*arguments, **options)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Set traits that the page has sent."""
        # Once the page has sent its results, it also sends the results of later changes by the user.
        was_current = self._is_current()
        with self.without_computing():
            super().set_state(sync_data)
        if was_current or self.last_result in sync_data:
            self._computed_for = self._input_values()
