"""Devices and processes that train together, through `tf.distribute`.

All processes make the same decisions, because they compute them from the same numbers. The chief is the first process,
and the only one that writes files. It broadcasts what only it knows: requests to the run, and the latest checkpoint.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.batches import Batch
from sketchkit.training.errors import WorkerLostError

__all__ = ["STRATEGIES", "Cluster"]

logger = logging.getLogger("sketchkit")

STRATEGIES = ("none", "mirrored", "multiworker")

#: Maximum time to wait until all workers listen, in seconds.
PEER_WAIT_SECONDS = 600.0
#: Time without a heartbeat after which a worker counts as lost, in seconds.
HEARTBEAT_TIMEOUT_SECONDS = 10.0
#: Timeout of a connection to another worker, in seconds.
CONNECT_TIMEOUT_SECONDS = 3.0
#: Interval at which missing workers are checked, in seconds.
POLL_SECONDS = 0.2
#: Maximum time for all workers to join the cluster once they listen, in seconds.
JOIN_TIMEOUT_SECONDS = 25.0
#: Watchdog: waits for the end of its standard input, and kills a process if the input does not end in time.
WATCHDOG = """
import os, select, signal, sys
if not select.select([sys.stdin], [], [], float(sys.argv[2]))[0]:
    print(sys.argv[3], file=sys.stderr, flush=True)
    os.kill(int(sys.argv[1]), signal.SIGKILL)
