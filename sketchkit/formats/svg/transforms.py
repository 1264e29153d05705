"""Transforms: the SVG attribute, the CSS properties and their origins."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.formats.svg.quantities import (
    Basis,
    Quantity,
    angle,
    constant,
    length,
    number,
    number_list,
    significant,
    split,
)

__all__ = [
    "Box", "Transform", "parse_origin", "parse_rotate", "parse_scale", "parse_transform", "parse_transform_attribute",
    "parse_translate",
]  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A reference box: left, top, width and height, and font sizes for relative units; all in user units."""

    x: float
    y: float
    width: float
    height: float
    em: float = 16.0
    rem: float = 16.0

    def across(self, value: Quantity) -> float:
        """Return a horizontal length."""
        return value.value(Basis(self.width, self.em, self.rem))

    def down(self, value: Quantity) -> float:
        """Return a vertical length."""
        return value.value(Basis(self.height, self.em, self.rem))


#: Function that takes a reference box and returns a matrix of shape (4, 4); SVG uses the affine part of the matrix.
Transform = Callable[[Box], NDArray[np.float64]]

_CALL = re.compile(r"\s*([A-Za-z]+)\s*\(([^()]*)\)")
_COMMA = re.compile(r"\s*,?")
_ARGUMENTS = {"matrix": (6,), "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3), "skewX": (1,), "skewY": (1,)}


def affine(a: float, b: float, c: float, d: float, e: float, f: float) -> NDArray[np.float64]:
    """Return x' = a x + c y + e, y' = b x + d y + f as a matrix of shape (4, 4)."""
    return np.array([[a, c, 0, e], [b, d, 0, f], [0, 0, 1, 0], [0, 0, 0, 1]], float)


def translation(x: float, y: float, z: float = 0.0) -> NDArray[np.float64]:
    """Return a translation, shape (4, 4)."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def rotation(degrees: float, axis: tuple[float, float, float] = (0, 0, 1)) -> NDArray[np.float64]:
    """Return a rotation about an axis (Rodrigues' formula), shape (4, 4)."""
    matrix = np.eye(4)
    norm = math.hypot(*axis)
    if norm and math.isfinite(norm) and math.isfinite(degrees):
        x, y, z = (value / norm for value in axis)
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        # Angles are reduced in degrees, since multiples of 360 are exact.
        t = math.radians(math.fmod(degrees, 360))
        matrix[:3, :3] += math.sin(t) * cross + (1 - math.cos(t)) * cross @ cross
    return matrix


def skew(x: float, y: float) -> NDArray[np.float64]:
    """Return a skew by two angles, degrees, shape (4, 4)."""
    return affine(1, math.tan(math.radians(math.fmod(y, 180))), math.tan(math.radians(math.fmod(x, 180))), 1, 0, 0)


def parse_transform_attribute(text: str) -> Transform | None:
    """Return the transform of an attribute (SVG 1.1, section 7.6), or None if any part of it is invalid."""
    matrix = np.eye(4)
    at, end = 0, len(text.rstrip())
    while at < end:
        call = _CALL.match(text, at)
        numbers = number_list(call[2]) if call else None
        if call is None or numbers is None or len(numbers) not in _ARGUMENTS.get(call[1], ()):
            return None
        matrix = matrix @ _attribute_matrix(call[1], numbers)
        at = call.end()
        if at < end:
            at = _COMMA.match(text, at).end()  # type: ignore[union-attr]
            if at >= end:
                return None  # a comma must not be at the end
    return lambda box: matrix


def _attribute_matrix(name: str, v: list[float]) -> NDArray[np.float64]:
    if name == "matrix":
        return affine(*v)
    if name == "translate":
        return translation(v[0], v[1] if len(v) > 1 else 0)
    if name == "scale":
        return affine(v[0], 0, 0, v[-1], 0, 0)
    if name == "rotate":
        x, y = v[1:] or (0, 0)
        return translation(x, y) @ rotation(v[0]) @ translation(-x, -y)
    return skew(v[0], 0) if name == "skewX" else skew(0, v[0])


def parse_transform(tokens: Sequence[Any]) -> Transform | None:
    """Return the transform of the CSS property, or None if it is invalid."""
    tokens = significant(tokens)
    if len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value == "none":
        return _identity
    functions: list[Transform] = []
    for token in tokens:
        found = _function(token) if token.type == "function" else None
        if found is None:
            return None
        functions.append(found)

    def resolve(box: Box) -> NDArray[np.float64]:
        matrix = np.eye(4)
        for function in functions:
            matrix = matrix @ function(box)
        return matrix

    return resolve if functions else None


def _identity(box: Box) -> NDArray[np.float64]:
    return np.eye(4)


_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def _function(token: Any) -> Transform | None:
    name = token.lower_name
    parts = [significant(part) for part in split(significant(token.arguments))]
    if name in ("translate", "translatex", "translatey", "translatez", "translate3d"):
        return _translation([length(part) for part in parts], name[9:])
    if name in ("scale", "scalex", "scaley", "scalez", "scale3d"):
        return _scaling([number(part) for part in parts], name[5:])
    if name in ("rotate", "rotatex", "rotatey", "rotatez") and len(parts) == 1:
        return _rotation(angle(parts[0]), _AXES[name[6:] or "z"])
    if name == "rotate3d" and len(parts) == 4:
        axis = [number(part) for part in parts[:3]]
        return None if None in axis else _rotation(angle(parts[3]), tuple(v.value(Basis(1)) for v in axis if v))
    if name in ("skew", "skewx", "skewy") and len(parts) in ((1, 2) if name == "skew" else (1,)):
        angles = [angle(part) for part in parts]
        if None in angles:
            return None
        x, y = (constant(0), angles[0]) if name == "skewy" else (angles[0], (*angles, constant(0))[1])
        return lambda box: skew(x.value(Basis()), y.value(Basis()))  # type: ignore[union-attr]
    if name in ("matrix", "matrix3d") and len(parts) == (6 if name == "matrix" else 16):
        values = [number(part) for part in parts]
        if any(value is None or value.kind != "number" for value in values):
            return None
        v = [value.value(Basis()) for value in values if value]
        matrix = affine(*v) if len(v) == 6 else np.array(v).reshape(4, 4).T
        return lambda box: matrix
    return _identity if name == "perspective" else None  # perspective has no effect on flat shapes


def _translation(values: list[Quantity | None], axis: str) -> Transform | None:
    if None in values or len(values) not in {"": (1, 2), "3d": (3,)}.get(axis, (1,)):
        return None
    zero = constant(0)
    x, y, z = {"x": (values[0], zero, zero), "y": (zero, values[0], zero), "z": (zero, zero, values[0])}.get(
        axis, (*values, zero, zero)[:3]
    )
    return lambda box: translation(box.across(x), box.down(y), box.across(z))  # type: ignore[arg-type]


def _scaling(values: list[Quantity | None], axis: str) -> Transform | None:
    if None in values or len(values) not in {"": (1, 2), "3d": (3,)}.get(axis, (1,)):
        return None
    v = [value.value(Basis(1.0)) for value in values if value]
    if axis in _AXES:
        scales = [v[0] if name == axis else 1.0 for name in "xyz"]
    else:
        scales = [v[0], v[-1] if axis == "" else v[1], v[2] if axis == "3d" else 1.0]
    return lambda box: np.diag([*scales, 1.0])


def _rotation(value: Quantity | None, axis: tuple[float, ...]) -> Transform | None:
    if value is None:
        return None
    degrees = value.value(Basis())
    return lambda box: rotation(degrees, axis)  # type: ignore[arg-type]


def parse_translate(tokens: Sequence[Any]) -> Transform | None:
    """Return the transform of the property `translate`."""
    values: list[Quantity | None] = [length([token]) for token in significant(tokens)]
    if _is_none(tokens):
        return _identity
    return _translation(values, "3d" if len(values) == 3 else "") if values else None


def parse_scale(tokens: Sequence[Any]) -> Transform | None:
    """Return the transform of the property `scale`."""
    values = [number([token]) for token in significant(tokens)]
    if _is_none(tokens):
        return _identity
    return _scaling(values, "3d" if len(values) == 3 else "") if values else None


def parse_rotate(tokens: Sequence[Any]) -> Transform | None:
    """Return the transform of the property `rotate`: an angle with an optional axis before or after it."""
    given = significant(tokens)
    if _is_none(tokens):
        return _identity
    angles = [value for token in given if token.type != "number" and (value := angle([token]))]
    rest = [token for token in given if token.type in ("number", "ident")]
    if len(given) == 1 and (value := angle(given)):
        return _rotation(value, _AXES["z"])
    if len(angles) != 1 or len(rest) != len(given) - 1:
        return None
    if len(rest) == 1 and rest[0].type == "ident" and rest[0].lower_value in _AXES:
        return _rotation(angles[0], _AXES[rest[0].lower_value])
    if len(rest) == 3 and all(token.type == "number" for token in rest):
        return _rotation(angles[0], tuple(float(token.value) for token in rest))
    return None


def _is_none(tokens: Sequence[Any]) -> bool:
    given = significant(tokens)
    return len(given) == 1 and given[0].type == "ident" and given[0].lower_value == "none"


def parse_origin(tokens: Sequence[Any], unitless: bool = False) -> tuple[Quantity, Quantity] | None:
    """Return x and y of `transform-origin`, or None if it is invalid."""
    given = significant(tokens)
    if len(given) == 3 and length(given[2:], unitless) is not None:
        given = given[:2]  # z has no effect in a plane
    if len(given) not in (1, 2):
        return None
    words = [token.lower_value if token.type == "ident" else "" for token in given]
    if len(given) == 1:
        words.append("center")
        given = [*given, given[0]]
    if words[0] in ("top", "bottom") or words[1] in ("left", "right"):
        words.reverse()
        given = [given[1], given[0]]
        if not all(words):  # only keywords may be in reverse order
            return None
    found = []
    for word, token, allowed in zip(words, given, (("left", "right"), ("top", "bottom")), strict=True):
        shares = {allowed[0]: 0.0, "center": 0.5, allowed[1]: 1.0}
        if word in shares:
            share = shares[word]
            value: Quantity | None = Quantity("percent", lambda basis, share=share: share * basis.whole)  # type: ignore[misc]
        else:
            value = length([token], unitless) if not word else None
        if value is None:
            return None
        found.append(value)
    return found[0], found[1]
