"""Does `sketchkit.teach` help? Ten categories that the bundled model has not seen, five drawings of each held out.

`python -m benchmarks.teaching FOLDER`: for every category, the reconstruction loss of the held-out drawings by the
model as it comes, by the taught one, and by one of the same shape that learns from scratch for the same time; means
over the noise of eight seeds. The drawings are put side by side in FOLDER. It takes most of an hour.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import sketchkit
from sketchkit.data.collect import Reader
from sketchkit.render.svg import grid
from tools.recipes import TO_TEACH

HELD, SHOWN, SEEDS = 5, 8, 8


def reconstruction(model, sketches):
    """Return the mean reconstruction loss of drawings, up to the first end row."""
    dataset = sketchkit.Dataset.from_sketches(sketches, test=sketches, max_seq_len=model.hparams.max_seq_len)
    return float(np.mean([model.losses(dataset, pen_rows="first_end", seed=seed)["recon"] for seed in range(SEEDS)]))


def taught(name, base, folder):
    """Teach one category; return its row of the table, and a picture."""
    drawings = [s for s in Reader().read(f"quickdraw/{name}.ndjson") if len(s) <= base.hparams.max_seq_len]
    held, given = drawings[:HELD], drawings[HELD:]
    began = time.perf_counter()
    run = sketchkit.teach(base, given, folder / name, name=name, progress="none")
    minutes = (time.perf_counter() - began) / 60
    begun = base.hparams.updated(batch_size=run.hparams.batch_size, save_every=20, kl_weight_start=0.01)
    scratch = sketchkit.train(
        folder / name / "drawings.npz", folder / f"{name} from scratch", begun, minutes=minutes, progress="none"
    )
    model = run.model()
    losses = [reconstruction(each, held) for each in (base, model, scratch.model())]
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
    """Teach all ten and print a table."""
    folder = Path(sys.argv[1])
    base = sketchkit.load("quickdraw")
    print("| category | drawings | minutes | best step | base model | fine-tuned | from scratch |\n|" + " --- |" * 7)
    for name in TO_TEACH:
        print(taught(name, base, folder), flush=True)


if __name__ == "__main__":
    main()