"""
#: Prefix of sketchkit's error message inside an error message that TensorFlow transmits.
MARK = "sketchkit says: "


class Cluster:
    """Processes that train together, with the same number of devices each.

    Parameters
    ----------
    strategy : tf.distribute.Strategy, optional
        Strategy of the processes and devices. None: one process and its first device.
    names : tuple of str
        Addresses of the processes; the first is that of the chief.
    index : int
        Index of this process in `names`.
    """

    def __init__(self, strategy: Any = None, names: tuple[str, ...] = ("this process",), index: int = 0) -> None:
        self.strategy = strategy
        self.names = names
        self.index = index
        self.replicas: int = 1 if strategy is None else strategy.num_replicas_in_sync
        self._sums: dict[Any, Any] = {}

    @classmethod
    def start(cls, kind: str) -> Cluster:
        """Join the other processes, if there are any, and return the cluster.

        Parameters
        ----------
        kind : str
            `none`: one device; `mirrored`: all devices of this machine; `multiworker`: all processes in TF_CONFIG.

        Raises
        ------
        ValueError
            If `kind` is unknown, TF_CONFIG is invalid, or TensorFlow has already been used in this process.
        WorkerLostError
            If not all workers listen in time.
        """
        if kind not in STRATEGIES:
            raise ValueError(f"strategy: expected {', '.join(STRATEGIES)}, got {kind!r}")
        if kind == "none":
            return cls()
        if kind == "mirrored":
            return cls(_mirrored_strategy())
        names, index = read_cluster(os.environ.get("TF_CONFIG", ""))
        if _joined and _joined[0] != (names, index):
            raise ValueError("strategy=multiworker: this process has already joined another cluster; restart it")
        if not _joined:
            _joined.extend([(names, index), _multiworker_strategy(names, index)])
        return cls(_joined[1], names, index)

    @property
    def count(self) -> int:
        """Number of processes."""
        return len(self.names)

    @property
    def is_chief(self) -> bool:
        """Whether this process is the chief, which writes the files."""
        return self.index == 0

    @property
    def local_replicas(self) -> int:
        """Number of devices of this process."""
        return self.replicas // self.count

    def scope(self) -> Any:
        """Return the context manager in which the variables of a network must be created."""
        return contextlib.nullcontext() if self.strategy is None else self.strategy.scope()

    # Rows of a batch --------------------------------------------------------------------------------

    def local_rows(self, batch_size: int) -> tuple[int, int] | None:
        """Return the start and end of this process's rows in a batch of `batch_size` rows; None for the whole batch.

        Raises
        ------
        ValueError
            If there are fewer rows than devices.
        """
        if batch_size < self.replicas:
            raise ValueError(
                f"batch_size={batch_size} is too small for {self.replicas} devices; set it to at least {self.replicas}"
            )
        if self.replicas == 1:
            return None
        first_device = self.index * self.local_replicas
        return self._first_row(batch_size, first_device), self._first_row(
            batch_size, first_device + self.local_replicas
        )

    def split(self, batch: Batch, batch_size: int) -> list[Batch]:
        """Split this process's rows of a batch into one shard per device."""
        first_device = self.index * self.local_replicas
        cuts = [self._first_row(batch_size, first_device + device) for device in range(self.local_replicas + 1)]
        return [
            Batch(batch.rows[a - cuts[0] : b - cuts[0]], batch.lengths[a - cuts[0] : b - cuts[0]], (a, batch_size))
            for a, b in pairwise(cuts)
        ]

    def _first_row(self, batch_size: int, device: int) -> int:
        return batch_size * device // self.replicas

    # Communication ----------------------------------------------------------------------

    def all_reduce_sum(self, values: Any) -> Any:
        """Sum one tensor per device over all devices, and return the sum as a per-device value."""
        import tensorflow as tf

        def add(value: Any) -> Any:
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(value))

        # TensorFlow numbers the collectives of a function when it traces it, so all processes must trace the same
        # collectives in the same order. The shapes here are therefore the same in all processes, and no other compiled
        # function contains a collective.
        tensor = self.first(values)
        key = (tensor.dtype, tuple(tensor.shape))
        if key not in self._sums:
            function = tf.function(lambda values: self.strategy.run(add, (values,)), autograph=False)
            self._sums[key] = function.get_concrete_function(values)
        return self._sums[key](values)

    def first(self, values: Any) -> Any:
        """Return the value on the first device of this process."""
        return self.strategy.experimental_local_results(values)[0]

    def per_replica(self, make: Callable[[int], Any]) -> Any:
        """Return a per-device value, created by `make` from the index of the device within this process."""
        first_device = self.index * self.local_replicas
        return self.strategy.experimental_distribute_values_from_function(
            lambda context: make(context.replica_id_in_sync_group - first_device)
        )

    def _all_reduce_array(self, array: NDArray[Any]) -> NDArray[Any]:
        """Sum one array per process over all processes. The arrays must have the same shape and dtype."""
        import tensorflow as tf

        zeros = np.zeros_like(array)
        total = self.all_reduce_sum(self.per_replica(lambda device: tf.constant(zeros if device else array)))
        return np.asarray(self.first(total).numpy())

    def all_gather(self, value: Any) -> list[Any]:
        """Send a JSON-serializable value to all processes, and return the values of all, in the order of `names`."""
        if self.count == 1:
            return [value]
        text = np.frombuffer(json.dumps(value).encode(), dtype=np.uint8).astype(np.int32)
        lengths = np.zeros(self.count, dtype=np.int32)
        lengths[self.index] = len(text)
        lengths = self._all_reduce_array(lengths)
        texts = np.zeros((self.count, int(lengths.max())), dtype=np.int32)
        texts[self.index, : len(text)] = text
        texts = self._all_reduce_array(texts)
        return [json.loads(row[:n].astype(np.uint8).tobytes().decode()) for row, n in zip(texts, lengths, strict=True)]

    def broadcast_ints(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Broadcast integers from the chief, and return them."""
        if self.count == 1:
            return numbers
        values = np.array(numbers if self.is_chief else [0] * len(numbers), dtype=np.int32)
        return tuple(int(number) for number in self._all_reduce_array(values))

    def broadcast_arrays(self, arrays: dict[str, NDArray[Any]] | None) -> dict[str, NDArray[Any]] | None:
        """Broadcast arrays from the chief, and return them; None if the chief passes None."""
        if self.count == 1:
            return arrays
        shapes = None if arrays is None else {name: (a.dtype.str, a.shape) for name, a in arrays.items()}
        layout = self.all_gather(shapes)[0]
        if layout is None:
            return None
        # Concatenate the arrays of each dtype, so that there is one sum per dtype and not one per array.
        received: dict[str, NDArray[Any]] = {}
        for dtype in sorted({dtype for dtype, _ in layout.values()}):
            names = [name for name in layout if layout[name][0] == dtype]
            cuts = np.cumsum([math.prod(layout[name][1]) for name in names])
            flat = np.zeros(cuts[-1], dtype)
            if self.is_chief and arrays is not None:
                flat = np.concatenate([arrays[name].reshape(-1) for name in names])
            for name, part in zip(names, np.split(self._all_reduce_array(flat), cuts[:-1]), strict=True):
                received[name] = part.reshape(layout[name][1])
        return received

    def check_same_settings(self, settings: dict[str, Any]) -> None:
        """Check that all processes were started with the same settings.

        Raises
        ------
        ValueError
            In all processes, if the settings of one differ from those of the chief.
        """
        gathered = self.all_gather(settings)
        for index, own in enumerate(gathered):
            different = [key for key in gathered[0] if own.get(key) != gathered[0][key]]
            if different:
                expected, actual = ({key: values.get(key) for key in different[:4]} for values in (gathered[0], own))
                raise ValueError(
                    f"worker {index} ({self.names[index]}) was started with {_format_settings(actual)}, "
                    f"worker 0 ({self.names[0]}) with {_format_settings(expected)}; "
                    "start all workers with the same settings and data"
                )

    # Failures ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def propagate_errors(self) -> Iterator[None]:
        """Report an error of this process to the others, and raise WorkerLostError if another process fails.

        SIGTERM raises KeyboardInterrupt from then on.
        """
        if self.count == 1:
            yield
            return
        import tensorflow as tf

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _raise_interrupt)  # TensorFlow's handler would not end the process
        try:
            yield
        except tf.errors.OpError as error:
            message = self._describe_lost_worker(str(error))
            if message is None:
                self._report(f"worker {self.index} ({self.names[self.index]}) failed: {type(error).__name__}")
                raise
            self._report(message)
            raise WorkerLostError(message) from None
        except BaseException as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            self._report(f"worker {self.index} ({self.names[self.index]}) failed: {reason[:1000]}")
            raise

    def _describe_lost_worker(self, message: str) -> str | None:
        """Return an error message that names the lost worker; None if the error has another cause."""
        if MARK in message:
            return message.split(MARK, 1)[1].splitlines()[0]
        if not re.search("ollective|heartbeat|oordination|remote target|ancel", message):
            return None
        lost = [i for i in range(self.count) if i != self.index and not _is_listening(self.names[i])]
        lost = lost or sorted({int(i) for i in re.findall(r"/job:worker/(?:replica:\d+/)?task:(\d+)", message)})
        who = " and ".join(f"{i} ({self.names[i]})" for i in lost if i < self.count and i != self.index)
        return (
            f"lost contact with worker {who or '(unknown)'}; stopping. Run the same command on every worker again to "
            "resume from the latest checkpoint"
        )

    def _report(self, message: str) -> None:
        """Send an error message to the other processes."""
        from tensorflow.python.eager import context

        # If sending fails, the others detect the failure after `HEARTBEAT_TIMEOUT_SECONDS`.
        with contextlib.suppress(Exception):
            context.context().report_error_to_cluster(10, f"{MARK}{message}\n")


#: A process can join only one cluster: [(names, index), strategy], or empty before that.
_joined: list[Any] = []


def read_cluster(text: str) -> tuple[tuple[str, ...], int]:
    """Parse TF_CONFIG, and return the addresses of all workers (the chief first) and the index of this process.

    Parameters
    ----------
    text : str
        Value of TF_CONFIG, in JSON.

    Raises
    ------
    ValueError
        If the value is not a cluster of tasks of type `worker` that includes this process.
    """
    example = '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}'
    try:
        config = json.loads(text)
        cluster, task = config["cluster"], config["task"]
        names = tuple(cluster["worker"])
        index = task["index"]
        if set(cluster) != {"worker"} or task["type"] != "worker":
            raise ValueError("all tasks must be of type worker")
        if not all(isinstance(name, str) and re.fullmatch(r"[^\s:]+:\d+|\[[^\s\]]+\]:\d+", name) for name in names):
            raise ValueError("every worker needs an address of the form host:port")
        if len(set(names)) < len(names):
            raise ValueError("every worker needs a different address")
        if type(index) is not int or not 0 <= index < len(names):
            raise ValueError(f"the task index must be from 0 to {len(names) - 1}")
    except (ValueError, KeyError, TypeError) as error:
        reason = f" ({error})" if text else ""
        raise ValueError(
            f"strategy=multiworker: expected TF_CONFIG in the environment{reason}, such as {example}, got {text!r}"
        ) from None
    return names, index


def _raise_interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt("terminated by SIGTERM")


def _mirrored_strategy() -> Any:
    from sketchkit.model.quiet_tensorflow import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def _multiworker_strategy(names: tuple[str, ...], index: int) -> Any:
    # Hide the many lines that TensorFlow's C++ code prints about a lost worker; WorkerLostError reports it.
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2") == "2":
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from sketchkit.model.quiet_tensorflow import grow_memory, suppress_stderr

    with suppress_stderr() if os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3" else contextlib.nullcontext():
        import tensorflow as tf
    grow_memory()
    from tensorflow.compiler.xla.tsl.protobuf.coordination_config_pb2 import CoordinatedJob
    from tensorflow.python.eager import context  # the timeouts have no public interface

    if context.context()._context_handle is not None:
        raise ValueError("strategy=multiworker must be set up before TensorFlow is first used; restart the process")
    context.context().configure_coordination_service(
        service_type="standalone",
        service_leader="/job:worker/replica:0/task:0",
        cluster_register_timeout_in_ms=int(PEER_WAIT_SECONDS * 1000),
        heartbeat_timeout_in_ms=int(HEARTBEAT_TIMEOUT_SECONDS * 1000),
        coordinated_jobs=[CoordinatedJob(name="worker", num_tasks=len(names))],
    )
    _wait_for_peers(names, index)
    with _join_timeout(names, index):
        try:
            return tf.distribute.MultiWorkerMirroredStrategy()
        except (RuntimeError, tf.errors.OpError) as error:
            line = next(iter(str(error).splitlines()), type(error).__name__)
            raise ValueError(f"strategy=multiworker: cannot form the cluster: {line}") from None


def _wait_for_peers(names: tuple[str, ...], index: int) -> None:
    """Wait until every worker listens at its address.

    TensorFlow itself would wait without a time limit, and would ignore Ctrl-C.
    """
    family = socket.AF_INET6 if names[index].startswith("[") else socket.AF_INET
    port = int(names[index].rpartition(":")[2])
    try:
        # Close it at the end, because TensorFlow then listens on this port. Peers that fail to connect try again.
        server = socket.create_server(("", port), family=family)
    except OSError as error:
        raise ValueError(f"worker {index} ({names[index]}): cannot listen on port {port} ({error.strerror})") from None
    start_time, warned = time.monotonic(), False
    with server:
        missing = [i for i in range(len(names)) if i != index]
        while missing := [i for i in missing if not _is_listening(names[i])]:
            who = " and ".join(f"{i} ({names[i]})" for i in missing)
            if time.monotonic() > start_time + PEER_WAIT_SECONDS:
                raise WorkerLostError(
                    f"worker {who} did not become reachable within {PEER_WAIT_SECONDS:.0f} s; run the same command on "
                    "every worker, with the same list of workers in TF_CONFIG"
                )
            if not warned:
                logger.warning("worker %d (%s): waiting for worker %s", index, names[index], who)
                warned = True
            time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def _join_timeout(names: tuple[str, ...], index: int) -> Iterator[None]:
    """Kill this process if TensorFlow does not finish joining the cluster in time.

    All peers were reachable before, but one may exit before it joins. TensorFlow then waits while it holds the
    interpreter lock, so only another process can end this one.
    """
    message = (
        f"sketchkit: worker {index} ({names[index]}): timed out after {JOIN_TIMEOUT_SECONDS:.0f} s waiting for a "
        "worker that was reachable but did not join; exiting. Run the same command on every worker again"
    )
    command = [sys.executable, "-c", WATCHDOG, str(os.getpid()), str(JOIN_TIMEOUT_SECONDS), message]
    watchdog = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own
    try:
        yield
    finally:
        watchdog.communicate()


def _is_listening(name: str) -> bool:
    """Return whether a process accepts connections at an address."""
    host, _, port = name.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def _format_settings(settings: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in settings.items())
