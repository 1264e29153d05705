"""SVG documents as drawings: what a browser would stroke becomes strokes, in document order.

XML comes through defusedxml with entities refused, CSS through tinycss2; svgelements reads path data, transforms,
lengths and viewBoxes. The tree is walked here, so that everything that can grow (elements, depth, what `use`
repeats, points) has a bound.
"""

from __future__ import annotations

import logging
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import numpy as np
from numpy.typing import NDArray

from sketchkit.formats.raster_image import refuse_pixels
from sketchkit.sketch import Sketch

if TYPE_CHECKING:
    from svgelements import Path as SvgPath

__all__ = ["FILLS", "read_svg"]

logger = logging.getLogger("sketchkit")

#: Bounds on one document.
MAX_BYTES = 8 << 20
MAX_ELEMENTS = 20_000  # those that `use` repeats are counted each time
MAX_DEPTH = 100
MAX_POINTS = 50_000
MAX_READ = 1 << 20  # characters of path data, styles and transforms, likewise
MAX_VALUE = 2048  # characters of an attribute that is read, path data apart
MAX_CSS = 1 << 16  # characters of style sheets
MAX_TRIED = 1_000_000  # CSS rules tried on elements
MAX_COORDINATE = 1e9

#: What becomes of shapes that are filled but not stroked.
FILLS = ("auto", "outline", "skip")

#: Fills of at most this share of the page are dots.
SMALL = 0.06

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_CONTAINERS = ("svg", "g", "a", "switch", "symbol")
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
_SILENT = ("defs", "style", "title", "desc", "metadata")  # nothing in them is drawn, so nothing is missed
_STYLED = ("fill", "stroke", "stroke-width", "fill-opacity", "stroke-opacity", "visibility")  # these are inherited
_OWN = ("display", "opacity", "transform", "clip-path", "mask")  # these are not
_ACROSS = ("x", "x1", "x2", "cx", "rx", "width", "r")
_DOWN = ("y", "y1", "y2", "cy", "ry", "height")  # lengths whose percentages refer to the viewport's height
_VALUES = (*_STYLED, *_OWN, *_ACROSS, *_DOWN, "style", "class", "viewBox", "preserveAspectRatio")
_INITIAL = dict(zip(_STYLED, ("black", "none", "1", "1", "1", "visible"), strict=True))
_COMPOUND = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)")


def read_svg(
    source: str | Path | bytes,
    *,
    size: float | None = 255.0,
    tolerance: float = 0.1,
    fills: str = "auto",
    skipped: Counter[str] | None = None,
    where: str | None = None,
) -> Sketch:
    """Read one SVG document.

    Paths with all their commands, basic shapes, groups, transforms, viewBoxes, nested documents, `use` and `symbol`,
    attributes, `style` and style sheets (selectors by element, class and id, and what stands inside what). A dashed
    line comes as a whole one, and nothing is clipped.

    Parameters
    ----------
    source : str, Path or bytes
        A file (.svg, or .svgz), or the document itself: bytes, or a text that begins with "<".
    size : float, optional
        Length of the drawing's longer side in the result, top left at (0, 0). None keeps the pixels of the page.
    tolerance : float
        Farthest that a curve may lie from the lines that replace it, in units of the result.
    fills : {"auto", "outline", "skip"}
        Shapes that are filled, not stroked: taken as their outlines, left out, or ("auto") taken where nothing in the
        document is stroked, and elsewhere left out but for small ones, which become dots. A fill that covers the page
        is its background, and always left out.
    skipped : Counter, optional
        What was left out is counted here by name. By default it is logged as a warning.
    where : str, optional
        Names the document in errors. Default: its path.

    Returns
    -------
    Sketch
        Empty where nothing is drawn.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not well-formed, no SVG, declares entities, holds coordinates that are not finite, or has more than
        8 MiB, 20,000 elements, 100 levels, 50,000 points or a million characters of path data; the message names it.
    """
    if fills not in FILLS:
        raise ValueError(f"fills: expected one of {', '.join(FILLS)}, got {fills!r}")
    for name, value in (("size", size), ("tolerance", tolerance)):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name}: expected a finite number above 0, got {value!r}")
    counted: Counter[str] = Counter()
    where, data, encoding = _document(source, where)
    root = _parsed(data, encoding, where)
    try:
        with np.errstate(all="ignore"):  # what is not finite is told below
            page = _Page(root, counted)
            shapes = list(page.shapes())
            if fills == "auto" and any(shape.stroked for shape in shapes):
                taken = [shape if shape.stroked else page.dot(shape) for shape in shapes]
            else:
                taken = [shape for shape in shapes if shape.stroked or fills != "skip"]
            drawn = [shape for shape in taken if shape]
            counted["fill"] += len(shapes) - len(drawn)
            sketch = _flattened(drawn, size, tolerance)
    except (ValueError, RecursionError) as error:  # brackets within brackets in CSS
        raise ValueError(f"{where}: {error}") from None
    if skipped is not None:
        skipped.update(+counted)
    elif +counted:
        logger.warning("%s: left out %s", where, ", ".join(f"{n} {name}" for name, n in (+counted).items()))
    return sketch


