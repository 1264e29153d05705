"""`Compiled`: a tensor function that is compiled once for each combination of input shapes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

__all__ = ["Compiled"]


class Compiled:
    """A function that is compiled once for each combination of input shapes.

    It behaves like `tf.function`, but ignores `tf.config.run_functions_eagerly`. Users enable that setting to debug
    their own code; here it would change the speed and the rounding of the results. Instances are thread-safe.

    Parameters
    ----------
    function : callable
        Function of tensors, None, and mappings of str to tensors.
    jit_compile : bool
        Whether to compile with XLA.
    """

    def __init__(self, function: Callable[..., Any], *, jit_compile: bool = True) -> None:
        self._function = function
        self._jit_compile = jit_compile
        self._graphs: dict[tuple[Any, ...], Any] = {}
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:
        """Call the function with positional arguments and return its result."""
        signature = tuple(_signature(argument) for argument in arguments)
        graph = self._graphs.get(signature)
        if graph is None:
            with self._lock:
                graph = self._graphs.get(signature)
                if graph is None:
                    # Create a `tf.function` for each signature, because TensorFlow warns if one is traced many times.
                    function = tf.function(self._call, jit_compile=self._jit_compile, autograph=False)
                    graph = self._graphs[signature] = function.get_concrete_function(*arguments)
        return graph(*arguments)

    def _call(self, *arguments: Any) -> Any:
        # This wrapper keeps default arguments of the function out of the graph's signature.
        return self._function(*arguments)


def _signature(argument: Any) -> Any:
    if argument is None:
        return None
    if isinstance(argument, Mapping):
        return tuple((name, _signature(argument[name])) for name in sorted(argument))
    return argument.dtype, tuple(argument.shape)
