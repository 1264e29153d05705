"""Does `sketchkit.teach` help? Classes that the bundled model has not seen, five drawings of each held out.

For every class: the reconstruction loss of the held-out drawings by the model as it comes, by the taught one, and by one
of the same shape that learns from scratch for the same time; means over the noise of eight seeds.
"""

from __future__ import annotations

import numpy as np

import sketchkit

HELD, SHOWN, SEEDS = 5, 8, 8


def held_out(model, sketches):
    """Return the mean reconstruction loss, up to the first end row."""
    dataset = sketchkit.Dataset.from_sketches(train=sketches, test=sketches, max_seq_len=model.hparams.max_seq_len)
    return float(np.mean([model.losses(dataset, pen_rows="first_end", seed=s)["recon"] for s in range(SEEDS)]))


def taught(name, base, folder):
    """Teach one class, and return its row of the table and its drawings to show."""
    known = base.hparams.max_seq_len
    drawings = [s for s in sketchkit.Dataset.drawings(f"quickdraw/{name}.ndjson") if len(s) <= known]
    held, given = drawings[:HELD], drawings[HELD:]
    run = sketchkit.teach("quickdraw", given, folder / name, name=name, progress="none")
    minutes = run.wall_seconds / 60
    begun = {**base.hparams.as_dict(), "batch_size": run.hparams.batch_size, "save_every": 50, "num_steps": 10_000}
    scratch = sketchkit.train(
        folder / name / "drawings.npz",
        folder / f"{name}, scratch",
        begun,
        minutes=minutes,
        progress="none",
        data_set=[],
    )
    model = run.model()
    losses = [held_out(each, held) for each in (base, model, scratch.model())]
    shown = [*given[:SHOWN], *model.generate(SHOWN, category=name, temperature=0.4, seed=1)]
    shown += [*held, *model.decode(model.encode(held), temperature=0.2, seed=1)]
    return (name, len(given), minutes, run.best["step"], *losses), shown
