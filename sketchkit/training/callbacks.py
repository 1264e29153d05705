"""`Callback`: reports the metrics of a run to other programs, such as MLflow or Weights & Biases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sketchkit.training.metrics import Record
from sketchkit.training.run import Run

__all__ = ["Callback", "Callbacks", "Metrics", "OnMetrics"]

#: Metrics of a record by kind and name, such as `train/loss`.
Metrics: TypeAlias = dict[str, float]
#: A function that is called like `Callback.on_metrics`.
OnMetrics: TypeAlias = Callable[[int, Metrics], object]


class Callback:
    """Base class of objects that `sketchkit.train` calls during a run. Each method does nothing by default.

    An exception in a callback ends the run with an error. To resume the run, repeat the same command.

    Examples
    --------
    >>> class MLflow(sketchkit.Callback):
    ...     def on_start(self, run):
    ...         mlflow.log_params(run.hparams.as_dict())
    ...     def on_metrics(self, step, metrics):
    ...         mlflow.log_metrics(metrics, step)
    ...     def on_end(self, run):
    ...         mlflow.log_artifacts(run.model_folder, "model")
    >>> sketchkit.train("doodles", callbacks=[MLflow()])   # doctest: +SKIP
    """

    def on_start(self, run: Run) -> None:
        """Handle the start; called once before the first step.

        `run.step` is the step of the last record up to the checkpoint from which training resumes, or 0 in a new run.
        """

    def on_metrics(self, step: int, metrics: Metrics) -> None:
        """Handle a record of `metrics.jsonl`; called after each record is written.

        Parameters
        ----------
        step : int
            Number of steps taken. A run that is resumed, or rolled back, repeats the steps after its checkpoint.
        metrics : dict of str to float
            Values of the record, by kind and name, such as `train/loss` and `valid/recon`.
        """

    def on_end(self, run: Run) -> None:
        """Handle the end; called once after training, even if it failed.

        `run.status` states whether training failed, and `run.best` is the best validation. The run directory is no
        longer locked.
        """


class Callbacks:
    """The callbacks of a run.

    Parameters
    ----------
    callbacks : Callback, function or sequence of them, optional
        Objects to call. A function is called like `Callback.on_metrics`.

    Raises
    ------
    TypeError
        If an object is neither a `Callback` nor a function.
    """

    def __init__(self, callbacks: Callback | OnMetrics | Sequence[Callback | OnMetrics] | None = None) -> None:
        given = [] if callbacks is None else callbacks if isinstance(callbacks, Sequence) else [callbacks]
        self._callbacks = [_as_callback(callback) for callback in given]
        self._started: list[tuple[Callback, Run]] = []

    def __len__(self) -> int:
        return len(self._callbacks)

    def start(self, run: Run) -> None:
        """Call `on_start` of each callback."""
        for callback in self._callbacks:
            self._started.append((callback, run))
            callback.on_start(run)

    def send(self, record: Record) -> None:
        """Call `on_metrics` of each callback with the values of a record."""
        metrics = {
            f"{record['kind']}/{name}": float(value)
            for name, value in record.items()
            if name not in ("step", "kind", "time")
        }
        for callback in self._callbacks:
            callback.on_metrics(int(record["step"]), dict(metrics))

    def end(self) -> None:
        """Call `on_end` of each callback that was started."""
        while self._started:
            callback, run = self._started.pop()
            callback.on_end(run)


class _Function(Callback):
    """A function as a callback."""

    def __init__(self, function: OnMetrics) -> None:
        self._function = function

    def on_metrics(self, step: int, metrics: Metrics) -> None:
        self._function(step, metrics)


def _as_callback(callback: Callback | OnMetrics) -> Callback:
    if isinstance(callback, Callback):
        return callback
    if callable(callback) and not isinstance(callback, type):
        return _Function(callback)
    raise TypeError(f"callbacks: expected a function or a sketchkit.Callback, got {callback!r:.80}")
