"""Description of the machine, and its matrix product rate, the reference for the speed of training steps."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["description", "median_seconds", "product_rate", "resident_bytes"]


def median_seconds(call: Callable[[], Any], times: int) -> float:
    """Return the median time of a call, in seconds."""
    laps = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        laps.append(time.perf_counter() - began)
    return statistics.median(laps)


def product_rate(rows: int = 2048, inner: int = 2048, columns: int = 2048, times: int = 7) -> float:
    """Return the rate of TensorFlow's single-precision matrix product, in floating-point operations per second."""
    import tensorflow as tf

    a, b = tf.random.normal([rows, inner]), tf.random.normal([inner, columns])
    product = tf.function(lambda a, b: a @ b)
    product(a, b)
    return 2.0 * rows * inner * columns / median_seconds(lambda: product(a, b).numpy(), times)


def resident_bytes() -> int:
    """Return the resident memory of the process, in bytes; 0 on systems other than Linux."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if status.exists() else 0


def description() -> dict[str, str]:
    """Return the processor, number of cores, system and package versions."""
    from sketchkit.model.quiet_tensorflow import import_tensorflow

    import_tensorflow()
    import keras
    import numpy as np
    import tensorflow as tf

    processor = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text().splitlines()
        processor = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), processor)
        if any(line.startswith("flags") and " avx512f" in line for line in lines):
            processor += " (AVX-512)"
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }
