"""TensorFlow, started without its chatter."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

__all__ = ["silent_stderr", "start_tensorflow"]


def start_tensorflow() -> None:
    """Import TensorFlow and let it find its devices, keeping what its C++ code prints meanwhile off the screen.

    A notebook shows such lines in red under the cell that happens to be the first to run a model. Exceptions are
    raised as ever; whoever sets TF_CPP_MIN_LOG_LEVEL=0 sees all.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with contextlib.ExitStack() as stack:
        if os.environ["TF_CPP_MIN_LOG_LEVEL"] != "0":
            stack.enter_context(silent_stderr())
        import tensorflow as tf

        tf.constant(0)


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Send file descriptor 2, which C++ writes to, nowhere."""
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
