"""Keep glibc from returning freed memory to the operating system between training steps."""

from __future__ import annotations

import contextlib
import ctypes
import platform
from collections.abc import Iterator

__all__ = ["keep_freed_memory"]

# Parameters of glibc's mallopt(3).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_KEEPING = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 256 << 20}
_DEFAULTS = {_MMAP_MAX: 1 << 16, _TRIM_THRESHOLD: 128 << 10, _TOP_PAD: 128 << 10}


@contextlib.contextmanager
def keep_freed_memory() -> Iterator[None]:
    """Within the block, let glibc's malloc keep freed memory. With other C libraries, do nothing.

    Every training step allocates the same few hundred megabytes. If glibc returned this memory to the system after each
    step, the system would have to map and zero the pages again in the next step. That can take up to a fifth of the
    time of a step.
    At the end of the block, the defaults of glibc apply again, and free memory is returned to the system.
    """
    if platform.libc_ver()[0] != "glibc":
        yield
        return
    glibc = ctypes.CDLL(None)
    for parameter, value in _KEEPING.items():
        glibc.mallopt(parameter, value)
    try:
        yield
    finally:
        for parameter, value in _DEFAULTS.items():
            glibc.mallopt(parameter, value)
        glibc.malloc_trim(0)
