"""Temperature of sampling, and the sampling settings that a model recommends.

Each sampling step selects a component of the mixture, an offset from that component, and a pen state. The temperature
scales the logits of the two categorical distributions and the standard deviation of the offset.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

__all__ = ["CONVENTIONS", "Convention", "Sampling", "TemperatureScales", "temperature_scales"]

#: Conventions for the temperature τ. `paper` (arXiv 1704.03477, eq. 8): logits / τ, σ² · τ. `tf1` (Magenta's TF1
#: sampler): logits / τ, σ · τ. `js` (sketch-rnn-js and @magenta/sketch): logits / (0.5 + 0.5 τ), σ² · τ.
Convention = Literal["paper", "tf1", "js"]
CONVENTIONS: tuple[Convention, ...] = get_args(Convention)


class TemperatureScales(NamedTuple):
    """Factors applied in one sampling step.

    Attributes
    ----------
    logits : float
        Factor by which the mixture's logits are multiplied; infinity selects the most likely component.
    sigma : float
        Factor by which the standard deviations are multiplied.
    pen : float
        Factor by which the logits of the pen states are multiplied; infinity selects the most likely state.
    """

    logits: float
    sigma: float
    pen: float


def temperature_scales(
    temperature: float, convention: Convention = "paper", pen_temperature: float | None = None
) -> TemperatureScales:
    """Return the factors for a temperature.

    Parameters
    ----------
    temperature : float
        Temperature, at least 0. The value 0 is greedy in every convention.
    convention : {"paper", "tf1", "js"}
        Convention of the temperature; see `Convention`.
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
    """Sampling settings that a model recommends, used as defaults.

    Attributes
    ----------
    temperature : float
        Temperature, at least 0.
    convention : {"paper", "tf1", "js"}
        Convention of the temperature.
    pen_temperature : float or None
        Temperature of the pen states; None uses `temperature`. At low temperatures the end state, which is rarely the
        most likely state, is almost never selected, and lines coil until the maximum length. With a pen temperature
        close to 1, drawings end as in the training data.

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
        """Parse the value of the key `sampling`.

        Raises
        ------
        ValueError
            If an entry is unknown or invalid; the message names the entry.
        """
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
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not (is_number and 0 <= value <= sys.float_info.max):
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")


def _inverse(divisor: float) -> float:
    return math.inf if divisor == 0 else 1 / divisor
