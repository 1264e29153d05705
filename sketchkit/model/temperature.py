"""Temperature: how randomness is scaled when a model draws, and the settings that a model recommends.

A step of drawing makes three choices: a component of the mixture, an offset from it, and a pen state. A temperature
scales the logits of both categorical choices and the standard deviation of the offset.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

__all__ = ["CONVENTIONS", "Convention", "Sampling", "TemperatureScales", "temperature_scales"]

#: Meanings of a temperature τ. `paper` (arXiv 1704.03477, eq. 8): logits / τ, σ² · τ. `tf1` (the published TF1
#: sampler): logits / τ, σ · τ. `js` (sketch-rnn-js and @magenta/sketch): logits / (0.5 + 0.5 τ), σ² · τ.
Convention = Literal["paper", "tf1", "js"]
CONVENTIONS: tuple[Convention, ...] = get_args(Convention)


class TemperatureScales(NamedTuple):
    """Factors that one step of drawing applies.

    Attributes
    ----------
    logits : float
        Factor of the mixture's logits; infinity takes the most likely component.
    sigma : float
        Factor of the standard deviations.
    pen : float
        Factor of the logits of the pen states; infinity takes the most likely state.
    """

    logits: float
    sigma: float
    pen: float


def temperature_scales(
    temperature: float, convention: Convention = "paper", pen_temperature: float | None = None
) -> TemperatureScales:
    """Return the factors that a temperature stands for.

    Parameters
    ----------
    temperature : float
        At least 0. With 0 every choice is greedy, in every convention.
    convention : {"paper", "tf1", "js"}
        Meaning of the temperature; see `Convention`.
    pen_temperature : float, optional
        Divisor of the logits of the pen states, at least 0. Default: the divisor of the mixture's logits.

    Raises
    ------
    ValueError
        If a temperature is negative or not finite, or the convention is unknown.
    """
    _check_temperature("temperature", temperature)
    if convention not in CONVENTIONS:
        raise ValueError(f"unknown temperature convention {convention!r}; expected {', '.join(CONVENTIONS)}")
    tau = float(temperature)
    divisor = 0.5 + 0.5 * tau if convention == "js" and tau > 0 else tau
    sigma = tau if convention == "tf1" else math.sqrt(tau)
    logits = _inverse(divisor)
    if pen_temperature is None:
        return TemperatureScales(logits, sigma, logits)
    _check_temperature("pen_temperature", pen_temperature)
    return TemperatureScales(logits, sigma, _inverse(float(pen_temperature)))


@dataclass(frozen=True)
class Sampling:
    """Sampling settings that a model recommends; they apply where a caller gives none.

    Attributes
    ----------
    temperature : float
        At least 0.
    convention : {"paper", "tf1", "js"}
        Meaning of the temperature.
    pen_temperature : float or None
        Temperature of the pen states; None: as `temperature`. Low temperatures sharpen the probability that a
        drawing ends until it never wins, and lines then run in coils to the maximum length. A pen temperature
        nearer to 1 lets drawings end as the training data do.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    temperature: float = 0.3
    convention: Convention = "paper"
    pen_temperature: float | None = None

    def __post_init__(self) -> None:
        temperature_scales(self.temperature, self.convention, self.pen_temperature)

    def as_json(self) -> dict[str, Any]:
        """Return the value of the key `sampling` of `config.json`."""
        return {
            "temperature": self.temperature,
            "convention": self.convention,
            "pen_temperature": self.pen_temperature,
        }

    @classmethod
    def from_json(cls, data: Any) -> Sampling:
        """Read the value of the key `sampling`; a ValueError names the entry that is wrong."""
        if not isinstance(data, dict):
            raise ValueError(f"sampling: expected an object, got {type(data).__name__}")
        unknown = sorted(set(data) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"sampling: unknown key {unknown[0]!r}; expected {', '.join(cls.__dataclass_fields__)}")
        try:
            return cls(**data)
        except ValueError as error:
            raise ValueError(f"sampling: {error}") from None


def _check_temperature(name: str, value: Any) -> None:
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")


def _inverse(divisor: float) -> float:
    return math.inf if divisor == 0 else 1 / divisor
