"""`Sketches`: a list of drawings with a notebook representation, and iteration over drawings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import SupportsIndex, overload

from sketchkit.sketch import Sketch
from sketchkit.svg_document import svg_document

__all__ = ["Sketches", "iter_sketches"]

#: Maximum number of drawings shown in a notebook; a note below them states how many more there are.
MAX_SHOWN = 64


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
        style = "display:grid;grid-template-columns:repeat(auto-fill,112px);gap:8px;max-width:960px"
        cells = "".join(image.replace("<img ", '<img style="width:112px;height:112px;object-fit:contain" ')
                        for image in images)  # fmt: skip
        return f'<div style="{style}">{cells}</div>{more}'


def iter_sketches(sketches: Sketch | Iterable[Sketch]) -> Iterator[Sketch]:
    """Yield one sketch, or each item of an iterable; raise TypeError for an item that is not a Sketch."""
    if isinstance(sketches, Sketch):
        yield sketches
        return
    for index, sketch in enumerate(sketches):
        if not isinstance(sketch, Sketch):
            raise TypeError(f"item {index}: expected a Sketch, got {type(sketch).__name__}")
        yield sketch
