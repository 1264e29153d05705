"""Reconstruction losses of the published JavaScript decoders on real drawings of their class.

`python -m benchmarks.published_models` prints the two tables of docs/published-models.md. It downloads the models and
drawings that are not in the cache.
"""

from __future__ import annotations

import math

import numpy as np

import sketchkit
from sketchkit.data.dataset import Dataset
from sketchkit.published.catalog import JS_DRAWING_SIZES
from tools.sampled_drawings import real_drawings

DRAWINGS = 25


def masked_loss(model, drawings):
    """Return the reconstruction loss over real points, divided by N_max as in the published evaluation."""
    dataset = Dataset.from_sketches(drawings, test=drawings, max_seq_len=model.hparams.max_seq_len)
    return model.losses(dataset, pen_rows="real")["recon"]


def fitted_loss(model, drawings):
    """Return the factor s that enlarges the drawings to the model's drawing size, and the loss in the original units.

    The density of an original offset is s² times that of the scaled offset, so 2 log s is subtracted for each point.
    """
    scale = model.drawing_size / float(np.median([drawing.extent for drawing in drawings]))
    points = np.mean([len(drawing) for drawing in drawings]) / model.hparams.max_seq_len
    return scale, masked_loss(model, [drawing.scaled(scale) for drawing in drawings]) - points * 2 * math.log(scale)


def main():
    """Print one row for each model in `JS_DRAWING_SIZES` whose class has real drawings."""
    heads = ("model", "drawings", "enlarged", "loss at the model's size", "loss at the original size")
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    for name in JS_DRAWING_SIZES:
        try:
            model = sketchkit.load(f"quickdraw/{name}")
        except ConnectionError:
            continue
        splits = real_drawings(name.replace("_", " "), DRAWINGS, max_points=model.hparams.max_seq_len)
        drawings = [sketch for sketches in splits.values() for sketch in sketches]
        if drawings:
            scale, loss = fitted_loss(model, drawings)
            plain = masked_loss(model, drawings)
            print(f"| quickdraw/{name} | {len(drawings)} | {scale:.1f} | {loss:.4f} | {plain:.4f} |", flush=True)


if __name__ == "__main__":
    main()
