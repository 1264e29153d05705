"""Benchmarks of the time and memory of a training step, with and without padding."""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.drawings import dataset
from benchmarks.figures import Figure, report
from benchmarks.machine import product_rate, resident_bytes
from sketchkit import HParams
from sketchkit.training.glibc import keep_freed_memory
from sketchkit.training.run_control import RunLock
from sketchkit.training.trainer import Trainer

SIZES = {
    "sheep": {},
    "omniglot": {},
    "kanji": {"enc_rnn_size": 128, "dec_rnn_size": 256, "z_size": 64},
}
BARS = {"sheep": "at least 1.8", "omniglot": "at least 3.5", "kanji": "at least 2"}


def published_flop(h: HParams) -> float:
    """Return the number of floating-point operations of a training step of the original implementation.

    The estimate is three times the operations of a forward pass in which z is an input at every point, and which
    includes the padding.
    """
    steps = h.batch_size * h.max_seq_len
    encoder = 2 * (5 + h.enc_rnn_size) * 4 * h.enc_rnn_size
    decoder = (5 + h.z_size + h.dec_rnn_size) * 4 * h.dec_rnn_size + h.dec_rnn_size * (6 * h.num_mixture + 3)
    return 3.0 * 2.0 * steps * (encoder + decoder)


class Steps:
    """Timer of single training steps. It skips the first step of each batch length, which includes compilation."""

    def __init__(self, name: str, **hparams: object) -> None:
        data = dataset(name, 6400)
        h = HParams().replace({**SIZES[name], **hparams}, max_seq_len=data.max_seq_len)
        self.trainer = Trainer(data, RunLock(Path(tempfile.mkdtemp())), h, seed=0)
        self.trainer.start()
        self.compiled: set[int] = set()
        self.seconds: list[float] = []

    def take(self, k: int) -> None:
        """Take step `k`."""
        trainer = self.trainer
        trainer.state = replace(trainer.state, step=k)
        size = trainer.batches[k].rows.shape[1]
        trainer.state = replace(trainer.state, step=k)
        began = time.perf_counter()
        trainer._step()
        if size in self.compiled:
            self.seconds.append(time.perf_counter() - began)
        self.compiled.add(size)


def cell(name: str) -> None:
    """Report time and memory of the training step of a cell type with the published defaults."""
    steps = Steps("sheep", enc_model=name, dec_model=name)
    for k in range(3):
        steps.take(k)
    before = resident_bytes()
    for k in range(3, 12):
        steps.take(k)
    grown = resident_bytes() - before
    step, rate = statistics.median(steps.seconds), product_rate()
    speed = published_flop(steps.trainer.hparams) / step
    bar = "at least 0.9" if name == "lstm" else ""
    report(Figure(f"training step, {name}, published defaults", step, "s", speed / rate, "matrix product 2048^3", bar))
    recurrent = product_rate(100, 512, 2048, 200)
    report(Figure("  same step, smaller reference", step, "s", speed / recurrent, "matrix product 100 x 512 x 2048"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    report(Figure(f"  peak memory, {name}", peak / 2**20, "MiB"))
    report(Figure(f"  memory growth over 9 steps, {name}", grown / 2**20, "MiB", bar="0"))


def skipping(name: str) -> None:
    """Report the speedup of a step without padding. Steps with and without padding alternate."""
    exact, skip = Steps(name), Steps(name, skip_padding=True)
    for k in range(1 + 64):
        skip.take(k)
        if k % 8 == 0:
            exact.take(k)
    step, faster = statistics.mean(skip.seconds), statistics.median(exact.seconds) / statistics.mean(skip.seconds)
    report(
        Figure(
            f"training step without padding, {name}", step, "s", faster, "times faster than with padding", BARS[name]
        )
    )


if __name__ == "__main__":
    with keep_freed_memory():  # as `train` does
        {"cell": cell, "skipping": skipping}[sys.argv[1]](sys.argv[2])
