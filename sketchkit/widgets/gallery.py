"""A grid that shows drawings, for example those of a class, and plays back how they were drawn."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

import traitlets

from sketchkit.sketch import Sketch
from sketchkit.widgets.base import SketchWidget
from sketchkit.widgets.traits import SketchListTrait

__all__ = ["Gallery"]


class Gallery(SketchWidget):
    """Show drawings in a grid, and play back how they were drawn.

    A click plays one drawing, and a button plays all of them. The gallery shows the papers of widgets and the
    drawings collected in them, and is updated whenever they change.

    Parameters
    ----------
    papers : list or dict
        Drawings, lists of drawings, and widgets with a paper (such as `SketchPad` and `Complete`). The keys of a dict
        are the names that are shown.
    task, hidden, locked
        As for the other widgets.

    Attributes
    ----------
    drawings : list of Sketch
        The drawings that are shown.
    names : list of str
        Their names.

    Raises
    ------
    TypeError
        If an item of `papers` is not a drawing, a list of drawings, or a widget with a paper.

    Examples
    --------
    >>> pads = {name: SketchPad(task="Draw a house.") for name in ("Ada", "Ben")}     # doctest: +SKIP
    >>> Gallery(pads)                                                                 # doctest: +SKIP
    >>> Gallery([sketchkit.read_svg(path) for path in sorted(folder.glob("*.svg"))])  # doctest: +SKIP
    """

    _view = traitlets.Unicode("gallery").tag(sync=True)
    drawings = SketchListTrait(help="The drawings.")
    names = traitlets.List(traitlets.Unicode(), help="Names of the drawings.").tag(sync=True)
    #: For each drawing, whether the model drew each of its strokes; an empty list means none.
    _by_model = traitlets.List(traitlets.List(traitlets.Bool())).tag(sync=True)
    kept = ("drawings",)

    def __init__(self, papers: Iterable[Any] | Mapping[str, Any], **arguments: Any) -> None:
        named = papers if isinstance(papers, Mapping) else {str(i): paper for i, paper in enumerate(papers, start=1)}
        self._papers = {str(name): paper for name, paper in named.items()}
        self._lock = threading.RLock()  # papers may change on another thread while a cell runs
        super().__init__(**arguments)
        self._collect()
        for paper in self._papers.values():
            if isinstance(paper, SketchWidget):
                paper.observe(
                    self._collect, [name for name in ("sketch", "completion", "drawings") if paper.has_trait(name)]
                )

    def _shown(self) -> list[Sketch]:
        return self.drawings

    def _collect(self, _: Any = None) -> None:
        """Show the current drawings of all papers."""
        with self._lock:
            names, drawings, by_model = [], [], []
            for name, paper in self._papers.items():
                of_paper = _drawings_of(name, paper)
                for number, (sketch, model_strokes) in enumerate(of_paper, start=1):
                    names.append(f"{name} ({number})" if len(of_paper) > 1 else name)
                    drawings.append(sketch)
                    by_model.append(model_strokes)
            with self.hold_sync():
                self.names, self._by_model, self.drawings = names, by_model, drawings


def _drawings_of(name: str, paper: Any) -> list[tuple[Sketch, list[bool]]]:
    """Return pairs: a drawing, and for each of its strokes whether the model drew it (an empty list means none)."""
    if isinstance(paper, Sketch):
        return [(paper, [])]
    if isinstance(paper, SketchWidget) and paper.has_trait("completion"):
        return [(paper.completion if len(paper.completion) else paper.sketch, list(paper.by_model))]
    if isinstance(paper, SketchWidget) and paper.has_trait("sketch"):
        collected = list(paper.drawings) if getattr(paper, "collect", False) else []
        return [(sketch, []) for sketch in (*collected, paper.sketch) if len(sketch)] or [(paper.sketch, [])]
    if isinstance(paper, (list, tuple)):
        return [pair for each in paper for pair in _drawings_of(name, each)]
    raise TypeError(f"papers: expected a Sketch or a widget with a paper for {name!r}, got {type(paper).__name__}")
