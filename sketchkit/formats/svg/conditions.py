"""Conditional attributes: languages and extensions that an element requires (SVG 2, section 5.7)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

__all__ = ["is_supported"]

_LANGUAGE = "en"
_EXTENSIONS = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML")


def is_supported(element: Element) -> bool:
    """Return whether a browser set to English supports what an element requires."""
    languages = element.get("systemLanguage")
    if languages is not None and not any(word.strip()[:2].lower() == _LANGUAGE for word in languages.split(",")):
        return False
    extensions = element.get("requiredExtensions")
    return extensions is None or (bool(extensions.split()) and all(name in _EXTENSIONS for name in extensions.split()))
