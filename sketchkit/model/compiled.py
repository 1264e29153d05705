"""Functions of tensors, compiled for the shapes they are called with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

__all__ = ["Compiled"]


class Compiled:
    """A function compiled once for each set of shapes.

    As `tf.function`, except that it is a graph whatever `tf.config.run_functions_eagerly` says: a setting that people
    turn on to debug code of their own would change what is computed by rounding, and how fast. Threads may share it.

    Parameters
    ----------
    function : callable
        Takes tensors, None, and mappings of str to tensors.
    jit_compile : bool
        Compile by XLA.
    """

    def __init__(self, function: Callable[..., Any], *, jit_compile: bool = True) -> None:
        self._function = function
        self._jit_compile = jit_compile
        self._graphs: dict[tuple[Any, ...], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns."""
        signature = tuple(_signature(argument) for argument in arguments)
        graph = self._graphs.get(signature)
        if graph is None:
            with self._lock:
                graph = self._graphs.get(signature)
                if graph is None:
                    # A `tf.function` of its own: TensorFlow counts the traces of one, and warns when there are many.
                    function = tf.function(self._called, jit_compile=self._jit_compile, autograph=False)
                    graph = self._graphs[signature] = function.get_concrete_function(*arguments)
        return graph(*arguments)

    def _called(self, *arguments: Any) -> Any:
        # Positional arguments alone: defaults of the function do not become part of the graph's signature.
        return self._function(*arguments)


def _signature(argument: Any) -> Any:
    if argument is None:
        return None
    if isinstance(argument, Mapping):
        return tuple((name, _signature(argument[name])) for name in sorted(argument))
    return argument.dtype, tuple(argument.shape)
