"""Strategies of `tf.distribute`: all devices of this machine, or all processes in TF_CONFIG."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sketchkit.model.quiet_tensorflow import grow_memory, import_tensorflow, suppress_stderr
from sketchkit.training.distributed.peers import PEER_WAIT_SECONDS, join_timeout, wait_for_peers

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["mirrored_strategy", "multiworker_strategy", "quiet_workers"]

#: Time without a heartbeat after which a worker counts as lost, in seconds.
HEARTBEAT_TIMEOUT_SECONDS = 10.0
_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def mirrored_strategy() -> tf.distribute.Strategy:
    """Return a strategy for all GPUs of this machine, or for all CPU devices if there is no GPU."""
    import_tensorflow()
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def multiworker_strategy(names: tuple[str, ...], index: int) -> tf.distribute.Strategy:
    """Wait for all workers, join them, and return their strategy. Call it inside a `quiet_workers` block.

    Parameters
    ----------
    names : tuple of str
        Addresses of all workers, as in TF_CONFIG.
    index : int
        Index of this process in `names`.

    Raises
    ------
    ValueError
        If TensorFlow has already been used in this process, or the cluster cannot be formed.
    WorkerLostError
        If not all workers listen in time.
    """
    import tensorflow as tf
    from tensorflow.compiler.xla.tsl.protobuf.coordination_config_pb2 import CoordinatedJob
    from tensorflow.python.eager import context  # the timeouts have no public interface

    grow_memory()
    if context.context()._context_handle is not None:
        raise ValueError("strategy=multiworker must be set up before TensorFlow is first used; restart the process")
    context.context().configure_coordination_service(
        service_type="standalone",
        service_leader="/job:worker/replica:0/task:0",
        cluster_register_timeout_in_ms=int(PEER_WAIT_SECONDS * 1000),
        heartbeat_timeout_in_ms=int(HEARTBEAT_TIMEOUT_SECONDS * 1000),
        coordinated_jobs=[CoordinatedJob(name="worker", num_tasks=len(names))],
    )
    wait_for_peers(names, index)
    with join_timeout(names[index], index):
        try:
            return tf.distribute.MultiWorkerMirroredStrategy()
        except (RuntimeError, tf.errors.OpError) as error:
            line = next(iter(str(error).splitlines()), type(error).__name__)
            raise ValueError(f"strategy=multiworker: cannot form the cluster: {line}") from None


@contextlib.contextmanager
def quiet_workers() -> Iterator[None]:
    """Hide the many lines that TensorFlow's C++ code logs about a lost worker; `WorkerLostError` reports the loss.

    TensorFlow reads the log level from the environment when it is imported, so enter this context before the import.
    The log level is changed only if it is not set, or if it is 2, the level that sketchkit itself sets.
    """
    before = os.environ.get(_LOG_LEVEL)
    with contextlib.ExitStack() as stack:
        if before in (None, "2"):
            os.environ[_LOG_LEVEL] = "3"
            stack.callback(_restore_log_level, before)
        with suppress_stderr() if os.environ[_LOG_LEVEL] == "3" else contextlib.nullcontext():
            import tensorflow  # noqa: F401
        yield


def _restore_log_level(before: str | None) -> None:
    if before is None:
        del os.environ[_LOG_LEVEL]
    else:
        os.environ[_LOG_LEVEL] = before
