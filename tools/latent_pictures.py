"""Pictures of the guide on latent arithmetic: attributes, analogies, and where they fail.

`python -m tools.latent_pictures` writes `docs/_static/latent/*.svg`. It samples the drawings from published models.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import sketchkit
from sketchkit import latent
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.render.frame_animation import svg_frames
from sketchkit.render.svg import Picture, filmstrip, grid
from sketchkit.sketch import Sketch
from tools.sampled_drawings import sample_drawings

__all__ = ["main"]

FOLDER = Path(__file__).parents[1] / "docs/_static/latent"
MODEL, SEED, CELL = "quickdraw", 0, 90
#: Number of drawings sampled from a code; the one whose own code is nearest to this code is shown.
CANDIDATES = 8
#: Number of sampled drawings of a category, and their seed.
POOL, POOL_SEED = 240, 77
#: Indices of sampled drawings of heads and of heads with bodies, chosen by eye.
RABBIT_HEADS = (2, 3, 4, 8, 11, 14, 15, 17, 19, 28, 31, 32, 33, 35, 37, 48, 52, 54, 55, 59)
RABBIT_BODIES = (7, 18, 20, 34, 40, 44, 50, 65, 67, 72, 81)
BEAR_HEADS, BEAR_BODIES = (6, 26, 27, 58, 79, 84), (4, 5, 8, 10, 11, 13, 21, 22, 23, 28, 31)
#: Indices of the drawings that are changed: the directions are added to their codes. The directions are computed from
#: other drawings.
MORE_RABBITS, MORE_BEARS = (63, 68, 74, 91), (44, 45, 52, 56)
#: Number of the narrowest and of the widest sheep.
SHEEP = 40


def aspect(sketch: Sketch) -> float:
    """Return the width of a drawing relative to its height."""
    left, top, right, bottom = sketch.bounds
    return (right - left) / max(bottom - top, 1e-6)


def changed(
    model: SketchRNN, starts: Sequence[Sketch], direction: NDArray[np.float32], strengths: Sequence[float]
) -> Picture:
    """Return a picture with a row for each drawing: the drawing itself, then one drawing for each of `strengths`.

    The drawing for a strength is decoded from the code of the drawing in `starts`, plus the strength times `direction`.
    The first strength is 0, which gives the reconstruction.
    """
    cells = []
    for start, code in zip(starts, model.encode(starts), strict=True):
        codes = np.stack([code + strength * direction for strength in strengths])
        cells += [start, *model.decode(codes, seed=SEED, candidates=CANDIDATES)]
    labels = ["given", *(f"{strength:g}" for strength in strengths)]
    return grid(cells, columns=len(labels), cell=CELL, labels=labels * len(starts))


def main() -> None:
    """Write the pictures."""
    model = sketchkit.load(MODEL)
    pools = {
        name: sample_drawings(sketchkit.load(f"quickdraw/{name}"), POOL, seed=POOL_SEED)
        for name in ("rabbit", "bear", "sheep")
    }
    rabbits, bears, sheep = pools.values()

    def codes(pool: Sequence[Sketch], indices: Sequence[int]) -> NDArray[np.float32]:
        return model.encode([pool[i] for i in indices])

    def along(path: NDArray[np.float32]) -> Sequence[Sketch]:
        return model.decode(path, seed=SEED, candidates=CANDIDATES)  # type: ignore[no-any-return]

    body = latent.direction(codes(rabbits, RABBIT_BODIES), codes(rabbits, RABBIT_HEADS))
    bear_body = latent.direction(codes(bears, BEAR_BODIES), codes(bears, BEAR_HEADS))
    by_width = sorted(sheep[:160], key=aspect)
    width = latent.direction(model.encode(by_width[-SHEEP:]), model.encode(by_width[:SHEEP]))
    heads, whole = [rabbits[i] for i in MORE_RABBITS], [bears[i] for i in MORE_BEARS]
    ends = model.encode([sheep[200], heads[0], whole[0]])
    pictures = {
        "width": changed(model, sheep[160:164], width, (0, 1, 2, 3)),
        "body": changed(model, heads, body, (0, 0.75, 1.5, 2.25)),
        "analogy": changed(model, heads, bear_body, (0, 0.5, 1, 1.5)),
        "head": changed(model, whole, -body, (0, 1, 2, 3)),
        "wide-bears": changed(model, whole, width, (0, 1, 2, 3)),
        "path": filmstrip(along(latent.path(ends, 4)), cell=CELL),
        "path-animation": svg_frames(along(latent.path([*ends, ends[0]], 12)), hold=0.5),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        picture.save(FOLDER / f"{name}.svg")


if __name__ == "__main__":
    main()
