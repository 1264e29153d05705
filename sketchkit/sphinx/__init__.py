"""Sphinx extension for live widgets in documentation: reStructuredText, MyST and executed notebooks.

Add `sketchkit.sphinx` to `extensions` in `conf.py`. Then use the directives::

    .. sketchkit-morph:: kanji
       :seed: 3

There is one directive for each widget that needs no kernel: `sketchkit-complete`, `-gallery`, `-guess`, `-latent-map`,
`-latent-slider`, `-morph`, `-next-point`, `-pad`, `-reconstruct` and `-temperature-slider`. `LatentSliders` has no
directive, because its directions are arrays.

The argument of a directive is the name or path of the model. The argument of `-latent-map` is the name or file of the
dataset, and that of `-gallery` is an SVG file or a folder of SVG files. `-pad` has no argument. Paths are relative to
the document.

The options are the arguments of the widget whose values can be written as text: numbers, strings, lists separated by
commas (such as `hidden` and `models`), and `true` or `false`; an option without a value means `true`. For an
argument that is a drawing (such as `sketch`, `a` and `z`), the option is the path of an SVG file; the ends of `-morph`
may also be names of categories. The option `path` of `-morph` contains several such values, separated by commas. An
unknown option is an error. `sketchkit.sphinx.options` returns the options of a widget.

If the extension `myst_nb` is enabled, the widgets in executed notebooks are also live. MyST-NB handles the ipywidgets
of other packages.

A directive becomes an element of the component, for example `<sketch-morph model="…/kanji.sk.js">`, whose content is a
static image for pages without JavaScript. The element loads its model when it comes into view. `LatentMap` and the
widgets of notebooks have no element; the page contains their traits instead. `_static/sketchkit` contains one script,
and one file for each model. All pages and widgets share these files, both on a server and from disk. `sketchkit_dtype`
in `conf.py` sets the precision of the weights, as in `sketchkit.embed`. Default: float16 if the conversion is exact.
"""

from __future__ import annotations

import inspect
from typing import Any

import sketchkit
from sketchkit.sphinx.directive import WidgetDirective, directive_widgets
from sketchkit.sphinx.notebooks import replace_notebook_widgets
from sketchkit.sphinx.options import options
from sketchkit.sphinx.pages import add_shared_files, skip, visit_element, visit_live
from sketchkit.sphinx.widget_nodes import LiveWidget, WidgetElement

__all__ = ["directive_widgets", "options", "setup"]


def setup(app: Any) -> dict[str, Any]:
    """Register the directives and the event handlers; called by Sphinx."""
    for name, widget in directive_widgets().items():
        first = next(iter(inspect.signature(widget).parameters.values()))
        is_required = first.kind is first.POSITIONAL_OR_KEYWORD and first.default is first.empty
        members = {"widget": widget, "option_spec": options(widget), "required_arguments": int(is_required)}
        members["optional_arguments"] = int(not is_required)
        app.add_directive(name, type(f"_{widget.__name__}", (WidgetDirective,), members))
    app.add_config_value("sketchkit_dtype", None, "html", [str, type(None)])
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (skip, None))
    app.add_node(WidgetElement, html=(visit_element, None), **others)
    app.add_node(LiveWidget, html=(visit_live, None), **others)
    app.connect("doctree-read", replace_notebook_widgets)
    app.connect("html-page-context", add_shared_files)
    return {"version": sketchkit.__version__, "env_version": 4, "parallel_read_safe": True, "parallel_write_safe": True}
