"""Output of the benchmarks: one figure per line, as JSON."""

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
        Name of the measurement.
    value : float
        Measured value.
    unit : str
        Unit of the value.
    ratio : float or None
        Ratio to the reference `to`, measured in the same process.
    to : str
        Name of the reference.
    bar : str
        Required value, such as "at most 3 s"; empty if there is none.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    to: str = ""
    bar: str = ""


def report(figure: Figure) -> None:
    """Print a figure as a line of JSON, which the suite reads."""
    print(json.dumps(asdict(figure)), flush=True)
