"""Commands that draw: `sample`, `reconstruct`, `morph`, `show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sketchkit.cli.options import Data, Model, Out, Seed, Temperature
from sketchkit.cli.output import check_ending, report_written

__all__ = ["morph", "reconstruct", "sample", "show"]


def sample(
    model: Model,
    out: Out = Path("samples.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="Number of drawings.")] = 16,
    category: Annotated[
        str | None, typer.Option(help="Category to draw, for models with exemplars. Default: each in turn.")
    ] = None,
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Generate drawings with a model."""
    from sketchkit.loading import load
    from sketchkit.render.svg import grid

    check_ending(out, ".svg")
    sketches = load(model).generate(n, category=category, temperature=temperature, seed=seed)
    report_written(grid(sketches).save(out))


def reconstruct(
    model: Model,
    data: Data = ["doodles"],  # noqa: B006 - typer copies it
    out: Out = Path("reconstructions.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="Number of drawings.")] = 8,
    split: Annotated[str, typer.Option(help="Split of the drawings: train, valid or test.")] = "test",
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Reconstruct drawings of a dataset. The picture shows the originals above the reconstructions."""
    check_ending(out, ".svg")
    from sketchkit.loading import load
    from sketchkit.render.svg import grid

    network = load(model)
    originals = _drawings(data, split, n)
    reconstructed = network.decode(network.encode(originals), temperature=temperature, seed=seed)
    labels = ["original", "reconstruction"]
    report_written(grid([*originals, *reconstructed], columns=len(originals), row_labels=labels).save(out))


def morph(
    model: Model,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", help="Name or file of a dataset with the two drawings. Default: random codes."),
    ] = None,
    ends: Annotated[tuple[int, int], typer.Option(help="Indices of the two drawings in the test split of --data.")] = (
        0,
        1,
    ),
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Output file: .svg (a strip) or .gif (an animation).")
    ] = Path("morph.svg"),
    frames: Annotated[int, typer.Option(help="Number of drawings, including both ends; at least 2.")] = 10,
    temperature: Temperature = None,
    seed: Seed = None,
) -> None:
    """Interpolate between two drawings or two random codes."""
    check_ending(out, ".svg", ".gif")
    import numpy as np

    from sketchkit.latent import slerp
    from sketchkit.loading import load
    from sketchkit.model.noise import random_seed, standard_normals, stream_key
    from sketchkit.render.animation import gif_frames
    from sketchkit.render.svg import filmstrip

    network = load(model)
    if not network.conditional:
        raise ValueError(f"{network.name} is unconditional and has no latent code to interpolate; choose another model")
    if min(ends) < 0:
        raise ValueError(f"--ends: expected two indices of at least 0, got {ends[0]} {ends[1]}")
    if frames < 2:
        raise ValueError(f"--frames: expected at least 2, got {frames}")
    seed = random_seed() if seed is None else seed
    if data:
        drawings = _drawings(data, "test", max(ends) + 1)
        a, b = network.encode([drawings[i] for i in ends])
    else:
        a, b = (standard_normals(stream_key(seed, end, 3), network.z_size) for end in (0, 1))
    times = np.linspace(0, 1, frames)
    sketches = network.decode(slerp(a, b, times), temperature=temperature, seed=seed)
    if out.suffix.lower() == ".gif":
        report_written(gif_frames([*sketches, *sketches[-2:0:-1]], out))
    else:
        report_written(filmstrip(sketches, labels=[f"{t:.2f}" for t in times]).save(out))


def show(
    data: Annotated[
        list[str], typer.Argument(help="Names or .npz files of datasets; several are joined to one dataset.")
    ],
    out: Out = Path("drawings.svg"),
    n: Annotated[int, typer.Option("--count", "-n", help="Number of drawings.")] = 48,
    split: Annotated[str, typer.Option(help="Split of the drawings: train, valid or test.")] = "train",
) -> None:
    """Write a picture of the first drawings of a dataset."""
    check_ending(out, ".svg")
    from sketchkit.render.svg import grid

    report_written(grid(_drawings(data, split, n), cell=84).save(out))


def _drawings(data: list[str], split: str, n: int) -> list[Any]:
    """Return the first n usable drawings of a split."""
    from sketchkit.data.dataset import Dataset
    from sketchkit.formats.npz import SPLITS

    if split not in SPLITS:
        raise ValueError(f"--split: expected one of {', '.join(SPLITS)}, got {split!r}")
    opened = Dataset.open(data)
    drawings = [opened.splits[split][int(i)] for i in opened.usable_indices(split)[:n]]
    if len(drawings) < n:
        raise ValueError(
            f"--count: expected at most {len(drawings)}, the number of drawings in the {split} split of {opened.name}, "
            f"got {n}"
        )
    return drawings
