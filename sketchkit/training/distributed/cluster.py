"""Devices and processes that train together, through `tf.distribute`.

All processes make the same decisions, because they compute them from the same numbers. The chief is the first process,
and the only one that writes files. It broadcasts what only it knows: requests to the run, and the latest checkpoint.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.batches import Batch
from sketchkit.training.distributed.strategies import mirrored_strategy, multiworker_strategy, quiet_workers
from sketchkit.training.distributed.tf_config import read_tf_config

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["Cluster", "PerReplica", "StrategyName"]

#: `none`: one device; `mirrored`: all devices of this machine; `multiworker`: all processes in TF_CONFIG.
StrategyName = Literal["none", "mirrored", "multiworker"]
#: One value on each device of this process: a tensor, or a mapping of tensors.
PerReplica: TypeAlias = "tf.types.experimental.distributed.PerReplica"

_Value = TypeVar("_Value")
_Arrays: TypeAlias = dict[str, NDArray[Any]]


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

    #: The cluster of processes that this process has joined. A process can join only one.
    _joined: ClassVar[Cluster | None] = None

    def __init__(
        self,
        strategy: tf.distribute.Strategy | None = None,
        names: tuple[str, ...] = ("this process",),
        index: int = 0,
    ) -> None:
        self.strategy: Any = strategy  # TensorFlow has no type annotations
        self.names = names
        self.index = index
        self.replicas: int = 1 if strategy is None else strategy.num_replicas_in_sync
        self._sums: dict[tuple[tf.DType, tuple[int, ...]], Callable[[PerReplica], PerReplica]] = {}

    @classmethod
    def start(cls, kind: StrategyName) -> Cluster:
        """Join the other processes, if there are any, and return the cluster.

        Parameters
        ----------
        kind : str
            `none`, `mirrored` or `multiworker`; see `StrategyName`.

        Raises
        ------
        ValueError
            If `kind` is unknown, TF_CONFIG is invalid, or TensorFlow has already been used in this process.
        WorkerLostError
            If not all workers listen in time.
        """
        if kind not in get_args(StrategyName):
            raise ValueError(f"strategy: expected {', '.join(get_args(StrategyName))}, got {kind!r}")
        if kind == "none":
            return cls()
        if kind == "mirrored":
            return cls(mirrored_strategy())
        with quiet_workers():
            names, index = read_tf_config()
            if Cluster._joined is None:
                Cluster._joined = cls(multiworker_strategy(names, index), names, index)
        if (Cluster._joined.names, Cluster._joined.index) != (names, index):
            raise ValueError("strategy=multiworker: this process has already joined another cluster; restart it")
        return cls(Cluster._joined.strategy, names, index)

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

    def scope(self) -> contextlib.AbstractContextManager[object]:
        """Return the context manager in which the variables of a network must be created."""
        if self.strategy is None:
            return contextlib.nullcontext()
        scope: contextlib.AbstractContextManager[object] = self.strategy.scope()
        return scope

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

    def all_reduce_sum(self, values: PerReplica) -> PerReplica:
        """Sum one tensor per device over all devices, and return the sum as a per-device value."""
        import tensorflow as tf

        def add(value: tf.Tensor) -> tf.Tensor:
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(value))

        # TensorFlow numbers the collectives of a function when it traces the function, so all processes must trace the
        # same collectives in the same order. The shapes here are therefore the same in all processes, and no other
        # compiled function contains a collective.
        tensor = self.first(values)
        key = (tensor.dtype, tuple(tensor.shape))
        if key not in self._sums:
            function = tf.function(lambda values: self.strategy.run(add, (values,)), autograph=False)
            self._sums[key] = function.get_concrete_function(values)
        return self._sums[key](values)

    def first(self, values: PerReplica) -> tf.Tensor:
        """Return the value on the first device of this process."""
        return self.strategy.experimental_local_results(values)[0]

    def per_replica(self, make: Callable[[int], tf.Tensor | Mapping[str, tf.Tensor]]) -> PerReplica:
        """Return one value per device, each created by `make` from the index of the device within this process."""
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

    def all_gather(self, value: _Value) -> list[_Value]:
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

    def broadcast_arrays(self, arrays: _Arrays | None) -> _Arrays | None:
        """Broadcast arrays from the chief, and return them; None if the chief passes None."""
        if self.count == 1:
            return arrays
        shapes = None if arrays is None else {name: (a.dtype.str, a.shape) for name, a in arrays.items()}
        layout = self.all_gather(shapes)[0]
        if layout is None:
            return None
        # Concatenate the arrays of each dtype, so that there is one sum per dtype and not one per array.
        received: _Arrays = {}
        for dtype in sorted({dtype for dtype, _ in layout.values()}):
            names = [name for name in layout if layout[name][0] == dtype]
            cuts = np.cumsum([math.prod(layout[name][1]) for name in names])
            flat = np.zeros(cuts[-1], dtype)
            if self.is_chief and arrays is not None:
                flat = np.concatenate([arrays[name].reshape(-1) for name in names])
            for name, part in zip(names, np.split(self._all_reduce_array(flat), cuts[:-1]), strict=True):
                received[name] = part.reshape(layout[name][1])
        return received

    def check_same_settings(self, settings: Mapping[str, object]) -> None:
        """Check that all processes were started with the same settings.

        Raises
        ------
        ValueError
            In all processes, if the settings of one process differ from those of the chief.
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


def _format_settings(settings: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={value}" for key, value in settings.items())
