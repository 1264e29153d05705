"""Models of the published size for benchmarks of the page; they work offline."""

from __future__ import annotations

import sketchkit
from sketchkit import HParams, SketchRNN
from sketchkit.published.catalog import published_models

__all__ = ["PUBLISHED", "STEPS", "is_cached", "published_decoder", "untrained"]

#: Number of points of each drawing of an untrained model.
STEPS = 250
PUBLISHED = "quickdraw/dog"


def untrained(*, conditional: bool) -> SketchRNN:
    """Return a model with random weights whose drawings never end before the maximum length."""
    h = HParams(conditional=conditional, dec_rnn_size=512, enc_rnn_size=256, z_size=128, max_seq_len=STEPS)
    model = SketchRNN.new(h, 40.0)
    model.weights["decoder/output/b"][2] = -50.0
    return model


def is_cached() -> bool:
    """Return whether the published decoder is in the cache."""
    return any(entry.name == PUBLISHED and entry.where == "cached" for entry in published_models())


def published_decoder() -> tuple[SketchRNN, str]:
    """Return the published decoder, or an untrained one if it is not in the cache, and its name in the table."""
    if is_cached():
        return sketchkit.load(PUBLISHED), f"model {PUBLISHED}"
    return untrained(conditional=False), "random weights"
