"""`Canvas`: an SVG document in progress, with the elements that all pictures of drawings share.

Coordinates are rounded to 0.01 px, and strokes of the same color share one path, which keeps notebooks small.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import svgwrite
from numpy.typing import NDArray

from sketchkit.render.grid_layout import FONT_SIZE, Label
from sketchkit.render.palette import MUTED, ramp
from sketchkit.render.picture import Picture
from sketchkit.svg_document import CORNER, DOT, path_data, px

__all__ = ["Canvas", "ColorBy", "check_color_by", "stroke_colors"]

#: Coloring of strokes: in one color, or by their order.
ColorBy: TypeAlias = Literal["order"] | None


_FONT = "system-ui, sans-serif"
# Characters that XML 1.0 does not allow, even escaped (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Canvas:
    """An svgwrite drawing with a size, a background and a title.

    Parameters
    ----------
    width, height : float
        Size, px.
    background : str or None
        Color of the background; None: transparent.
    title : str or None
        Title, shown as a tooltip and read by screen readers.
    label : str
        Text for screen readers if there is no title.
    """

    def __init__(self, width: float, height: float, background: str | None, title: str | None, label: str) -> None:
        self.width, self.height = px(width), px(height)
        # svgwrite's validation is disabled, since it parses every path and takes most of the time.
        self.svg = svgwrite.Drawing(size=(self.width, self.height), debug=False)
        self.svg.viewbox(0, 0, self.width, self.height)
        self.svg["role"] = "img"
        self.svg["aria-label"] = _clean_text(title) if title else label
        if title:
            self.svg.set_desc(title=_clean_text(title))
        if background is not None:
            self.svg.add(self.svg.rect((0, 0), ("100%", "100%"), rx=CORNER, ry=CORNER, fill=background))

    def picture(self) -> Picture:
        """Return the finished document."""
        return Picture(self.svg.tostring(), self.width, self.height)

    def add(self, element: Any) -> Any:
        """Add an element, and return it."""
        return self.svg.add(element)

    def dot(self, points: NDArray[np.float64], line: float, **style: str) -> Any:
        """Return a circle at the first of `points`.

        Dots are circles, since some renderers do not draw the round caps of a path without length. Dots are slightly
        wider than the line, as with a real pen.
        """
        x, y = points[0].tolist()
        return self.svg.circle((px(x), px(y)), px(DOT * line), stroke="none", **style)

    def pen_group(self, line: float, **style: str) -> Any:
        """Return a group for paths with round caps and joins and a line width of `line` px."""
        return self.svg.g(fill="none", stroke_width=px(line), stroke_linecap="round", stroke_linejoin="round", **style)

    def add_strokes(
        self, strokes: Sequence[NDArray[np.float64]], line: float, color: str, color_by: ColorBy = None
    ) -> None:
        """Add strokes, whose points are in px. Strokes of the same color share one path; dots are circles."""
        group = self.pen_group(line)
        by_color: dict[str, list[NDArray[np.float64]]] = {}
        for stroke, ink in zip(strokes, stroke_colors(len(strokes), color, color_by), strict=True):
            by_color.setdefault(ink, []).append(stroke)
        for ink, same_color in by_color.items():
            paths = [path_data(stroke) for stroke in same_color]
            if any(paths):
                group.add(self.svg.path(d="".join(path for path in paths if path), stroke=ink))
            for stroke, path in zip(same_color, paths, strict=True):
                if path is None:
                    group.add(self.dot(stroke, line, fill=ink))
        self.add(group)

    def add_empty_mark(self, x: float, y: float, width: float) -> None:
        """Add the text "empty" at (x, y), for an empty drawing of `width` px."""
        size = min(FONT_SIZE, width / 4)
        self.add(
            self.svg.text(
                "empty",
                insert=(px(x), px(y + size / 3)),
                text_anchor="middle",
                opacity=0.7,
                **{**_font_style(), "font_size": px(size)},
            )
        )

    def label_group(self, anchor: str) -> Any:
        """Return a group for labels with the text anchor "start", "middle" or "end"."""
        return self.svg.g(**_font_style(), text_anchor=anchor)

    def label(self, label: Label) -> Any:
        """Return the text of a label; the tooltip of a truncated label is the full text."""
        element = self.svg.text(_clean_text(label.shown), insert=(px(label.x), px(label.y)))
        if label.shown != label.text:
            element.set_desc(title=_clean_text(label.text))
        return element


def stroke_colors(count: int, color: str, color_by: ColorBy) -> list[str]:
    """Return the colors of `count` strokes."""
    return ramp(count) if color_by == "order" else [color] * count


def check_color_by(color_by: ColorBy) -> None:
    """Raise ValueError unless `color_by` is None or "order"."""
    if color_by not in (None, "order"):
        raise ValueError(f"color_by: expected None or 'order', got {color_by!r}")


def _clean_text(text: str) -> str:
    """Return `text` on one line; characters that XML does not allow are replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", " ".join(text.split()))


def _font_style() -> dict[str, Any]:
    return {"font_family": _FONT, "font_size": FONT_SIZE, "fill": MUTED}