# The document ---------------------------------------------------------------------------------------


def _document(source: str | Path | bytes, where: str | None) -> tuple[str, bytes, str | None]:
    """Return a name for messages, the bytes, and the encoding where the caller decided it."""
    encoding = None
    if isinstance(source, bytes):
        where, data = where or "the document", source
    elif isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("<"):
        where = where or "the document"
        data, encoding = source.lstrip("\ufeff \t\r\n").encode("utf-8", "replace"), "utf-8"
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
    refuse_pixels(where, data)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{where}: expected an SVG document of at most {MAX_BYTES:,} bytes, got more")
    return where, data, encoding


def _parsed(data: bytes, encoding: str | None, where: str) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=_BoundedTree(), encoding=encoding, forbid_entities=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise ValueError(
            f"{where}: declares XML entities, which are not read; save it as plain SVG, without a DTD"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise ValueError(f"{where}: expected a well-formed SVG document: {error}") from None
    if _tag(root) != "svg":
        raise ValueError(f"{where}: expected an SVG document, got one that begins with <{str(root.tag)[:60]}>")
    return root


class _BoundedTree(TreeBuilder):
    """Builds the tree while it is neither too large nor too deep."""

    count = depth = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self.count += 1
        self.depth += 1
        if self.count > MAX_ELEMENTS or self.depth > MAX_DEPTH:
            raise ValueError(f"at most {MAX_ELEMENTS:,} elements and {MAX_DEPTH} levels are read")
        for name, value in attrs.items():
            if len(value) > MAX_VALUE and name in _VALUES:
                raise ValueError(f"at most {MAX_VALUE:,} characters of {name} are read")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Element:
        self.depth -= 1
        return super().end(tag)


def _tag(element: Element) -> str | None:
    """Return the name of an SVG element; None for comments and what other vocabularies put in."""
    if not isinstance(element.tag, str):
        return None
    space, _, name = element.tag.rpartition("}")
    return name if space in ("", "{http://www.w3.org/2000/svg") else None


# Style ----------------------------------------------------------------------------------------------


#: An element's name and its marks: ".class" and "#id".
_Named = tuple[str, frozenset[str]]


class _StyleSheet:
    """The rules of all `style` elements, for selectors made of elements, classes, ids and descent.

    Parameters
    ----------
    text : str
    skipped : Counter
        Selectors of other kinds are counted here.
    """

    def __init__(self, text: str, skipped: Counter[str]) -> None:
        # By what the last compound asks for: one of its marks, or else its element.
        self.rules: dict[str, list[tuple[tuple[int, ...], list[_Named], dict[str, str]]]] = {}
        self.tried = 0
        if not text.strip():
            return
        import tinycss2

        if len(text) > MAX_CSS:
            raise ValueError(f"expected at most {MAX_CSS:,} characters of CSS, got {len(text):,}")
        for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
            if rule.type != "qualified-rule":
                continue
            declared = _declarations(rule.content)
            for selector in tinycss2.serialize(rule.prelude).split(",") if declared else []:
                compounds = [_COMPOUND.fullmatch(word) for word in selector.split()]
                if not compounds or None in compounds:
                    skipped["CSS selector"] += 1
                    continue
                chain = [(m[1] or "*", frozenset(re.findall(r"[.#][\w-]+", m[2]))) for m in compounds if m]
                marks = [mark for _, marked in chain for mark in marked]
                ids = sum(mark[0] == "#" for mark in marks)
                weight = (
                    ids,
                    len(marks) - ids,
                    sum(tag != "*" for tag, _ in chain),
                    rule.source_line,
                    rule.source_column,
                )
                self.rules.setdefault(min(chain[-1][1], default=chain[-1][0]), []).append((weight, chain, declared))

    def declared(self, line: tuple[_Named, ...]) -> dict[str, str]:
        """Return what holds for the last element of a line of descent."""
        tag, marks = line[-1]
        rules = [rule for key in ("*", tag, *marks) for rule in self.rules.get(key, ())]
        self.tried += len(rules)
        if self.tried > MAX_TRIED:
            raise ValueError("holds too many CSS rules for so many elements")
        found: dict[str, str] = {}
        for _, chain, declared in sorted(rules, key=lambda rule: rule[0]):  # the weightiest last, of equals the latest
            if _matches(chain[-1], line[-1]):
                wanted = chain[:-1]
                for ancestor in reversed(line[:-1]):
                    if wanted and _matches(wanted[-1], ancestor):
                        wanted = wanted[:-1]
                if not wanted:
                    found.update(declared)
        return found


def _matches(compound: _Named, element: _Named) -> bool:
    return compound[0] in ("*", element[0]) and compound[1] <= element[1]


def _declarations(css: Any) -> dict[str, str]:
    """Return the properties that matter here."""
    import tinycss2

    found = tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True)
    return {
        item.lower_name: tinycss2.serialize(item.value).strip()
        for item in found
        if item.type == "declaration" and item.lower_name in _STYLED + _OWN
    }


