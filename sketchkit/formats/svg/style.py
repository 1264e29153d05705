"""Computed values of the properties: inheritance, keywords and variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import tinycss2

from sketchkit.formats.svg.limits import MAX_VALUE, Budget
from sketchkit.formats.svg.properties import (
    KEYWORDS,
    PROPERTIES,
    Declaration,
    Keyword,
    Pending,
    attribute_value,
    has_variable,
)
from sketchkit.formats.svg.quantities import Basis, Quantity, parse, significant, split

__all__ = ["Style"]

_INHERITED = tuple(name for name, known in PROPERTIES.items() if known.inherited)
_INITIAL = {name: known.initial for name, known in PROPERTIES.items()}


class Style:
    """Computed values of the properties of an element.

    Parameters
    ----------
    values : mapping
        Values by property name.
    variables : mapping
        Text of custom properties, by name.
    """

    def __init__(self, values: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        self.values = values
        self.variables = variables
        self._plain: Style | None = None  # style of child elements that have no declarations

    @classmethod
    def initial(cls, variables: Mapping[str, str] | None = None) -> Style:
        """Return the initial style of a document; `variables` are the initial values in `@property` rules."""
        return cls(_INITIAL, variables or {})

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def inside(
        self, attributes: Mapping[str, str], declared: Sequence[Declaration], work: Budget, rem: float = 16.0
    ) -> Style:
        """Return the style of an element whose parent has this style.

        Parameters
        ----------
        attributes : mapping
            Attributes of the element; only presentation attributes are used.
        declared : sequence of Declaration
            Declarations in ascending precedence.
        work : Budget
            Budget for the replacement of variables.
        rem : float
            Font size of the root, px.
        """
        specified: dict[str, Any] = {}
        for name, text in attributes.items():
            known = PROPERTIES.get(name)
            if known and known.attribute and (value := attribute_value(name, text)) is not None:
                specified[name] = value
        custom: dict[str, str] = {}
        for item in declared:
            (custom if item.name.startswith("--") else specified)[item.name] = item.value
        if not specified and not custom:
            if self._plain is None:
                inherited = {name: self.values[name] for name in _INHERITED}
                self._plain = Style({**_INITIAL, **inherited}, self.variables)
            return self._plain
        variables = self.variables
        if custom:
            work.spend(len(custom) + len(variables))
            variables = _Variables(self.variables, custom, work).resolved()
        values = {**_INITIAL, **{name: self.values[name] for name in _INHERITED}}
        for name, value in specified.items():
            values[name] = self._computed(name, value, variables, work)
        size = values["font-size"]
        if isinstance(size, Quantity):
            em = float(self.values["font-size"])
            values["font-size"] = size.value(Basis(em, em, rem))
        width = values["stroke-width"]
        if width is not self.values["stroke-width"]:
            em = values["font-size"]  # children inherit the width in px; their own font size does not change it
            values["stroke-width"] = Quantity(width.kind, lambda basis: width.resolve(replace(basis, em=em)))
        return Style(values, variables)

    def _computed(self, name: str, value: Any, variables: Mapping[str, str], work: Budget) -> Any:
        if isinstance(value, Pending):
            text = _Variables(variables, {}, work).replaced(value.tokens)
            tokens = parse(text) if text else []
            if len(tokens) == 1 and tokens[0].type == "ident" and tokens[0].lower_value in KEYWORDS:
                value = KEYWORDS[tokens[0].lower_value]
            else:
                value = PROPERTIES[name].parse(tokens, False) if tokens else None
            if value is None:
                value = Keyword("unset")  # the value is invalid after the replacement of variables
        if not isinstance(value, Keyword):
            return value
        if value.name == "inherit" or (value.name != "initial" and PROPERTIES[name].inherited):
            return self.values[name]
        return PROPERTIES[name].initial

    def basis(self, whole: float, rem: float = 16.0) -> Basis:
        """Return the reference values of the element's lengths."""
        return Basis(whole, float(self.values["font-size"]), rem)


class _Variables:
    """Replaces variables with their values (CSS Custom Properties 1).

    Parameters
    ----------
    inherited : mapping
        Inherited variables; their values contain no references.
    own : mapping
        Declared variables; their values may refer to other variables.
    work : Budget
    """

    def __init__(self, inherited: Mapping[str, str], own: Mapping[str, str], work: Budget) -> None:
        self.own = own
        self.work = work
        self.known: dict[str, str | None] = {**inherited}
        for name in own:
            if own[name].lower() not in ("inherit", "unset", "revert", "revert-layer"):
                self.known.pop(name, None)
        self.open: set[str] = set()

    def resolved(self) -> dict[str, str]:
        """Return all variables that have a valid value."""
        for name in self.own:
            self._variable(name)
        return {name: value for name, value in self.known.items() if value is not None}

    def replaced(self, tokens: Sequence[Any]) -> str | None:
        """Return tokens as text with references replaced; None if a reference is invalid or the text is too long."""
        found: list[str] = []
        for token in tokens:
            value: str | None
            if token.type == "function" and token.lower_name == "var":
                value = self._reference(token)
            elif token.type == "function" and has_variable(token.arguments):
                inner = self.replaced(token.arguments)
                value = None if inner is None else f"{tinycss2.serialize([token]).partition('(')[0]}({inner})"
            else:
                value = token.serialize()
            if value is None:
                return None
            found.append(value)
        text = "/**/".join(found)  # empty comments keep adjacent tokens apart
        self.work.spend(10 + len(text) // 4)
        return text if len(text) <= MAX_VALUE else None

    def _variable(self, name: str) -> str | None:
        if name not in self.known:
            if name in self.open or name not in self.own:
                return None  # variables that refer to each other in a circle are invalid
            text = self.own[name]
            self.open.add(name)
            if text.lower() == "initial" or len(text) > MAX_VALUE:
                value = None
            else:
                value = self.replaced(tinycss2.parse_component_value_list(text)) if "var(" in text.lower() else text
            self.open.discard(name)
            self.known[name] = value
        return self.known[name]

    def _reference(self, token: Any) -> str | None:
        named = significant(split(token.arguments)[0])
        if len(named) != 1 or named[0].type != "ident" or not named[0].value.startswith("--"):
            return None
        value = self._variable(named[0].value)
        comma = next((i for i, part in enumerate(token.arguments) if part == ","), None)
        return self.replaced(token.arguments[comma + 1 :]) if value is None and comma is not None else value
