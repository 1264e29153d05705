"""The properties of CSS that decide whether and where a shape is drawn, and their computed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from sketchkit.formats.svg.paint import NONE, Paint, parse_alpha, parse_paint
from sketchkit.formats.svg.quantities import (
    Basis,
    Quantity,
    constant,
    length,
    number,
    parse,
    quantity,
    significant,
)
from sketchkit.formats.svg.transforms import (
    parse_origin,
    parse_rotate,
    parse_scale,
    parse_transform,
    parse_transform_attribute,
    parse_translate,
)

__all__ = [
    "KEYWORDS", "PROPERTIES", "Declaration", "Keyword", "Pending", "Property", "attribute_value", "declarations",
    "has_variable",
]  # fmt: skip

#: Function that parses tokens. Its second argument tells whether the tokens are from an attribute. It returns None for
#: an invalid value.
Parser = Callable[[Sequence[Any], bool], Any]


@dataclass(frozen=True)
class Property:
    """Parser and defaults of one property.

    Attributes
    ----------
    parse : callable
    initial
        Value if none is specified or inherited.
    inherited : bool
    attribute : bool
        Whether SVG has an attribute of this name.
    """

    parse: Parser
    initial: Any
    inherited: bool = False
    attribute: bool = True


@dataclass(frozen=True)
class Declaration:
    """A property with its value: a parsed value, a `Keyword`, or a `Pending` value that contains variables."""

    name: str
    value: Any
    important: bool = False


@dataclass(frozen=True)
class Keyword:
    """A value that any property may have: inherit, initial, unset, revert or revert-layer."""

    name: str


@dataclass(frozen=True)
class Pending:
    """A value with variables, which are replaced when the style of an element is computed."""

    tokens: tuple[Any, ...]


KEYWORDS = {name: Keyword(name) for name in ("inherit", "initial", "unset", "revert", "revert-layer")}


def _word(tokens: Sequence[Any], allowed: Sequence[str] = ()) -> str | None:
    given = significant(tokens)
    if len(given) != 1 or given[0].type != "ident" or (allowed and given[0].lower_value not in allowed):
        return None
    return str(given[0].lower_value)


def _words_of(*allowed: str) -> Parser:
    return lambda tokens, attribute: _word(tokens, allowed)


def _display(tokens: Sequence[Any], attribute: bool) -> str | None:
    words = [token.lower_value for token in significant(tokens) if token.type == "ident"]
    return " ".join(words) or None


def _opacity(tokens: Sequence[Any], attribute: bool) -> float | None:
    found = number(significant(tokens))
    return None if found is None else min(max(found.value(Basis(1.0)), 0.0), 1.0)


def _length(tokens: Sequence[Any], attribute: bool) -> Quantity | None:
    return length(significant(tokens), unitless=True)  # browsers accept numbers without a unit in CSS, too


def _extent(tokens: Sequence[Any], attribute: bool) -> Quantity | None:
    """Return a length that is not negative; "auto" has the length 0."""
    if _word(tokens) == "auto":
        return constant(0.0, "percent")
    found = _length(tokens, attribute)
    return None if found is None or found.value(Basis(100.0)) < 0 else found


def _radius(tokens: Sequence[Any], attribute: bool) -> Quantity | str | None:
    return "auto" if _word(tokens) == "auto" else _extent(tokens, attribute)


def _stroke_width(tokens: Sequence[Any], attribute: bool) -> Quantity | None:
    found = _length(tokens, attribute)
    return None if found is None or found.value(Basis(100.0)) < 0 else found


def _font_size(tokens: Sequence[Any], attribute: bool) -> Quantity | None:
    sizes = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
    shares = {"xxx-large": 3.0, "smaller": 1 / 1.2, "larger": 1.2}
    word = _word(tokens) or ""
    if word in sizes:
        return constant(sizes[word], "length")
    if word in shares:
        return Quantity("length", lambda basis: shares[word] * (basis.rem if word[0] == "x" else basis.em))
    return _extent(tokens, attribute)


def _color(tokens: Sequence[Any], attribute: bool) -> Any:
    found = parse_alpha(tokens)
    return Keyword("inherit") if found == "current" else found


def _path(tokens: Sequence[Any], attribute: bool) -> str | None:
    """Return the data of `path("...")`; "" for `none`."""
    given = significant(tokens)
    if _word(given) == "none":
        return ""
    if len(given) != 1 or given[0].type != "function" or given[0].lower_name != "path":
        return None
    inside = significant(given[0].arguments)
    return str(inside[0].value) if len(inside) == 1 and inside[0].type == "string" else None


def _origin(tokens: Sequence[Any], attribute: bool) -> Any:
    return parse_origin(tokens, unitless=attribute)


def _effect(tokens: Sequence[Any], attribute: bool) -> bool:
    """Return whether the value has an effect; all values except `none` and `normal` do."""
    return _word(tokens) not in ("none", "normal")


def _filter(tokens: Sequence[Any], attribute: bool) -> bool:
    """Return whether the filter makes everything transparent."""
    calls = [token for token in significant(tokens) if token.type == "function" and token.lower_name == "opacity"]
    return any(_opacity(call.arguments, False) == 0 for call in calls)


def _transform(parse_css: Callable[[Sequence[Any]], Any]) -> Parser:
    return lambda tokens, attribute: parse_css(tokens)


_OPACITY = Property(_opacity, 1.0, inherited=True)
_NO_LENGTH = Property(_length, constant(0.0, "length"))
_NO_EXTENT = Property(_extent, constant(0.0, "percent"))
_MARKER = Property(lambda tokens, attribute: parse_paint(tokens), NONE, inherited=True)

PROPERTIES: dict[str, Property] = {
    "fill": Property(lambda tokens, attribute: parse_paint(tokens), Paint("color"), inherited=True),
    "stroke": Property(lambda tokens, attribute: parse_paint(tokens), NONE, inherited=True),
    "stroke-width": Property(_stroke_width, constant(1.0, "length"), inherited=True),
    "stroke-linecap": Property(_words_of("butt", "round", "square"), "butt", inherited=True),
    "fill-opacity": _OPACITY,
    "stroke-opacity": _OPACITY,
    "visibility": Property(_words_of("visible", "hidden", "collapse"), "visible", inherited=True),
    "color": Property(_color, 1.0, inherited=True),
    "font-size": Property(_font_size, 16.0, inherited=True),
    "marker-start": _MARKER,
    "marker-mid": _MARKER,
    "marker-end": _MARKER,
    "display": Property(_display, "inline"),
    "content-visibility": Property(_words_of("visible", "auto", "hidden"), "visible", attribute=False),
    "opacity": Property(_opacity, 1.0),
    "transform": Property(_transform(parse_transform), None),
    "translate": Property(_transform(parse_translate), None, attribute=False),
    "rotate": Property(_transform(parse_rotate), None, attribute=False),
    "scale": Property(_transform(parse_scale), None, attribute=False),
    "transform-origin": Property(_origin, None),
    "transform-box": Property(
        _words_of("view-box", "fill-box", "content-box", "stroke-box", "border-box"), "view-box", attribute=False
    ),
    "x": _NO_LENGTH,
    "y": _NO_LENGTH,
    "cx": _NO_LENGTH,
    "cy": _NO_LENGTH,
    "r": _NO_EXTENT,
    "width": _NO_EXTENT,
    "height": _NO_EXTENT,
    "rx": Property(_radius, "auto"),
    "ry": Property(_radius, "auto"),
    "d": Property(_path, ""),
    "stop-color": Property(_color, 1.0),
    "stop-opacity": Property(_opacity, 1.0),
    "clip-path": Property(_effect, False),
    "mask": Property(_effect, False),
    "filter": Property(_filter, False),
    "offset-path": Property(_effect, False, attribute=False),
    "animation": Property(_effect, False, attribute=False),
}

_ALIASES = {"mask-image": "mask", "animation-name": "animation", "offset": "offset-path"}
_SHORTHANDS = {"marker": ("marker-start", "marker-mid", "marker-end"), "font": ("font-size",), "all": tuple(PROPERTIES)}


@lru_cache(maxsize=4096)
def attribute_value(name: str, text: str) -> Any:
    """Return the value of a presentation attribute, or None if it is invalid."""
    if name == "d":
        return text
    if name == "transform":
        found = parse_transform_attribute(text)
        if found is not None:
            return found
    tokens = parse(text)
    if len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value in KEYWORDS:
        return KEYWORDS[tokens[0].lower_value]
    if "var(" in text.lower() and has_variable(tokens):
        return Pending(tuple(tokens))
    return None if name == "transform" else PROPERTIES[name].parse(tokens, True)


@lru_cache(maxsize=1024)
def _inline(text: str) -> tuple[Declaration, ...]:
    return tuple(_read(tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)))


def declarations(source: str | Iterable[Any]) -> Sequence[Declaration]:
    """Return the valid declarations of the properties in this module and of custom properties.

    Parameters
    ----------
    source : str or iterable
        A `style` attribute, or declarations that tinycss2 has parsed.
    """
    if isinstance(source, str):
        return _inline(source) if source else ()
    return tuple(_read(source))


def _read(items: Iterable[Any]) -> Iterable[Declaration]:
    for item in items:
        if item.type != "declaration":
            continue
        if item.name.startswith("--"):
            yield Declaration(item.name, tinycss2.serialize(item.value).strip(), item.important)
            continue
        name = item.lower_name.removeprefix("-webkit-")
        name = _ALIASES.get(name, name)
        tokens = significant(item.value)
        for plain in _SHORTHANDS.get(name, (name,)):
            if plain in PROPERTIES and (value := _declared(name, plain, tokens)) is not None:
                yield Declaration(plain, value, item.important)


def _declared(name: str, plain: str, tokens: list[Any]) -> Any:
    """Return the value of a property that is declared by its own name or by the name of a shorthand."""
    if len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value in KEYWORDS:
        return KEYWORDS[tokens[0].lower_value]
    if has_variable(tokens):
        return Pending(tuple(tokens))
    if name == "all":
        return None
    return PROPERTIES[plain].parse(_size_of(tokens) if name == "font" else tokens, False)


def _size_of(tokens: list[Any]) -> list[Any]:
    """Return the font size in a value of the `font` shorthand."""
    return [token for token in tokens if quantity(token) is not None and token.type != "number"][:1]


def has_variable(tokens: Iterable[Any]) -> bool:
    """Return whether there is a var() in tokens, at any depth."""
    for token in tokens:
        if token.type == "function" and (token.lower_name == "var" or has_variable(token.arguments)):
            return True
        if token.type.endswith("block") and has_variable(token.content):
            return True
    return False
