"""Style sheets: the declarations that apply to an element (CSS Cascading and Inheritance 5)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

import tinycss2
from cssselect2 import ElementWrapper, Matcher, compile_selector_list

from sketchkit.formats.svg.limits import MAX_CSS, MAX_SELECTORS, MAX_TRIED, Budget
from sketchkit.formats.svg.media import media_matches, supports
from sketchkit.formats.svg.properties import Declaration, declarations
from sketchkit.formats.svg.quantities import significant, split

__all__ = ["Node", "StyleSheet"]

#: Attribute that marks the root for `:root`. A copy made by a `use` element has no parent either, but is not
#: the root.
ROOT_MARK = "--root"

#: At-rules that do not change the position or paint of shapes.
_SILENT_RULES = ("charset", "font-face", "keyframes", "-webkit-keyframes", "page", "counter-style",
                 "font-feature-values", "font-palette-values", "color-profile", "view-transition")  # fmt: skip
_UNLAYERED = (math.inf,)


class Node(ElementWrapper):
    """An element for selector matching. Each step from one element to another is charged to a budget.

    Parameters
    ----------
    element : Element
    work : Budget
    parent, index, previous, in_html_document
        See `cssselect2.ElementWrapper`.
    """

    def __init__(
        self,
        element: Element,
        work: Budget | None = None,
        parent: Node | None = None,
        index: int = 0,
        previous: Node | None = None,
        in_html_document: bool = False,
    ) -> None:
        self.work: Budget = work or parent.work  # type: ignore[union-attr]
        super().__init__(element, parent, index, previous, in_html_document)
        # The cost increases with the length of the attributes, because selectors can search in them.
        self.cost = 1 + sum(map(len, element.attrib.values())) // 1024
        self._children: list[Node] | None = None

    # Nodes are compared by identity: each copy of an element made by a `use` element has its own node.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @cached_property
    def etree_children(self) -> _Siblings:
        """The child elements."""
        return _Siblings((child for child in self.etree_element if isinstance(child.tag, str)), self.work)

    @property
    def children(self) -> list[Node]:
        """Nodes of the child elements. Each access returns the same nodes."""
        if self._children is None:
            self._children = list(super().iter_children())
        return self._children

    def iter_children(self) -> Iterator[Node]:
        """Yield the nodes of the child elements."""
        for child in self.children:
            self.work.spend(2 * child.cost)
            yield child

    @property
    def ancestors(self) -> Iterator[Node]:
        """The elements that contain this one, the innermost first."""
        node = self.parent
        while node is not None:
            self.work.spend(node.cost)
            yield node
            node = node.parent

    @property
    def previous_siblings(self) -> Iterator[Node]:
        """The siblings before this element, the nearest first."""
        node = self.previous
        while node is not None:
            self.work.spend(node.cost)
            yield node
            node = node.previous


class _Siblings(list[Element]):
    """Sibling elements; each iteration over them is charged to a budget."""

    def __init__(self, elements: Iterable[Element], work: Budget) -> None:
        super().__init__(elements)
        self.work = work

    def __iter__(self) -> Iterator[Element]:
        self.work.spend(len(self))
        return super().__iter__()

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        self.work.spend(len(found) if isinstance(key, slice) else 1)
        return found


class _CountingMatcher(Matcher):
    """Matcher that charges each tested selector to the budget of the element."""

    def add_relevant_selectors(self, element: Node, selectors: list[Any], relevant_selectors: list[Any]) -> None:
        element.work.spend(len(selectors) * element.cost)
        Matcher.add_relevant_selectors(element, selectors, relevant_selectors)


@dataclass(frozen=True)
class _Rule:
    """The declarations of a rule, and the rank of its layer. Higher ranks take precedence."""

    layer: tuple[float, ...]
    declared: tuple[Declaration, ...]
    has_important: bool


class StyleSheet:
    """The rules of all `style` elements.

    Parameters
    ----------
    skipped : Counter
        Counter of skipped rules and selectors, by kind.
    """

    def __init__(self, skipped: Counter[str]) -> None:
        self.skipped = skipped
        self.matcher = _CountingMatcher()
        self.namespaces: dict[str | None, str] = {}
        self.initial_variables: dict[str, str] = {}
        self.layers: dict[tuple[str, ...], int] = {}
        self.characters = Budget(MAX_CSS, f"expected at most {MAX_CSS:,} characters of CSS, got more")
        self.selectors = Budget(MAX_SELECTORS, f"expected at most {MAX_SELECTORS:,} characters of nested CSS, got more")
        self.work = Budget(MAX_TRIED, "too many CSS rules for the number of elements")

    def add(self, text: str, media: str = "") -> None:
        """Add the text of one style sheet, unless it is for other media."""
        self.characters.spend(len(text))
        if text.strip() and media_matches(tinycss2.parse_component_value_list(media)):
            self._rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), None, ())

    def declared(self, node: Node, inline: str) -> list[Declaration]:
        """Return the declarations for an element, including its `style` attribute, in ascending precedence."""
        own = declarations(inline)
        matched = self.matcher.match(node) if self.matcher.order else ()
        rules: list[_Rule] = [rule for _, _, pseudo, rule in matched if pseudo is None]
        node.work.spend(sum(4 + len(rule.declared) for rule in rules))
        if self.layers:
            rules.sort(key=lambda rule: rule.layer)  # the sort is stable, so the order within a layer does not change
        ordered = [item for rule in rules for item in rule.declared if not item.important]
        ordered += [item for item in own if not item.important]
        important = [rule for rule in rules if rule.has_important]
        # For important declarations, the order of the layers is reversed.
        for _, group in groupby(sorted(important, key=lambda rule: rule.layer, reverse=True), lambda rule: rule.layer):
            ordered += [item for rule in group for item in rule.declared if item.important]
        return ordered + [item for item in own if item.important]

    def _rules(self, rules: Iterable[Any], parent: str | None, layer: tuple[str, ...]) -> None:
        """Add rules; `parent` is the selector of the rule that contains them."""
        for kind, group in groupby(rules, key=lambda rule: rule.type):
            together = list(group)
            if kind == "declaration" and parent is not None:
                self._add(parent, together, layer)
            for rule in together:
                if kind == "qualified-rule":
                    self._style_rule(rule, parent, layer)
                elif kind == "at-rule":
                    self._at_rule(rule, parent, layer)

    def _style_rule(self, rule: Any, parent: str | None, layer: tuple[str, ...]) -> None:
        selector = ",".join(_selector_text(part, parent) for part in split(rule.prelude))
        self.selectors.spend(len(selector))
        content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        self._rules(content, selector, layer)

    def _add(self, selector: str, declared: list[Any], layer: tuple[str, ...]) -> None:
        found = declarations(declared)
        if not found:
            return
        rule = _Rule(self._rank_of(layer), tuple(found), any(item.important for item in found))
        try:
            compiled = compile_selector_list(selector, self.namespaces)
        except (ValueError, TypeError, AttributeError, NotImplementedError, SyntaxError, MemoryError):
            self.skipped["CSS selector"] += 1  # invalid, or not supported by cssselect2
            return
        for part in compiled:
            self.matcher.add_selector(part, rule)

    def _at_rule(self, rule: Any, parent: str | None, layer: tuple[str, ...]) -> None:
        name = rule.lower_at_keyword
        if name == "layer":
            names = [tuple(_words(part)) for part in split(rule.prelude) if significant(part)]
            if rule.content is None:
                for named in names:
                    self._rank_of((*layer, *named))
                return
            layer = (*layer, *(names[0] if names else (f"anonymous {len(self.layers)}",)))
            self._rank_of(layer)
        elif name in ("namespace", "property"):
            (self._namespace if name == "namespace" else self._property)(rule)
            return
        elif name == "media":
            if not media_matches(rule.prelude):
                return
        elif name == "supports":
            if not supports(rule.prelude):
                return
        else:
            if name not in _SILENT_RULES:
                self.skipped[f"CSS @{name[:40]}"] += 1
            return
        if rule.content is not None:
            parse = tinycss2.parse_rule_list if parent is None else tinycss2.parse_blocks_contents
            self._rules(parse(rule.content, skip_comments=True, skip_whitespace=True), parent, layer)

    def _property(self, rule: Any) -> None:
        for item in tinycss2.parse_blocks_contents(rule.content or ()):
            if item.type == "declaration" and item.lower_name == "initial-value":
                self.initial_variables["".join(_words(rule.prelude))] = tinycss2.serialize(item.value).strip()

    def _namespace(self, rule: Any) -> None:
        tokens = significant(rule.prelude)
        prefix = tokens[0].value if len(tokens) == 2 and tokens[0].type == "ident" else None
        address = tokens[-1] if tokens else None
        if address is not None and address.type == "function" and len(address.arguments) == 1:
            address = address.arguments[0]
        if address is not None and address.type in ("string", "url") and len(tokens) == (1 if prefix is None else 2):
            self.namespaces[prefix] = address.value

    def _rank_of(self, layer: tuple[str, ...]) -> tuple[float, ...]:
        """Return the rank of a layer.

        Layers rank in the order in which they are first named; rules outside layers rank highest.
        """
        ranks = []
        for depth in range(1, len(layer) + 1):
            self.layers.setdefault(layer[:depth], len(self.layers))
            ranks.append(float(self.layers[layer[:depth]]))
        return (*ranks, *_UNLAYERED)


def _words(tokens: Sequence[Any]) -> list[str]:
    """Return the identifiers of a dotted name."""
    return [token.value for token in significant(tokens) if token.type == "ident"]


def _selector_text(tokens: list[Any], parent: str | None) -> str:
    """Return a selector with `&` and `:root` replaced by selectors that cssselect2 knows."""
    text, nested = _rewritten(tokens, parent)
    return text if parent is None or nested else f":is({parent}) {text}"


def _rewritten(tokens: Sequence[Any], parent: str | None) -> tuple[str, bool]:
    parts: list[str] = []
    nested = False
    for i, token in enumerate(tokens):
        if token.type == "literal" and token.value == "&":
            nested = True
            parts.append(f":is({parent})" if parent is not None else f"[{ROOT_MARK}]")
        elif token.type == "literal" and token.value == ":" and _is_root(tokens[i + 1 : i + 2]):
            parts.append(f"[{ROOT_MARK}]")
        elif token.type == "ident" and i and tokens[i - 1] == ":" and _is_root([token]):
            continue
        elif token.type == "function":
            inner, inside = _rewritten(token.arguments, parent)
            nested = nested or inside
            parts.append(f"{tinycss2.serialize([token]).partition('(')[0]}({inner})")
        else:
            parts.append(token.serialize())
    return "".join(parts), nested


def _is_root(tokens: Sequence[Any]) -> bool:
    return bool(tokens) and tokens[0].type == "ident" and tokens[0].lower_value in ("root", "scope")
