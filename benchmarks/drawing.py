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
from sketchkit.model.quiet_tensorflow import import_tensorflow
from sketchkit.model.weights import initial_weights

STEPS = 250
#: Maximum time to the first drawing, for each engine.
BARS = {"numpy": "at most 0.3 s", "tensorflow": "at most 3 s"}


def main(cell: str) -> None:
    """Report the times of generating and encoding drawings with one cell type, for each engine."""
    h = HParams(enc_model=cell, dec_model=cell, max_seq_len=STEPS)
    weights = initial_weights(h, seed=0)
    weights["decoder/output/b"][2] = -50.0  # the pen state "end" has probability 0, so every drawing takes all steps
    model = SketchRNN(ModelConfig(h, 40.0, "untrained"), weights)
    codes = np.random.default_rng(0).standard_normal((100, h.z_size), dtype=np.float32)
    given = list(dataset("sheep", 100).train)
    flop = 2.0 * STEPS * (4 * h.dec_rnn_size * (5 + h.z_size + h.dec_rnn_size) + h.dec_rnn_size * 123)

    def draw(count: int, seed: int) -> None:
        drawn = model.decode(codes[:count], temperature=0.5, seed=seed)
        assert all(len(sketch) == STEPS for sketch in drawn)  # noqa: S101 - shorter drawings would take less time

    for engine in ("numpy", "tensorflow"):
        model.engine = engine  # type: ignore[assignment]
        if engine == "tensorflow":
            import_tensorflow()  # the time of the import does not count
        began = time.perf_counter()
        draw(1, 0)
        first = time.perf_counter() - began
        report(Figure(f"first drawing after load, {cell}, {engine}", first, "s", bar=BARS[engine]))
        one = median_seconds(lambda: draw(1, 1), 15)
        report(Figure(f"one drawing of 250 points, {cell}, {engine}", one * 1e3, "ms", bar="at most 60 ms"))
        draw(16, 0)
        some = median_seconds(lambda: draw(16, 2), 5)
        report(Figure(f"16 drawings, {cell}, {engine}", some, "s"))
        draw(100, 0)
        many = median_seconds(lambda: draw(100, 2), 5)
        rate = 100 * flop / many / product_rate() if engine == "tensorflow" else None
        report(Figure(f"100 drawings, {cell}, {engine}", many, "s", rate, "matrix product 2048^3", "at most 1 s"))
        model.encode(given)
        encode = median_seconds(lambda: model.encode(given), 5)
        report(Figure(f"encode 100 drawings, {cell}, {engine}", encode, "s", bar="at most 0.5 s"))


if __name__ == "__main__":
    main(sys.argv[1])
