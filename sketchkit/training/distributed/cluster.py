"""The devices and processes that take a training step together, through `tf.distribute`.

Every process makes the same decisions from the same figures; what only one can know (what the run is told, what its
newest checkpoint holds) the chief tells the others. The chief is the first process, and the only one that writes.
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

__all__ = ["STRATEGIES", "Workers"]

logger = logging.getLogger("sketchkit")

STRATEGIES = ("none", "mirrored", "multiworker")

#: Seconds to wait for all workers to appear.
GATHERING = 600.0
#: Seconds without a sign of life after which a worker is lost.
SILENCE = 10.0
#: Seconds to try to reach a worker that may be lost.
REACH = 3.0
#: Seconds from one look to the next whether a worker has come.
LOOK = 0.2
#: Seconds that all workers, once there, have to join.
JOINING = 25.0
#: Waits for the end of its input, and kills the process that has not ended it in time.
WATCH = """
import os, select, signal, sys
if not select.select([sys.stdin], [], [], float(sys.argv[2]))[0]:
    print(sys.argv[3], file=sys.stderr, flush=True)
    os.kill(int(sys.argv[1]), signal.SIGKILL)
"""
#: Marks, in what TensorFlow passes on, the sentence of the worker that failed.
MARK = "sketchkit says: "


class Workers:
    """Who trains: W processes with as many devices each.

    Parameters
    ----------
    strategy : tf.distribute.Strategy, optional
        None: this process and its first device, without further ado.
    names : tuple of str
        Addresses of the processes, the chief's first.
    index : int
        This process among them.
    """

    def __init__(self, strategy: Any = None, names: tuple[str, ...] = ("this process",), index: int = 0) -> None:
        self.strategy = strategy
        self.names = names
        self.index = index
        self.replicas: int = 1 if strategy is None else strategy.num_replicas_in_sync
        self._sums: dict[Any, Any] = {}

    @classmethod
    def start(cls, kind: str) -> Workers:
        """Return who trains, once all are there.

        Parameters
        ----------
        kind : str
            `none`; `mirrored`, all devices of this machine; `multiworker`, all processes that TF_CONFIG names.

        Raises
        ------
        ValueError
            If the kind is unknown, TF_CONFIG makes no sense, or TensorFlow has already run otherwise.
        WorkerLostError
            If not all workers appear in time.
        """
        if kind not in STRATEGIES:
            raise ValueError(f"strategy: expected {', '.join(STRATEGIES)}, got {kind!r}")
        if kind == "none":
            return cls()
        if kind == "mirrored":
            return cls(_mirrored())
        names, index = read_cluster(os.environ.get("TF_CONFIG", ""))
        if _started and _started[0] != (names, index):
            raise ValueError("strategy=multiworker: this process has already trained with other workers; restart it")
        if not _started:
            _started.extend([(names, index), _multiworker(names, index)])
        return cls(_started[1], names, index)

    @property
    def count(self) -> int:
        """How many processes."""
        return len(self.names)

    @property
    def chief(self) -> bool:
        """Whether this process is the one that writes."""
        return self.index == 0

    @property
    def local(self) -> int:
        """How many devices of this process take part."""
        return self.replicas // self.count

    def scope(self) -> Any:
        """Return the context in which a network's variables are made."""
        return contextlib.nullcontext() if self.strategy is None else self.strategy.scope()

    # Rows of a batch --------------------------------------------------------------------------------

    def rows(self, whole: int) -> tuple[int, int] | None:
        """Return the first row of a batch that is this process's and the one after its last; None if it has all.

        Raises
        ------
        ValueError
            If there are fewer rows than devices.
        """
        if whole < self.replicas:
            raise ValueError(
                f"batch_size={whole} is shared by {self.replicas} devices; set it to at least {self.replicas}"
            )
        if self.replicas == 1:
            return None
        begin = self.index * self.local
        return self._first(whole, begin), self._first(whole, begin + self.local)

    def split(self, batch: Batch, whole: int) -> list[Batch]:
        """Return this process's rows of a batch, device by device."""
        begin = self.index * self.local
        cuts = [self._first(whole, begin + device) for device in range(self.local + 1)]
        return [
            Batch(batch.rows[a - cuts[0] : b - cuts[0]], batch.lengths[a - cuts[0] : b - cuts[0]], (a, whole))
            for a, b in pairwise(cuts)
        ]

    def _first(self, whole: int, device: int) -> int:
        return whole * device // self.replicas

    # What they tell each other ----------------------------------------------------------------------

    def total(self, values: Any) -> Any:
        """Return the sum over all devices of one tensor each, as a value for each device."""
        import tensorflow as tf

        def add(value: Any) -> Any:
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(value))

        # The collectives of a function are numbered when it is traced: all processes must trace the same ones in the
        # same order. So these take shapes that are the same for all, and whatever else is compiled has no collective.
        one = self.first(values)
        shape = (one.dtype, tuple(one.shape))
        if shape not in self._sums:
            function = tf.function(lambda values: self.strategy.run(add, (values,)), autograph=False)
            self._sums[shape] = function.get_concrete_function(values)
        return self._sums[shape](values)

    def first(self, values: Any) -> Any:
        """Return the value of this process's first device."""
        return self.strategy.experimental_local_results(values)[0]

    def each(self, make: Callable[[int], Any]) -> Any:
        """Return a value for each device of this process, made from its number in the process."""
        begin = self.index * self.local
        return self.strategy.experimental_distribute_values_from_function(
            lambda context: make(context.replica_id_in_sync_group - begin)
        )

    def _added(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the sum of one array from every process."""
        import tensorflow as tf

        nothing = np.zeros_like(array)
        summed = self.total(self.each(lambda device: tf.constant(nothing if device else array)))
        return np.asarray(self.first(summed).numpy())

    def exchange(self, said: Any) -> list[Any]:
        """Tell all processes something that JSON can hold, and return what each of them said."""
        if self.count == 1:
            return [said]
        text = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8).astype(np.int32)
        lengths = np.zeros(self.count, dtype=np.int32)
        lengths[self.index] = len(text)
        lengths = self._added(lengths)
        texts = np.zeros((self.count, int(lengths.max())), dtype=np.int32)
        texts[self.index, : len(text)] = text
        texts = self._added(texts)
        return [json.loads(row[:n].astype(np.uint8).tobytes().decode()) for row, n in zip(texts, lengths, strict=True)]

    def agree(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Return the chief's numbers."""
        if self.count == 1:
            return numbers
        said = np.array(numbers if self.chief else [0] * len(numbers), dtype=np.int32)
        return tuple(int(number) for number in self._added(said))

    def hand_out(self, arrays: dict[str, NDArray[Any]] | None) -> dict[str, NDArray[Any]] | None:
        """Return the chief's arrays, or None if it has none."""
        if self.count == 1:
            return arrays
        shapes = None if arrays is None else {name: (a.dtype.str, a.shape) for name, a in arrays.items()}
        told = self.exchange(shapes)[0]
        if told is None:
            return None
        # All of one type go end to end, so that there is one sum for each type and not for each array.
        received: dict[str, NDArray[Any]] = {}
        for dtype in sorted({dtype for dtype, _ in told.values()}):
            names = [name for name in told if told[name][0] == dtype]
            cuts = np.cumsum([math.prod(told[name][1]) for name in names])
            laid = np.zeros(cuts[-1], dtype)
            if self.chief and arrays is not None:
                laid = np.concatenate([arrays[name].reshape(-1) for name in names])
            for name, part in zip(names, np.split(self._added(laid), cuts[:-1]), strict=True):
                received[name] = part.reshape(told[name][1])
        return received

    def compare(self, settings: dict[str, Any]) -> None:
        """Make sure that all processes were started with the same settings.

        Raises
        ------
        ValueError
            On all of them, if not.
        """
        told = self.exchange(settings)
        for index, theirs in enumerate(told):
            differing = [key for key in told[0] if theirs.get(key) != told[0][key]]
            if differing:
                here, there = ({key: said.get(key) for key in differing[:4]} for said in (told[0], theirs))
                raise ValueError(
                    f"worker {index} ({self.names[index]}) was started with {_listed(there)}, worker 0 "
                    f"({self.names[0]}) with {_listed(here)}; start all workers with the same settings and data"
                )

    # Trouble ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Tell the others when this process fails, and say in a sentence which one failed when another does."""
        if self.count == 1:
            yield
            return
        import tensorflow as tf

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _interrupt)  # TensorFlow keeps it for itself, and goes on
        try:
            yield
        except tf.errors.OpError as error:
            sentence = self._lost(str(error))
            if sentence is None:
                self._report(f"worker {self.index} ({self.names[self.index]}) failed: {type(error).__name__}")
                raise
            self._report(sentence)
            raise WorkerLostError(sentence) from None
        except BaseException as error:
            why = " ".join(f"{type(error).__name__}: {error}".split())
            self._report(f"worker {self.index} ({self.names[self.index]}) stopped all: {why[:1000]}")
            raise

    def _lost(self, message: str) -> str | None:
        """Return who is lost and what to do, None if the message is about something else."""
        if MARK in message:
            return message.split(MARK, 1)[1].splitlines()[0]
        if not re.search("ollective|heartbeat|oordination|remote target|ancel", message):
            return None
        lost = [i for i in range(self.count) if i != self.index and not _answers(self.names[i])]
        lost = lost or sorted({int(i) for i in re.findall(r"/job:worker/(?:replica:\d+/)?task:(\d+)", message)})
        who = " and ".join(f"{i} ({self.names[i]})" for i in lost if i < self.count and i != self.index)
        return (
            f"worker {who or 'of unknown number'} is lost, so all stop; start the same command on every worker again, "
            "and the run goes on from its newest checkpoint"
        )

    def _report(self, sentence: str) -> None:
        """Let the others know why."""
        from tensorflow.python.eager import context

        # That it cannot be told either is what the others find out in at most `SILENCE` seconds.
        with contextlib.suppress(Exception):
            context.context().report_error_to_cluster(10, f"{MARK}{sentence}\n")


