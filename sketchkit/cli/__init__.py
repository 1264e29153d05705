"""Command line interface `sketchkit`."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated, Any

import typer

from sketchkit.cli import dataset, doctor, draw, export, published, sweep, train

__all__ = ["app", "main"]

#: Error in the arguments of a command, such as an unknown option. Typer's name for the class is private.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

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


def _report_usage_error(error: Any) -> None:
    """Print a usage error, and the command that shows the help; print the help itself for a group without a command."""
    if error.ctx is None or type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        hint = f"`{error.ctx.command_path} --help` shows how to use it"
        typer.echo(f"sketchkit: {error.format_message().rstrip('.')}\n{hint}", err=True)


def main() -> None:
    """Run the command line. An input error is printed without a traceback, and the exit code is then 1."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    from sketchkit.training.errors import TrainingDivergedError, WorkerLostError

    try:
        sys.exit(app(standalone_mode=False) or 0)  # a command returns None
    except UsageError as error:
        _report_usage_error(error)
        sys.exit(1)
    except (ValueError, OSError, TrainingDivergedError, WorkerLostError) as error:
        typer.echo(f"sketchkit: {error}", err=True)
        sys.exit(1)
