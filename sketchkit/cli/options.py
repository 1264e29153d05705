"""Arguments and options that several commands share, and options with a fixed set of values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sketchkit.suggest import did_you_mean

__all__ = [
    "Candidates",
    "Cell",
    "Count",
    "Data",
    "Model",
    "Picture",
    "Progress",
    "Seed",
    "Split",
    "Temperature",
    "choice",
]


def choice(values: Sequence[str], *names: str, help: str) -> Any:
    """Return an option that accepts a fixed set of values. An error suggests the most similar value.

    Parameters
    ----------
    values : sequence of str
        Accepted values.
    *names : str
        Names of the option, such as `--widget`, `-w`. Default: the name of the parameter.
    help : str
        Help text.
    """

    def check(parameter: typer.CallbackParam, given: Any) -> Any:
        for value in given if isinstance(given, (list, tuple)) else [given]:
            if value is not None and value not in values:
                suggestion = did_you_mean(value, values, "")
                raise ValueError(
                    f"{parameter.opts[0]}: expected {', '.join(values[:-1])} or {values[-1]}, got {value!r}"
                    + (f"; {suggestion}" if suggestion else "")
                )
        return given

    return typer.Option(*names, help=help, metavar=f"[{'|'.join(values)}]", callback=check)


Model = Annotated[
    str, typer.Argument(help="Name of a model (see `sketchkit models`), model folder, model file or run directory.")
]
Data = Annotated[
    list[str], typer.Option("--data", "-d", metavar="NAME", help="Name or file of a dataset; repeat to join several.")
]
Split = Annotated[str, choice(("train", "valid", "test"), help="Split of the drawings.")]
Count = Annotated[int, typer.Option("--count", "-n", metavar="INTEGER", min=1, help="Number of drawings.")]
Picture = Annotated[
    Path, typer.Option("--out", "-o", help="Picture to write: .svg, .png, or .gif (an animation, stroke by stroke).")
]
Candidates = Annotated[
    int,
    typer.Option(
        metavar="INTEGER",
        min=1,
        help="Number of candidates to sample for each drawing of the picture; the candidate that best fits the latent "
        "code of the drawing is kept. 8 to 16 improve drawings; 1 is fastest.",
    ),
]
Cell = Annotated[
    int,
    typer.Option(metavar="INTEGER", min=8, max=4000, help="Width and height of each drawing in the picture, in px."),
]
Temperature = Annotated[
    float | None,
    typer.Option(
        "--temperature",
        "-t",
        metavar="NUMBER",
        min=0,
        help="Randomness of the drawings: 0 always takes the most likely point, 1 samples from the distribution of the "
        "model. Default: the temperature recommended for the model.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="INTEGER",
        min=0,
        help="Seed of the random numbers; the same seed gives the same drawings. Default: random.",
    ),
]
Progress = Annotated[
    str,
    choice(
        ("auto", "bar", "lines", "none"),
        help="Progress report: a bar, lines of text, or none; auto is a bar in a terminal and lines elsewhere.",
    ),
]
