"""Sphinx extension for live widgets in documentation: reStructuredText, MyST and executed notebooks.

Add `sketchkit.sphinx` to `extensions` in `conf.py`. Then use the directives::

    .. sketchkit-morph:: kanji
       :seed: 3

There is one directive for each widget that needs no kernel: `sketchkit-complete`, `-gallery`, `-guess`, `-latent-map`,
`-latent-slider`, `-morph`, `-next-point`, `-pad`, `-reconstruct` and `-temperature-slider`. `LatentSliders` has none,
because its directions are arrays.

The argument of a directive is the name or path of the model. For `-latent-map`, it is the name or file of the dataset,
and for `-gallery`, an SVG file or a folder of SVG files. Paths are relative to the document.

The options are the arguments of the widget whose values can be written as text: numbers, strings, lists separated by
commas (such as `hidden` and `models`), and `true` or `false`; an option without a value means `true`. For an
argument that is a drawing (such as `sketch`, `a` and `z`), the option is the path of an SVG file; for `path` of
`-morph`, several paths separated by commas. An unknown option is an error. `sketchkit.sphinx.options` returns the
options of a widget.

If the extension `myst_nb` is enabled, the widgets in executed notebooks are also live. MyST-NB handles the ipywidgets
of other packages.

`_static/sketchkit` contains one script, and one file of weights for each model. A page loads only the weights of its
widgets. The pages also work from disk and offline. `sketchkit_dtype` in `conf.py` sets the precision of the
weights, as in `sketchkit.embed`. Default: float16 if the conversion is exact.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

import traitlets
from anywidget import AnyWidget
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

import sketchkit
from sketchkit import widgets
from sketchkit.formats.svg import read_svg
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import atomic_write
from sketchkit.widgets.base import ModelWidget, SketchWidget
from sketchkit.widgets.export.bundle import page_script, stylesheet, version
from sketchkit.widgets.export.notebook import load_beside, models_of, still_of
from sketchkit.widgets.export.page import own_state, page_data
from sketchkit.widgets.export.widget_tree import VIEW, WidgetTree, drop_models, is_monitor, name_of
from sketchkit.widgets.traits import FloatResult, Result, SketchListTrait, SketchTrait

__all__ = ["directive_widgets", "options", "setup"]

#: Widgets without a directive: they need a kernel, or arrays of numbers.
_WITHOUT_DIRECTIVE = ("LatentSliders", "Teach", "TrainingMonitor")
#: Widgets whose drawing is a beginning, and the size of a beginning relative to a whole drawing.
_BEGINNING_WIDGETS, _BEGINNING_SIZE = (widgets.Complete, widgets.NextPoint), 0.6

logger = getLogger(__name__)
#: All pages share the loaded models.
_load_model = cache(load_beside)

_FOLDER = "sketchkit"
#: Traits that are not arguments: those of every Jupyter widget, and those that the page or the widget sets.
_NOT_OPTIONS = frozenset((*AnyWidget.class_traits(sync=True), "by_model", "ink", "names", "position", "given"))

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
    """Document node of widgets: `states` (traits by key), `models` (names), `folder` (of the models), `body` (HTML).

    `attachments` are the buffers that the widgets request, by their keys.
    """


class _Drawing(str):
    """Path of an SVG file."""


def _drawing(text: str | None) -> _Drawing:
    return _Drawing(directives.unchanged_required(text))


def _drawings(text: str) -> list[_Drawing]:
    return [_Drawing(name) for name in _names(text)]


def _names(text: str | None) -> list[str]:
    """Return names separated by commas; a name may contain spaces, such as `Full screen`."""
    return [name.strip() for name in directives.unchanged_required(text).split(",") if name.strip()]


def _indices(text: str) -> list[int]:
    return [int(index) for index in _names(text)]


def _truth(text: str | None) -> bool:
    return {"true": True, "false": False}[directives.choice(text or "true", ("true", "false"))]


def _number(text: str) -> float:
    return float(text)


#: Converter of the option of each kind of trait; the first class of which a trait is an instance applies.
_CONVERTERS: tuple[tuple[Any, Any], ...] = (
    (FloatResult, _number),  # the value of a slider, which is also an argument
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
    **dict.fromkeys(("projection", "split"), directives.unchanged_required),
    "loss": _truth,
    "limit": directives.positive_int,
}


def options(widget: type[SketchWidget]) -> dict[str, Any]:
    """Return the options of the directive of a widget: for each name, the function that converts the text.

    The options are those traits and other arguments of the class whose values can be written as text.
    """
    traits = {name: trait for name, trait in widget.class_traits(sync=True).items() if not name.startswith("_")}
    parameters = list(inspect.signature(widget).parameters)
    found = {name: _converter(name, trait) for name, trait in traits.items() if name not in _NOT_OPTIONS}
    found |= {name: _OTHER_CONVERTERS.get(name) for name in parameters if name not in found}
    if widget is widgets.LatentSlider:
        found["z"] = _drawing  # encoded by the widget
    if widget is widgets.LatentMap:
        found |= {"model": directives.unchanged_required, "sketch": None}  # the page decodes the drawing
    if widget is widgets.Morph:  # `a` to `d` are these drawings
        found |= dict.fromkeys(("sketch_a", "sketch_b", "sketch_c", "sketch_d"))
    return {name: converter for name, converter in sorted(found.items()) if converter is not None}


def _converter(name: str, trait: traitlets.TraitType[Any, Any]) -> Any:
    if name in _OTHER_CONVERTERS:
        return _OTHER_CONVERTERS[name]
    return next((convert for kind, convert in _CONVERTERS if isinstance(trait, kind)), None)


def hyphenated(name: str) -> str:
    """Return the name of a widget as it is written in the names of directives and elements: `latent-map`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name.removeprefix("Sketch")).lower()


