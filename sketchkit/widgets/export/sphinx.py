"""A Sphinx extension: live widgets in documentation, in reStructuredText, in MyST and in executed notebooks.

Add `sketchkit.sphinx` to `extensions`; then::

    .. sketchkit-morph:: kanji
       :seed: 3

There is one directive a widget: `sketchkit-complete`, `-reconstruct`, `-morph`, `-temperature`, `-dimension`,
`-expectation` and `-pad`. Options are the widget's arguments; where it takes a drawing (`sketch`, `a`, `b`, `z`), the
option is an SVG file beside the document.

With `myst_nb` among the extensions, the widgets of executed notebooks are alive too; ipywidgets of other packages are
left to it.

The page holds no weights: they lie beside the one script in `_static/sketchkit`, a file a model, and a page loads
those of its widgets. That works from disk and without a network. `sketchkit_dtype` in `conf.py` is the precision of
the weights, as in `sketchkit.embed`; by default float16 if it loses nothing.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

import sketchkit
from sketchkit import widgets
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import replacing
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.export.bundle import page_script, stylesheet, version
from sketchkit.widgets.export.notebook import load_beside, models_of, still_of
from sketchkit.widgets.export.page import own_state, told
from sketchkit.widgets.export.widget_tree import VIEW, WidgetTree, drop_models, is_monitor, name_of

__all__ = ["setup"]

#: Widgets that a drawing only begins in, and how large that is, as a share of a whole one.
_BEGIN, _BEGINNING = (widgets.Complete, widgets.Expectation), 0.6

logger = getLogger(__name__)
#: Pages share models.
_loaded = cache(load_beside)

_FOLDER = "sketchkit"
#: Arguments that are drawings.
_DRAWINGS = ("sketch", "a", "b", "c", "d", "z")

#: The widgets' colours, by the names that some themes have for them: so they are light and dark as the page is.
_COLOURS = {
    "ui-font-color1": ("color-foreground-primary", "pst-color-text-base", "#1d2433"),
    "ui-font-color2": ("color-foreground-secondary", "pst-color-text-muted", "#5c6675"),
    "layout-color1": ("color-background-primary", "pst-color-background", "#fff"),
    "border-color1": ("color-foreground-border", "pst-color-border", "#bdbdbd"),
    "brand-color1": ("color-brand-content", "pst-color-primary", "#2f62c9"),
    "ui-inverse-font-color1": ("color-background-primary", "pst-color-background", "#fff"),
}


class LiveWidget(nodes.General, nodes.Element):
    """Widgets in a document: traits by key, names of models and the folder to look for them in, and the HTML."""


def _number(text: str) -> float:
    return float(text)


class _Widget(SphinxDirective):
    """A live widget; in other outputs than HTML, nothing."""

    optional_arguments = 1
    final_argument_whitespace = True
    widget: ClassVar[Any]
    option_spec: ClassVar[Any] = {
        **dict.fromkeys(("seed", "dimension"), directives.nonnegative_int),
        "variants": directives.positive_int,
        **dict.fromkeys(("temperature", "value", "t", "u", "epsilon"), _number),
        **dict.fromkeys(
            ("category", "interpolation", "sketch", "a", "b", "c", "d", "z"), directives.unchanged_required
        ),
        "models": lambda text: text.replace(",", " ").split(),
        **dict.fromkeys(("density", "square", "collect"), lambda text: directives.flag(text) is None),
    }

    def run(self) -> list[nodes.Node]:
        """Return the widget as a node."""
        try:
            for name in set(_DRAWINGS) & set(self.options):
                self.options[name] = self.drawing(self.options[name])
            made = self.widget(*self.arguments, **self.options)
        except Exception as error:  # an error of the document: Sphinx says where
            raise self.error(f"{self.name}: {error}") from None
        offered = list(made.offered()) if isinstance(made, ModelWidget) else []
        key = f"{self.env.docname}-{self.env.new_serialno('sketchkit')}"
        body = f'<div data-sketchkit="{escape(key)}">{made.still()}</div>'
        states = {key: {"traits": own_state(made.get_state())}}
        live = LiveWidget("", states=states, models=offered, folder=Path(), body=body)
        self.set_source_info(live)
        return [live]

    def drawing(self, file: str) -> Sketch:
        """Return the drawing of a file beside the document, as large as the model's own are; a beginning is smaller."""
        relative, path = self.env.relfn2path(file)
        self.env.note_dependency(relative)
        if not issubclass(self.widget, ModelWidget):
            return Sketch.from_svg(path)
        model = _loaded(self.arguments[0] if self.arguments else "kanji", Path())
        size = model.drawing_size
        if self.widget in _BEGIN:
            return Sketch.from_svg(path, size=_BEGINNING * size).moved_to(*[(1 - _BEGINNING) / 2 * size] * 2)
        return Sketch.from_svg(path, size=size)


