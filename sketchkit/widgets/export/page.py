"""Export of widgets to an HTML page that contains the engine and the weights and works offline, without a kernel."""

from __future__ import annotations

import html
import json
import logging
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import anywidget
import ipywidgets

from sketchkit.argument_errors import short_errors
from sketchkit.arguments import parse_path
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import atomic_write
from sketchkit.widgets.export.bundle import frame_script, page_script, stylesheet
from sketchkit.widgets.export.model_file import as_text, model_card, model_file
from sketchkit.widgets.export.widget_tree import WidgetTree, is_ours, name_of

__all__ = ["PageWidget", "embed", "fragment", "own_state", "page_data", "page_scripts"]

logger = logging.getLogger("sketchkit")

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
:root[data-theme="light"] {{ color-scheme: light; }}
:root[data-theme="dark"] {{ color-scheme: dark; }}
body {{ margin: 0; padding: 8px; font-family: system-ui, sans-serif; }}
body {{ background: light-dark(#fff, #101114); color: light-dark(#1d2433, #e4e6ea); }}
:root[data-theme] body {{ background: none; }}
{style}
</style>
</head>
<body>
{body}
{scripts}
</body>
</html>
"""

#: A language tag, for example "en" or "pt-BR".
_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")

#: Traits of every widget of anywidget.
_INHERITED_TRAITS = frozenset((*anywidget.AnyWidget.class_traits(sync=True), "_anywidget_id", "_css", "_esm"))


@runtime_checkable
class PageWidget(Protocol):
    """The methods of a widget that the export of a page calls."""

    def get_state(self) -> dict[str, Any]:
        """Return the traits by name, in the form in which they are sent to the page."""

    def still(self) -> str:
        """Return an image of the widget as HTML."""

    def offered(self) -> dict[str, SketchRNN]:
        """Return the models of the widget by the names in its traits."""

    def attachments(self) -> dict[str, bytes]:
        """Return the buffers that the page requests, by their keys."""


@short_errors
def embed(
    widgets: Any,
    path: str | Path,
    *,
    title: str = "sketchkit",
    dtype: str = "float16",
    language: str = "en",
) -> Path:
    """Write widgets into one file that needs no kernel and no internet connection: an HTML page, or a module for MyST.

    Parameters
    ----------
    widgets : widget or sequence of widgets
        Widgets of sketchkit, or boxes, tabs and outputs of ipywidgets that contain some at any depth. The page shows
        their current state. It contains each model once, including the models that the user can choose in a widget
        (`models`). Other widgets, for example sliders, need a kernel: they are omitted, with a warning for each.
    path : str or Path
        Path of the file, which is replaced atomically: an HTML page, or, if it ends in `.mjs`, an ES module with the
        interface of anywidget, for the directive `anywidget` of MyST. The module shows the widgets in a frame, as
        `fragment` does.
    title : str
        Title of the page.
    dtype : {"float16", "float32", "int8"}
        Precision of the weights. The size of a page with a model of 512 units is 3 to 5.5 MB in float16, and about half
        of that in int8. See `docs/embedding.md` for the loss of quality in int8.
    language : str
        Language of the page, for example "de". The widgets are available in English and German, and use English
        for all other languages.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    ValueError
        If `dtype` is unknown, a weight is too large for it, `language` is not a language tag, or `widgets` contains no
        widget of sketchkit.
    FileNotFoundError, ConnectionError
        If a model of `models` is unavailable.
    OSError
        If the file cannot be written.
    """
    path, options = parse_path(path, "path"), {"title": title, "dtype": dtype, "language": language}
    text = _module(widgets, **options) if path.suffix.lower() == ".mjs" else _page(widgets, **options)
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8", errors="replace")  # a title may have lone surrogates
    return path


def fragment(
    widgets: Any,
    *,
    title: str = "sketchkit",
    dtype: str = "float16",
    language: str = "en",
    height: int = 560,
) -> str:
    """Return widgets as an HTML element for another page.

    The element is a self-contained `iframe` with the width of its parent. If the page allows scripts, the frame grows
    to the height of its content and follows the light or dark theme of the page. The frame is sandboxed: the widgets
    have no access to the page around them.

    Parameters
    ----------
    widgets, title, dtype, language
        As in `embed`.
    height : int
        Initial height in pixels, which is also the final height if the page does not allow scripts.
    """
    name, frame = _frame(_page(widgets, title, dtype, language), title, height)
    return f'{frame}<script>{frame_script()}("{name}")</script>'


def page_scripts(
    states: Mapping[str, dict[str, Any]],
    models: Mapping[str, SketchRNN],
    dtype: str | None,
    attachments: Mapping[str, bytes] | None = None,
) -> str:
    """Return the scripts that render each widget into the element whose `data-sketchkit` attribute is the widget's key.

    Parameters
    ----------
    states : mapping of str to dict
        Traits of each widget by its key in the page; `_card["choice"]` is the name of its initial model.
    models : mapping of str to SketchRNN
        Models by name.
    dtype : str or None
        Precision of the weights, as in `sketchkit.widgets.export.packing.pack`.
    attachments : mapping of str to bytes, optional
        Other buffers that the widgets request, by their keys.
    """
    contents = {name: model_file(model, dtype) for name, model in models.items()}
    cards = {name: model_card(content) for name, content in contents.items()}
    buffers = {cards[name]["key"]: content for name, content in contents.items()} | dict(attachments or {})
    ids = {key: f"sketchkit-{key}" for key in buffers}
    files = {name: ids[card["key"]] for name, card in cards.items()}
    return "\n".join((
        *(f'<script type="text/plain" id="{ids[key]}">{as_text(buffer)}</script>' for key, buffer in buffers.items()),
        page_data(states, cards, files, {key: ids[key] for key in attachments or {}}),
        f'<script type="module">\n{page_script()}</script>',
    ))  # fmt: skip


def page_data(
    states: Mapping[str, dict[str, Any]],
    cards: Mapping[str, dict[str, Any]],
    files: Mapping[str, str],
    arrays: Mapping[str, str],
) -> str:
    """Return a script element with the traits of a page's widgets, and the locations of their models and arrays.

    Parameters
    ----------
    states : mapping of str to dict
        As in `page_scripts`.
    cards : mapping of str to dict
        Properties of the models by name, see `sketchkit.widgets.export.model_file.model_card`.
    files : mapping of str to str
        For each model, the id of the element with its model file as text, or the address of the file as a script.
    arrays : mapping of str to str
        For each other buffer, by its key, the id of an element or the address of a script, as in `files`.
    """
    chosen = {name: {**card, "choice": name} for name, card in cards.items()}
    page = {
        "models": [{"card": card, "file": files[name]} for name, card in chosen.items()],
        "arrays": dict(arrays),
        "widgets": {
            key: {**state, "_card": chosen[state["_card"]["choice"]]} if "_card" in state else state
            for key, state in states.items()
        },
    }
    data = json.dumps(page).replace("<", "\\u003c")
    return f'<script type="application/json" id="sketchkit-widgets">{data}</script>'


def own_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a widget's own traits, without those inherited from AnyWidget and those that need a kernel.

    A reset in the page returns to this state.
    """
    own = {name: value for name, value in state.items() if name not in _INHERITED_TRAITS}
    own["_observed"] = False
    if "_bundled" in own:
        own["_bundled"] = []
    if isinstance(own.get("_start"), dict):
        own["_start"] = {name: own.get(name) for name in own["_start"]}
    if "_start_choice" in own:
        own["_start_choice"] = own["_card"].get("choice", "")
    return own


def _frame(page: str, title: str, height: int = 560) -> tuple[str, str]:
    """Return the name of a new frame that contains a page, and the frame as HTML."""
    name = f"sketchkit-{secrets.token_hex(6)}"
    # ASCII, because the page around it may have any encoding.
    source = html.escape(page).encode("ascii", "xmlcharrefreplace").decode()
    return name, (
        f'<iframe name="{name}" title="{html.escape(title)}" sandbox="allow-scripts allow-downloads" loading="lazy" '
        f'style="width:100%;height:{int(height)}px;border:0" srcdoc="{source}"></iframe>'
    )


def _module(widgets: Any, title: str, dtype: str, language: str) -> str:
    """Return widgets as an ES module that shows them in a frame."""
    name, frame = _frame(_page(widgets, title, dtype, language), title)
    return (
        f"const fitFrame = {frame_script()};\n"
        f"export default {{ render({{ el }}) {{ el.innerHTML = {json.dumps(frame)}; "
        f'return fitFrame("{name}", el); }} }};\n'
    )


def _page(widgets: Any, title: str, dtype: str, language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f'language: expected a language tag such as "en" or "de", got {language!r}')
    roots: list[ipywidgets.Widget] = [widgets] if isinstance(widgets, ipywidgets.Widget) else list(widgets)
    for root in roots:
        if not isinstance(root, ipywidgets.Widget):
            raise ValueError(f"widgets: expected widgets, got {type(root).__name__}")
    states: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    models: dict[str, SketchRNN] = {}
    attachments: dict[str, bytes] = {}

    def place(model_id: str, entry: Any) -> str:
        widget = _widget(model_id)
        if not isinstance(widget, PageWidget) or not is_ours(entry):
            return omit(model_id, entry)
        if model_id not in places:
            places[model_id] = str(len(places))
            states[places[model_id]] = own_state(widget.get_state())
            models.update(widget.offered())
            attachments.update(widget.attachments())
        return f'<div data-sketchkit="{places[model_id]}">{widget.still()}</div>'

    def omit(model_id: str, entry: Any) -> str:
        logger.warning("%s needs a kernel and is omitted from the page", name_of(entry))
        return ""

    tree = WidgetTree(_entry, place, omit)
    body = "\n".join(tree.html(root.model_id) for root in roots)
    if not states:
        raise ValueError("widgets: expected at least one widget of sketchkit that works without a kernel, got none")
    scripts = page_scripts(states, models, dtype, attachments)
    return _PAGE.format(language=language, title=html.escape(title), style=stylesheet(), body=body, scripts=scripts)


def _widget(model_id: str) -> Any:
    """Return the widget that has this model id in this process, or None."""
    widget = ipywidgets.widget_serialization["from_json"](f"IPY_MODEL_{model_id}", None)
    return widget if isinstance(widget, ipywidgets.Widget) else None


def _entry(model_id: str) -> dict[str, Any] | None:
    """Return the state of a widget in this process, in the form in which notebooks save it."""
    widget = _widget(model_id)
    if widget is None:
        return None
    state = widget.get_state()
    return {"model_module": state["_model_module"], "model_name": state["_model_name"], "state": state}
