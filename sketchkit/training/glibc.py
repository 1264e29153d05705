"""Keep glibc from returning freed memory to the operating system between training steps."""

from __future__ import annotations

import ctypes
import platform

__all__ = ["disable_malloc_trim"]

# Parameters of glibc's mallopt(3).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4


def disable_malloc_trim() -> None:
    """Disable trimming in glibc's malloc, so that the process keeps freed memory. With other C libraries, do nothing.

    Every training step allocates the same few hundred megabytes. If glibc returned them to the system after each step,
    the system would have to map and zero their pages again in the next, which takes up to a fifth of the step's time.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_TOP_PAD, 256 << 20)
