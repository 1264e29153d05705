"""HTML from Jinja templates, for notebook representations. Values are escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["render_html"]


def render_html(template: str, **values: Any) -> str:
    """Return HTML.

    Parameters
    ----------
    template : str
        Jinja template. The filter `thousands` formats an integer as "1,234".
    **values
        Variables of the template.
    """
    return _compiled(template).render(values)


@cache
def _compiled(template: str) -> Template:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["thousands"] = "{:,}".format
    return environment.from_string(template)
