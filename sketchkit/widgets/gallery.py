"""A grid that shows drawings, for example those of a school class, and plays back how they were drawn."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from sketchkit.sketch import Sketch
from sketchkit.widgets.base import SketchWidget
from sketchkit.widgets.export.bundle import widget_stylesheet
from sketchkit.widgets.saved_drawings import SavedDrawing, svg_files
from sketchkit.widgets.traits import SketchListTrait

__all__ = ["Gallery"]


class Gallery(SketchWidget):
    """Show drawings in a grid, and play back how they were drawn.

    A click plays one drawing, and a button plays all of them. For a widget, the gallery shows the drawing
    on its pad and the drawings kept in it, and is updated whenever they change.

    Parameters
    ----------
    drawings : list, dict, str or Path
        Drawings, lists of drawings, widgets with a pad (such as `SketchPad` and `Complete`), and SVG files and
        folders of SVG files, by their paths. The keys of a dict are the names that are shown. In a list, the name
        of the drawing in a file is the file name without the extension, and the name of any other item is its position
        in the list, counted from 1. Strokes of a model, including those in files that a widget saved, are shown in a
        second color.
    task, hidden, locked
        As for the other widgets.

    Attributes
    ----------
    drawings : list of Sketch
        The drawings that are shown.
    names : list of str
        Their names.
    by_model : list of list of bool
        For each drawing, whether the model drew each of its strokes; an empty list means none.

    Raises
    ------
    TypeError
        If an item of `drawings` is not a drawing, a list of drawings, a widget with a pad, or a path.
    FileNotFoundError, ValueError
        If a file does not exist, or cannot be read.

    Examples
    --------
    >>> pads = {name: SketchPad(task="Draw a house.") for name in ("Ada", "Ben")}     # doctest: +SKIP
    >>> Gallery(pads)                                                                 # doctest: +SKIP
    >>> Gallery("handed-in")                                       # a folder         # doctest: +SKIP
    """

    _css = widget_stylesheet("views/gallery.css")
    _view = traitlets.Unicode("gallery").tag(sync=True)
    drawings = SketchListTrait(help="The drawings.")
    names = traitlets.List(traitlets.Unicode(), help="Names of the drawings.").tag(sync=True)
    by_model = traitlets.List(
        traitlets.List(traitlets.Bool()),
        help="For each drawing, whether the model drew each of its strokes; an empty list means none.",
    ).tag(sync=True)
    kept = ("drawings",)

    def __init__(self, drawings: Iterable[Any] | Mapping[str, Any] | str | Path, **arguments: Any) -> None:
        self._papers = _named(drawings)
        self._lock = threading.RLock()  # pads may change on another thread while a cell runs
        super().__init__(**arguments)
        self._collect()
        for _, paper in self._papers:
            if isinstance(paper, SketchWidget):
                paper.observe(
                    self._collect, [name for name in ("sketch", "completion", "drawings") if paper.has_trait(name)]
                )

    def _shown(self) -> list[Sketch]:
        return self.drawings

    def _collect(self, _: Any = None) -> None:
        """Show the current drawings of all items."""
        with self._lock:
            names, drawings, by_model = [], [], []
            for name, paper in self._papers:
                of_paper = _drawings_of(name, paper)
                for number, (sketch, model_strokes) in enumerate(of_paper, start=1):
                    names.append(f"{name} ({number})" if len(of_paper) > 1 else name)
                    drawings.append(sketch)
                    by_model.append(model_strokes)
            with self.hold_sync():
                self.names, self.by_model, self.drawings = names, by_model, drawings


def _named(papers: Iterable[Any] | Mapping[str, Any] | str | Path) -> list[tuple[str, Any]]:
    """Return the items with their names. Files are read, and their drawings get the names of the files by default."""
    if isinstance(papers, Mapping):
        return [(str(name), _read(item)) for name, item in papers.items()]
    named: list[tuple[str, Any]] = []
    for number, item in enumerate([papers] if isinstance(papers, (str, Path)) else papers, start=1):
        if isinstance(item, (str, Path)):
            named += [(path.stem, SavedDrawing.read(path)) for path in svg_files(Path(item))]
        else:
            named.append((str(number), item))
    return named


def _read(item: Any) -> Any:
    """Return an item or, if it is a path, the drawings of its files."""
    return [SavedDrawing.read(path) for path in svg_files(Path(item))] if isinstance(item, (str, Path)) else item


def _drawings_of(name: str, paper: Any) -> list[tuple[Sketch, list[bool]]]:
    """Return pairs: a drawing, and for each of its strokes whether the model drew it (an empty list means none)."""
    if isinstance(paper, Sketch):
        return [(paper, [])]
    if isinstance(paper, SavedDrawing):
        return [(paper.sketch, paper.by_model)]
    if isinstance(paper, SketchWidget) and paper.has_trait("completion"):
        return [(paper.completion if len(paper.completion) else paper.sketch, list(paper.by_model))]
    if isinstance(paper, SketchWidget) and paper.has_trait("sketch"):
        collected = list(paper.drawings) if getattr(paper, "collect", False) else []
        return [(sketch, []) for sketch in (*collected, paper.sketch) if len(sketch)] or [(paper.sketch, [])]
    if isinstance(paper, (list, tuple)):
        return [pair for each in paper for pair in _drawings_of(name, each)]
    expected = "a Sketch, a path or a widget with a pad"
    raise TypeError(f"drawings: expected {expected} for {name!r}, got {type(paper).__name__}")
