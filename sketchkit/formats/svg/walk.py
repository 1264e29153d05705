"""The walk through a document: from elements to the shapes that a browser paints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray
from svgelements import Path as SvgPath

from sketchkit.formats.svg.conditions import is_supported
from sketchkit.formats.svg.document import STYLE_SHEET_LINK, tag_of
from sketchkit.formats.svg.fills import is_background
from sketchkit.formats.svg.flatten import Shape, parse_path, segment_count, strokes
from sketchkit.formats.svg.limits import MAX_DEPTH, MAX_ELEMENTS, MAX_POINTS, MAX_READ, MAX_SEGMENTS, Budget
from sketchkit.formats.svg.paint import NONE, Paint
from sketchkit.formats.svg.servers import Servers
from sketchkit.formats.svg.shapes import Lengths, path_data, view_box, viewport_matrix
from sketchkit.formats.svg.style import Style
from sketchkit.formats.svg.stylesheet import ROOT_MARK, Node, StyleSheet
from sketchkit.formats.svg.transforms import Box, translation

__all__ = ["Page"]

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_CONTAINERS = ("svg", "g", "a", "switch", "symbol")
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
#: Elements that are not drawn themselves and are therefore not counted as skipped.
_SILENT = (
    "defs", "style", "title", "desc", "metadata", "script", "linearGradient", "radialGradient", "pattern", "clipPath",
    "mask", "marker", "filter", "view", "cursor", "color-profile", "font", "font-face",
    "animate", "animateMotion", "animateTransform", "set",
)  # fmt: skip
_MARKED = ("path", "line", "polyline", "polygon")


@dataclass(frozen=True)
class _State:
    """State of the walk, which an element inherits from its parent.

    Attributes
    ----------
    matrix : ndarray, shape (3, 3)
        Matrix from user units to the pixels of the page.
    width, height : float
        Size of the viewport, to which percentages refer.
    style : Style
        Style of the parent element.
    depth : int
    uses : tuple of Element
        Elements to which the enclosing `use` elements refer.
    context : pair of Paint
        Fill and stroke of the `use` element, for context-fill and context-stroke.
    viewport : tuple of float, optional
        Size that a `use` element sets for the `svg` or `symbol` to which it refers.
    """

    matrix: NDArray[np.float64]
    width: float
    height: float
    style: Style
    depth: int = 0
    uses: tuple[Element, ...] = ()
    context: tuple[Paint, Paint] = (NONE, NONE)
    viewport: tuple[float, float] | None = None


class Page:
    """The page of a document; `shapes` walks through its elements.

    Parameters
    ----------
    root : Element
    skipped : Counter
        Counter of skipped parts, by kind.
    """

    def __init__(self, root: Element, skipped: Counter[str]) -> None:
        self.skipped = skipped
        self.visits = Budget(
            MAX_ELEMENTS,
            f"expected at most {MAX_ELEMENTS:,} elements (each repetition by `use` counts) and {MAX_DEPTH} levels",
        )
        self.characters = Budget(
            MAX_READ, f"expected at most {MAX_READ:,} characters of path data, styles and transforms, got more"
        )
        self.segments = Budget(MAX_SEGMENTS, f"expected at most {MAX_POINTS:,} points, got more")
        self.skipped["style sheet"] += int(root.get(STYLE_SHEET_LINK, "0"))
        self.sheet = StyleSheet(skipped)
        self.by_id: dict[str, Element] = {}
        for element in root.iter():
            if name := element.get("id"):
                self.by_id.setdefault(name, element)
            if str(element.tag).rpartition("}")[2] == "style":
                self._add_style(element)
        self.initial = Style.initial(self.sheet.initial_variables)
        root.set(ROOT_MARK, "")
        self.root = Node(root, self.sheet.work)
        self.measuring = False
        self.styles: dict[Node, Style] = {}
        self.boxes: dict[Node, NDArray[np.float64] | None] = {}
        self.targets: dict[Node, Node] = {}
        self.rem = 16.0
        self.servers = Servers(self.by_id, self._style_of)
        self.width, self.height, self.empty = self._size()

    def shapes(self) -> Iterator[Shape]:
        """Yield the painted shapes, in document order."""
        page = _State(np.eye(3), self.width, self.height, self.initial, viewport=(self.width, self.height))
        return iter(()) if self.empty else self._walk(self.root, page)

    def _add_style(self, element: Element) -> None:
        space = str(element.tag).rpartition("}")[0].strip("{")
        kind = element.get("type", "").strip().lower()
        if space in ("", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml") and kind in ("", "text/css"):
            self.sheet.add("".join(element.itertext()), element.get("media", ""))

    def _size(self) -> tuple[float, float, bool]:
        """Return width and height of the page, px, and whether nothing is drawn on it.

        A missing side is computed from the other one and the aspect ratio of the viewBox.
        """
        style = self._style(self.root, self.initial)
        self.rem = float(style["font-size"])
        box = view_box(self.root.etree_element)
        across, down = box[2:] if box else (300.0, 150.0)
        lengths = Lengths(style, 0.0, 0.0, self.rem)
        width, height = (None if style[side].kind == "percent" else lengths.of(side) for side in ("width", "height"))
        if not (across and down) or width == 0 or height == 0:
            return 300.0, 150.0, True
        width_found = width or (height or down) * across / down
        return width_found, height or width_found * down / across, False

    def _style_of(self, element: Element, parent: Style) -> Style:
        """Return the style of an element that is not drawn, such as a gradient."""
        node = Node(element, self.sheet.work)
        return parent.inside(element.attrib, self.sheet.declared(node, element.get("style", "")), self.sheet.work)

    def _style(self, node: Node, parent: Style) -> Style:
        if node not in self.styles:
            self.visits.spend(1)
            element = node.etree_element
            inline = element.get("style", "")
            self.characters.spend(len(inline) + len(element.get("transform", "")))
            declared = self.sheet.declared(node, inline)
            self.styles[node] = parent.inside(element.attrib, declared, self.sheet.work, self.rem)
        return self.styles[node]

    def _count(self, name: str, number: int = 1) -> None:
        if not self.measuring:
            self.skipped[name] += number

    def _walk(self, node: Node, around: _State) -> Iterator[Shape]:
        """Yield the shapes of an element and of the elements inside it."""
        state = self._enter(node, around)
        if state is None:
            return
        if tag_of(node.etree_element) in _SHAPES:
            yield from self._shape(node, state)
        else:
            for child, inner in self._contents(node, state):
                yield from self._walk(child, inner)

    def _enter(self, node: Node, around: _State) -> _State | None:
        """Return the state inside an element, or None if nothing inside it is drawn."""
        element = node.etree_element
        tag = tag_of(element)
        if tag is None or tag in _SILENT or (tag == "symbol" and around.viewport is None):
            return None
        if element is not self.root.etree_element and not is_supported(element):
            return None
        if around.depth > MAX_DEPTH:
            raise ValueError(self.visits.message)
        style = self._style(node, around.style)
        if style["display"] == "none" and node is not self.root:  # the root is always displayed
            return None
        contents_only = style["display"] == "contents"
        if tag in _SHAPES and contents_only:
            return None
        if not contents_only and (style["opacity"] == 0 or style["filter"]):
            return None
        if style["content-visibility"] == "hidden" and tag not in _SHAPES:
            return None
        if tag not in (*_CONTAINERS, *_SHAPES, "use"):
            self._count(tag[:40])
            return None
        for name in ("clip-path", "mask", "offset-path"):
            if style[name]:
                self._count(name)
        state = replace(around, style=style, depth=around.depth + 1)
        matrix = None if contents_only else self._transform(node, state)
        if matrix is None:
            return state
        if matrix[0, 0] * matrix[1, 1] == matrix[0, 1] * matrix[1, 0]:
            return None  # an element that is flattened to a line or a point is not drawn
        return replace(state, matrix=state.matrix @ matrix)

    def _transform(self, node: Node, state: _State) -> NDArray[np.float64] | None:
        """Return the transform of an element from its attribute and CSS, shape (3, 3); None if there is none."""
        style = state.style
        steps = [style[name] for name in ("translate", "rotate", "scale", "transform") if style[name]]
        if not steps:
            return None
        box = Box(0.0, 0.0, state.width, state.height, float(style["font-size"]), self.rem)
        if style["transform-box"] != "view-box" and node is not self.root:
            found = self._bounds(node, replace(state, matrix=np.eye(3)))
            (left, top), (right, bottom) = found if found is not None else np.zeros((2, 2))
            grown = self._lengths(state).of("stroke-width") / 2 if style["transform-box"][:1] in "sb" else 0.0
            box = replace(
                box, x=left - grown, y=top - grown, width=right - left + 2 * grown, height=bottom - top + 2 * grown
            )
        origin = style["transform-origin"]
        if origin is not None:
            x, y = box.x + box.across(origin[0]), box.y + box.down(origin[1])
        elif node is self.root:
            x, y = box.width / 2, box.height / 2
        else:
            x, y = box.x, box.y
            if style["transform-box"] == "view-box":
                x = y = 0.0
        matrix = translation(x, y)
        for step in steps:
            matrix = matrix @ step(box)
        return (matrix @ translation(-x, -y))[np.ix_((0, 1, 3), (0, 1, 3))]

    def _contents(self, node: Node, state: _State) -> Iterator[tuple[Node, _State]]:
        """Yield the children of a container, or the element to which a `use` element refers, each with its state."""
        element = node.etree_element
        tag = tag_of(element)
        if tag == "use":
            yield from self._use(node, state)
            return
        inner: _State | None = state
        if tag in ("svg", "symbol") and (state.style["display"] != "contents" or node is self.root):
            inner = self._viewport(node, state)
        if inner is None:
            return
        inner = replace(inner, viewport=None) if inner.viewport else inner
        for child in node.children:
            if tag_of(child.etree_element) is None:
                continue
            if tag == "switch" and not is_supported(child.etree_element):
                continue
            yield child, inner
            if tag == "switch":
                return

    def _viewport(self, node: Node, state: _State) -> _State | None:
        """Return the state inside an `svg` or `symbol`, or None if its viewport has no area."""
        element = node.etree_element
        lengths = self._lengths(state)
        x, y = (lengths.attribute(element, name) if node is not self.root else 0.0 for name in ("x", "y"))
        width, height = state.viewport or (
            lengths.attribute(element, "width", "100%"),
            lengths.attribute(element, "height", "100%"),
        )
        box = view_box(element) or (0.0, 0.0, width, height)
        if not (width > 0 and height > 0 and box[2] > 0 and box[3] > 0):
            return None
        across, down, left, top = viewport_matrix(box, x, y, width, height, element.get("preserveAspectRatio"))
        fit = np.array([[across, 0, left], [0, down, top], [0, 0, 1]])
        return replace(state, matrix=state.matrix @ fit, width=box[2], height=box[3])

    def _use(self, node: Node, state: _State) -> Iterator[tuple[Node, _State]]:
        element = node.etree_element
        name = element.get("href", element.get(_XLINK_HREF, "")).strip()
        target = self.by_id.get(name[1:], self.by_id.get(unquote(name[1:]))) if name.startswith("#") else None
        if target is None or target in state.uses:
            self._count("use of a missing element" if target is None else "circular use")
            return
        lengths = self._lengths(state)
        viewport = None
        if tag_of(target) in ("svg", "symbol"):
            # The size of the target applies if the `use` element has none.
            width, height = (
                lengths.attribute(element if element.get(side) else target, side, "100%")
                for side in ("width", "height")
            )
            viewport = (width, height)
        context = (self._in_context(state, "fill"), self._in_context(state, "stroke"))
        if node not in self.targets:
            self.targets[node] = Node(target, self.sheet.work)
        inner = replace(state, uses=(*state.uses, target), context=context, viewport=viewport)
        yield self.targets[node], replace(inner, matrix=state.matrix @ self._move(node, state))

    def _move(self, node: Node, state: _State) -> NDArray[np.float64]:
        """Return the translation by `x` and `y` of a `use` element, shape (3, 3); the identity for other elements."""
        move = np.eye(3)
        if tag_of(node.etree_element) == "use" and state.style["display"] != "contents":
            lengths = self._lengths(state)
            move[:2, 2] = lengths.of("x"), lengths.of("y")
        return move

    def _lengths(self, state: _State) -> Lengths:
        return Lengths(state.style, state.width, state.height, self.rem)

    def _in_context(self, state: _State, name: str) -> Paint:
        """Return a paint with context-fill and context-stroke replaced."""
        paint: Paint = state.style[name]
        if paint.kind in ("context-fill", "context-stroke"):
            return state.context[paint.kind == "context-stroke"]
        return paint

    def _shape(self, node: Node, state: _State) -> Iterator[Shape]:
        element = node.etree_element
        style = state.style
        if style["visibility"] != "visible":
            return
        fill, stroke = (self._in_context(state, name) for name in ("fill", "stroke"))
        stroked = style["stroke-opacity"] > 0 and self._lengths(state).of("stroke-width") > 0
        stroked = stroked and self._paints(stroke, node, state)
        filled = style["fill-opacity"] > 0 and tag_of(element) != "line" and self._paints(fill, node, state)
        self.skipped["gradient or pattern"] += (stroked and stroke.kind == "server") or (
            filled and fill.kind == "server"
        )
        if not (stroked or filled):
            return
        path = self._path(node, state)
        if path is None:
            return
        if tag_of(element) in _MARKED:
            markers = {style[f"marker-{where}"].target for where in ("start", "mid", "end")}
            self.skipped["marker"] += any(name in self.by_id for name in markers if name)
        shape = Shape(path, state.matrix, stroked, not stroked or style["stroke-linecap"] != "butt")
        if stroked or not is_background(shape, self.width, self.height):
            yield shape

    def _paints(self, paint: Paint, node: Node, state: _State) -> bool:
        """Return whether a paint is visible."""
        if paint.kind == "current":
            return bool(state.style["color"] > 0)
        if paint.kind == "server":
            shown = self.servers.shown(paint.target, lambda: self._has_extent(node, state))
            if shown is None:
                return paint.fallback is not None and self._paints(paint.fallback, node, state)
            return shown
        return paint.kind == "color" and paint.alpha > 0

    def _has_extent(self, node: Node, state: _State) -> bool:
        """Return whether the bounding box of a shape has an area. Gradients in units of this box require an area."""
        box = self._bounds(node, replace(state, matrix=np.eye(3)))
        return box is not None and bool((box[1] > box[0]).all())

    def _path(self, node: Node, state: _State) -> SvgPath | None:
        """Return the path of a shape, or None if it draws nothing."""
        data = path_data(node.etree_element, self._lengths(state))
        if not data:
            return None
        self.characters.spend(len(data))
        self.segments.spend(segment_count(data))
        path, complete = parse_path(data)
        if not complete:
            self._count("rest of a damaged path")  # browsers also draw the valid beginning
        return path

    def _bounds(self, node: Node, state: _State) -> NDArray[np.float64] | None:
        """Return the bounding box of an element in its own coordinates, rows (left, top) and (right, bottom).

        The box of a container encloses the boxes of its contents, as in browsers.
        """
        if node in self.boxes:
            return self.boxes[node]
        self.measuring, before = True, self.measuring
        corners: list[NDArray[np.float64]] = []
        if tag_of(node.etree_element) in _SHAPES:
            path = self._path(node, state)
            # With 64 lines for each curve, the box is accurate to about a thousandth of its size.
            corners += [] if path is None else strokes([Shape(path, np.eye(3), True)], None, rough=64)
        else:
            # The box of a `use` element is the box of the repeated element, without the translation by x and y.
            back = np.linalg.inv(self._move(node, state))
            for child, inner in self._contents(node, state):
                entered = self._enter(child, replace(inner, matrix=back @ inner.matrix))
                box = self._bounds(child, replace(entered, matrix=np.eye(3))) if entered is not None else None
                if entered is not None and box is not None:
                    matrix = entered.matrix @ self._move(child, entered)
                    ends = np.array([[x, y] for x in box[:, 0] for y in box[:, 1]])
                    corners.append(ends @ matrix[:2, :2].T + matrix[:2, 2])
        self.measuring = before
        points = np.concatenate(corners) if corners else None
        self.boxes[node] = None if points is None else np.array([points.min(axis=0), points.max(axis=0)])
        return self.boxes[node]
