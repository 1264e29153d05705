"""Gradients and patterns: whether they paint anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.etree.ElementTree import Element

from sketchkit.formats.svg.document import tag_of
from sketchkit.formats.svg.style import Style

__all__ = ["Servers"]

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_MAX_LINKS = 10


class Servers:
    """The gradients and patterns of a document.

    Parameters
    ----------
    by_id : mapping
        Elements by identifier.
    style_of : callable
        Function that returns the style of an element, given the element and the style of its parent.
    """

    def __init__(self, by_id: Mapping[str, Element], style_of: Callable[[Element, Style], Style]) -> None:
        self.by_id = by_id
        self.style_of = style_of
        self.known: dict[str, bool] = {}

    def shown(self, name: str, has_extent: Callable[[], bool]) -> bool | None:
        """Return whether a gradient or pattern paints something; None if its fallback is used instead.

        Parameters
        ----------
        name : str
            Identifier of the gradient or pattern.
        has_extent : callable
            Returns whether the bounding box of the shape has an area.
        """
        server = self.by_id.get(name)
        if server is None or tag_of(server) not in ("linearGradient", "radialGradient", "pattern"):
            return None
        units = "patternUnits" if tag_of(server) == "pattern" else "gradientUnits"
        given = next((link.get(units, "") for link in self._chain(server) if link.get(units)), "")
        if given.strip() != "userSpaceOnUse" and not has_extent():
            return None
        if name not in self.known:
            self.known[name] = self._pattern(server) if tag_of(server) == "pattern" else self._gradient(server)
        return self.known[name]

    def _chain(self, server: Element) -> Iterator[Element]:
        """Yield an element and the elements from which it inherits missing attributes and contents."""
        for _ in range(_MAX_LINKS):
            yield server
            address = server.get("href", server.get(_XLINK_HREF, "")).strip()
            following = self.by_id.get(address[1:]) if address.startswith("#") else None
            if following is None:
                return
            server = following

    def _pattern(self, server: Element) -> bool:
        return any(tag_of(child) is not None for link in self._chain(server) for child in link)

    def _gradient(self, server: Element) -> bool:
        for link in self._chain(server):
            stops = [child for child in link if tag_of(child) == "stop"]
            if stops:
                around = self.style_of(link, Style.initial())
                styles = [self.style_of(stop, around) for stop in stops]
                return any(style["stop-opacity"] > 0 and style["stop-color"] > 0 for style in styles)
        return False
