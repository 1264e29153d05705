"""Commands that train models: `train`, `teach`, `runs`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from sketchkit.cli.options import Model, Progress, choice

if TYPE_CHECKING:
    from sketchkit.training.distributed.cluster import StrategyName
    from sketchkit.training.progress import ProgressKind

__all__ = ["runs", "teach", "train"]


def train(
    data: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names or .npz files of datasets; several are joined into one dataset. "
            "Default: data_set of --hparams or --hparams-file."
        ),
    ] = None,
    run: Annotated[Path, typer.Option(help="Run directory; an existing run is resumed.")] = Path("runs/sketch-rnn"),
    hparams: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Hyperparameters, as name=value,name=value, such as dec_rnn_size=256,num_steps=1e4. They override "
            "those of --hparams-file. Default: those of the base model, or the published ones.",
        ),
    ] = "",
    hparams_file: Annotated[
        Path | None,
        typer.Option(
            help="File with names and values of hyperparameters (.yaml or .json); also the config.json of a model or "
            "the run.json of a run. Default: no file."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="INTEGER", min=0, help="Seed of weights, batches, dropout and noise.")
    ] = 0,
    base: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name or folder of a model to start from. Default: random weights."),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            metavar="INTEGER", min=1, help="Stop after this many validations without improvement. Default: never."
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", min=0, help="Maximum training time, in minutes. Default: no limit."),
    ] = None,
    log_every: Annotated[int, typer.Option(metavar="INTEGER", min=1, help="Number of steps between log records.")] = 20,
    progress: Progress = "auto",
    background: Annotated[
        bool,
        typer.Option(
            "--background", help="Train in a background process and return; `sketchkit runs` shows its status."
        ),
    ] = False,
    strategy: Annotated[
        str,
        choice(
            ("none", "mirrored", "multiworker"),
            help="Devices that share every batch: none (one device), mirrored (all devices of this machine) or "
            "multiworker (all processes that the environment variable TF_CONFIG names).",
        ),
    ] = "none",
) -> None:
    """Train a model. The same command resumes an existing run."""
    from sketchkit.training.train import train

    changes = _changes(hparams, hparams_file)
    if not data and "data_set" not in changes:
        raise typer.BadParameter("expected the name or the file of a dataset, such as doodles", param_hint="DATA")
    finished = train(
        data, run, changes, seed=seed, base=base, patience=patience, minutes=minutes,
        log_every=log_every, progress=cast("ProgressKind", progress), background=background,
        strategy=cast("StrategyName", strategy),
    )  # fmt: skip
    if finished is not None:
        typer.echo(f"{finished}\nmodel: {finished.model_folder}\nto draw with it: {_sample_command(run)}")


def teach(
    model: Model,
    sources: Annotated[
        list[str], typer.Argument(help="Files, folders or zip files with 20 to 50 drawings of one subject.")
    ],
    name: Annotated[str, typer.Option(metavar="TEXT", help="Name of the subject.")] = "drawing",
    run: Annotated[Path, typer.Option(help="Run directory; an existing run is resumed.")] = Path("runs/taught"),
    keep_categories: Annotated[
        bool,
        typer.Option(help="Keep the categories of the base model, so that the fine-tuned model can also draw them."),
    ] = True,
    minutes: Annotated[float, typer.Option(metavar="NUMBER", min=0, help="Maximum training time, in minutes.")] = 5.0,
    seed: Annotated[
        int, typer.Option(metavar="INTEGER", min=0, help="Seed of the validation split and of the training run.")
    ] = 0,
) -> None:
    """Fine-tune a model on a few drawings of one subject."""
    from sketchkit.data.collect import DrawingCollector
    from sketchkit.training.fine_tune import teach

    drawings = DrawingCollector().read(sources)
    finished = teach(model, drawings, run, name=name, keep_categories=keep_categories, minutes=minutes, seed=seed)
    typer.echo(f"{finished}\nmodel: {finished.model_folder}\nto draw with it: {_sample_command(run, name)}")


def runs(folder: Annotated[Path, typer.Argument(help="Directory of the runs.")] = Path("runs")) -> None:
    """List the runs in a directory with their status."""
    from sketchkit.training.runs import runs

    typer.echo(str(runs(folder)))


def _sample_command(run: Path, category: str = "") -> str:
    """Return the command that draws with the model of a run."""
    options = ["--category", category] if category else []
    return shlex.join(["sketchkit", "sample", str(run), *options, "--out", "drawings.svg"])


def _changes(hparams: str, file: Path | None) -> dict[str, Any]:
    """Return the hyperparameters of a file and of a string. Those of the string take precedence."""
    from sketchkit.hparams import HParams, parse_changes, read_changes

    changes = {}
    if file is not None:
        changes = read_changes(file)
        try:
            HParams().replace(changes)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from None
    return {**changes, **parse_changes(hparams)}