def _enliven_notebook(app: Any, doctree: nodes.document) -> None:
    """Put live widgets where MyST-NB has left those of an executed notebook to Jupyter's own scripts."""
    scripts = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {}).get("js_files", {})
    if "ipywidgets_state" not in scripts:
        for raw in doctree.findall(nodes.raw):
            if raw.astext().startswith(f'<script type="{VIEW}">'):
                text = "a widget has no saved state, so it is not in the page: run the notebook again"
                logger.warning(text, location=raw, type="sketchkit", subtype="state")
        return
    content = json.loads(scripts["ipywidgets_state"][1]["body"])
    saved, ours = content["state"], set()
    others = False
    folder = Path(app.env.doc2path(app.env.docname)).parent
    for raw in list(doctree.findall(nodes.raw)):
        text = raw.astext()
        if not text.startswith(f'<script type="{VIEW}">'):
            continue
        model_id = json.loads(text.partition(">")[2].rpartition("</script>")[0]).get("model_id", "")
        live = LiveWidget("", states={}, models=[], folder=folder, body="")

        def place(model_id: str, entry: Any, live: LiveWidget = live, raw: nodes.raw = raw) -> str:
            ours.add(model_id)
            state, picture = entry["state"], still_of(entry)
            key = next((key for key, known in live["states"].items() if known["id"] == model_id), None)
            if key is None:
                try:
                    if is_monitor(entry):
                        raise ValueError("it needs a kernel")
                    live["models"] += models_of(state, folder)
                except (ValueError, OSError) as error:
                    logger.warning("%s stays a picture: %s", name_of(entry), error, location=raw)
                    return picture
                key = f"{app.env.docname}-{app.env.new_serialno('sketchkit')}"
                live["states"][key] = {"id": model_id, "traits": own_state(state)}
            return f'<div data-sketchkit="{escape(key)}">{picture}</div>'

        def leave(model_id: str, entry: Any, raw: nodes.raw = raw) -> str:
            nonlocal others
            others = True
            if entry is None:
                logger.warning("%s is not in the page: run the notebook again", name_of(entry), location=raw)
                return ""
            view = json.dumps({"version_major": 2, "version_minor": 0, "model_id": model_id}).replace("<", "\\u003c")
            return f'<script type="{VIEW}">{view}</script>'

        tree = WidgetTree(saved.get, place, leave)
        if not tree.has_ours(model_id):
            others = True
            continue
        live["body"] = tree.html(model_id)
        raw.parent.replace(raw, live)
    if others:  # the scripts of Jupyter show these; of ours they know nothing, so they cannot replace a live one
        scripts["ipywidgets_state"][1]["body"] = json.dumps({**content, "state": drop_models(saved, ours)}).replace(
            "<", "\\u003c"
        )
    else:
        for key in [key for key in scripts if key.startswith("ipywidgets_")]:
            del scripts[key]


def _visit(translator: Any, node: LiveWidget) -> None:
    """Write the place of a widget, with what is seen until it lives."""
    translator.body.append(f'<div class="sketchkit">{node["body"]}</div>\n')
    raise nodes.SkipNode


def _skip(translator: Any, node: LiveWidget) -> None:
    raise nodes.SkipNode


def _add_scripts(app: Any, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give a page with widgets their traits, and the scripts and weights they need."""
    live = list(doctree.findall(LiveWidget)) if doctree is not None else []
    if not live:
        return
    models = {name: _loaded(name, node["folder"]) for node in live for name in node["models"]}
    states = {key: state["traits"] for node in live for key, state in node["states"].items()}
    data, weights = told(states, models, app.config.sketchkit_dtype)
    folder = Path(app.outdir, "_static", _FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    _write_once(folder / f"{version()}.js", page_script())
    _write_once(folder / f"{version()}.css", stylesheet() + _theme_colours())
    for key, text in weights.items():
        _write_once(folder / f"{key}.js", f'(globalThis.__sketchkitWeights ??= {{}})["{key}"] = "{text}";\n')
    context["body"] += data
    app.add_css_file(f"{_FOLDER}/{version()}.css")
    app.add_js_file(f"{_FOLDER}/{version()}.js", loading_method="defer")


def _write_once(path: Path, text: str) -> None:
    """Write a file whose name says what is in it, unless it is there."""
    if not path.exists():
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8")


def _theme_colours() -> str:
    rules = (
        f"--jp-{ours}: var(--{furo}, var(--{pydata}, {plain}));" for ours, (furo, pydata, plain) in _COLOURS.items()
    )
    return f".sketchkit {{ {' '.join(rules)} margin: 1rem 0; }}\n.sketchkit .sk-widget {{ padding: 0; }}\n"


def setup(app: Any) -> dict[str, Any]:
    """Add the directives, and the widgets of notebooks; Sphinx calls this."""
    for name in ("Complete", "Reconstruct", "Morph", "Temperature", "Dimension", "Expectation", "SketchPad"):
        kind = type(f"_{name}", (_Widget,), {"widget": getattr(widgets, name)})
        app.add_directive(f"sketchkit-{name.removeprefix('Sketch').lower()}", kind)
    app.add_config_value("sketchkit_dtype", None, "html", [str, type(None)])
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(LiveWidget, html=(_visit, None), **others)
    app.connect("doctree-read", _enliven_notebook)
    app.connect("html-page-context", _add_scripts)
    return {"version": sketchkit.__version__, "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
