"""Errors of one process, reported to all processes that train together."""

from __future__ import annotations

import contextlib
import re
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from sketchkit.training.distributed.cluster import Cluster
from sketchkit.training.distributed.peers import is_listening
from sketchkit.training.errors import WorkerLostError

__all__ = ["propagate_errors"]

#: Prefix of our error message inside an error message that TensorFlow transmits.
MARK = "sketchkit says: "


@contextlib.contextmanager
def propagate_errors(cluster: Cluster) -> Iterator[None]:
    """Report an error of this process to the others, and raise WorkerLostError if another process fails.

    Within the block, SIGTERM raises KeyboardInterrupt.
    """
    if cluster.count == 1:
        yield
        return
    import tensorflow as tf

    this_worker = f"worker {cluster.index} ({cluster.names[cluster.index]})"
    with _interrupt_on_sigterm():
        try:
            yield
        except tf.errors.OpError as error:
            message = _describe_lost_worker(cluster, str(error))
            if message is None:
                _report(f"{this_worker} failed: {type(error).__name__}")
                raise
            _report(message)
            raise WorkerLostError(message) from None
        except BaseException as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            _report(f"{this_worker} failed: {reason[:1000]}")
            raise


@contextlib.contextmanager
def _interrupt_on_sigterm() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGTERM, because TensorFlow's handler would not end the process."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread can set handlers
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _raise_interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt("terminated by SIGTERM")


def _describe_lost_worker(cluster: Cluster, message: str) -> str | None:
    """Return an error message that names the lost worker; None if the error has another cause."""
    if MARK in message:
        return message.split(MARK, 1)[1].splitlines()[0]
    if not re.search("ollective|heartbeat|oordination|remote target|ancel", message):
        return None
    names, others = cluster.names, [i for i in range(cluster.count) if i != cluster.index]
    lost = [i for i in others if not is_listening(names[i])]
    lost = lost or sorted({int(i) for i in re.findall(r"/job:worker/(?:replica:\d+/)?task:(\d+)", message)})
    who = " and ".join(f"{i} ({names[i]})" for i in lost if i in others)
    return (
        f"lost contact with worker {who or '(unknown)'}; stopping. Run the same command on every worker again to "
        "resume from the latest checkpoint"
    )


def _report(message: str) -> None:
    """Send an error message to the other processes."""
    from tensorflow.python.eager import context

    # If sending fails, the others detect the failure when heartbeats are missing.
    with contextlib.suppress(Exception):
        context.context().report_error_to_cluster(10, f"{MARK}{message}\n")
