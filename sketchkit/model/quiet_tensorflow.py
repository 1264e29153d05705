"""Import of TensorFlow without its startup messages."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from functools import cache

__all__ = ["grow_memory", "has_tensorflow", "import_tensorflow", "suppress_stderr"]

_import_lock, _stderr_lock = threading.RLock(), threading.RLock()


@cache
def has_tensorflow() -> bool:
    """Return whether TensorFlow is installed, without importing it."""
    return importlib.util.find_spec("tensorflow") is not None


def import_tensorflow() -> None:
    """Import TensorFlow and Keras, and initialize the devices, without messages on stderr.

    A notebook would show these messages in red below the first cell that runs a model. Exceptions are raised as
    usual. Set TF_CPP_MIN_LOG_LEVEL=0 to see the messages.

    Raises
    ------
    ModuleNotFoundError
        If TensorFlow is not installed.
    RuntimeError
        If Keras was imported earlier with a backend other than TensorFlow, or eager execution is disabled.
    """
    if "tensorflow" not in sys.modules and not has_tensorflow():
        raise ModuleNotFoundError("training and the engine 'tensorflow' need TensorFlow, which is not installed")
    with _import_lock:
        first = "tensorflow" not in sys.modules
        if first:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        with contextlib.ExitStack() as stack:
            if first and os.environ["TF_CPP_MIN_LOG_LEVEL"] != "0":
                stack.enter_context(suppress_stderr())
            stack.enter_context(_tensorflow_backend())
            import keras
            import tensorflow as tf

            grow_memory()
            if first:
                tf.constant(0)
        backend = keras.config.backend()
        if backend != "tensorflow":
            raise RuntimeError(
                f"sketchkit requires Keras on TensorFlow, but Keras was imported with the backend {backend}; "
                "restart the process and import sketchkit first, or set KERAS_BACKEND=tensorflow"
            )
        if not tf.compat.v1.executing_eagerly_outside_functions():
            raise RuntimeError(
                "sketchkit requires eager execution, but tf.compat.v1.disable_eager_execution() was called"
            )


def grow_memory() -> None:
    """Make TensorFlow allocate GPU memory on demand, unless TF_FORCE_GPU_ALLOW_GROWTH is set."""
    import tensorflow as tf

    if "TF_FORCE_GPU_ALLOW_GROWTH" in os.environ:
        return
    # RuntimeError: the devices are already initialized. ValueError: they are divided into logical devices.
    with contextlib.suppress(RuntimeError, ValueError):
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)


@contextlib.contextmanager
def _tensorflow_backend() -> Iterator[None]:
    """Select the TensorFlow backend for an import of Keras, instead of the backend in Keras's configuration file."""
    before = os.environ.get("KERAS_BACKEND")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        yield
    finally:
        if before is None:
            del os.environ["KERAS_BACKEND"]
        else:
            os.environ["KERAS_BACKEND"] = before


@contextlib.contextmanager
def suppress_stderr() -> Iterator[None]:
    """Redirect the process's stderr (file descriptor 2) to the null device.

    A lock admits one thread at a time, so that the original descriptor is always restored.
    """
    with _stderr_lock:
        try:
            original = os.dup(2)
        except OSError:  # the process has no stderr
            yield
            return
        null_device = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null_device, 2)
            yield
        finally:
            os.dup2(original, 2)
            os.close(original)
            os.close(null_device)
