"""`Sketches`: a list of drawings with a notebook representation, and iteration over drawings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import SupportsIndex, overload

from sketchkit.argument_errors import check_type, received
from sketchkit.sketch import Sketch
from sketchkit.svg_document import svg_document

__all__ = ["Sketches", "iter_cells", "iter_sketches"]

#: Maximum number of drawings shown in a notebook; a note below the pictures states how many drawings are not shown.
MAX_SHOWN = 64
#: Maximum number of drawings in a row; minimum and maximum side of a drawing, and gap between drawings, px.
COLUMNS, MIN_SIDE, MAX_SIDE, GAP = 8, 90, 112, 8


class Sketches(list[Sketch]):
    """A list of drawings. Notebooks show it as pictures, and its slices are `Sketches`.

    Parameters
    ----------
    sketches : iterable of Sketch
        The drawings.

    Examples
    --------
    >>> sketches = Sketches([Sketch([[5, 0, 0], [0, 5, 1]])] * 3)
    >>> sketches[:2]
    Sketches(2 drawings)
    """

    def __init__(self, sketches: Iterable[Sketch] = ()) -> None:
        super().__init__(sketches)

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Sketch: ...
    @overload
    def __getitem__(self, index: slice, /) -> Sketches: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> Sketch | Sketches:
        if isinstance(index, slice):
            return Sketches(super().__getitem__(index))
        return super().__getitem__(index)

    def __repr__(self) -> str:
        return f"Sketches({len(self)} drawing{'' if len(self) == 1 else 's'})"

    def _repr_html_(self) -> str:
        images = [svg_document(sketch.polylines(), sketch.bounds).image() for sketch in self[:MAX_SHOWN]]
        more = f"<p>and {len(self) - MAX_SHOWN:,} more</p>" if len(self) > MAX_SHOWN else ""
        style = "width:100%;height:auto;aspect-ratio:1;object-fit:contain"
        cells = "".join(image.replace("<img ", f'<img style="{style}" ') for image in images)
        return f'<div style="{_grid_style(len(images))}">{cells}</div>{more}'


def _grid_style(count: int) -> str:
    """Return the CSS style of a grid: up to 8 drawings are in one row, or in rows of 4 if the page is too narrow."""
    columns = max(1, min(count, COLUMNS))
    widest, narrowest = (columns * (side + GAP) - GAP for side in (MAX_SIDE, MIN_SIDE))

    def share(columns: int) -> str:  # leaves 1 px of the row free, so that rounding moves no drawing to the next row
        return f"(100% - {columns * GAP - GAP + 1}px) / {columns}"

    # The second argument of min() is a large number if the page is too narrow for one row; otherwise, it is negative.
    rows_of_4 = f", min({share(4)}, ({narrowest}px - 100%) * 999)" if count <= COLUMNS else ""
    side = f"max({MIN_SIDE}px, {share(columns)}{rows_of_4})"
    return f"display:grid;grid-template-columns:repeat(auto-fill,minmax({side},1fr));gap:{GAP}px;max-width:{widest}px"


def iter_sketches(sketches: Sketch | Iterable[Sketch]) -> Iterator[Sketch]:
    """Yield one sketch, or each item of an iterable; raise TypeError for an item that is not a Sketch."""
    for index, sketch in enumerate(iter_cells(sketches)):
        if sketch is None:
            raise TypeError(f"item {index}: expected a Sketch, {received(sketch)}")
        yield sketch


def iter_cells(sketches: Sketch | Iterable[Sketch | None]) -> Iterator[Sketch | None]:
    """Yield sketches as `iter_sketches` does, and None for each blank cell of a grid."""
    if isinstance(sketches, Sketch):
        yield sketches
        return
    if isinstance(sketches, str) or not isinstance(sketches, Iterable):
        raise TypeError(f"sketches: expected a Sketch or a sequence of Sketch, {received(sketches)}")
    for index, sketch in enumerate(sketches):
        if sketch is not None:
            check_type(sketch, Sketch, f"item {index}")
        yield sketch
