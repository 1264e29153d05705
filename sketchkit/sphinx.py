"""A Sphinx extension: live widgets in documentation, in reStructuredText and in MyST.

Add `sketchkit.sphinx` to `extensions`; then::

    .. sketchkit-morph:: kanji
       :seed: 3
       :height: 640

There is one directive a widget: `sketchkit-complete`, `-reconstruct`, `-morph`, `-temperature` and `-pad`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives

import sketchkit
from sketchkit import widgets
from sketchkit.pages import fragment
from sketchkit.widgets.packing import DTYPES

__all__ = ["setup"]


def _number(text: str) -> float:
    return float(text)


class _Widget(Directive):
    """A live widget in an iframe that carries all it needs; in other outputs than HTML, nothing."""

    optional_arguments = 1
    final_argument_whitespace = True
    widget: ClassVar[type[widgets.SketchPad] | type[widgets.Complete] | Any]
    option_spec: ClassVar[Any] = {
        "height": directives.positive_int,
        "dtype": lambda text: directives.choice(text, DTYPES),
        "seed": directives.nonnegative_int,
        "variants": directives.positive_int,
        "temperature": _number,
        "category": directives.unchanged,
        "title": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        page = {name: self.options.pop(name) for name in ("height", "dtype", "title") if name in self.options}
        try:
            made = self.widget(*self.arguments, **self.options)
            text = fragment(made, **page)
        except Exception as error:  # an error of the document: Sphinx says where
            raise self.error(f"{self.name}: {error}") from None
        return [nodes.raw("", text, format="html")]


def setup(app: Any) -> dict[str, Any]:
    """Add the directives; Sphinx calls this."""
    for name in ("Complete", "Reconstruct", "Morph", "Temperature", "SketchPad"):
        kind = type(f"_{name}", (_Widget,), {"widget": getattr(widgets, name)})
        app.add_directive(f"sketchkit-{name.removeprefix('Sketch').lower()}", kind)
    return {"version": sketchkit.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
