"""`GridLayout`: the positions of sketches and labels in a sample grid, for pictures of all formats."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchkit.geometry import centered
from sketchkit.render.layout import check_positive, common_scale, line_width, page_padding
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_cells

__all__ = ["FONT_SIZE", "GridLayout", "Label", "Tile"]

#: Size of the labels, px.
FONT_SIZE = 11
_CHARACTER_WIDTH = 6.2  # mean width of a character, px; wide (CJK) characters count twice
_GAP = 8
_LABEL_BAND = 18


@dataclass(frozen=True)
class Label:
    """A label of a cell or a row.

    Attributes
    ----------
    text : str
        The label on one line.
    shown : str
        The label truncated to the available width.
    x, y : float
        Middle (cells) or right end (rows) of the baseline, px.
    """

    text: str
    shown: str
    x: float
    y: float


@dataclass(frozen=True)
class Tile:
    """A cell of a grid.

    Attributes
    ----------
    left, top : float
        Corner of the cell, px.
    strokes : list of ndarray, each of shape (m, 2)
        Points of the strokes, px. An empty sketch has no strokes.
    label : Label or None
        Label below the cell.
    """

    left: float
    top: float
    strokes: list[NDArray[np.float64]]
    label: Label | None


@dataclass(frozen=True)
class GridLayout:
    """The positions of sketches and labels in a grid.

    Attributes
    ----------
    width, height : float
        Size of the picture, px.
    cell : float
        Side of a cell, px.
    line : float
        Line width, px.
    tiles : tuple of Tile
        Cells in row-major order, without the blank ones.
    row_labels : tuple of Label
        Labels to the left of the rows.
    """

    width: float
    height: float
    cell: float
    line: float
    tiles: tuple[Tile, ...]
    row_labels: tuple[Label, ...]

    @classmethod
    def of(
        cls,
        sketches: Iterable[Sketch | None],
        *,
        columns: int | None = None,
        cell: float = 120,
        labels: Sequence[object] | None = None,
        row_labels: Sequence[object] | None = None,
        stroke_width: float | None = None,
        same_scale: bool = False,
    ) -> GridLayout:
        """Return the layout of a grid; see `sketchkit.render.grid` for the arguments and errors."""
        cell = check_positive("cell", cell)
        items = list(iter_cells(sketches))
        if columns is None:
            columns = max(1, math.ceil(math.sqrt(len(items))))
        elif isinstance(columns, bool) or not isinstance(columns, int | np.integer) or columns < 1:
            raise ValueError(f"columns: expected a whole number above 0, got {columns!r}")
        rows = math.ceil(len(items) / columns)
        columns = min(int(columns), max(1, len(items)))
        texts = _label_texts("labels", labels, len(items), "sketches")
        row_texts = _label_texts("row_labels", row_labels, rows, "rows")
        line = line_width(stroke_width, cell)
        if not items:
            return cls(cell, cell / 2, cell, line, (), ())

        band = _LABEL_BAND if labels is not None else 0
        gutter = min(max(map(_text_width, row_texts), default=0.0) + _GAP, 2 * cell) if row_labels is not None else 0
        inner = max(cell - 2 * page_padding(None, cell, line), cell / 2)
        shared = common_scale(filter(None, items), inner) if same_scale else None
        tiles = []
        for index, sketch in enumerate(items):
            if sketch is None:
                continue
            left = gutter + _GAP + index % columns * (cell + _GAP)
            top = _GAP + index // columns * (cell + band + _GAP)
            middle = (left + cell / 2, top + cell / 2)
            scale = common_scale([sketch], inner) if shared is None else shared
            to_pixels = centered(sketch.bounds, scale, middle)
            strokes = [to_pixels(points) for points in sketch.polylines()]
            label = _label(texts[index], middle[0], top + cell + FONT_SIZE + 2, cell)
            tiles.append(Tile(left, top, strokes, label))
        middles = (_GAP + row * (cell + band + _GAP) + cell / 2 for row in range(rows))
        beside = [_label(text, gutter, y + FONT_SIZE / 3, gutter) for text, y in zip(row_texts, middles, strict=True)]
        width = gutter + columns * (cell + _GAP) + _GAP
        height = rows * (cell + band + _GAP) + _GAP
        return cls(width, height, cell, line, tuple(tiles), tuple(label for label in beside if label))


def _label(text: str, x: float, y: float, max_width: float) -> Label | None:
    """Return a label truncated to `max_width` px, or None if the text is empty."""
    shown = text
    while len(shown) > 1 and _text_width(shown) > max_width:
        shown = shown[:-2].rstrip() + "…"
    return Label(text, shown, x, y) if text else None


def _text_width(text: str) -> float:
    return _CHARACTER_WIDTH * sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _label_texts(name: str, labels: Sequence[object] | None, count: int, items: str) -> list[str]:
    """Return `count` strings without line breaks. Numbers are rounded to four digits; None becomes an empty string."""
    if labels is None:
        return [""] * count
    if isinstance(labels, str):
        raise ValueError(f"{name}: expected one label for each of {count} {items}, got the single string {labels!r}")
    if len(labels) != count:
        raise ValueError(f"{name}: expected one label for each of {count} {items}, got {len(labels)}")
    return [
        ""
        if label is None
        else f"{label:.4g}"
        if isinstance(label, float | np.floating)
        else " ".join(str(label).split())
        for label in labels
    ]
