"""Traits of the widgets: drawings, categories, and results that Python computes while the page has not answered."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from sketchkit.sketch import Sketch
from sketchkit.sketches import Sketches
from sketchkit.widgets.export.page_drawing import as_ink, as_json, as_sketch

__all__ = [
    "SYNC_WITHOUT_ECHO",
    "BoolsResult",
    "CategoryTrait",
    "FloatResult",
    "FloatsResult",
    "InkTrait",
    "Result",
    "SketchListResult",
    "SketchListTrait",
    "SketchResult",
    "SketchTrait",
]

#: Metadata of traits that are changed by gestures. Such traits are not echoed back to the page, because a late echo
#: would undo newer strokes.
SYNC_WITHOUT_ECHO = {"sync": True, "echo_update": False}


class SketchTrait(traitlets.Instance[Sketch]):
    """A trait with a drawing, synchronized with the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Sketch, args=(np.zeros((0, 3)),), **options)
        self.tag(**SYNC_WITHOUT_ECHO, to_json=as_json, from_json=as_sketch)


class SketchListTrait(traitlets.List[Sketch]):
    """A trait with a list of drawings, synchronized with the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(traitlets.Instance(Sketch), **options)
        self.tag(
            **SYNC_WITHOUT_ECHO,
            to_json=lambda sketches, _: [as_json(sketch) for sketch in sketches],
            from_json=lambda data, _: [as_sketch(drawing) for drawing in data],
        )

    def validate(self, obj: Any, value: Any) -> Sketches:
        """Return the drawings as a list that notebooks show as pictures."""
        return Sketches(super().validate(obj, value) or ())


class InkTrait(traitlets.List[Any]):
    """Strokes of the user as they were drawn: lists of points [x, y, pressure], in the units of the sketch.

    The pressure is 0 to 1; it is 0.5 for a mouse or a finger, whose lines have the width 1. A line
    has the width 0.4 + 1.2 × pressure. The page updates the trait together with the sketch.
    """

    def __init__(self) -> None:
        super().__init__(help="Strokes as they were drawn, with pressure.")
        self.tag(**SYNC_WITHOUT_ECHO, from_json=as_ink)


class CategoryTrait(traitlets.Unicode[str, Any]):
    """A trait with the name of a category of the widget's model, or "" for any category."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.tag(**SYNC_WITHOUT_ECHO)

    def validate(self, obj: Any, value: Any) -> str:
        """Return the name of a category; raise TraitError if the model does not have it."""
        name = str(super().validate(obj, value))
        if name:
            exemplars = obj.model.exemplars
            if exemplars is None:
                reason = f"because {obj.model.name} has no categories"
                raise traitlets.TraitError(f"category: expected an empty string, {reason}, got {name!r}")
            try:
                exemplars.index(name)
            except ValueError as error:
                raise traitlets.TraitError(str(error)) from None
        return name


class Result(traitlets.TraitType[Any, Any]):
    """A trait with a result of the network, for a `sketchkit.widgets.results.WidgetWithResults`."""

    def get(self, obj: Any, cls: Any = None) -> Any:
        """Return the value; compute it first if an input has changed."""
        obj.compute_results()
        return super().get(obj, cls)

    def set(self, obj: Any, value: Any) -> None:
        """Set the value without computing it."""
        # The new value is read to send it to the page; this reading must not start the computation.
        with obj.without_computing():
            super().set(obj, value)


class SketchResult(Result, SketchTrait):
    """A drawing."""


class SketchListResult(Result, SketchListTrait):
    """A list of drawings."""


class FloatResult(Result, traitlets.Float[Any, Any]):
    """A number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(0.0, **options)
        self.tag(**SYNC_WITHOUT_ECHO)


class FloatsResult(Result, traitlets.List[float]):
    """A list of numbers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(traitlets.Float(), **options)
        self.tag(**SYNC_WITHOUT_ECHO)


class BoolsResult(Result, traitlets.List[bool]):
    """A list of booleans."""

    def __init__(self, **options: Any) -> None:
        super().__init__(traitlets.Bool(), **options)
        self.tag(**SYNC_WITHOUT_ECHO)