# The walk -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where the walk is.

    Attributes
    ----------
    matrix : ndarray, shape (3, 3)
        From here to the pixels of the page.
    width, height : float
        Of the viewport, which percentages refer to.
    style : mapping
        What is inherited.
    line : tuple
        The elements from the root to here, each as its name and its marks (".class", "#id").
    uses : tuple
        The elements that are being repeated.
    """

    matrix: NDArray[np.float64]
    width: float
    height: float
    style: Mapping[str, str]
    line: tuple[_Named, ...] = ()
    uses: tuple[Element, ...] = ()

    def moved(self, transform: str | None) -> _Place:
        """Return the place inside a transform; one that cannot be read is none, as in browsers."""
        from svgelements import Matrix

        if not transform:
            return self
        try:
            m = Matrix(transform)
        except (ValueError, TypeError, IndexError, AttributeError):
            return self
        return replace(self, matrix=self.matrix @ np.array([[m.a, m.c, m.e], [m.b, m.d, m.f], [0, 0, 1]], float))

    def length(self, element: Element, name: str, default: str = "0") -> float:
        """Return an attribute in units of this place."""
        across, down = self.width, self.height
        whole = down if name in _DOWN else math.hypot(across, down) / math.sqrt(2) if name == "r" else across
        return _length(element.get(name, default), whole)


@dataclass(frozen=True)
class _Shape:
    """One shape: its path in its own coordinates, from there to the page, and whether it is stroked."""

    path: SvgPath
    matrix: NDArray[np.float64]
    stroked: bool


class _Page:
    """A document to be walked.

    Parameters
    ----------
    root : Element
    skipped : Counter
        What is left out is counted here by name.
    """

    def __init__(self, root: Element, skipped: Counter[str]) -> None:
        self.root = root
        self.skipped = skipped
        self.visited = self.read = 0
        self.by_id: dict[str, Element] = {}
        for element in root.iter():
            if name := element.get("id"):
                self.by_id.setdefault(name, element)
        css = ("".join(element.itertext()) for element in root.iter() if _tag(element) == "style")
        self.sheet = _StyleSheet("\n".join(css), skipped)
        # A side that is not given follows the other in the shape of the viewBox.
        _, _, across, down = _view_box(root) or (0.0, 0.0, 300.0, 150.0)
        width, height = (_length(text, 0) if (text := root.get(side)) else 0.0 for side in ("width", "height"))
        self.width = width or (height or down) * across / down
        self.height = height or self.width * down / across

    def shapes(self) -> Iterator[_Shape]:
        """Yield what is painted, in document order."""
        page = _Place(np.eye(3), self.width, self.height, _INITIAL)
        return self._walk(self.root, page, (self.width, self.height))

    def _walk(self, element: Element, place: _Place, viewport: tuple[float, float] | None = None) -> Iterator[_Shape]:
        """Yield the shapes of an element and of all in it; the root and what `use` repeats are given a viewport."""
        tag = _tag(element)
        if tag is None or tag in _SILENT or (tag == "symbol" and viewport is None):
            return
        if tag not in (*_CONTAINERS, *_SHAPES, "use"):
            self.skipped[tag[:40]] += 1
            return
        self._spend(len(element.get("style", "")) + len(element.get("transform", "")))
        self.visited += 1
        if self.visited > MAX_ELEMENTS or len(place.line) > MAX_DEPTH:
            raise ValueError(f"repeats more by `use` than the {MAX_ELEMENTS:,} elements or {MAX_DEPTH} levels allowed")
        marks = [f".{name}" for name in element.get("class", "").split()]
        line = (*place.line, (tag, frozenset([*marks, f"#{element.get('id')}"])))
        style = {name: value for name in _STYLED + _OWN if (value := element.get(name)) is not None}
        style |= self.sheet.declared(line)
        if inline := element.get("style"):
            style |= _declarations(inline)
        for name in ("clip-path", "mask"):
            self.skipped[name] += style.get(name, "none") != "none"
        if style.get("display") == "none" or _is_zero(style.get("opacity", "1")):
            return
        inherited = {name: value for name in _STYLED if (value := style.get(name, "inherit")) != "inherit"}
        place = replace(place.moved(style.get("transform")), style={**place.style, **inherited}, line=line)
        if tag in _SHAPES:
            yield from self._shape(element, place)
        elif tag == "use":
            yield from self._use(element, place)
        else:
            inner = self._viewport(element, place, viewport) if tag in ("svg", "symbol") else place
            children = [child for child in element if _tag(child) is not None] if inner else []
            for child in children[:1] if tag == "switch" else children:
                yield from self._walk(child, inner)  # type: ignore[arg-type]

    def _viewport(self, element: Element, place: _Place, size: tuple[float, float] | None) -> _Place | None:
        """Return the place inside an `svg` or `symbol`, or None where its viewport has no extent."""
        from svgelements import Viewbox

        x, y = (place.length(element, name) if element is not self.root else 0.0 for name in ("x", "y"))
        width, height = size or (place.length(element, "width", "100%"), place.length(element, "height", "100%"))
        box = _view_box(element) or (0.0, 0.0, width, height)
        if not (width > 0 and height > 0):
            return None
        fit = Viewbox.viewbox_transform(x, y, width, height, *box, element.get("preserveAspectRatio"))
        return replace(place.moved(fit), width=box[2], height=box[3])

    def _use(self, element: Element, place: _Place) -> Iterator[_Shape]:
        name = element.get("href", element.get(_XLINK_HREF, "")).strip()
        target = self.by_id.get(name[1:]) if name.startswith("#") else None
        if target is None or target in place.uses:
            self.skipped["use of what is not there" if target is None else "use of itself"] += 1
            return
        viewport = None
        if _tag(target) in ("svg", "symbol"):
            # Its own size holds where the use gives none.
            sides = [(side, element if element.get(side) else target) for side in ("width", "height")]
            viewport = tuple(place.length(given, side, "100%") for side, given in sides)
        x, y = place.length(element, "x"), place.length(element, "y")
        place = replace(place.moved(f"translate({x},{y})"), uses=(*place.uses, target))
        yield from self._walk(target, place, viewport)  # type: ignore[arg-type]

    def _shape(self, element: Element, place: _Place) -> Iterator[_Shape]:
        from svgelements import Move
        from svgelements import Path as SvgPath

        style = place.style
        if style["visibility"] != "visible":
            return
        stroked = _paints(style["stroke"], style["stroke-opacity"]) and _length(style["stroke-width"], place.width) > 0
        filled = _paints(style["fill"], style["fill-opacity"]) and _tag(element) != "line"
        self.skipped["gradient or pattern"] += "url(" in style["stroke"] + style["fill"]
        data = _path_data(element, place)
        if not data or not (stroked or filled):
            return
        self._spend(len(data))
        path = SvgPath()
        try:
            path.parse(data)
        except (ValueError, TypeError, AttributeError, IndexError, ZeroDivisionError):
            self.skipped["rest of a damaged path"] += 1  # browsers, too, draw it as far as it can be read
        if not len(path) or not isinstance(path[0], Move):
            return
        _smooth(path)
        shape = _Shape(path, place.matrix, stroked)
        if stroked or not self._is_background(shape):
            yield shape

    def _spend(self, characters: int) -> None:
        self.read += characters
        if self.read > MAX_READ:
            raise ValueError(f"expected at most {MAX_READ:,} characters of path data, styles and transforms, got more")

    def dot(self, shape: _Shape) -> _Shape | None:
        """Return a dot where a small shape is, or None if it is not small: an eye, the point of an i."""
        from svgelements import Path as SvgPath

        points = np.concatenate([np.zeros((0, 2)), *_strokes([shape], None)])
        if not len(points) or np.ptp(points, axis=0).max() > SMALL * max(self.width, self.height):
            return None
        x, y = (points.min(axis=0) + points.max(axis=0)) / 2
        return _Shape(SvgPath(f"M{x} {y}z"), np.eye(3), stroked=True)

    def _is_background(self, shape: _Shape) -> bool:
        """Tell whether a fill is one area about as large as the page, or larger."""
        if len(shape.path) > 12:
            return False
        strokes = list(_strokes([shape], None))
        x, y = strokes[0].T if len(strokes) == 1 else np.zeros((2, 1))
        area = abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2  # the shoelace formula
        return area > 0.95 * self.width * self.height


def _smooth(path: SvgPath) -> None:
    """Give S and T their first control point: the last one mirrored after a curve of their kind, else where they start.

    svgelements mirrors after any curve, which browsers do not (SVG 2, section 9.3.6).
    """
    from svgelements import CubicBezier, QuadraticBezier

    before = None
    for segment in path:
        if getattr(segment, "smooth", False):
            for kind, first, last in ((CubicBezier, "control1", "control2"), (QuadraticBezier, "control", "control")):
                if isinstance(segment, kind):
                    mirrored = segment.start * 2 - getattr(before, last) if isinstance(before, kind) else segment.start
                    setattr(segment, first, mirrored)
        before = segment


def _path_data(element: Element, place: _Place) -> str:
    """Return the path that a shape is equal to (SVG 2, chapter 10)."""
    tag = _tag(element)
    if tag == "path":
        return element.get("d", "")
    if tag in ("polyline", "polygon"):
        return f"M{element.get('points', '')}{'z' if tag == 'polygon' else ''}"
    if tag == "line":
        x1, y1, x2, y2 = (place.length(element, name) for name in ("x1", "y1", "x2", "y2"))
        return f"M{x1} {y1}L{x2} {y2}"
    if tag == "rect":
        x, y, w, h = (place.length(element, name) for name in ("x", "y", "width", "height"))
        rx = place.length(element, "rx", element.get("ry", "0"))
        ry = place.length(element, "ry", element.get("rx", "0"))
        rx, ry = min(max(rx, 0), w / 2), min(max(ry, 0), h / 2)
        if not (w > 0 and h > 0):
            return ""
        if not (rx and ry):
            return f"M{x} {y}h{w}v{h}h{-w}z"
        turn = f"a{rx} {ry} 0 0 1"
        return (
            f"M{x + rx} {y}h{w - 2 * rx}{turn} {rx} {ry}v{h - 2 * ry}{turn} {-rx} {ry}"
            f"h{2 * rx - w}{turn} {-rx} {-ry}v{2 * ry - h}{turn} {rx} {-ry}z"
        )
    cx, cy = place.length(element, "cx"), place.length(element, "cy")
    if tag == "circle":
        rx = ry = place.length(element, "r")
    else:
        rx = place.length(element, "rx", element.get("ry", "0"))
        ry = place.length(element, "ry", element.get("rx", "0"))
    half = f"a{rx} {ry} 0 0 1"
    return f"M{cx + rx} {cy}{half} {-2 * rx} 0{half} {2 * rx} 0z" if rx > 0 and ry > 0 else ""


def _length(text: str, whole: float) -> float:
    """Return a length in px at 96 to the inch; one that cannot be read is 0."""
    from svgelements import Length

    try:
        return float(Length(text).value(ppi=96, relative_length=whole, font_size=16, font_height=8))
    except (ValueError, TypeError, AttributeError, IndexError):
        return 0.0


def _view_box(element: Element) -> tuple[float, float, float, float] | None:
    """Return x, y, width, height; None where there is none with an extent."""
    try:
        x, y, width, height = (float(v) for v in element.get("viewBox", "").replace(",", " ").split())
    except ValueError:
        return None
    return (x, y, width, height) if math.inf > width > 0 and math.inf > height > 0 else None


def _paints(paint: str, opacity: str) -> bool:
    return paint.strip().lower() not in ("none", "transparent") and not _is_zero(opacity)


def _is_zero(text: str) -> bool:
    try:
        return float(text.strip().rstrip("%")) <= 0
    except ValueError:
        return False


# Curves into points ---------------------------------------------------------------------------------

#: Lines to a curve where only the extent is asked for.
_ROUGH = 8


def _flattened(shapes: list[_Shape], size: float | None, tolerance: float) -> Sketch:
    """Return shapes as one sketch, its longer side `size`, its curves within `tolerance` of that."""
    if size is None:
        return Sketch.from_polylines(_strokes(shapes, tolerance))
    rough = Sketch.from_polylines(_strokes(shapes, None))
    left, top, right, bottom = rough.bounds
    extent = max(right - left, bottom - top)
    if not extent:
        return rough.fitted(size)
    return Sketch.from_polylines(_strokes(shapes, tolerance * extent / size)).fitted(size)


def _strokes(shapes: list[_Shape], tolerance: float | None) -> Iterator[NDArray[np.float64]]:
    """Yield each stroke in pixels of the page, shape (m, 2).

    Without a tolerance every curve becomes the same number of lines. ValueError where a coordinate is not finite or
    there are too many points.
    """
    from svgelements import Close, Line, Move

    count = 0
    for shape in shapes:
        turn, shift = shape.matrix[:2, :2], shape.matrix[:2, 2]
        stretch = float(np.linalg.norm(turn, 2)) if np.isfinite(turn).all() else math.inf
        strokes: list[list[tuple[float, float]]] = []
        for segment in shape.path:
            if isinstance(segment, Move):
                strokes.append([(segment.end.x, segment.end.y)])
            elif isinstance(segment, (Line, Close)):
                strokes[-1].append((segment.end.x, segment.end.y))
            else:
                lines = _ROUGH if tolerance is None else _lines(segment, tolerance / max(stretch, 1e-12))
                strokes[-1] += segment.npoint(np.linspace(0, 1, lines + 1))[1:].tolist()
                count += lines
            if isinstance(segment, Close):  # what follows without a move begins a stroke where this one began
                strokes.append([(segment.end.x, segment.end.y)])
            count += 1
            if count > MAX_POINTS:
                raise ValueError(f"expected at most {MAX_POINTS:,} points, got more")
        for stroke in strokes:
            if len(stroke) > 1:  # a move alone draws nothing
                points = np.array(stroke) @ turn.T + shift
                if not np.all(np.abs(points) < MAX_COORDINATE):
                    raise ValueError(f"expected finite coordinates within ±{MAX_COORDINATE:g} px, got others")
                yield points


def _lines(segment: Any, tolerance: float) -> int:
    """Return how many lines stay within `tolerance` of a curve.

    Lines between n + 1 evenly spaced parameters leave a curve B by at most max |B"| / (8 n²) (linear interpolation).
    """
    from svgelements import Arc, CubicBezier

    if isinstance(segment, Arc):
        bend = segment.sweep**2 * max(segment.rx, segment.ry)
    else:
        cubic = isinstance(segment, CubicBezier)
        inner = (segment.control1, segment.control2) if cubic else (segment.control,)
        points = np.array([(p.x, p.y) for p in (segment.start, *inner, segment.end)])
        factor = 6 if cubic else 2
        bend = factor * float(np.linalg.norm(np.diff(points, 2, axis=0), axis=1).max())
    lines = math.sqrt(bend / (8 * tolerance))
    if not lines < MAX_POINTS:
        raise ValueError(f"expected finite coordinates and at most {MAX_POINTS:,} points, got a curve of more")
    return max(math.ceil(lines), 1)
