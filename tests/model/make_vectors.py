"""Write `vectors.json`: losses and gradients of the plain implementation, for every cell.

    python -m tests.model.make_vectors

Each gradient is stored as its norm and the length of its projection on a pseudorandom direction.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.model import plain_network as plain

PATH = Path(__file__).with_name("vectors.json")


def summary(name, gradient):
    """Return the norm of a gradient, and the length of its projection on a pseudorandom direction.

    The direction is generated from the name of the weight.
    """
    values = np.asarray(gradient, np.float64)
    direction = plain.uniform(f"direction of {name}", values.shape)
    return [float(np.linalg.norm(values)), float((values * direction).sum() / np.linalg.norm(direction))]


def vectors():
    found = {}
    for cell in plain.CELLS:
        for conditional in (True, False):
            h = plain.hparams(cell, conditional=conditional)
            losses, gradients = plain.losses_and_gradients(h, plain.weights(h), plain.batch(h))
            found[f"{cell}-{'conditional' if conditional else 'unconditional'}"] = {
                "losses": {name: float(f"{float(value):.9g}") for name, value in losses.items()},
                "gradients": {
                    name: [float(f"{number:.7g}") for number in summary(name, gradient)]
                    for name, gradient in gradients.items()
                },
            }
    return found


if __name__ == "__main__":
    lines = json.dumps(vectors(), indent=1)
    PATH.write_text(
        lines.replace("[\n    ", "[").replace(",\n    ", ", ").replace("\n   ]", "]") + "\n", encoding="utf-8"
    )