def directive_widgets() -> dict[str, type[SketchWidget]]:
    """Return the widget of each directive by the name of the directive."""
    found = {}
    for name in widgets.__all__:
        if name not in _WITHOUT_DIRECTIVE:
            found[f"sketchkit-{hyphenated(name)}"] = getattr(widgets, name)
    return found


class _Widget(SphinxDirective):
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
        models = list(widget.offered()) if isinstance(widget, ModelWidget) else []
        key = f"{self.env.docname}-{self.env.new_serialno('sketchkit')}"
        body = f'<div data-sketchkit="{escape(key)}">{widget.still()}</div>'
        states = {key: {"traits": own_state(widget.get_state())}}
        live = LiveWidget("", states=states, models=models, folder=Path(), body=body)
        live["attachments"] = widget.attachments()
        self.set_source_info(live)
        return [live]

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
        return self.drawing(value) if isinstance(value, _Drawing) else value

    def drawing(self, file: str) -> Sketch:
        """Read an SVG file and scale the drawing to the model's `drawing_size`, or to 0.6 of it for a beginning.

        The path is relative to the document. Drawings for `SketchPad` are not scaled.
        """
        relative, path = self.env.relfn2path(file)
        self.env.note_dependency(relative)
        if not issubclass(self.widget, ModelWidget):
            return read_svg(path)
        name = self.arguments[0] if self.arguments else inspect.signature(self.widget).parameters["model"].default
        model = _load_model(name, Path())
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
    attachments = {key: buffer for node in live for key, buffer in node.get("attachments", {}).items()}
    data, weights = page_data(states, models, app.config.sketchkit_dtype, attachments)
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
    for name, widget in directive_widgets().items():
        first = next(iter(inspect.signature(widget).parameters.values()))
        is_required = first.kind is first.POSITIONAL_OR_KEYWORD and first.default is first.empty
        members = {"widget": widget, "option_spec": options(widget), "required_arguments": int(is_required)}
        members["optional_arguments"] = int(not is_required)
        app.add_directive(name, type(f"_{widget.__name__}", (_Widget,), members))
    app.add_config_value("sketchkit_dtype", None, "html", [str, type(None)])
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(LiveWidget, html=(_visit, None), **others)
    app.connect("doctree-read", _replace_notebook_widgets)
    app.connect("html-page-context", _add_scripts)
    return {"version": sketchkit.__version__, "env_version": 3, "parallel_read_safe": True, "parallel_write_safe": True}
