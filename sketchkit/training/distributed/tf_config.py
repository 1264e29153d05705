"""Reader of the environment variable TF_CONFIG, which lists the processes that train together."""

from __future__ import annotations

import os
import re

__all__ = ["read_tf_config"]

_EXAMPLE = '{"cluster": {"worker": ["host0:2222", "host1:2222"]}, "task": {"type": "worker", "index": 0}}'
#: host:port or [IPv6 address]:port
_ADDRESS = re.compile(r"[^\s:]+:\d+|\[[^\s\]]+\]:\d+")


def read_tf_config() -> tuple[tuple[str, ...], int]:
    """Return the addresses of all workers (the chief first) and the index of this process. Imports TensorFlow.

    Raises
    ------
    ValueError
        If TF_CONFIG is not a cluster of tasks of type `worker` that includes this process.
    """
    import tensorflow as tf

    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    try:
        tasks, task_type, index = resolver.cluster_spec().as_dict(), resolver.task_type, resolver.task_id
        _check_tasks(tasks, task_type, index)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        text = os.environ.get("TF_CONFIG", "")
        reason = f" ({error})" if text else ""
        raise ValueError(
            f"strategy=multiworker: expected TF_CONFIG in the environment{reason}, such as {_EXAMPLE}, got {text!r}"
        ) from None
    return tuple(tasks["worker"]), index


def _check_tasks(tasks: dict[str, list[str]], task_type: str | None, index: int | None) -> None:
    if set(tasks) != {"worker"} or task_type != "worker":
        raise ValueError("all tasks must be of type worker")
    names = tasks["worker"]
    if not isinstance(names, list) or not all(_ADDRESS.fullmatch(name) for name in names):
        raise ValueError("every worker needs an address of the form host:port")
    if len(set(names)) < len(names):
        raise ValueError("every worker needs a different address")
    if index is None or not 0 <= index < len(names):
        raise ValueError(f"the task index must be from 0 to {len(names) - 1}")
