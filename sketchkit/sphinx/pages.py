"""Output of widgets in HTML, and the files that the pages of a site share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.util.osutil import relative_uri

from sketchkit.sphinx.directive import load_model
from sketchkit.sphinx.widget_nodes import LiveWidget, WidgetElement
from sketchkit.widgets.elements import element_html
from sketchkit.widgets.export.page import page_data
from sketchkit.widgets.export.shared_files import SharedFiles

__all__ = ["add_shared_files", "skip", "visit_element", "visit_live"]

#: Folder of the shared files in `_static`.
_FOLDER = "sketchkit"
#: For each color variable of the component: the Jupyter variable (`--jp-*`) that is set to the same color, for widgets
#: that are not elements; then the variables of the Furo theme and of the PyData theme from which the color is taken,
#: and a default. With the variables of a theme, the widgets follow its light and dark modes.
_THEME_COLORS = {
    "ink": ("ui-font-color1", "color-foreground-primary", "pst-color-text-base", "light-dark(#1d2433, #e4e6ea)"),
    "muted": ("ui-font-color2", "color-foreground-secondary", "pst-color-text-muted", "light-dark(#5c6675, #a3a9b3)"),
    "paper": ("layout-color1", "color-background-primary", "pst-color-background", "light-dark(#fff, #17191d)"),
    "line": ("border-color1", "color-foreground-border", "pst-color-border", "light-dark(#bdbdbd, #4a4f58)"),
    "accent": ("brand-color1", "color-brand-content", "pst-color-primary", "light-dark(#2f62c9, #74a3ff)"),
}


def visit_element(translator: Any, node: WidgetElement) -> None:
    """Write the element of a widget, with the static image that is shown until the widget has been loaded."""
    builder = translator.builder
    files, address = _shared_files(builder), _addresses(builder, builder.current_docname)
    names = dict.fromkeys([*node["models"], *filter(None, [node["model"]])])
    models = {name: address(files.model(name, load_model(name, Path()))[1]) for name in names}
    attributes = {"model": models[node["model"]]} if models else {}
    if node["models"]:
        attributes["models"] = ", ".join(models[name] for name in node["models"])
    html = element_html(node["tag"], {**attributes, **node["attributes"]}, node["image"])
    translator.body.append(f'<div class="sketchkit">{html}</div>\n')
    raise nodes.SkipNode


def visit_live(translator: Any, node: LiveWidget) -> None:
    """Write the container of a widget, with the static image that is shown until the widget starts."""
    translator.body.append(f'<div class="sketchkit">{node["body"]}</div>\n')
    raise nodes.SkipNode


def skip(translator: Any, node: nodes.Element) -> None:
    """Write nothing: other formats have no widgets."""
    raise nodes.SkipNode


def add_shared_files(
    app: Any, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add the shared script and styles to a page with widgets, and the traits of the widgets that have no element."""
    live = list(doctree.findall(LiveWidget)) if doctree is not None else []
    if not live and (doctree is None or next(iter(doctree.findall(WidgetElement)), None) is None):
        return
    files, address = _shared_files(app.builder), _addresses(app.builder, page)
    if live:
        context["body"] += _page_data(files, address, live)
    app.add_css_file(f"{_FOLDER}/{files.styles(_theme_colors())}")
    app.add_js_file(f"{_FOLDER}/{files.script()}", loading_method="defer")


def _page_data(files: SharedFiles, address: Callable[[str], str], live: Sequence[LiveWidget]) -> str:
    """Return the traits of widgets as a script element, and write their models and arrays."""
    models = {name: files.model(name, load_model(name, node["folder"])) for node in live for name in node["models"]}
    attachments = {key: buffer for node in live for key, buffer in node.get("attachments", {}).items()}
    return page_data(
        {key: state["traits"] for node in live for key, state in node["states"].items()},
        {name: card for name, (card, _) in models.items()},
        {name: address(path) for name, (_, path) in models.items()},
        {key: address(files.arrays(key, buffer)) for key, buffer in attachments.items()},
    )


def _shared_files(builder: Any) -> SharedFiles:
    return SharedFiles(Path(builder.outdir, "_static", _FOLDER), builder.config.sketchkit_dtype)


def _addresses(builder: Any, page: str) -> Callable[[str], str]:
    """Return a function that returns the address of a shared file, relative to a page."""
    start = builder.get_target_uri(page)
    return lambda path: relative_uri(start, f"_static/{_FOLDER}/{quote(path)}")


def _theme_colors() -> str:
    rules = (
        f"--sketch-{name}: var(--{furo}, var(--{pydata}, {fallback})); --jp-{other}: var(--sketch-{name});"
        for name, (other, furo, pydata, fallback) in _THEME_COLORS.items()
    )
    inverse = "--jp-ui-inverse-font-color1: var(--sketch-paper);"
    return f".sketchkit {{ {' '.join(rules)} {inverse} margin: 1rem 0; }}\n.sketchkit .sk-widget {{ padding: 0; }}\n"
