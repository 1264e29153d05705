"""TensorFlow, started without its chatter."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

__all__ = ["grow_memory", "silent_stderr", "start_tensorflow"]

_starting, _silencing = threading.RLock(), threading.RLock()


def start_tensorflow() -> None:
    """Import TensorFlow and Keras and find the devices, keeping what C++ code prints meanwhile off the screen.

    A notebook shows such lines in red under the cell that happens to be the first to run a model. Exceptions are
    raised as ever; whoever sets TF_CPP_MIN_LOG_LEVEL=0 sees all.

    Raises
    ------
    RuntimeError
        If Keras was imported before with another backend than TensorFlow, or TensorFlow's eager execution is disabled.
    """
    with _starting:
        first = "tensorflow" not in sys.modules
        if first:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        with contextlib.ExitStack() as stack:
            if first and os.environ["TF_CPP_MIN_LOG_LEVEL"] != "0":
                stack.enter_context(silent_stderr())
            stack.enter_context(_tensorflow_backend())
            import keras
            import tensorflow as tf

            grow_memory()
            if first:
                tf.constant(0)
        backend = keras.config.backend()
        if backend != "tensorflow":
            raise RuntimeError(
                f"sketchkit needs Keras on TensorFlow, and Keras was imported with the backend {backend}; "
                "restart the process and import sketchkit first, or set KERAS_BACKEND=tensorflow"
            )
        if not tf.compat.v1.executing_eagerly_outside_functions():
            raise RuntimeError("sketchkit needs eager execution, and tf.compat.v1.disable_eager_execution() was called")


def grow_memory() -> None:
    """Have TensorFlow take memory of GPUs as it is needed, not all at once, unless the process has chosen otherwise."""
    import tensorflow as tf

    if "TF_FORCE_GPU_ALLOW_GROWTH" in os.environ:
        return
    # Devices are in use already (RuntimeError), or are divided into logical ones (ValueError).
    with contextlib.suppress(RuntimeError, ValueError):
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)


@contextlib.contextmanager
def _tensorflow_backend() -> Iterator[None]:
    """Have Keras, if it is imported now, run on TensorFlow, whatever its configuration file says."""
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
def silent_stderr() -> Iterator[None]:
    """Send file descriptor 2, which C++ writes to, nowhere; one thread at a time, so that it comes back."""
    with _silencing:
        try:
            kept = os.dup(2)
        except OSError:  # there is none, and nothing to silence
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
