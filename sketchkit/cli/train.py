"""Commands that train models: `train`, `teach`, `runs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sketchkit.cli.options import Model, Progress

__all__ = ["runs", "teach", "train"]


def train(
    data: Annotated[
        list[str] | None, typer.Argument(help="Names or .npz files of datasets; several are joined to one dataset.")
    ] = None,
    run: Annotated[Path, typer.Option(help="Run directory; an existing run is resumed.")] = Path("runs/sketch-rnn"),
    hparams: Annotated[
        str, typer.Option(help="Hyperparameters, as key=value,key=[a,b]. Default: the published ones.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Seed of weights, batches, dropout and noise.")] = 0,
    base: Annotated[
        str | None, typer.Option(help="Name or folder of a model to start from. Default: random weights.")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(help="Stop after this many validations without improvement. Default: never.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Maximum training time, in minutes. Default: no limit.")] = None,
    log_every: Annotated[int, typer.Option(help="Number of steps between log records.")] = 20,
    progress: Progress = "auto",
    background: Annotated[
        bool, typer.Option("--background", help="Train in a background process; see `sketchkit runs`.")
    ] = False,
    strategy: Annotated[
        str, typer.Option(help="Distribution: none, mirrored (all local devices) or multiworker (TF_CONFIG).")
    ] = "none",
) -> None:
    """Train a model. The same command resumes an existing run."""
    from sketchkit.training.trainer import train

    finished = train(
        data, run, hparams, seed=seed, base=base, patience=patience, minutes=minutes, log_every=log_every,
        progress=progress, background=background, strategy=strategy,
    )  # fmt: skip
    if finished is not None:
        typer.echo(f"{finished}\nmodel: {finished.model_folder}")


def teach(
    model: Model,
    sources: Annotated[
        list[str], typer.Argument(help="Files, folders or zip files with 20 to 50 drawings of one subject.")
    ],
    name: Annotated[str, typer.Option(help="Name of the subject.")] = "drawing",
    run: Annotated[Path, typer.Option(help="Run directory.")] = Path("runs/taught"),
    minutes: Annotated[float, typer.Option(help="Maximum training time, in minutes.")] = 5.0,
    seed: Annotated[int, typer.Option(help="Seed of the validation split and of the training.")] = 0,
) -> None:
    """Fine-tune a model on a few drawings of one subject."""
    from sketchkit.data.collect import DrawingCollector
    from sketchkit.training.fine_tune import teach

    finished = teach(model, DrawingCollector().read(sources), run, name=name, minutes=minutes, seed=seed)
    typer.echo(f"{finished}\nmodel: {finished.model_folder}")


def runs(folder: Annotated[Path, typer.Argument(help="Directory of the runs.")] = Path("runs")) -> None:
    """List the runs in a directory with their status."""
    from sketchkit.training.runs import runs

    typer.echo(str(runs(folder)))
