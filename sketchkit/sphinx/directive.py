"""The directives of widgets."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from sketchkit import widgets
from sketchkit.formats.svg import read_svg
from sketchkit.sketch import Sketch
from sketchkit.sphinx.options import DrawingPath
from sketchkit.sphinx.widget_nodes import LiveWidget, WidgetElement
from sketchkit.widgets.base import ModelWidget, SketchWidget
from sketchkit.widgets.elements import attributes_of, hyphenated, tag_of
from sketchkit.widgets.export.notebook import load_beside
from sketchkit.widgets.export.page import own_state

__all__ = ["WidgetDirective", "directive_widgets", "load_model"]

#: Cached, so that all pages share the loaded models.
load_model = cache(load_beside)

#: Widgets without a directive: they need a kernel, or arrays of numbers.
_WITHOUT_DIRECTIVE = ("LatentSliders", "Teach", "TrainingMonitor")
#: Widgets whose drawing is a beginning, and the size of a beginning relative to a whole drawing.
_BEGINNING_WIDGETS, _BEGINNING_SIZE = (widgets.Complete, widgets.NextPoint), 0.6


def directive_widgets() -> dict[str, type[SketchWidget]]:
    """Return the widget class of each directive, by the name of the directive."""
    found = {}
    for name in widgets.__all__:
        if name not in _WITHOUT_DIRECTIVE:
            found[f"sketchkit-{hyphenated(name)}"] = getattr(widgets, name)
    return found


class WidgetDirective(SphinxDirective):
    """Directive of a live widget. Builders other than HTML skip it."""

    final_argument_whitespace = True
    widget: ClassVar[Any]

    def run(self) -> list[nodes.Node]:
        """Return the document node of the widget."""
        try:
            arguments = {name: self.with_drawings(value) for name, value in self.options.items()}
            widget = self.widget(*self.positional(), **arguments)
        except Exception as error:  # an error in the document; Sphinx adds the file and the line
            raise self.error(f"{self.name}: {error}") from None
        node = self.element(widget) if tag_of(self.widget) else self.live(widget)
        self.set_source_info(node)
        return [node]

    def element(self, widget: SketchWidget) -> WidgetElement:
        """Return the node of a widget that has an element."""
        node = WidgetElement("", tag=tag_of(self.widget), attributes=attributes_of(widget), model="", models=[])
        if isinstance(widget, ModelWidget):
            node["model"], node["models"] = widget.choice, list(widget.models)
        if widget.has_trait("ink"):  # `link` is the name of the drawing in the address of the page
            number = self.env.new_serialno("sketchkit-link") + 1
            node["attributes"]["link"] = f"sketch{number}" if number > 1 else "sketch"
        node["image"] = widget.still()
        return node

    def live(self, widget: Any) -> LiveWidget:
        """Return the node of a widget without an element; the page contains the traits of the widget."""
        models = list(widget.offered())
        key = f"{self.env.docname}-{self.env.new_serialno('sketchkit')}"
        body = f'<div data-sketchkit="{escape(key)}">{widget.still()}</div>'
        states = {key: {"traits": own_state(widget.get_state())}}
        live = LiveWidget("", states=states, models=models, folder=Path(), body=body)
        live["attachments"] = widget.attachments()
        return live

    def positional(self) -> Sequence[str]:
        """Return the argument of the directive, as an absolute path if it names a file relative to the document."""
        if not self.arguments or (issubclass(self.widget, ModelWidget) and self.widget is not widgets.LatentMap):
            return tuple(self.arguments)
        _, path = self.env.relfn2path(self.arguments[0])
        if self.widget is widgets.LatentMap and not Path(path).exists():
            return tuple(self.arguments)  # the name of a dataset
        for file in sorted(Path(path).glob("*.svg")) if Path(path).is_dir() else [path]:
            self.env.note_dependency(str(file))
        return [path]

    def with_drawings(self, value: Any) -> Any:
        """Return the value of an option, with drawings in place of the paths of files."""
        if isinstance(value, list):
            return [self.with_drawings(item) for item in value]
        if not isinstance(value, DrawingPath):
            return value
        if self.widget is widgets.Morph and not value.lower().endswith(".svg"):
            return str(value)  # the name of a category
        return self.drawing(value)

    def drawing(self, file: str) -> Sketch:
        """Read an SVG file and scale the drawing to the model's `drawing_size`, or to 0.6 of it for a beginning.

        The path is relative to the document. Drawings for `SketchPad` are not scaled.
        """
        relative, path = self.env.relfn2path(file)
        self.env.note_dependency(relative)
        if not issubclass(self.widget, ModelWidget):
            return read_svg(path)
        name = self.arguments[0] if self.arguments else inspect.signature(self.widget).parameters["model"].default
        model = load_model(name, Path())
        size = model.drawing_size
        if self.widget in _BEGINNING_WIDGETS:
            return read_svg(path, size=_BEGINNING_SIZE * size).moved_to(*[(1 - _BEGINNING_SIZE) / 2 * size] * 2)
        return read_svg(path, size=size)
