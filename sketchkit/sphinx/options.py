"""Options of the directives: the arguments of each widget whose values can be written as text."""

from __future__ import annotations

import inspect
from typing import Any

import traitlets
from anywidget import AnyWidget
from docutils.parsers.rst import directives

from sketchkit import widgets
from sketchkit.widgets.base import SketchWidget
from sketchkit.widgets.traits import FloatResult, Result, SketchListTrait, SketchTrait

__all__ = ["DrawingPath", "options"]

#: Traits that are not arguments: those of every Jupyter widget, and those that the page or the widget sets.
_NOT_OPTIONS = frozenset((*AnyWidget.class_traits(sync=True), "by_model", "ink", "names", "position", "given"))


class DrawingPath(str):
    """Path of an SVG file."""


def _drawing(text: str | None) -> DrawingPath:
    return DrawingPath(directives.unchanged_required(text))


def _drawings(text: str) -> list[DrawingPath]:
    return [DrawingPath(name) for name in _names(text)]


def _names(text: str | None) -> list[str]:
    """Return the names in a string that separates them by commas; a name such as `Full screen` contains spaces."""
    return [name.strip() for name in directives.unchanged_required(text).split(",") if name.strip()]


def _indices(text: str) -> list[int]:
    return [int(index) for index in _names(text)]


def _truth(text: str | None) -> bool:
    return {"true": True, "false": False}[directives.choice(text or "true", ("true", "false"))]


def _number(text: str) -> float:
    return float(text)


#: Converter of the option for each class of traits. If a trait is an instance of several classes, the first one
#: applies.
_CONVERTERS: tuple[tuple[Any, Any], ...] = (
    (FloatResult, _number),  # the value of a slider is a result, but also an argument
    (Result, None),
    (SketchTrait, _drawing),
    (SketchListTrait, None),
    (traitlets.Bool, _truth),
    (traitlets.Int, int),
    (traitlets.Float, _number),
    ((traitlets.Unicode, traitlets.Enum), directives.unchanged),
)
#: Converters of the lists that are options, and of the arguments that are not traits.
_OTHER_CONVERTERS = {
    **dict.fromkeys(("hidden", "locked"), _names),
    "models": lambda text: text.replace(",", " ").split(),
    "selection": _indices,
    "path": _drawings,
    **dict.fromkeys(("a", "b", "c", "d"), _drawing),
    **dict.fromkeys(("category", "projection", "split"), directives.unchanged),
    "loss": _truth,
    "limit": directives.positive_int,
}


def options(widget: type[SketchWidget]) -> dict[str, Any]:
    """Return the options of the directive of a widget: for each name, the function that converts the string.

    The options are those traits and other arguments of the class whose values can be written as text.
    """
    traits = {name: trait for name, trait in widget.class_traits(sync=True).items() if not name.startswith("_")}
    parameters = list(inspect.signature(widget).parameters)
    found = {name: _converter(name, trait) for name, trait in traits.items() if name not in _NOT_OPTIONS}
    found |= {name: _OTHER_CONVERTERS.get(name) for name in parameters if name not in found}
    if widget is widgets.LatentSlider:
        found["z"] = _drawing  # the widget encodes the drawing
    if widget is widgets.LatentMap:
        found |= {"model": directives.unchanged_required, "sketch": None}  # the page computes `sketch`
    if widget is widgets.Morph:  # the options `a` to `d` set these drawings
        found |= dict.fromkeys(("sketch_a", "sketch_b", "sketch_c", "sketch_d"))
    return {name: converter for name, converter in sorted(found.items()) if converter is not None}


def _converter(name: str, trait: traitlets.TraitType[Any, Any]) -> Any:
    if name in _OTHER_CONVERTERS:
        return _OTHER_CONVERTERS[name]
    return next((convert for kind, convert in _CONVERTERS if isinstance(trait, kind)), None)