#: A process joins one cluster in its life: ((names, index), strategy), or nothing yet.
_started: list[Any] = []


def read_cluster(text: str) -> tuple[tuple[str, ...], int]:
    """Return the addresses of all workers, the chief's first, and which one this process is.

    Parameters
    ----------
    text : str
        What TF_CONFIG says.

    Raises
    ------
    ValueError
        If that is no cluster of workers that this process belongs to.
    """
    example = '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}'
    try:
        said = json.loads(text)
        cluster, task = said["cluster"], said["task"]
        names = tuple(cluster["worker"])
        index = task["index"]
        if set(cluster) != {"worker"} or task["type"] != "worker":
            raise ValueError("only tasks of type worker")
        if not all(isinstance(name, str) and re.fullmatch(r"[^\s:]+:\d+|\[[^\s\]]+\]:\d+", name) for name in names):
            raise ValueError("host:port for every worker")
        if len(set(names)) < len(names):
            raise ValueError("another address for every worker")
        if type(index) is not int or not 0 <= index < len(names):
            raise ValueError(f"an index from 0 to {len(names) - 1}")
    except (ValueError, KeyError, TypeError) as error:
        what = f" ({error})" if text else ""
        raise ValueError(
            f"strategy=multiworker: expected TF_CONFIG in the environment{what}, such as {example}, got {text!r}"
        ) from None
    return names, index


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt("told to end")


