"""Parsing of an SVG document to a tree of elements: compression, encoding, entities and size limits."""

from __future__ import annotations

import codecs
import re
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from sketchkit.formats.raster_image import reject_raster_image
from sketchkit.formats.svg.limits import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_ENTITIES,
    MAX_ENTITY,
    MAX_EXPANDED,
    MAX_VALUE,
)

__all__ = ["STYLE_SHEET_LINK", "load", "parse", "tag_of"]

#: Attribute that the parser adds to the root element: the number of style sheets to which processing instructions
#: refer. No document can contain this attribute, because XML does not allow names that begin with a hyphen.
STYLE_SHEET_LINK = "--style-sheets"

#: Attributes that are read. Their length is limited.
_BOUNDED = frozenset(
    [
        "fill",
        "stroke",
        "stroke-width",
        "fill-opacity",
        "stroke-opacity",
        "visibility",
        "color",
        "font-size",
        "display",
        "opacity",
        "transform",
        "transform-origin",
        "clip-path",
        "mask",
        "filter",
        "x",
        "x1",
        "x2",
        "cx",
        "rx",
        "width",
        "r",
        "y",
        "y1",
        "y2",
        "cy",
        "ry",
        "height",
        "style",
        "class",
        "viewBox",
        "preserveAspectRatio",
        "systemLanguage",
        "requiredExtensions",
        "id",
        "href",
        "stop-color",
        "stop-opacity",
        "gradientUnits",
        "patternUnits",
        "marker-start",
        "marker-mid",
        "marker-end",
    ]
)

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # checked before UTF-16, because the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_DECLARED_ENCODING = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")

#: Python codecs that are not document encodings, or are slow for long documents.
_NOT_FOR_DOCUMENTS = ("idna", "punycode", "undefined", "utf-7", "unicode-escape", "raw-unicode-escape", "mbcs", "oem")

_PREDEFINED = ("lt", "gt", "amp", "apos", "quot")


def load(source: str | Path | bytes, where: str | None) -> tuple[str, bytes | str]:
    """Return the name of a document for messages, and its contents.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is a raster image, is larger than 8 MiB, or is a damaged gzip file.
    """
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("<"):
        where, text = where or "the document", source.lstrip("\ufeff \t\r\n")
        if len(text) > MAX_BYTES:
            raise ValueError(f"{where}: expected an SVG document of at most {MAX_BYTES:,} characters, got more")
        return where, text.encode("utf-8", "replace").decode("utf-8")  # XML cannot contain lone surrogates
    if isinstance(source, bytes):
        where, data = where or "the document", source
    else:
        where, path = where or str(source), Path(source)
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such SVG file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if data[:2] == b"\x1f\x8b":  # .svgz
        try:
            data = zlib.decompressobj(31).decompress(data, MAX_BYTES + 1)
        except zlib.error as error:
            raise ValueError(f"{where}: expected an SVG document, got a damaged gzip file ({error})") from None
    reject_raster_image(where, data)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{where}: expected an SVG document of at most {MAX_BYTES:,} bytes, got more")
    return where, data


def parse(data: bytes | str, where: str) -> Element:
    """Return the root element.

    Entities are replaced if the document itself declares them and their text refers to no other entity. External
    entities are never read.

    Raises
    ------
    ValueError
        If the document is not well-formed, is not SVG, uses other entities, or is too large or too deep.
    """
    text = data if isinstance(data, str) else _decoded(data, where)
    text = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1) if text[:5] == "<?xml" else text
    tree = _BoundedTree()
    parser = _Parser(text, target=tree)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise ValueError(f"{where}: expected an SVG document without external entities, got {error}") from None
    except _UnsupportedError as error:
        raise ValueError(f"{where}: {error}") from None
    except (ParseError, ValueError, LookupError) as error:
        raise ValueError(f"{where}: expected a well-formed SVG document: {error}") from None
    if tag_of(root) != "svg":
        raise ValueError(f"{where}: expected an SVG document, got one that begins with <{str(root.tag)[:60]}>")
    if tree.style_sheets:
        root.set(STYLE_SHEET_LINK, str(tree.style_sheets))
    return root


