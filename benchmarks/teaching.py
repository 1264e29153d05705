"""Benchmark of `sketchkit.teach` on ten categories that are not in the training data of the bundled model.

`python -m benchmarks.teaching FOLDER` compares the reconstruction losses of five held-out drawings of each category
between the bundled model, the fine-tuned model, and a model of the same architecture that is trained from scratch for
the same time. The losses are means over eight noise seeds. The drawings are saved in FOLDER. The benchmark takes
almost an hour.
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

HELD, SHOWN, SEEDS = 5, 8, 8


def reconstruction(model, sketches):
    """Return the reconstruction loss of drawings up to the first end row, as a mean over the noise seeds."""
    dataset = sketchkit.Dataset.from_sketches(sketches, test=sketches, max_seq_len=model.hparams.max_seq_len)
    return float(np.mean([model.losses(dataset, pen_rows="first_end", seed=seed)["recon"] for seed in range(SEEDS)]))


def taught(name, base, folder):
    """Fine-tune on one category, save a grid of its drawings, and return its row of the table."""
    drawings = [s for s in DrawingCollector().read(f"quickdraw/{name}.ndjson") if len(s) <= base.hparams.max_seq_len]
    held, given = drawings[:HELD], drawings[HELD:]
    began = time.perf_counter()
    run = sketchkit.teach(base, given, folder / name, name=name, progress="none")
    minutes = (time.perf_counter() - began) / 60
    hparams = base.hparams.replace(batch_size=run.hparams.batch_size, save_every=20, kl_weight_start=0.01)
    scratch = sketchkit.train(
        folder / name / "drawings.npz", folder / f"{name} from scratch", hparams, minutes=minutes, progress="none"
    )
    model = run.model()
    losses = [reconstruction(candidate, held) for candidate in (base, model, scratch.model())]
    rows = {
        "given": given[:SHOWN],
        "by name": model.generate(SHOWN, category=name, temperature=0.3, seed=1),
        "held out": held,
        "redrawn": model.decode(model.encode(held), temperature=0.2, seed=1),
        "before": base.decode(base.encode(held), temperature=0.2, seed=1),
    }
    blank = sketchkit.Sketch([])
    cells = [sketch for row in rows.values() for sketch in [*row, *[blank] * (SHOWN - len(row))]]
    grid(cells, columns=SHOWN, cell=80, row_labels=list(rows)).save(folder / f"{name}.svg")
    figures = (name, len(given), f"{minutes:.1f}", run.best["step"], *(f"{loss:.3f}" for loss in losses))
    return "| " + " | ".join(map(str, figures)) + " |"


def main():
    """Fine-tune on each of the ten categories, and print a table."""
    folder = Path(sys.argv[1])
    base = sketchkit.load("quickdraw")
    print("| category | drawings | minutes | best step | base model | fine-tuned | from scratch |\n|" + " --- |" * 7)
    for name in TO_TEACH:
        print(taught(name, base, folder), flush=True)


if __name__ == "__main__":
    main()
