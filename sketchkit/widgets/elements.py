"""HTML elements of the component: their names, and the attributes that give an element the traits of a widget."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from anywidget import AnyWidget

from sketchkit.widgets.base import ModelWidget, SketchWidget

__all__ = ["RENAMED", "WITHOUT_ELEMENT", "attributes_of", "element_html", "hyphenated", "tag_of"]

#: Widgets that have no element, because they need a kernel or a dataset.
WITHOUT_ELEMENT = frozenset(("LatentMap", "Teach", "TrainingMonitor"))
#: For each trait whose name HTML uses for something else: the name of its attribute.
RENAMED = {"hidden": "hidden_controls", "locked": "locked_controls"}
#: Traits that are not attributes: those of every Jupyter widget, and the models, whose addresses depend on the page.
_NOT_ATTRIBUTES = frozenset((*AnyWidget.class_traits(sync=True), "models"))


def hyphenated(name: str) -> str:
    """Return the name of a widget as it is written in the names of directives and elements: `latent-map`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.removeprefix("Sketch")).lower()


def tag_of(widget: type[SketchWidget]) -> str:
    """Return the name of the element of a class, for example `sketch-complete`; "" if it has none."""
    return "" if widget.__name__ in WITHOUT_ELEMENT else f"sketch-{hyphenated(widget.__name__)}"


def attributes_of(widget: SketchWidget) -> dict[str, str]:
    """Return the attributes that give an element the traits of a widget.

    Traits that have their default values are left out, and so are results that have been neither computed nor set. The
    caller adds `model` and `models`, which are addresses.
    """
    state = widget.get_state()
    attributes = {}
    for name, trait in sorted(type(widget).class_traits(sync=True).items()):
        value = state.get(name)
        if name.startswith("_") or name in _NOT_ATTRIBUTES or _is_empty(value):
            continue
        default = trait.default_value
        if name == "temperature" and isinstance(widget, ModelWidget):
            own = widget.own_temperature
            default = widget.model.sampling.temperature if own is None else own
        if value != default:
            attributes[RENAMED.get(name, name)] = _text(value)
    return attributes


def element_html(tag: str, attributes: Mapping[str, str], content: str) -> str:
    """Return an element with HTML content that is shown until the widget can be used.

    An attribute with the value "" is written as its name alone.
    """
    written = "".join(f' {name}="{escape(text)}"' if text else f" {name}" for name, text in attributes.items())
    return f"<{tag}{written}>{content}</{tag}>"


def _is_empty(value: Any) -> bool:
    """Return whether the value of a trait is an empty string, list or drawing."""
    content = value["rows"] if isinstance(value, Mapping) and "rows" in value else value
    return content is None or (isinstance(content, (str, list, dict)) and not content)


def _text(value: Any) -> str:
    """Return the value of a trait as an attribute; see `fromAttribute` in values.js."""
    if isinstance(value, bool):
        return "" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, (str, int)):
        return str(value)
    # A list of names is written without quotation marks, unless it would then be read as JSON or as other names.
    if isinstance(value, list) and all(isinstance(each, str) and re.fullmatch(r"\w([^,]*\S)?", each) for each in value):
        return ", ".join(value)
    return json.dumps(_shorter(value), ensure_ascii=False, separators=(",", ":"))


def _shorter(value: Any) -> Any:
    """Return the value of a trait with whole numbers as integers, which are shorter in JSON."""
    if isinstance(value, Mapping):
        return {name: _shorter(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shorter(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