def _mirrored() -> Any:
    from sketchkit.model.quiet_tensorflow import start_tensorflow

    start_tensorflow()
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])


def _multiworker(names: tuple[str, ...], index: int) -> Any:
    # What TensorFlow's C++ code prints about a lost worker, many lines of it, is said in a sentence here.
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2") == "2":
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from sketchkit.model.quiet_tensorflow import grow_memory, silent_stderr

    with silent_stderr() if os.environ["TF_CPP_MIN_LOG_LEVEL"] == "3" else contextlib.nullcontext():
        import tensorflow as tf
    grow_memory()
    from tensorflow.compiler.xla.tsl.protobuf.coordination_config_pb2 import CoordinatedJob
    from tensorflow.python.eager import context  # how long to wait for whom has no public name

    if context.context()._context_handle is not None:
        raise ValueError(
            "strategy=multiworker: workers join before TensorFlow first runs, and here it has; restart the process"
        )
    context.context().configure_coordination_service(
        service_type="standalone",
        service_leader="/job:worker/replica:0/task:0",
        cluster_register_timeout_in_ms=int(GATHERING * 1000),
        heartbeat_timeout_in_ms=int(SILENCE * 1000),
        coordinated_jobs=[CoordinatedJob(name="worker", num_tasks=len(names))],
    )
    _gather(names, index)
    with _watched(names, index):
        try:
            return tf.distribute.MultiWorkerMirroredStrategy()
        except (RuntimeError, tf.errors.OpError) as error:
            line = next(iter(str(error).splitlines()), type(error).__name__)
            raise ValueError(f"strategy=multiworker: the workers could not be brought together: {line}") from None


def _gather(names: tuple[str, ...], index: int) -> None:
    """Wait until every worker listens at its address.

    TensorFlow would wait without an end, and deaf to Ctrl-C.
    """
    family = socket.AF_INET6 if names[index].startswith("[") else socket.AF_INET
    port = int(names[index].rpartition(":")[2])
    try:
        # Closed at the end, for TensorFlow to listen there; who looks in between looks again.
        door = socket.create_server(("", port), family=family)
    except OSError as error:
        raise ValueError(f"worker {index} ({names[index]}): cannot listen at port {port} ({error.strerror})") from None
    began, told = time.monotonic(), False
    with door:
        missing = [i for i in range(len(names)) if i != index]
        while missing := [i for i in missing if not _answers(names[i])]:
            who = " and ".join(f"{i} ({names[i]})" for i in missing)
            if time.monotonic() > began + GATHERING:
                raise WorkerLostError(
                    f"worker {who} did not come within {GATHERING:.0f} s; start the same command on every worker, with "
                    "the same list of workers in TF_CONFIG"
                )
            if not told:
                logger.warning("worker %d (%s): waiting for worker %s", index, names[index], who)
                told = True
            time.sleep(LOOK)


@contextlib.contextmanager
def _watched(names: tuple[str, ...], index: int) -> Iterator[None]:
    """End this process if it does not come out of TensorFlow's own waiting in time.

    All were there a moment ago, but one may die before it has joined. Then TensorFlow waits on without letting go of
    the interpreter, and nothing inside this process can end it.
    """
    sentence = (
        f"sketchkit: worker {index} ({names[index]}) waited {JOINING:.0f} s for another that was there and has not "
        "joined, so it stops; start the same command on every worker again"
    )
    command = [sys.executable, "-c", WATCH, str(os.getpid()), str(JOINING), sentence]
    watch = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own
    try:
        yield
    finally:
        watch.communicate()


def _answers(name: str) -> bool:
    """Tell whether anyone listens at an address."""
    host, _, port = name.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=REACH).close()
    except OSError:
        return False
    return True


def _listed(settings: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in settings.items())
