"""Widgets in a page without a kernel: one file that needs no network, with the engine and the weights inside."""

from __future__ import annotations

import base64
import html
import json
import logging
import secrets
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets

from sketchkit.arguments import path_of
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import replacing
from sketchkit.widgets.base import ModelWidget, SketchWidget
from sketchkit.widgets.export.bundle import page_module, stylesheet
from sketchkit.widgets.export.packing import pack
from sketchkit.widgets.export.widget_tree import WidgetTree, is_ours, name_of

__all__ = ["embed", "fragment", "own_state", "scripts", "told"]

logger = logging.getLogger("sketchkit")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 8px; font-family: system-ui, sans-serif; }}
{style}
</style>
</head>
<body>
{body}
{scripts}
</body>
</html>
"""

#: JupyterLab's dark colours, for pages that have none of their own.
_DARK = """
@media (prefers-color-scheme: dark) {
  :root { --jp-ui-font-color1: #e4e6ea; --jp-ui-font-color2: #a3a9b3; --jp-layout-color1: #17191d;
    --jp-border-color1: #4a4f58; --jp-brand-color1: #74a3ff; --jp-error-color1: #ff8a80;
    --jp-ui-inverse-font-color1: #17191d; }
  body { background: #101114; color: #e4e6ea; }
}
"""


def embed(
    widgets: Any,
    path: str | Path,
    *,
    title: str = "sketchkit",
    dtype: str = "float16",
) -> Path:
    """Write widgets into one page that opens from disk, without a kernel and without the network.

    Parameters
    ----------
    widgets : widget or sequence of widgets
        Widgets of sketchkit, or boxes, tabs and outputs of ipywidgets that hold some at any depth. They are written as
        they are now, with what is drawn on them. A model that several widgets share is in the page once; so are the
        models that can be chosen in a widget (`models`). Other widgets, sliders for example, need a kernel: they are
        left out, and each is named in a warning.
    path : str or Path
        The `.html` file; it is replaced in one step or not at all.
    title : str
    dtype : {"float16", "float32", "int8"}
        Precision of the weights. A model of 512 units makes a page of 3 to 5.5 MB in float16, about half of that in
        int8; what int8 costs in quality is in `docs/embedding.md`.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    ValueError
        If `dtype` is unknown, a weight is too large for it, or there is no widget of sketchkit to write.
    FileNotFoundError, ConnectionError
        If a model of `models` is unavailable.
    OSError
        If the file cannot be written.
    """
    page, path = _page(widgets, title, dtype), path_of(path, "path")
    with replacing(path) as part:
        part.write_text(page, encoding="utf-8")
    return path


def fragment(
    widgets: Any,
    *,
    title: str = "sketchkit",
    dtype: str = "float16",
    height: int = 560,
) -> str:
    """Return widgets as an HTML element for somebody else's page.

    It is an `iframe` that carries all it needs, as wide as what it stands in, and grows to the height of its content
    where the page lets it. It is sandboxed: the widgets see nothing of the page around them.

    Parameters
    ----------
    widgets, title, dtype
        As in `embed`.
    height : int
        Pixels, before it grows or where scripts may not run.
    """
    name = f"sketchkit-{secrets.token_hex(6)}"
    grow = (
        "addEventListener('message',e=>{const f=document.getElementsByName(e.data?.sketchkit)[0];"
        "if(f&&f.contentWindow===e.source)f.style.height=Math.min(+e.data.height||0,4000)+'px'})"
    )
    # In ASCII: the page around it may be in any encoding.
    page = html.escape(_page(widgets, title, dtype)).encode("ascii", "xmlcharrefreplace").decode()
    return (
        f'<iframe name="{name}" title="{html.escape(title)}" sandbox="allow-scripts allow-downloads" loading="lazy" '
        f'style="width:100%;height:{int(height)}px;border:0" srcdoc="{page}"></iframe>'
        f"<script>{grow}</script>"
    )


def scripts(states: Mapping[str, dict[str, Any]], models: Mapping[str, SketchRNN], dtype: str | None) -> str:
    """Return the scripts that bring widgets to life in the elements whose `data-sketchkit` is their key.

    Parameters
    ----------
    states, models, dtype
        As in `told`.
    """
    data, weights = told(states, models, dtype)
    texts = [f'<script type="text/plain" id="sketchkit-{key}">{text}</script>' for key, text in weights.items()]
    texts.append(data)
    texts.append(f'<script type="module">\n{page_module()}mount();\n</script>')
    return "\n".join(texts)


def told(
    states: Mapping[str, dict[str, Any]], models: Mapping[str, SketchRNN], dtype: str | None
) -> tuple[str, dict[str, str]]:
    """Return what a page is told of its widgets, as a script element of data, and the weights they need.

    Parameters
    ----------
    states : mapping of str to dict
        The traits of each widget by its key on the page; `_card` says under "choice" which model it begins with.
    models : mapping of str to SketchRNN
        By the names they are chosen by.
    dtype : str or None
        As in `sketchkit.widgets.export.packing.pack`.

    Returns
    -------
    str
    dict of str to str
        By the key of each model, its weights: deflated, in base64.
    """
    packed = {name: pack(model, dtype) for name, model in models.items()}
    cards = {
        name: {**ModelWidget.card_of(model), "key": packed[name].key, "choice": name} for name, model in models.items()
    }
    page = {
        "models": [{"card": cards[name], **each.message} for name, each in packed.items()],
        "widgets": {
            key: {**state, "_card": cards[state["_card"]["choice"]]} if "_card" in state else state
            for key, state in states.items()
        },
    }
    data = json.dumps(page).replace("<", "\\u003c")
    weights = {each.key: base64.b64encode(zlib.compress(each.buffer, 9)).decode() for each in packed.values()}
    return f'<script type="application/json" id="sketchkit-widgets">{data}</script>', weights


def own_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the traits that are a widget's own, without those that any widget has."""
    return {**{name: value for name, value in state.items() if name not in _FOREIGN}, "_observed": False}


def _page(widgets: Any, title: str, dtype: str) -> str:
    given: list[ipywidgets.Widget] = [widgets] if isinstance(widgets, ipywidgets.Widget) else list(widgets)
    for each in given:
        if not isinstance(each, ipywidgets.Widget):
            raise ValueError(f"widgets: expected widgets, got {type(each).__name__}")
    states: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    models: dict[str, SketchRNN] = {}

    def place(model_id: str, entry: Any) -> str:
        widget = _widget(model_id)
        if not isinstance(widget, SketchWidget) or not is_ours(entry):
            return omit(model_id, entry)
        if model_id not in places:
            places[model_id] = str(len(places))
            states[places[model_id]] = own_state(widget.get_state())
            if isinstance(widget, ModelWidget):
                models.update(widget.offered())
        return f'<div data-sketchkit="{places[model_id]}">{widget.still()}</div>'

    def omit(model_id: str, entry: Any) -> str:
        logger.warning("%s needs a kernel, so it is not in the page", name_of(entry))
        return ""

    tree = WidgetTree(_entry, place, omit)
    body = "\n".join(tree.html(each.model_id) for each in given)
    if not states:
        raise ValueError("widgets: expected at least one widget of sketchkit that can live without a kernel")
    return _PAGE.format(
        title=html.escape(title), style=stylesheet() + _DARK, body=body, scripts=scripts(states, models, dtype)
    )


def _widget(model_id: str) -> Any:
    """Return the widget of this process that has a model id, or None."""
    found = ipywidgets.widget_serialization["from_json"](f"IPY_MODEL_{model_id}", None)
    return found if isinstance(found, ipywidgets.Widget) else None


def _entry(model_id: str) -> dict[str, Any] | None:
    """Return the state of a widget of this process, as it would be saved in a notebook."""
    widget = _widget(model_id)
    if widget is None:
        return None
    state = widget.get_state()
    return {"model_module": state["_model_module"], "model_name": state["_model_name"], "state": state}


#: Traits that any widget of anywidget has.
_FOREIGN = frozenset(name for name in SketchWidget.class_traits(sync=True) if name not in ("_view", "_observed"))
