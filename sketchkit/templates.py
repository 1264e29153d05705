"""HTML and text from Jinja templates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["render_html", "render_text"]


def render_html(template: str, **values: Any) -> str:
    """Return HTML in which the values are escaped.

    Parameters
    ----------
    template : str
        Jinja template. The filter `thousands` formats a number as "1,234".
    **values
        Variables of the template.
    """
    return _compiled(template, autoescape=True).render(values)


def render_text(template: str, **values: Any) -> str:
    """Return text, such as Markdown, in which the values are not escaped; see `render_html` for the parameters."""
    return _compiled(template, autoescape=False).render(values)


@cache
def _compiled(template: str, *, autoescape: bool) -> Template:
    from jinja2 import Environment

    environment = Environment(
        autoescape=autoescape,  # noqa: S701 - False only for text other than HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = "{:,}".format
    return environment.from_string(template)
