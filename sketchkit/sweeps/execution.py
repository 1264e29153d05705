"""Execution of the trials of a sweep, in processes on this machine or on a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path

from sketchkit.sweeps.progress import SweepProgress
from sketchkit.sweeps.trial import STOP_FILE, Trial, TrialLimits, run_trial

__all__ = ["execute", "open_executor"]

logger = logging.getLogger("sketchkit")

#: Interval at which the trials are checked, in seconds.
POLL_SECONDS = 2.0


def open_executor(
    executor: Executor | None, cluster: str | None, workers: int
) -> contextlib.AbstractContextManager[Executor]:
    """Return a context manager whose value is the executor of the trials.

    Parameters
    ----------
    executor : concurrent.futures.Executor or None
        Executor to use.
    cluster : str or None
        Address of a Dask scheduler, if there is no executor.
    workers : int
        Number of trials that run at the same time on this machine, if neither `executor` nor `cluster` is given.

    Raises
    ------
    ValueError
        If Dask is not installed.
    OSError
        If the cluster cannot be reached.
    """
    if executor is not None:
        return contextlib.nullcontext(executor)
    if cluster is None:
        # The threads only wait, because every trial runs in a separate process.
        return ThreadPoolExecutor(workers)
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("cluster: Dask is not installed; run pip install 'sketchkit[cluster]'") from None
    dask: contextlib.AbstractContextManager[Executor] = Client(cluster, timeout=20, set_as_default=False).get_executor()
    return dask


def execute(
    trials: Iterable[Trial], folder: Path, pool: Executor, limits: TrialLimits, progress: SweepProgress
) -> None:
    """Execute all trials that are not finished, and report their results.

    Parameters
    ----------
    trials : iterable of Trial
        Trials of the sweep.
    folder : Path
        Directory of the sweep. If this call is interrupted, it stops the trials by creating a file in this directory.
    pool : Executor
        Executor of the trials.
    limits : TrialLimits
        Limits of each execution.
    progress : SweepProgress
        Receives the results.
    """
    running: dict[Future[Trial], Trial] = {}
    try:
        for trial in trials:
            if trial.finished:
                progress.skip(trial)
            else:
                running[pool.submit(run_trial, str(trial.folder), os.getcwd(), limits)] = trial
        progress.start()
        while running:
            done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                progress.finish(_result(future, running.pop(future)))
            progress.update(running.values())
    except BaseException:
        (folder / STOP_FILE).touch()
        for future in running:
            future.cancel()
        wait(running, timeout=60)
        raise
    finally:
        progress.close()


def _result(future: Future[Trial], trial: Trial) -> Trial:
    """Return the trial with its result. If the executor failed, the result is a failure."""
    try:
        return future.result()
    except (Exception, CancelledError) as error:  # errors of the executor, such as lost workers
        failed = Trial(trial.folder, trial.values, trial.parameters, "failed", f"{type(error).__name__}: {error}")
        try:
            failed.write()
        except OSError as write_error:
            logger.warning("%s", write_error)
        return failed
