"""Commands for many runs: `sweep`, `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from sketchkit.cli.options import Progress
from sketchkit.cli.output import check_output, report_written

if TYPE_CHECKING:
    from sketchkit.training.progress import ProgressKind

__all__ = ["compare", "sweep"]


def sweep(
    notebook: Annotated[
        Path, typer.Argument(help="Notebook with a cell tagged `parameters`, such as notebooks/train.ipynb.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Directory of the sweep; the same command resumes an existing sweep.")
    ],
    grid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="Values of a parameter, as name=value,value; repeat to combine several parameters. Default: none.",
        ),
    ] = None,
    points: Annotated[Path | None, typer.Option(help="File (.json or .csv) of parameter sets. Default: none.")] = None,
    random: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=RANGE",
            help="Random parameter, as name=low..high, name=low..high:log or name=a,b; repeat for several. "
            "Default: none.",
        ),
    ] = None,
    count: Annotated[int, typer.Option(metavar="INTEGER", min=1, help="Number of random points.")] = 10,
    seed: Annotated[int, typer.Option(metavar="INTEGER", min=0, help="Seed of the random points.")] = 0,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            "-p",
            metavar="NAME=VALUE",
            help="Parameter of every point, as name=value; repeat for several. Default: the value in the notebook.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(metavar="INTEGER", min=1, help="Number of points to execute at a time on this machine.")
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler (tcp://host:8786). Default: this machine."),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", min=0, help="Maximum execution time of a point, in seconds. Default: no limit."),
    ] = None,
    disk_limit: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", min=0, help="Maximum disk space that a point may use, in MB. Default: no limit."
        ),
    ] = None,
    progress: Progress = "auto",
) -> None:
    """Execute a notebook with many sets of parameters.

    The sets, called points, are all combinations of --grid, the rows of --points, or random samples of --random.
    """
    from sketchkit.sweeps.search_space import parse_range, parse_value, parse_values
    from sketchkit.sweeps.sweep import sweep

    result = sweep(
        notebook, out, _named("--grid", grid, parse_values) or None, points=points,
        ranges=_named("--random", random, parse_range) or None, count=count, seed=seed,
        parameters=_named("--parameter", parameter, parse_value), workers=workers, cluster=cluster,
        time_limit=time_limit, disk_limit=disk_limit, progress=cast("ProgressKind", progress),
    )  # fmt: skip
    typer.echo(f"{result}")
    if not all(point.finished for point in result):
        raise typer.Exit(1)


def compare(
    folder: Annotated[Path, typer.Argument(help="Directory of a sweep or of several runs.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Page to write (.html). Default: compare.html in the directory.")
    ] = None,
) -> None:
    """Compare runs on one page with a table, curves and drawings."""
    from sketchkit.sweeps.comparison import Comparison, compare_page

    if out:
        check_output(out, ".html")
    typer.echo(str(Comparison(folder)))
    report_written(compare_page(folder, out or folder / "compare.html"))


def _named(option: str, texts: list[str] | None, parse: Any) -> dict[str, Any]:
    """Return the parsed values of `name=value` strings, by name."""
    values = {}
    for text in texts or []:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise ValueError(f"{option}: expected name=value, got {text!r}")
        values[name.strip()] = parse(value)
    return values