def tag_of(element: Element) -> str | None:
    """Return the name of an SVG element, or None for comments and elements of other vocabularies."""
    if not isinstance(element.tag, str):
        return None
    space, _, name = element.tag.rpartition("}")
    return name if space in ("", "{http://www.w3.org/2000/svg") else None


def _decoded(data: bytes, where: str) -> str:
    """Decode the text of a document.

    A byte-order mark takes precedence over the declaration, as in browsers. The encoding is UTF-8 if Python does not
    know the declared encoding, or if a document declares UTF-16 or UTF-32 in single-byte characters.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    declared = None if encoding else _DECLARED_ENCODING.match(data[:1024])
    if declared:
        try:
            codec = codecs.lookup(declared[1].decode("ascii"))
        except (LookupError, ValueError):
            codec = None
        name = codec.name.replace("_", "-") if codec else "utf-8"
        if name not in _NOT_FOR_DOCUMENTS and not name.startswith(("utf-16", "utf-32", "utf-8")):
            try:
                return data.decode(name, "replace")
            except (LookupError, ValueError):  # the codec converts bytes to bytes
                pass
    try:
        return data.decode(encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{where}: expected a well-formed SVG document in {encoding or 'UTF-8'}, got an invalid byte at position "
            f"{error.start:,}; the XML declaration does not name a usable encoding"
        ) from None


class _UnsupportedError(ValueError):
    """The document is well-formed, but exceeds a limit or uses XML entities that are not read."""


class _BoundedTree(TreeBuilder):
    """Builds the tree and raises an error if it becomes too large or too deep."""

    count = depth = characters = style_sheets = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self.count += 1
        self.depth += 1
        if self.count > MAX_ELEMENTS or self.depth > MAX_DEPTH:
            raise _UnsupportedError(f"expected at most {MAX_ELEMENTS:,} elements and {MAX_DEPTH} levels, got more")
        for name, value in attrs.items():
            if len(value) > MAX_VALUE and name in _BOUNDED:
                raise _UnsupportedError(f"expected at most {MAX_VALUE:,} characters of {name}, got {len(value):,}")
            self.characters += len(value)  # a DTD can give long default values to every element
        if self.characters > MAX_BYTES:
            raise _UnsupportedError(f"expected at most {MAX_BYTES:,} characters of attributes, got more")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Element:
        self.depth -= 1
        return super().end(tag)

    def pi(self, target: str, text: str | None = None) -> None:  # type: ignore[override]
        """Count references to style sheets; other processing instructions are ignored."""
        self.style_sheets += target == "xml-stylesheet"


class _Parser(DefusedXMLParser):
    """An XML parser that replaces entities whose value is literal text. The use of other entities is an error.

    Parameters
    ----------
    text : str
        The document, in which the references to each entity are counted.
    target : TreeBuilder
    """

    def __init__(self, text: str, target: TreeBuilder) -> None:
        super().__init__(target=target, encoding="utf-8", forbid_entities=False)
        self.text = text
        self.entities = self.expanded = 0
        self.parser.EntityDeclHandler = self._declare

    def _declare(
        self, name: str, is_parameter: bool, value: str | None, base: Any, system: Any, public: Any, notation: Any
    ) -> None:
        self.entities += 1
        if self.entities > MAX_ENTITIES:
            raise _UnsupportedError(f"expected at most {MAX_ENTITIES} XML entities, got more")
        used = self.text.count(f"{'%' if is_parameter else '&'}{name};")
        if not used or (name in _PREDEFINED and not is_parameter):
            return
        if is_parameter or value is None or "&" in value:
            kind = "parameter" if is_parameter else "external" if value is None else "nested"
            raise _UnsupportedError(
                f"expected XML entities of literal text, got the {kind} entity {name[:40]!r}; "
                "save the file as plain SVG"
            )
        self.expanded += used * len(value)
        if len(value) > MAX_ENTITY or self.expanded > MAX_EXPANDED:
            raise _UnsupportedError(
                f"expected at most {MAX_ENTITY:,} characters in an XML entity and {MAX_EXPANDED:,} in all uses of "
                "entities, got more"
            )
