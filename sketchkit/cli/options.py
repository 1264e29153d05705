"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Data", "Model", "Out", "Progress", "Seed", "Temperature"]

Model = Annotated[
    str, typer.Argument(help="Name of a model (see `sketchkit models`), model folder, model file or run directory.")
]
Out = Annotated[Path, typer.Option("--out", "-o", help="Output file (.svg).")]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", "-t", help="Sampling temperature, 0 (greedy) or more. Default: that of the model."),
]
Seed = Annotated[int | None, typer.Option(help="Seed of the drawings. Default: random.")]
Data = Annotated[list[str], typer.Option("--data", "-d", help="Name or file of a dataset; repeat to join several.")]
Progress = Annotated[str, typer.Option(help="Progress display: auto, bar, lines or none.")]
