"""Sphinx extension for live widgets in documentation: reStructuredText, MyST and executed notebooks.

Add `sketchkit.sphinx` to `extensions` in `conf.py`. Then use the directives::

    .. sketchkit-morph:: kanji
       :seed: 3

There is one directive for each widget: `sketchkit-complete`, `-reconstruct`, `-morph`, `-temperature-slider`,
`-latent-slider`, `-next-point`, `-guess` and `-pad`. The options of a directive are the arguments of the widget. For an
argument that is a drawing (such as `sketch`, `a`, `b`, `z`), the option is the path of an SVG file, relative to the
document.

If the extension `myst_nb` is enabled, the widgets in executed notebooks are also live. MyST-NB handles the ipywidgets
of other packages.

`_static/sketchkit` contains one script, and one file of weights for each model. A page loads only the weights of its
widgets. The pages also work from disk and offline. `sketchkit_dtype` in `conf.py` sets the precision of the
weights, as in `sketchkit.embed`. Default: float16 if the conversion is exact.
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
from sketchkit.formats.svg import read_svg
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import atomic_write
from sketchkit.widgets.base import ModelWidget
from sketchkit.widgets.export.bundle import page_script, stylesheet, version
from sketchkit.widgets.export.notebook import load_beside, models_of, still_of
from sketchkit.widgets.export.page import own_state, page_data
from sketchkit.widgets.export.widget_tree import VIEW, WidgetTree, drop_models, is_monitor, name_of

__all__ = ["setup"]

#: The widget of each directive, without the prefix `sketchkit-`.
_WIDGETS = {
    "complete": widgets.Complete,
    "reconstruct": widgets.Reconstruct,
    "morph": widgets.Morph,
    "temperature-slider": widgets.TemperatureSlider,
    "latent-slider": widgets.LatentSlider,
    "next-point": widgets.NextPoint,
    "guess": widgets.Guess,
    "pad": widgets.SketchPad,
}
#: Widgets whose drawing is a beginning, and the size of a beginning relative to a whole drawing.
_BEGINNING_WIDGETS, _BEGINNING_SIZE = (widgets.Complete, widgets.NextPoint), 0.6

logger = getLogger(__name__)
#: All pages share the loaded models.
_load_model = cache(load_beside)

_FOLDER = "sketchkit"
#: Arguments of widgets that are drawings.
_DRAWINGS = ("sketch", "a", "b", "c", "d", "z")

#: For each color variable of the widgets: the variable of the Furo theme, that of the PyData theme, and a default. With
#: a theme's variables, the widgets follow its light and dark modes.
_THEME_COLORS = {
    "ui-font-color1": ("color-foreground-primary", "pst-color-text-base", "light-dark(#1d2433, #e4e6ea)"),
    "ui-font-color2": ("color-foreground-secondary", "pst-color-text-muted", "light-dark(#5c6675, #a3a9b3)"),
    "layout-color1": ("color-background-primary", "pst-color-background", "light-dark(#fff, #17191d)"),
    "border-color1": ("color-foreground-border", "pst-color-border", "light-dark(#bdbdbd, #4a4f58)"),
    "brand-color1": ("color-brand-content", "pst-color-primary", "light-dark(#2f62c9, #74a3ff)"),
    "ui-inverse-font-color1": ("color-background-primary", "pst-color-background", "light-dark(#fff, #17191d)"),
}


class LiveWidget(nodes.General, nodes.Element):
    """Document node of widgets: `states` (traits by key), `models` (names), `folder` (of the models), `body` (HTML)."""


def _number(text: str) -> float:
    return float(text)


class _Widget(SphinxDirective):
    """Directive of a live widget. Builders other than HTML skip it."""

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
        """Return the document node of the widget."""
        try:
            for name in set(_DRAWINGS) & set(self.options):
                self.options[name] = self.drawing(self.options[name])
            widget = self.widget(*self.arguments, **self.options)
        except Exception as error:  # an error in the document; Sphinx adds the file and the line
            raise self.error(f"{self.name}: {error}") from None
        models = list(widget.offered()) if isinstance(widget, ModelWidget) else []
        key = f"{self.env.docname}-{self.env.new_serialno('sketchkit')}"
        body = f'<div data-sketchkit="{escape(key)}">{widget.still()}</div>'
        states = {key: {"traits": own_state(widget.get_state())}}
        live = LiveWidget("", states=states, models=models, folder=Path(), body=body)
        self.set_source_info(live)
        return [live]

    def drawing(self, file: str) -> Sketch:
        """Read an SVG file and scale the drawing to the model's `drawing_size`, or to 0.6 of it for a beginning.

        The path is relative to the document. Drawings for `SketchPad` are not scaled.
        """
        relative, path = self.env.relfn2path(file)
        self.env.note_dependency(relative)
        if not issubclass(self.widget, ModelWidget):
            return read_svg(path)
        model = _load_model(self.arguments[0] if self.arguments else "kanji", Path())
        size = model.drawing_size
        if self.widget in _BEGINNING_WIDGETS:
            return read_svg(path, size=_BEGINNING_SIZE * size).moved_to(*[(1 - _BEGINNING_SIZE) / 2 * size] * 2)
        return read_svg(path, size=size)


def _replace_notebook_widgets(app: Any, doctree: nodes.document) -> None:
    """Replace the sketchkit widgets of an executed notebook, as inserted by MyST-NB, with live widgets."""
    scripts = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {}).get("js_files", {})
    if "ipywidgets_state" not in scripts:
        for raw in doctree.findall(nodes.raw):
            if raw.astext().startswith(f'<script type="{VIEW}">'):
                text = "widget omitted: the notebook contains no saved widget state; run the notebook again"
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
                        raise ValueError("it requires a kernel")
                    live["models"] += models_of(state, folder)
                except (ValueError, OSError) as error:
                    logger.warning("%s is shown as a static image: %s", name_of(entry), error, location=raw)
                    return picture
                key = f"{app.env.docname}-{app.env.new_serialno('sketchkit')}"
                live["states"][key] = {"id": model_id, "traits": own_state(state)}
            return f'<div data-sketchkit="{escape(key)}">{picture}</div>'

        def keep(model_id: str, entry: Any, raw: nodes.raw = raw) -> str:
            nonlocal others
            others = True
            if entry is None:
                logger.warning("%s omitted: its state is missing; run the notebook again", name_of(entry), location=raw)
                return ""
            view = json.dumps({"version_major": 2, "version_minor": 0, "model_id": model_id}).replace("<", "\\u003c")
            return f'<script type="{VIEW}">{view}</script>'

        tree = WidgetTree(saved.get, place, keep)
        if not tree.has_ours(model_id):
            others = True
            continue
        live["body"] = tree.html(model_id)
        raw.parent.replace(raw, live)
    if others:  # Jupyter's scripts render the other widgets; without their saved state, sketchkit's widgets stay live
        scripts["ipywidgets_state"][1]["body"] = json.dumps({**content, "state": drop_models(saved, ours)}).replace(
            "<", "\\u003c"
        )
    else:
        for key in [key for key in scripts if key.startswith("ipywidgets_")]:
            del scripts[key]


def _visit(translator: Any, node: LiveWidget) -> None:
    """Write the container of a widget, with the static image that is shown until the widget starts."""
    translator.body.append(f'<div class="sketchkit">{node["body"]}</div>\n')
    raise nodes.SkipNode


def _skip(translator: Any, node: LiveWidget) -> None:
    raise nodes.SkipNode


def _add_scripts(app: Any, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Add to a page the traits, scripts, styles and weights of its widgets."""
    live = list(doctree.findall(LiveWidget)) if doctree is not None else []
    if not live:
        return
    models = {name: _load_model(name, node["folder"]) for node in live for name in node["models"]}
    states = {key: state["traits"] for node in live for key, state in node["states"].items()}
    data, weights = page_data(states, models, app.config.sketchkit_dtype)
    folder = Path(app.outdir, "_static", _FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    _write_once(folder / f"{version()}.js", page_script())
    _write_once(folder / f"{version()}.css", stylesheet() + _theme_colors())
    for key, text in weights.items():
        _write_once(folder / f"{key}.js", f'(globalThis.__sketchkitWeights ??= {{}})["{key}"] = "{text}";\n')
    context["body"] += data
    app.add_css_file(f"{_FOLDER}/{version()}.css")
    app.add_js_file(f"{_FOLDER}/{version()}.js", loading_method="defer")


def _write_once(path: Path, text: str) -> None:
    """Write a file unless it exists; its name contains a hash or version of its content."""
    if not path.exists():
        with atomic_write(path) as part:
            part.write_text(text, encoding="utf-8")


def _theme_colors() -> str:
    rules = (
        f"--jp-{variable}: var(--{furo}, var(--{pydata}, {fallback}));"
        for variable, (furo, pydata, fallback) in _THEME_COLORS.items()
    )
    return f".sketchkit {{ {' '.join(rules)} margin: 1rem 0; }}\n.sketchkit .sk-widget {{ padding: 0; }}\n"


def setup(app: Any) -> dict[str, Any]:
    """Register the directives and the event handlers; called by Sphinx."""
    for name, widget in _WIDGETS.items():
        app.add_directive(f"sketchkit-{name}", type(f"_{widget.__name__}", (_Widget,), {"widget": widget}))
    app.add_config_value("sketchkit_dtype", None, "html", [str, type(None)])
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(LiveWidget, html=(_visit, None), **others)
    app.connect("doctree-read", _replace_notebook_widgets)
    app.connect("html-page-context", _add_scripts)
    return {"version": sketchkit.__version__, "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}
