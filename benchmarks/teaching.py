"""Benchmark of `sketchkit.teach` on ten categories that are not in the training data of the bundled model.

For each category, `python -m benchmarks.teaching FOLDER` compares the reconstruction losses of the bundled model and of
the fine-tuned model on five held-out drawings. The losses are means over three seeds of the fine-tuning and eight seeds
of the noise. The drawings are saved in FOLDER. The benchmark takes about ten minutes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import sketchkit
from sketchkit.data.collect import DrawingCollector
from sketchkit.render.svg import grid
from tools.recipes import TO_TEACH

HELD, SHOWN, SEEDS, NOISE_SEEDS = 5, 8, 3, 8


def reconstruction(model, sketches):
    """Return the reconstruction loss of drawings without the padding after their end, as a mean over the noise
    seeds."""
    dataset = sketchkit.Dataset.from_sketches(sketches, test=sketches, max_seq_len=model.hparams.max_seq_len)
    return float(
        np.mean([model.losses(dataset, pen_rows="first_end", seed=seed)["recon"] for seed in range(NOISE_SEEDS)])
    )


def taught(name, base, folder):
    """Fine-tune on one category, save a grid of its drawings, and return its row of the table and the loss change."""
    drawings = [s for s in DrawingCollector().read(f"quickdraw/{name}.ndjson") if len(s) <= base.hparams.max_seq_len]
    held, given = drawings[:HELD], drawings[HELD:]
    began = time.perf_counter()
    runs = [
        sketchkit.teach(base, given, folder / f"{name} {seed}", name=name, seed=seed, progress="none")
        for seed in range(SEEDS)
    ]
    minutes = (time.perf_counter() - began) / 60 / SEEDS
    before = reconstruction(base, held)
    after = [reconstruction(run.model(), held) for run in runs]
    model = runs[0].model()
    rows = {
        "given": given[:SHOWN],
        "by name": model.generate(SHOWN, category=name, seed=0),
        "held out": held,
        "redrawn": model.decode(model.encode(held), seed=0),
        "before": base.decode(base.encode(held), seed=0),
    }
    cells = [sketch for row in rows.values() for sketch in [*row, *[None] * (SHOWN - len(row))]]
    grid(cells, columns=SHOWN, cell=80, row_labels=list(rows)).save(folder / f"{name}.svg")
    steps = ", ".join(str(run.best["step"]) for run in runs)
    change = float(np.mean(after)) - before
    figures = (name, len(given), f"{minutes:.1f}", steps, f"{before:.3f}", f"{np.mean(after):.3f}", f"{change:+.3f}")
    return "| " + " | ".join(map(str, figures)) + " |", change


def main():
    """Fine-tune on each of the ten categories, and print a table."""
    folder = Path(sys.argv[1])
    base = sketchkit.load("quickdraw")
    print("| category | drawings | minutes | best steps | base model | fine-tuned | change |\n|" + " --- |" * 7)
    changes = []
    for name in TO_TEACH:
        row, change = taught(name, base, folder)
        changes.append(change)
        print(row, flush=True)
    print(f"mean change {np.mean(changes):+.3f}; {sum(change < 0 for change in changes)} of {len(changes)} are better")


if __name__ == "__main__":
    main()
