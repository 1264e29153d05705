"""Command line interface `sketchkit`."""

from __future__ import annotations

import logging
import os
import sys

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
)
for _command in (
    *(train.train, train.teach, train.runs, sweep.sweep, sweep.compare),
    *(draw.sample, draw.reconstruct, draw.morph, draw.show),
    *(published.models, published.datasets, published.download, published.card),
    *(export.convert, export.embed, export.html, doctor.doctor),
):
    app.command()(_command)
app.add_typer(dataset.app, name="dataset", help="Report on a dataset (`dataset DATA`), or build one (`dataset build`).")


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
