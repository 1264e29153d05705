"""Numbers, lengths, percentages and angles of CSS, including calc()."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2

__all__ = [
    "WINDOW",
    "Basis",
    "Quantity",
    "angle",
    "constant",
    "length",
    "number",
    "number_list",
    "parse",
    "quantity",
    "significant",
    "split",
]

#: Size of the browser window in which the file is opened, px.
WINDOW = (1280.0, 720.0)

_NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d++|(?!\.))|\.\d++)(?:[eE][+-]?\d++)?")
_SEPARATOR = re.compile(r"\s*,?\s*")

_PX = {"px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "pt": 96 / 72, "pc": 16.0}
_VIEWPORT = {"vw": WINDOW[0], "vh": WINDOW[1], "vmin": min(WINDOW), "vmax": max(WINDOW)}
_DEGREES = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}


@dataclass(frozen=True)
class Basis:
    """Reference values of relative units.

    Attributes
    ----------
    whole : float
        Value of 100 %.
    em, rem : float
        Font size of the element and of the root, px.
    """

    whole: float = 0.0
    em: float = 16.0
    rem: float = 16.0


@dataclass(frozen=True)
class Quantity:
    """A number with a unit.

    Attributes
    ----------
    kind : {"number", "length", "percent", "angle"}
        Sums of lengths and percentages are lengths.
    resolve : callable
        Function that takes a basis and returns the value in px, in degrees or without a unit.
    """

    kind: str
    resolve: Callable[[Basis], float]

    def value(self, basis: Basis) -> float:
        """Return the value in px, in degrees or without a unit; 0 if it is undefined, such as 0 / 0."""
        try:
            found = self.resolve(basis)
        except (ZeroDivisionError, OverflowError, ValueError):
            return 0.0
        return 0.0 if math.isnan(found) else found


def significant(tokens: Sequence[Any]) -> list[Any]:
    """Return tokens without whitespace and comments."""
    return [token for token in tokens if token.type not in ("whitespace", "comment")]


def split(tokens: Sequence[Any], separator: str = ",") -> list[list[Any]]:
    """Return the parts of a list of tokens between separators."""
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def constant(value: float, kind: str = "number") -> Quantity:
    """Return a quantity with a fixed value."""
    return Quantity(kind, lambda basis: value)


def quantity(token: Any) -> Quantity | None:
    """Return the quantity of a token, or None if the token is not a quantity."""
    if token.type == "number":
        return constant(float(token.value))
    if token.type == "percentage":
        share = float(token.value) / 100
        return Quantity("percent", lambda basis: share * basis.whole)
    if token.type == "dimension":
        return _dimension(float(token.value), token.lower_unit)
    if token.type == "() block":
        return _sum(token.content)
    if token.type == "function":
        return _function(token)
    return None


def number(tokens: Sequence[Any]) -> Quantity | None:
    """Return a number or a percentage; 100 % is the `whole` of the basis."""
    return _single(tokens, ("number", "percent"))


def length(tokens: Sequence[Any], unitless: bool = False) -> Quantity | None:
    """Return a length or percentage. A number counts as a length in px if it is 0 or `unitless` is true."""
    found = _single(tokens, ("number", "length", "percent"))
    if found is None or found.kind != "number":
        return found
    if unitless or (tokens[0].type == "number" and tokens[0].value == 0):
        return Quantity("length", found.resolve)
    return None


def angle(tokens: Sequence[Any]) -> Quantity | None:
    """Return an angle. The number 0 counts as an angle."""
    found = _single(tokens, ("number", "angle"))
    if found is not None and found.kind == "number" and not (tokens[0].type == "number" and tokens[0].value == 0):
        return None
    return found


def number_list(text: str) -> list[float] | None:
    """Return numbers separated by whitespace, commas or nothing, as in SVG attributes; None if the text is invalid."""
    found: list[float] = []
    end = len(text)
    at = len(text) - len(text.lstrip())
    while at < end:
        match = _NUMBER.match(text, at)
        if match is None:
            return None
        found.append(float(match[0]))
        at = _SEPARATOR.match(text, match.end()).end()  # type: ignore[union-attr]
    return found


def parse(text: str) -> list[Any]:
    """Return the significant tokens of CSS text."""
    return significant(tinycss2.parse_component_value_list(text, skip_comments=True))


def _single(tokens: Sequence[Any], kinds: tuple[str, ...]) -> Quantity | None:
    found = quantity(tokens[0]) if len(tokens) == 1 and tokens[0].type != "() block" else None
    return found if found is not None and found.kind in kinds else None


def _dimension(value: float, unit: str) -> Quantity | None:
    if unit in _PX:
        return constant(value * _PX[unit], "length")
    if unit in _DEGREES:
        return constant(value * _DEGREES[unit], "angle")
    if unit.lstrip("sdl") in _VIEWPORT:  # svw, dvh, ...
        return constant(value * _VIEWPORT[unit.lstrip("sdl")] / 100, "length")
    if unit in ("em", "ex", "ch"):
        share = value if unit == "em" else value / 2
        return Quantity("length", lambda basis: share * basis.em)
    if unit == "rem":
        return Quantity("length", lambda basis: value * basis.rem)
    return None


def _function(token: Any) -> Quantity | None:
    name = token.lower_name.removeprefix("-webkit-")
    if name == "calc":
        return _sum(token.arguments)
    if name not in ("min", "max", "clamp"):
        return None
    parts = [_sum(part) for part in split(token.arguments)]
    if any(part is None for part in parts) or (name == "clamp" and len(parts) != 3):
        return None
    values: list[Quantity] = parts  # type: ignore[assignment]
    kind = values[0].kind
    for value in values:
        joined = _joined(kind, value.kind)
        if joined is None:
            return None
        kind = joined
    if name == "clamp":
        low, middle, high = values
        return Quantity(kind, lambda b: max(low.resolve(b), min(middle.resolve(b), high.resolve(b))))
    choose = min if name == "min" else max
    return Quantity(kind, lambda basis: choose(value.resolve(basis) for value in values))


def _joined(a: str, b: str) -> str | None:
    """Return the kind of the sum of two quantities, or None if they cannot be added."""
    if a == b:
        return a
    return "length" if {a, b} == {"length", "percent"} else None


def _sum(tokens: Sequence[Any]) -> Quantity | None:
    """Return a sum of products (CSS Values and Units 4, section 10)."""
    terms: list[tuple[float, list[Any]]] = [(1.0, [])]
    for token in significant(tokens):
        if token.type == "literal" and token.value in ("+", "-"):
            terms.append((1.0 if token.value == "+" else -1.0, []))
        else:
            terms[-1][1].append(token)
    total: Quantity | None = None
    parts: list[tuple[float, Quantity]] = []
    for sign, factors in terms:
        term = _product(factors)
        kind = None if term is None else term.kind if total is None else _joined(total.kind, term.kind)
        if term is None or kind is None:
            return None
        parts.append((sign, term))
        total = Quantity(kind, lambda basis: math.fsum(sign * part.resolve(basis) for sign, part in parts))
    return total


def _product(tokens: list[Any]) -> Quantity | None:
    if len(tokens) % 2 == 0:
        return None
    factors: list[tuple[bool, Quantity]] = []
    kind = "number"
    for operator, token in zip([None, *tokens[1::2]], tokens[::2], strict=True):
        factor = quantity(token)
        if operator is not None and not (operator.type == "literal" and operator.value in ("*", "/")):
            return None
        divides = operator is not None and operator.value == "/"
        if factor is None or (factor.kind != "number" and (divides or kind != "number")):
            return None
        kind = factor.kind if factor.kind != "number" else kind
        factors.append((divides, factor))

    def resolve(basis: Basis) -> float:
        found = 1.0
        for divides, factor in factors:
            value = factor.resolve(basis)
            found = found / value if divides else found * value
        return found

    return Quantity(kind, resolve)
