"""SVG documents of drawings for their notebook representation, written without svgwrite."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.geometry import Bounds, page

__all__ = ["CORNER", "DOT", "INK", "MUTED", "PAPER", "SvgDocument", "data_uri", "path_data", "px", "svg_document"]

INK = "#1d2433"
PAPER = "#ffffff"
MUTED = "#7b8494"
#: Radius of the corners of a card, px.
CORNER = 6
#: Radius of a dot, in line widths. A dot is slightly wider than a line, as with a real pen.
DOT = 0.7
#: Longer side, padding and line width of the document, px.
_SIZE, _PADDING, _LINE = 200.0, 12.0, 200 / 90


@dataclass(frozen=True)
class SvgDocument:
    """An SVG document.

    Attributes
    ----------
    text : str
        Text of the document.
    width, height : float
        Size of the document, px.
    """

    text: str
    width: float
    height: float

    def image(self) -> str:
        """Return the document as an HTML image element."""
        source = data_uri(self.text.encode(), "image/svg+xml")
        return f'<img alt="drawing" width="{self.width:g}" height="{self.height:g}" src="{source}">'


def svg_document(lines: Sequence[NDArray[np.float64]], bounds: Bounds) -> SvgDocument:
    """Return an SVG document with dark lines on a white card.

    Parameters
    ----------
    lines : sequence of ndarray, shape (m, 2)
        Absolute points of each line, with y pointing downwards. Without lines, the document is a small card with the
        text "empty".
    bounds : (float, float, float, float)
        Left, top, right, bottom of all points.

    Returns
    -------
    SvgDocument
        A document with a longer side of 200 px.
    """
    if not lines:
        width, height = _SIZE / 2, _SIZE / 4
        mark = (
            f'<text x="{width / 2:g}" y="{height / 2 + 4:g}" text-anchor="middle" opacity="0.7" fill="{MUTED}" '
            'font-family="system-ui, sans-serif" font-size="11">empty</text>'
        )
        return _card(mark, width, height, "empty drawing")
    layout = page(bounds, _SIZE, _PADDING)
    placed = [layout.place(points) for points in lines]
    paths = [path_data(points) for points in placed]
    dots = [points[0] for points, path in zip(placed, paths, strict=True) if path is None]
    elements = [f'<path d="{"".join(path for path in paths if path)}"/>'] if any(paths) else []
    elements += [f'<circle cx="{px(x):g}" cy="{px(y):g}" r="{px(DOT * _LINE):g}" fill="{INK}" stroke="none"/>'
              for x, y in dots]  # fmt: skip
    pen = f'fill="none" stroke="{INK}" stroke-width="{px(_LINE):g}" stroke-linecap="round" stroke-linejoin="round"'
    return _card(f"<g {pen}>{''.join(elements)}</g>", layout.width, layout.height, "drawing")


def path_data(points: NDArray[np.float64]) -> str | None:
    """Return SVG path data for points (m, 2) in px; None for a dot, whose rounded points are all equal.

    Dots are drawn as circles, since some renderers do not draw the round caps of a path without length.
    """
    rounded = np.round(points, 2)
    moved = np.any(np.diff(rounded, axis=0) != 0, axis=1)
    if not moved.any():
        return None
    kept = rounded[np.concatenate([[True], moved])]
    return "M" + " ".join(f"{px(x):g},{px(y):g}" for x, y in kept.tolist())


def px(value: float) -> float:
    """Round a number of pixels to two decimals; negative zero becomes zero."""
    return round(float(value), 2) + 0.0


def data_uri(data: bytes, media_type: str) -> str:
    """Return bytes as a `data:` URI with a media type such as image/svg+xml.

    Jupyter removes inline SVG from untrusted notebooks, such as downloads or results of papermill, but keeps images.
    """
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def _card(content: str, width: float, height: float, label: str) -> SvgDocument:
    width, height = px(width), px(height)
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">'
        f'<rect width="100%" height="100%" rx="{CORNER}" ry="{CORNER}" fill="{PAPER}"/>{content}</svg>'
    )
    return SvgDocument(text, width, height)
