"""Training leaves the state of the process as it was: memory allocation, log level and signals."""

import os
import platform
import signal
import subprocess
import sys

import pytest

from sketchkit.training.distributed.cluster import Cluster
from sketchkit.training.distributed.failures import propagate_errors
from sketchkit.training.distributed.strategies import quiet_workers

#: Allocates and frees 200 MB in a block of `keep_freed_memory`. Prints by how many MB the resident memory has grown
#: since the start: first at the end of the block, then after it.
FREED = """
import numpy as np, psutil
from sketchkit.training.glibc import keep_freed_memory
resident = lambda: psutil.Process().memory_info().rss // 10**6
before = resident()
with keep_freed_memory():
    blocks = [np.ones(125_000) for _ in range(200)]
    del blocks
    print(resident() - before)
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="tunes the malloc of glibc")
def test_freed_memory_is_kept_within_the_block_and_returned_after_it():
    output = subprocess.run([sys.executable, "-c", FREED], check=True, capture_output=True, text=True).stdout
    within, after = map(int, output.split())
    assert within > 150
    assert after < 50


def test_propagate_errors_restores_the_handler_of_sigterm():
    before = signal.getsignal(signal.SIGTERM)
    pair = Cluster(names=("127.0.0.1:1", "127.0.0.1:2"))
    with pytest.raises(KeyboardInterrupt, match="terminated by SIGTERM"), propagate_errors(pair):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(("level", "within"), [(None, "3"), ("2", "3"), ("0", "0")])
def test_quiet_workers_restores_the_log_level(monkeypatch, level, within):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    if level is not None:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", level)
    with quiet_workers():
        assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == within
    assert os.environ.get("TF_CPP_MIN_LOG_LEVEL") == level
