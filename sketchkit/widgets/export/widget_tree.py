"""Conversion of displayed widgets to HTML: boxes, tabs and outputs, with a placeholder for each widget of sketchkit.

In this module, "model" means the model of a Jupyter widget, which has an id, and not a sketch-rnn model.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["STATE", "VIEW", "WidgetTree", "drop_models", "is_monitor", "is_ours", "name_of"]

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"

#: Values of the trait `_view` of the widgets that work without a kernel.
_KERNELLESS_VIEWS = frozenset((
    "pad", "complete", "reconstruct", "morph", "temperature_slider", "latent_slider", "latent_sliders", "next_point",
    "gallery", "guess", "latent_map",
))  # fmt: skip
#: Maximum number of widgets in a display. A saved state can refer to one child many times.
MAX_WIDGETS = 10_000
#: Maximum depth of nested widgets; deeper widgets are passed to `place_other`. A saved state can contain cycles.
MAX_DEPTH = 40
#: CSS of the boxes, as in Jupyter's controls.
_BOXES = {
    "HBoxModel": "display:flex;flex-flow:row;align-items:stretch;overflow:auto",
    "VBoxModel": "display:flex;flex-flow:column;align-items:stretch;overflow:auto",
    "BoxModel": "display:flex;align-items:stretch;overflow:auto",
    "GridBoxModel": "display:grid;overflow:auto",
}
_TABBED = ("TabModel", "AccordionModel", "StackModel")
#: Traits of a Layout that are CSS properties, and the characters that their values may contain.
_PROPERTIES = frozenset((
    "align_content", "align_items", "align_self", "border_bottom", "border_left", "border_right", "border_top",
    "bottom",
    "display", "flex", "flex_flow", "grid_area", "grid_auto_columns", "grid_auto_flow", "grid_auto_rows", "grid_column",
    "grid_gap", "grid_row", "grid_template_areas", "grid_template_columns", "grid_template_rows", "height",
    "justify_content", "justify_items", "left", "margin", "max_height", "max_width", "min_height", "min_width", "order",
    "overflow", "padding", "right", "top", "visibility", "width",
))  # fmt: skip
_VALUE = re.compile(r"""[\w\s.,%#()/+*"'\[\]-]*""")
_REFERENCE = "IPY_MODEL_"
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

Entry = Mapping[str, Any]


def is_ours(entry: Entry | None) -> bool:
    """Return whether a model is a widget of sketchkit that works without a kernel."""
    return _view_of(entry) in _KERNELLESS_VIEWS


def is_monitor(entry: Entry | None) -> bool:
    """Return whether a model is a `TrainingMonitor`, which needs a kernel."""
    return bool(_view_of(entry) == "monitor")


def name_of(entry: Entry | None) -> str:
    """Return the class name of a widget, for messages."""
    if entry is None:
        return "a widget without saved state"
    identity = _state(entry).get("_anywidget_id")
    return str(identity or entry.get("model_name", "widget")).rpartition(".")[2].removesuffix("Model")


class WidgetTree:
    """A displayed widget and the widgets inside it.

    Parameters
    ----------
    lookup : callable
        Returns the entry of a model by its id: `model_module`, `model_name` and `state`, as in the metadata of a
        notebook; None if there is no such model.
    place : callable
        Returns the HTML of a sketchkit widget, including training monitors, from its id and its entry.
    place_other : callable
        Returns the HTML of any other widget from its id and its entry, which may be None.
    """

    def __init__(
        self,
        lookup: Callable[[str], Entry | None],
        place: Callable[[str, Entry], str],
        place_other: Callable[[str, Entry | None], str],
    ) -> None:
        self._lookup, self._place, self._place_other = lookup, place, place_other
        self._count = 0

    def has_ours(self, model_id: str) -> bool:
        """Return whether a model is or contains a widget of sketchkit, at any depth."""
        return any(is_ours(entry) or is_monitor(entry) for entry in self._walk(model_id, set()))

    def html(self, model_id: str) -> str:
        """Return the HTML of a model and of the widgets inside it.

        Raises
        ------
        ValueError
            If there are more than 10,000 widgets.
        """
        return self._html(model_id, 0)

    def _walk(self, model_id: str, seen: set[str]) -> Iterator[Entry]:
        pending = [model_id]
        while pending:
            model_id = pending.pop()
            entry = self._lookup(model_id)
            if model_id in seen or entry is None:
                continue
            seen.add(model_id)
            yield entry
            pending += _children(entry)
            pending += [view for output in _outputs(entry) if (view := view_of(output))]

    def _html(self, model_id: str, depth: int) -> str:
        self._count += 1
        if self._count > MAX_WIDGETS:
            raise ValueError(f"expected at most {MAX_WIDGETS:,} widgets in a display, got more")
        entry = self._lookup(model_id)
        if is_ours(entry) or is_monitor(entry):
            return f'<div style="{self._css(entry)}">{self._place(model_id, entry or {})}</div>'
        if entry is None or depth >= MAX_DEPTH or not self.has_ours(model_id):
            return self._place_other(model_id, entry)
        kind, children = str(entry.get("model_name")), [self._html(child, depth + 1) for child in _children(entry)]
        if kind == "OutputModel":
            inside = "\n".join(self._output(output, depth) for output in _outputs(entry))
            return f'<div style="{self._css(entry)}">{inside}</div>'
        if kind in _TABBED:
            return self._tabs(entry, kind, children)
        box = _BOXES.get(kind, _BOXES["VBoxModel"])
        return f'<div style="{self._css(entry, box)}">{"".join(children)}</div>'

    def _tabs(self, entry: Entry, kind: str, children: list[str]) -> str:
        """Return tabs or an accordion that work without scripts."""
        state = _state(entry)
        titles, selected = state.get("titles") or state.get("_titles") or {}, state.get("selected_index")
        if not isinstance(titles, Mapping):
            titles = {str(i): title for i, title in enumerate(titles)} if isinstance(titles, (list, tuple)) else {}
        group = f"sk-{secrets.token_hex(6)}"
        shape = "sk-accordion" if kind == "AccordionModel" else "sk-tabs"
        first = 0 if selected is None and kind != "AccordionModel" else selected
        parts = "".join(
            f'<details name="{group}"{" open" if i == first else ""}>'
            f"<summary>{html.escape(str(titles.get(str(i)) or i + 1))}</summary><div>{child}</div></details>"
            for i, child in enumerate(children)
        )
        columns = f"grid-template-columns:repeat({len(children)},max-content) 1fr"
        return f'<div class="{shape}" style="{self._css(entry, columns)}">{parts}</div>'

    def _output(self, output: Mapping[str, Any], depth: int) -> str:
        """Return the HTML of an output of a notebook cell."""
        view = view_of(output)
        if view:
            return self._html(view, depth + 1)
        data = output.get("data")
        if isinstance(data, Mapping):
            for kind in ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"):
                if kind in data:
                    return _output_html(kind, _joined(data[kind]))
            return ""
        text = _joined(output.get("text", "")) or "\n".join(map(str, output.get("traceback", ())))
        return _output_html("text/plain", text)

    def _css(self, entry: Entry | None, default: str = "") -> str:
        """Return the CSS of a widget's layout as the value of a `style` attribute."""
        layout = _state(self._lookup(_target(_state(entry).get("layout"))))
        properties = {
            name.replace("_", "-"): value
            for name, value in layout.items()
            if name in _PROPERTIES and isinstance(value, str) and _VALUE.fullmatch(value) and "url" not in value.lower()
        }
        return html.escape(";".join([default, *(f"{name}:{value}" for name, value in properties.items())]).strip(";"))


def view_of(output: Mapping[str, Any]) -> str:
    """Return the id of the model that an output of a cell displays, or "" if it displays no widget."""
    data = output.get("data")
    view = data.get(VIEW) if isinstance(data, Mapping) else None
    return str(view.get("model_id", "")) if isinstance(view, Mapping) else ""


def drop_models(saved: Mapping[str, Entry], dropped: set[str]) -> dict[str, Entry]:
    """Return `saved` without the models in `dropped`, and without those that refer to one of them, even indirectly."""
    texts = {model_id: str(entry.get("state")) for model_id, entry in saved.items() if isinstance(entry, Mapping)}
    kept = {model_id: text for model_id, text in texts.items() if model_id not in dropped}
    pattern = re.compile(re.escape(_REFERENCE) + r"[\w-]+")
    refers = {
        model_id: {match.removeprefix(_REFERENCE) for match in pattern.findall(text)} for model_id, text in kept.items()
    }
    removed = set(texts) - set(kept)
    while more := {model_id for model_id, names in refers.items() if model_id not in removed and names & removed}:
        removed |= more
    return {model_id: saved[model_id] for model_id in texts if model_id not in removed}


def _view_of(entry: Entry | None) -> Any:
    state = _state(entry)
    ours = entry is not None and entry.get("model_module") == "anywidget" and "_observed" in state
    return state.get("_view") if ours and isinstance(state.get("_view"), str) else None


def _state(entry: Entry | None) -> Mapping[str, Any]:
    state = entry.get("state") if isinstance(entry, Mapping) else None
    return state if isinstance(state, Mapping) else {}


def _target(reference: Any) -> str:
    """Return the id of the model that a trait refers to."""
    return reference.removeprefix(_REFERENCE) if isinstance(reference, str) else ""


def _children(entry: Entry) -> list[str]:
    children = _state(entry).get("children")
    return [_target(child) for child in children] if isinstance(children, (list, tuple)) else []


def _outputs(entry: Entry) -> list[Mapping[str, Any]]:
    outputs = _state(entry).get("outputs") if entry.get("model_name") == "OutputModel" else None
    return [output for output in outputs if isinstance(output, Mapping)] if isinstance(outputs, (list, tuple)) else []


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, (list, tuple)) else str(text)


def _output_html(kind: str, text: str) -> str:
    """Return the HTML of text or an image. HTML is returned unchanged, as in nbconvert."""
    if kind == "text/html":
        return text
    if kind == "image/svg+xml":  # scripts do not run in an image
        from urllib.parse import quote

        return f'<img alt="" src="data:image/svg+xml;charset=utf-8,{quote(text)}">'
    if kind.startswith("image/"):
        return f'<img alt="" src="data:{kind};base64,{html.escape("".join(text.split()))}">'
    return f"<pre>{html.escape(_ANSI.sub('', text))}</pre>"
