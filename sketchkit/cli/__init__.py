"""Command line interface `sketchkit`."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from sketchkit.cli import dataset, doctor, draw, export, published, sweep, train

__all__ = ["app", "main"]

app = typer.Typer(
    name="sketchkit",
    help="Train sketch-rnn models, generate drawings with them, and build and inspect datasets.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    *(train.train, train.teach, train.runs, sweep.sweep, sweep.compare),
    *(draw.sample, draw.reconstruct, draw.morph, draw.show),
    *(published.models, published.datasets, published.download, published.card),
    *(export.convert, export.embed, export.component, export.html, doctor.doctor),
):
    app.command()(_command)
app.add_typer(
    dataset.app,
    name="dataset",
    help="Report on a dataset, or build one. `dataset DATA` is short for `dataset report DATA`.",
)


def _show_version(version: bool) -> None:
    if version:
        from sketchkit import __version__

        typer.echo(f"sketchkit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line. An input error is printed as one line, without a traceback."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    from sketchkit.training.errors import TrainingDivergedError, WorkerLostError

    try:
        app()
    except (ValueError, OSError, TrainingDivergedError, WorkerLostError) as error:
        typer.echo(f"sketchkit: {error}", err=True)
        sys.exit(1)
