"""Benchmark of generating and encoding drawings with a model of the published size, for each cell type."""

from __future__ import annotations

import sys
import time

import numpy as np

from benchmarks.drawings import dataset
from benchmarks.figures import Figure, report
from benchmarks.machine import median_seconds, product_rate
from sketchkit import HParams, SketchRNN
from sketchkit.model.config import ModelConfig
from sketchkit.model.weights import initial_weights

STEPS = 250


def main(cell: str) -> None:
    """Report the times of generating and encoding drawings with one cell type."""
    h = HParams(enc_model=cell, dec_model=cell, max_seq_len=STEPS)
    weights = initial_weights(h, seed=0)
    weights["decoder/output/b"][2] = -50.0  # the pen state "end" has probability 0, so every drawing takes all steps
    model = SketchRNN(ModelConfig(h, 40.0, "untrained"), weights)
    codes = np.random.default_rng(0).standard_normal((100, h.z_size), dtype=np.float32)
    given = list(dataset("sheep", 100).train)

    def draw(count: int, seed: int) -> None:
        drawn = model.decode(codes[:count], temperature=0.5, seed=seed)
        assert all(len(sketch) == STEPS for sketch in drawn)  # noqa: S101 - shorter drawings would take less time

    import tensorflow as tf  # noqa: F401 - the time of the import does not count

    began = time.perf_counter()
    draw(1, 0)
    report(Figure(f"first drawing after load, {cell}", time.perf_counter() - began, "s", bar="at most 3 s"))
    rate = product_rate()
    one = median_seconds(lambda: draw(1, 1), 15)
    flop = 2.0 * STEPS * (4 * h.dec_rnn_size * (5 + h.z_size + h.dec_rnn_size) + h.dec_rnn_size * 123)
    report(Figure(f"one drawing of 250 points, {cell}", one * 1e3, "ms", flop / one / rate,
                  "matrix product 2048^3", "at most 60 ms"))  # fmt: skip
    draw(100, 0)
    many = median_seconds(lambda: draw(100, 2), 5)
    report(Figure(f"100 drawings, {cell}", many, "s", 100 * flop / many / rate, "matrix product 2048^3", "at most 1 s"))
    model.encode(given)
    encode = median_seconds(lambda: model.encode(given), 5)
    report(Figure(f"encode 100 drawings, {cell}", encode, "s", bar="at most 0.5 s"))


if __name__ == "__main__":
    main(sys.argv[1])
