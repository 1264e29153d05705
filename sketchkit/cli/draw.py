"""Commands that draw: `sample`, `reconstruct`, `morph`, `show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from sketchkit.cli.options import Candidates, Cell, Count, Data, Model, Picture, Seed, Split, Temperature
from sketchkit.cli.output import check_output, report_written

if TYPE_CHECKING:
    from sketchkit.formats.npz import SplitName
    from sketchkit.sketch import Sketch

__all__ = ["morph", "reconstruct", "sample", "show"]


def sample(
    model: Model,
    out: Picture = Path("samples.svg"),
    n: Count = 16,
    category: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Category to draw, for models with categories. Default: all, in turn."),
    ] = None,
    temperature: Temperature = None,
    seed: Seed = None,
    candidates: Candidates = 1,
    cell: Cell = 120,
) -> None:
    """Generate drawings with a model."""
    from sketchkit.loading import load
    from sketchkit.model.noise import check_seed
    from sketchkit.render.grid_files import ENDINGS, save_grid

    check_output(out, *ENDINGS)
    loaded = load(model)
    seed = check_seed(seed)
    sketches = loaded.generate(n, category=category, temperature=temperature, seed=seed, candidates=candidates)
    labels = None
    if category is None and len(loaded.categories) > 1:  # `generate` draws all categories in turn
        labels = [loaded.categories[(seed + i) % len(loaded.categories)] for i in range(n)]
    report_written(save_grid(sketches, out, cell=cell, labels=labels))


def reconstruct(
    model: Model,
    data: Data = ["doodles"],  # noqa: B006 - typer copies it
    out: Picture = Path("reconstructions.svg"),
    n: Count = 8,
    split: Split = "test",
    temperature: Temperature = None,
    seed: Seed = None,
    candidates: Candidates = 1,
    cell: Cell = 120,
) -> None:
    """Encode and decode drawings of a dataset.

    The picture shows the originals above the reconstructions.
    """
    from sketchkit.loading import load
    from sketchkit.render.grid_files import ENDINGS, save_grid

    check_output(out, *ENDINGS)
    network = load(model)
    originals = _drawings(data, split, n, "--count")
    codes = network.encode(originals)
    reconstructed = network.decode(codes, temperature=temperature, seed=seed, candidates=candidates)
    pairs, labels = [*originals, *reconstructed], ["original", "reconstruction"]
    report_written(save_grid(pairs, out, columns=n, cell=cell, row_labels=labels))


def morph(
    model: Model,
    categories: Annotated[
        list[str] | None,
        typer.Argument(
            help="Two categories, for models with categories. Default: the drawings of --data, two of the model's "
            "categories, or two random latent codes."
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            metavar="NAME",
            help="Name or file of a dataset with the two drawings. Default: see CATEGORIES.",
        ),
    ] = None,
    ends: Annotated[
        tuple[int, int],
        typer.Option(metavar="INDEX INDEX", help="Indices of the two drawings in the test split of --data, from 0."),
    ] = (0, 1),
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Picture to write: .svg or .png (a strip), or .gif (an animation)."),
    ] = Path("morph.svg"),
    frames: Annotated[
        int, typer.Option(metavar="INTEGER", min=2, help="Number of drawings, including the first and the last.")
    ] = 10,
    temperature: Temperature = None,
    seed: Seed = None,
    cell: Annotated[
        int | None,
        typer.Option(
            metavar="INTEGER",
            min=8,
            max=2000,
            help="Width and height of each drawing, in px. Default: 120; 240 in a GIF.",
        ),
    ] = None,
) -> None:
    """Interpolate between two drawings."""
    import numpy as np

    from sketchkit.latent import slerp
    from sketchkit.loading import load
    from sketchkit.model.noise import random_seed
    from sketchkit.render.gif_files import gif_frames
    from sketchkit.render.grid_files import ENDINGS, save_grid

    check_output(out, *ENDINGS)
    if min(ends) < 0:
        raise ValueError(f"--ends: expected two indices of at least 0, got {ends[0]} {ends[1]}")
    if categories and (len(categories) != 2 or data):
        given = f"{' '.join(categories)}{' and --data' if data else ''}"
        raise ValueError(f"expected two categories or --data, got {given}")
    network = load(model)
    if not network.conditional:
        raise ValueError(f"{network.name} is unconditional and has no latent code to interpolate; choose another model")
    seed = random_seed() if seed is None else seed
    if data:
        drawings = _drawings(data, "test", max(ends) + 1, "--ends")
        a, b = network.encode([drawings[i] for i in ends])
    elif categories:
        a, b = (network.new_codes(category, 1, seed)[0] for category in categories)
    else:
        a, b = network.new_codes(None, 2, seed)
    times = np.linspace(0, 1, frames)
    sketches = network.decode(slerp(a, b, times), temperature=temperature, seed=seed)
    if out.suffix.lower() == ".gif":
        report_written(gif_frames([*sketches, *sketches[-2:0:-1]], out, size=cell or 240))
    else:
        labels = [f"{t:.2f}" for t in times]
        report_written(save_grid(sketches, out, columns=frames, cell=cell or 120, labels=labels))


def show(
    data: Annotated[
        list[str], typer.Argument(help="Names or .npz files of datasets; several are joined into one dataset.")
    ],
    out: Picture = Path("drawings.svg"),
    n: Count = 48,
    split: Split = "train",
    cell: Cell = 84,
) -> None:
    """Show the first drawings of a dataset in a picture."""
    from sketchkit.render.grid_files import ENDINGS, save_grid

    check_output(out, *ENDINGS)
    report_written(save_grid(_drawings(data, split, n, "--count"), out, cell=cell))


def _drawings(data: list[str], split: str, n: int, option: str) -> list[Sketch]:
    """Return the first n usable drawings of a split. Error messages name `option`, which determines n."""
    from sketchkit.data.dataset import Dataset

    opened, name = Dataset.open(data), cast("SplitName", split)
    drawings = [opened.splits[name][int(i)] for i in opened.usable_indices(name)[:n]]
    if len(drawings) < n:
        available = f"{opened.name} has only {len(drawings)} drawings in its {split} split"
        raise ValueError(f"{option}: {n} drawings are needed, but {available}")
    return drawings
