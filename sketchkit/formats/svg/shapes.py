"""Basic shapes as path data; viewports and viewBoxes (SVG 2, chapters 8 and 10)."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

from sketchkit.formats.svg.document import tag_of
from sketchkit.formats.svg.quantities import Quantity, length, number_list, parse
from sketchkit.formats.svg.style import Style

__all__ = ["Lengths", "path_data", "view_box", "viewport_matrix"]

_DOWN = ("y", "y1", "y2", "cy", "ry", "height")  # percentages refer to the height of the viewport


class Lengths:
    """Lengths of one element in user units.

    Parameters
    ----------
    style : Style
    width, height : float
        Size of the viewport, to which percentages refer.
    rem : float
        Font size of the root.
    """

    def __init__(self, style: Style, width: float, height: float, rem: float) -> None:
        self.style = style
        self.wholes = (width, height, math.hypot(width, height) / math.sqrt(2))
        self.rem = rem

    def of(self, name: str) -> float:
        """Return the value of a property."""
        return self.resolved(name, self.style[name])

    def resolved(self, name: str, value: Quantity) -> float:
        """Convert a value of the property `name` to user units; `name` determines what a percentage refers to."""
        whole = self.wholes[1 if name in _DOWN else 2 if name in ("r", "stroke-width") else 0]
        return value.value(self.style.basis(whole, self.rem))

    def attribute(self, element: Element, name: str, default: str = "0") -> float:
        """Return the value of an attribute that is not a property; invalid values are replaced by the default."""
        value = length(parse(element.get(name, default)), unitless=True) or length(parse(default), unitless=True)
        return self.resolved(name, value) if value else 0.0


def path_data(element: Element, lengths: Lengths) -> str:
    """Return the path data of a shape."""
    tag = tag_of(element)
    if tag == "path":
        return str(lengths.style["d"])
    if tag in ("polyline", "polygon"):
        numbers = number_list(element.get("points", "")) or []
        pairs = " ".join(f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=False))
        return f"M{pairs}{'z' if tag == 'polygon' else ''}" if pairs else ""
    if tag == "line":
        x1, y1, x2, y2 = (lengths.attribute(element, name) for name in ("x1", "y1", "x2", "y2"))
        return f"M{x1} {y1}L{x2} {y2}"
    if tag == "rect":
        return _rectangle(lengths)
    cx, cy = lengths.of("cx"), lengths.of("cy")
    rx, ry = (lengths.of("r"),) * 2 if tag == "circle" else _radii(lengths)
    half = f"a{rx} {ry} 0 0 1"
    return f"M{cx + rx} {cy}{half} {-2 * rx} 0{half} {2 * rx} 0z" if rx > 0 and ry > 0 else ""


def _radii(lengths: Lengths) -> tuple[float, float]:
    """Return rx and ry; a radius that is "auto" equals the other radius."""
    rx, ry = (None if lengths.style[name] == "auto" else lengths.of(name) for name in ("rx", "ry"))
    return (rx if rx is not None else ry or 0.0), (ry if ry is not None else rx or 0.0)


def _rectangle(lengths: Lengths) -> str:
    x, y, w, h = (lengths.of(name) for name in ("x", "y", "width", "height"))
    if not (w > 0 and h > 0):
        return ""
    rx, ry = _radii(lengths)
    rx, ry = min(max(rx, 0), w / 2), min(max(ry, 0), h / 2)
    if not (rx and ry):
        return f"M{x} {y}h{w}v{h}h{-w}z"
    turn = f"a{rx} {ry} 0 0 1"
    return (
        f"M{x + rx} {y}h{w - 2 * rx}{turn} {rx} {ry}v{h - 2 * ry}{turn} {-rx} {ry}"
        f"h{2 * rx - w}{turn} {-rx} {-ry}v{2 * ry - h}{turn} {rx} {-ry}z"
    )


def view_box(element: Element) -> tuple[float, float, float, float] | None:
    """Return x, y, width and height; None if there is no valid viewBox. A side of 0 means that nothing is drawn."""
    values = number_list(element.get("viewBox", "")) or []
    if len(values) != 4 or not all(map(math.isfinite, values)) or min(values[2:]) < 0:
        return None
    return values[0], values[1], values[2], values[3]


def viewport_matrix(
    box: tuple[float, float, float, float], x: float, y: float, width: float, height: float, fit: str | None
) -> tuple[float, float, float, float]:
    """Return the scales and shifts that fit a viewBox into a viewport (SVG 2, section 8.2).

    Parameters
    ----------
    box : tuple
        The viewBox.
    x, y, width, height : float
        The viewport.
    fit : str, optional
        The value of `preserveAspectRatio`.
    """
    words = (fit or "").split()
    align = words[0] if words and (words[0] == "none" or _is_align(words[0])) else "xMidYMid"
    across, down = width / box[2], height / box[3]
    if align != "none":
        across = down = max(across, down) if words[1:] == ["slice"] else min(across, down)
    share = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    left, top = (0.0, 0.0) if align == "none" else (share[align[1:4]], share[align[5:8]])
    return (
        across,
        down,
        x - box[0] * across + left * (width - box[2] * across),
        (y - box[1] * down + top * (height - box[3] * down)),
    )


def _is_align(word: str) -> bool:
    return len(word) == 8 and word[0] == "x" and word[4] == "Y" and {word[1:4], word[5:]} <= {"Min", "Mid", "Max"}
