"""Visibility of CSS and SVG paint; colors are ignored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tinycss2.color5 import parse_color

from sketchkit.formats.svg.quantities import Basis, number, significant, split

__all__ = ["CURRENT", "NONE", "Paint", "parse_alpha", "parse_paint"]

_COLOR_FUNCTIONS = re.compile(
    r"rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark|device-cmyk|contrast-color"
)
_SYSTEM_COLORS = frozenset(
    [
        "accentcolor",
        "accentcolortext",
        "activetext",
        "buttonborder",
        "buttonface",
        "buttontext",
        "canvas",
        "canvastext",
        "field",
        "fieldtext",
        "graytext",
        "highlight",
        "highlighttext",
        "linktext",
        "mark",
        "marktext",
        "selecteditem",
        "selecteditemtext",
        "visitedtext",
        "activeborder",
        "activecaption",
        "appworkspace",
        "background",
        "buttonhighlight",
        "buttonshadow",
        "captiontext",
        "inactiveborder",
        "inactivecaption",
        "inactivecaptiontext",
        "infobackground",
        "infotext",
        "menu",
        "menutext",
        "scrollbar",
        "threeddarkshadow",
        "threedface",
        "threedhighlight",
        "threedlightshadow",
        "threedshadow",
        "window",
        "windowframe",
        "windowtext",
    ]
)


@dataclass(frozen=True)
class Paint:
    """A value of `fill` or `stroke`.

    Attributes
    ----------
    kind : {"none", "color", "current", "server", "context-fill", "context-stroke"}
        "current" is currentColor; "server" is a gradient or pattern.
    alpha : float
        Alpha of a color, 0 to 1.
    target : str
        Identifier of the gradient or pattern.
    fallback : Paint, optional
        Paint in place of a gradient or pattern that cannot be painted.
    """

    kind: str
    alpha: float = 1.0
    target: str = ""
    fallback: Paint | None = None


NONE = Paint("none")
CURRENT = Paint("current")


def parse_paint(tokens: Sequence[Any]) -> Paint | None:
    """Return a value of `fill` or `stroke`, or None if it is invalid."""
    tokens = significant(tokens)
    if not tokens:
        return None
    first = tokens[0]
    address = first.value if first.type == "url" else None
    if first.type == "function" and first.lower_name == "url":
        inner = significant(first.arguments)
        address = inner[0].value if len(inner) == 1 and inner[0].type == "string" else None
    if address is not None:
        fallback = parse_paint(tokens[1:]) if len(tokens) > 1 else None
        if len(tokens) > 1 and (fallback is None or fallback.kind not in ("none", "color", "current")):
            return None
        target = address.strip()[1:] if address.strip().startswith("#") else ""
        return Paint("server", target=target, fallback=fallback)
    if len(tokens) != 1:
        return None
    if first.type == "ident" and first.lower_value in ("none", "context-fill", "context-stroke"):
        return Paint(first.lower_value)
    alpha = parse_alpha(tokens)
    return None if alpha is None else CURRENT if alpha == "current" else Paint("color", float(alpha))


def parse_alpha(tokens: Sequence[Any]) -> float | str | None:
    """Return the alpha of a color, "current" for currentColor, or None if the tokens are not a color."""
    tokens = significant(tokens)
    if len(tokens) != 1 or tokens[0].type not in ("ident", "hash", "function"):
        return None
    token = tokens[0]
    if token.type == "ident" and token.lower_value in _SYSTEM_COLORS:
        return 1.0
    try:
        color = parse_color(token, color_schemes=("light",))
    except (ValueError, TypeError, IndexError, AttributeError, AssertionError, ArithmeticError):
        color = None  # tinycss2 raises these errors for malformed functions
    if color == "currentcolor":
        return "current"
    if color is not None:
        return float(color.alpha)
    if token.type == "function" and _COLOR_FUNCTIONS.fullmatch(token.lower_name):
        return _function_alpha(token)
    return None


def _function_alpha(token: Any) -> float | None:
    """Return the alpha of a color that browsers support but tinycss2 does not: a mixture or a relative color."""
    if token.lower_name == "color-mix":
        mixed = [
            parse_alpha([part for part in significant(parts) if part.type != "percentage"])
            for parts in split(token.arguments)[1:]
        ]
        if len(mixed) < 2 or None in mixed:
            return None
        return max(1.0 if alpha == "current" else float(alpha) for alpha in mixed if alpha is not None)
    arguments = significant(token.arguments)
    given = split(arguments, "/")
    if len(given) == 2 and (alpha := number(given[1])):
        return min(max(alpha.value(Basis(1.0)), 0.0), 1.0)
    calculated = any(part.type == "function" for part in arguments)
    relative = bool(arguments) and arguments[0].type == "ident" and arguments[0].lower_value == "from"
    return 1.0 if relative or calculated else None
