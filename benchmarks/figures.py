"""What a benchmark prints: one figure a line, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

__all__ = ["Figure", "report"]


@dataclass(frozen=True)
class Figure:
    """One measurement.

    Attributes
    ----------
    name : str
    value : float
    unit : str
    ratio : float or None
        To what `to` names, measured in the same process.
    to : str
    bar : str
        What the project asks of the figure, or nothing.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    to: str = ""
    bar: str = ""


def report(figure: Figure) -> None:
    """Print a figure for the suite to read."""
    print(json.dumps(asdict(figure)), flush=True)
