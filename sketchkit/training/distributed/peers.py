"""Waiting for the other processes that train together."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from sketchkit.training.errors import WorkerLostError

__all__ = ["PEER_WAIT_SECONDS", "is_listening", "join_timeout", "wait_for_peers"]

logger = logging.getLogger("sketchkit")

#: Maximum time to wait until all workers listen, in seconds.
PEER_WAIT_SECONDS = 600.0
#: Timeout of a connection to another worker, in seconds.
CONNECT_TIMEOUT_SECONDS = 3.0
#: Interval at which missing workers are checked, in seconds.
POLL_SECONDS = 0.2
#: Maximum time for all workers to join the cluster once they listen, in seconds.
JOIN_TIMEOUT_SECONDS = 25.0
#: Watchdog: waits for the end of its standard input, and kills a process if the input does not end in time.
WATCHDOG = """
import os, select, signal, sys
if not select.select([sys.stdin], [], [], float(sys.argv[2]))[0]:
    print(sys.argv[3], file=sys.stderr, flush=True)
    os.kill(int(sys.argv[1]), signal.SIGKILL)
"""


def wait_for_peers(names: Sequence[str], index: int) -> None:
    """Wait until every worker listens at its address.

    TensorFlow itself would wait without a time limit, and would ignore Ctrl-C.

    Parameters
    ----------
    names : sequence of str
        Addresses of all workers.
    index : int
        Index of this process in `names`.

    Raises
    ------
    ValueError
        If this process cannot listen at its own address.
    WorkerLostError
        If another worker does not listen within `PEER_WAIT_SECONDS`.
    """
    family = socket.AF_INET6 if names[index].startswith("[") else socket.AF_INET
    port = int(names[index].rpartition(":")[2])
    try:
        # The server is closed before this function returns, because TensorFlow then listens on the same port. Peers
        # that fail to connect try again.
        server = socket.create_server(("", port), family=family)
    except OSError as error:
        raise ValueError(f"worker {index} ({names[index]}): cannot listen on port {port} ({error.strerror})") from None
    start_time, warned = time.monotonic(), False
    with server:
        missing = [i for i in range(len(names)) if i != index]
        while missing := [i for i in missing if not is_listening(names[i])]:
            who = " and ".join(f"{i} ({names[i]})" for i in missing)
            if time.monotonic() > start_time + PEER_WAIT_SECONDS:
                raise WorkerLostError(
                    f"worker {who} did not become reachable within {PEER_WAIT_SECONDS:.0f} s; run the same command on "
                    "every worker, with the same list of workers in TF_CONFIG"
                )
            if not warned:
                logger.warning("worker %d (%s): waiting for worker %s", index, names[index], who)
                warned = True
            time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def join_timeout(name: str, index: int) -> Iterator[None]:
    """Kill this process if the block does not end within `JOIN_TIMEOUT_SECONDS`.

    All peers were reachable before, but one may exit before it joins. TensorFlow then waits while it holds the
    interpreter lock, so only another process can end this one.

    Parameters
    ----------
    name : str
        Address of this process, for the error message.
    index : int
        Its index among the workers.
    """
    message = (
        f"sketchkit: worker {index} ({name}): timed out after {JOIN_TIMEOUT_SECONDS:.0f} s waiting for a "
        "worker that was reachable but did not join; exiting. Run the same command on every worker again"
    )
    command = [sys.executable, "-c", WATCHDOG, str(os.getpid()), str(JOIN_TIMEOUT_SECONDS), message]
    watchdog = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603
    try:
        yield
    finally:
        watchdog.communicate()


def is_listening(name: str) -> bool:
    """Return whether a process accepts connections at an address."""
    host, _, port = name.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True
