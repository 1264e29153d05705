"""Benchmark of communication between workers: sums over two processes on loopback, at the published model size."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, report
from benchmarks.machine import median_seconds
from sketchkit import HParams
from sketchkit.data.batches import Batches
from sketchkit.training.checkpoints import Checkpoints, TrainingState


def numbers() -> int:
    """Return the number of weights of the published conditional model."""
    from sketchkit.model.weights import weight_shapes

    return sum(math.prod(shape) for shape in weight_shapes(HParams()).values())


def worker() -> None:
    """Measure sums as one of the workers in TF_CONFIG; the chief prints the times as JSON."""
    from sketchkit.training.distributed.cluster import Cluster

    cluster = Cluster.start("multiworker")
    gradients = np.ones(numbers() + 2, dtype=np.float32)
    cluster._all_reduce_array(gradients)
    cluster.broadcast_ints((0, 0, 0))
    results = {
        "gradients": median_seconds(lambda: cluster._all_reduce_array(gradients), 20),
        "word": median_seconds(lambda: cluster.broadcast_ints((0, 0, 0)), 100),
    }
    if cluster.is_chief:
        print(json.dumps(results))
    cluster.all_gather("done")


def shares() -> None:
    """Report the time to compute the gradients of 100, 50, 25 and 12 drawings, as on devices that share a batch."""
    import tensorflow as tf

    from benchmarks.drawings import random_split
    from sketchkit.model.evaluation import model_inputs
    from sketchkit.model.network import Network
    from sketchkit.model.weights import initial_weights

    h = HParams().replace(max_seq_len=64, skip_padding=True)
    network = Network(h, initial_weights(h, 0))
    compute = tf.function(network.shard_gradients, jit_compile=True)
    lengths = np.random.default_rng(0).integers(27, 64, size=1000)
    split = random_split(lengths)
    whole = 0.0
    for rows in (100, 50, 25, 12):
        batches = Batches(split, batch_size=100, max_seq_len=64, scale_factor=40.0, seed=0, shard=(0, rows))
        batch = model_inputs(h, batches[0], (0, 0))
        compute(batch, 0.5)
        seconds = median_seconds(lambda batch=batch: compute(batch, 0.5)[0].numpy(), 7)
        whole = whole or seconds
        report(
            Figure(
                f"gradients of {rows} drawings, 45 points each",
                seconds * 1e3,
                "ms",
                seconds / whole,
                "gradients of 100 drawings",
            )
        )


def main() -> None:
    """Report the times of summing gradients over two workers, writing a checkpoint, and computing parts of a batch."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    names = [f"127.0.0.1:{server.getsockname()[1]}" for server in servers]
    for server in servers:
        server.close()
    running = []
    for index in range(2):
        task = {"cluster": {"worker": names}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(task)}
        command = [sys.executable, "-m", "benchmarks.workers", "worker"]
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))  # noqa: S603
    results = json.loads(running[0].communicate()[0])
    running[1].communicate()
    size = numbers() * 4 / 2**20
    report(Figure("gradients of the published conditional model", size, "MiB"))
    report(Figure("  time to sum these gradients of two processes over loopback", results["gradients"] * 1e3, "ms"))
    report(Figure("  small message from the chief to the other worker", results["word"] * 1e3, "ms"))
    with tempfile.TemporaryDirectory() as folder:
        tensors = {name: np.ones(numbers(), dtype=np.float32) for name in ("weights", "momentum", "velocity")}
        seconds = median_seconds(lambda: Checkpoints(Path(folder)).save(tensors, TrainingState(1)), 5)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
    report(Figure("  checkpoint of this model", size, "MiB"))
    report(Figure("  time to write the checkpoint", seconds, "s"))
    shares()


if __name__ == "__main__":
    worker() if len(sys.argv) > 1 else main()
