"""Media queries, evaluated as in a browser window on a desktop computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sketchkit.formats.svg.quantities import WINDOW, Basis, Quantity, constant, quantity, significant, split

__all__ = ["media_matches", "supports"]

#: Function that evaluates one token as a condition; it returns None if the condition is unknown.
Leaf = Callable[[Any], bool | None]

_WIDTH, _HEIGHT = WINDOW

#: Values of the numeric features, in px, dots per px or without a unit.
_NUMBERS = {
    "width": _WIDTH,
    "height": _HEIGHT,
    "device-width": _WIDTH,
    "device-height": _HEIGHT,
    "aspect-ratio": _WIDTH / _HEIGHT,
    "device-aspect-ratio": _WIDTH / _HEIGHT,
    "resolution": 1.0,
    "-webkit-device-pixel-ratio": 1.0,
    "color": 8.0,
    "color-index": 0.0,
    "monochrome": 0.0,
    "grid": 0.0,
    "horizontal-viewport-segments": 1.0,
    "vertical-viewport-segments": 1.0,
}

#: Keywords that match, by feature. In a query without a value, such as `(hover)`, a feature matches unless its first
#: keyword is in `_ABSENT`.
_KEYWORDS = {
    "orientation": ("landscape",),
    "prefers-color-scheme": ("light",),
    "prefers-reduced-motion": ("no-preference",),
    "prefers-reduced-data": ("no-preference",),
    "prefers-reduced-transparency": ("no-preference",),
    "prefers-contrast": ("no-preference",),
    "forced-colors": ("none",),
    "inverted-colors": ("none",),
    "hover": ("hover",),
    "any-hover": ("hover",),
    "pointer": ("fine",),
    "any-pointer": ("fine",),
    "update": ("fast",),
    "scripting": ("enabled",),
    "display-mode": ("browser",),
    "color-gamut": ("srgb",),
    "dynamic-range": ("standard",),
    "video-dynamic-range": ("standard",),
    "overflow-block": ("scroll",),
    "overflow-inline": ("scroll",),
    "scan": ("progressive",),
}
_ABSENT = ("none", "no-preference")
_DOTS = {"dppx": 1.0, "x": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
_COMPARISONS = ("<", ">", "=", "<=", ">=")


def media_matches(tokens: Sequence[Any]) -> bool:
    """Return whether a list of media queries matches a screen. An empty list matches."""
    if not significant(tokens):
        return True
    return any(_query(significant(part)) is True for part in split(tokens))


def supports(tokens: Sequence[Any]) -> bool:
    """Return whether the condition of an `@supports` rule is true. Declarations and selectors count as supported."""
    return _condition(significant(tokens), _supported) is True


def _query(tokens: list[Any]) -> bool | None:
    """Return the value of one query: True, False, or None if the value is unknown."""
    words = [token.lower_value if token.type == "ident" else "" for token in tokens[:3]]
    if not words:
        return None
    prefix = words[0] if words[0] in ("not", "only") and len(words) > 1 and words[1] else ""
    at = 1 if prefix else 0
    if not words[at] or words[at] in ("not", "and", "or"):
        return _condition(tokens, _feature)
    matches: bool | None = words[at] in ("all", "screen")
    rest = tokens[at + 1 :]
    if rest:
        if not (rest[0].type == "ident" and rest[0].lower_value == "and" and len(rest) > 1):
            return None
        condition = _condition(rest[1:], _feature)
        matches = None if condition is None else matches and condition
    return matches if prefix != "not" or matches is None else not matches


def _condition(tokens: list[Any], leaf: Leaf) -> bool | None:
    """Return the value of conditions joined by `and`, `or` and `not` (Kleene's logic)."""
    if tokens and tokens[0].type == "ident" and tokens[0].lower_value == "not":
        value = _condition(tokens[1:], leaf) if len(tokens) == 2 else None
        return None if value is None else not value
    if len(tokens) % 2 == 0:
        return None
    joins = {token.lower_value if token.type == "ident" else "" for token in tokens[1::2]}
    if joins - {"and", "or"} or len(joins) > 1:
        return None
    values = [_parenthesis(token, leaf) for token in tokens[::2]]
    decisive = "or" in joins
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _parenthesis(token: Any, leaf: Leaf) -> bool | None:
    if token.type != "() block":
        return leaf(token)
    content = significant(token.content)
    if content and (content[0].type == "() block" or (content[0].type == "ident" and content[0].lower_value == "not")):
        nested = _condition(content, leaf)
        if nested is not None:
            return nested
    return leaf(token)


def _supported(token: Any) -> bool | None:
    if token.type == "function":
        return token.lower_name in ("selector", "font-format", "font-tech")
    content = significant(token.content) if token.type == "() block" else []
    known = len(content) > 2 and content[0].type == "ident" and content[1] == ":"
    return known or None


def _feature(token: Any) -> bool | None:
    """Return the value of `(name)`, `(name: value)` or a comparison."""
    tokens = significant(token.content) if token.type == "() block" else []
    if not tokens:
        return None
    if len(tokens) == 1 and tokens[0].type == "ident":
        return _present(tokens[0].lower_value)
    if tokens[0].type == "ident" and tokens[1] == ":":
        return _equals(tokens[0].lower_value, tokens[2:])
    return _compared(tokens)


def _present(name: str) -> bool | None:
    if name in _NUMBERS:
        return _NUMBERS[name] != 0
    return _KEYWORDS[name][0] not in _ABSENT if name in _KEYWORDS else None


def _equals(name: str, tokens: list[Any]) -> bool | None:
    if name in _KEYWORDS:
        return len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value in _KEYWORDS[name]
    operator, plain = "=", name
    for prefix, sign in (("min-", ">="), ("max-", "<=")):
        bare = name.replace(prefix, "", 1)
        if name.startswith((prefix, f"-webkit-{prefix}")):
            operator, plain = sign, bare
    value = _value(plain, tokens)
    return None if value is None else _compare(_NUMBERS[plain], operator, value)


def _compared(tokens: list[Any]) -> bool | None:
    """Return the value of `width > 10px`, `10px < width` or `10px < width < 20px`."""
    parts: list[list[Any]] = [[]]
    operators: list[str] = []
    for token in tokens:
        if token.type == "literal" and token.value in _COMPARISONS:
            if token.value == "=" and operators and not parts[-1] and operators[-1] in "<>":
                operators[-1] += "="  # "<" and "=" are two tokens
            else:
                operators.append(token.value)
                parts.append([])
        else:
            parts[-1].append(token)
    names = [i for i, part in enumerate(parts) if len(part) == 1 and part[0].type == "ident"]
    if len(parts) not in (2, 3) or len(names) != 1 or (len(parts) == 3 and names != [1]):
        return None
    name = parts[names[0]][0].lower_value
    values = [_NUMBERS.get(name) if i == names[0] else _value(name, part) for i, part in enumerate(parts)]
    if None in values:
        return None
    return all(_compare(values[i], sign, values[i + 1]) for i, sign in enumerate(operators))  # type: ignore[arg-type]


def _value(name: str, tokens: list[Any]) -> float | None:
    """Return the number that a feature is compared with; None if the tokens are not a number."""
    if name not in _NUMBERS or not tokens:
        return None
    given: list[Quantity | None]
    if len(tokens) == 3 and tokens[1] == "/" and name.endswith("aspect-ratio"):
        given = [quantity(tokens[0]), quantity(tokens[2])]
        if given[0] is None or given[1] is None or not given[1].value(Basis()):
            return None
        return given[0].value(Basis()) / given[1].value(Basis())
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.type == "dimension" and token.lower_unit in _DOTS:
        found: Quantity | None = constant(token.value * _DOTS[token.lower_unit], "resolution")
    else:
        found = quantity(token)
    lengths = ("width", "height", "device-width", "device-height")
    kind = "length" if name in lengths else "resolution" if name == "resolution" else "number"
    if found is None or (found.kind != kind and not (kind == "length" and token == 0)):
        zero = found is not None and found.kind == "number" and kind == "length" and found.value(Basis()) == 0
        return 0.0 if zero else None
    return found.value(Basis())


def _compare(a: float, operator: str, b: float) -> bool:
    return {"<": a < b, ">": a > b, "=": a == b, "<=": a <= b, ">=": a >= b}[operator]
