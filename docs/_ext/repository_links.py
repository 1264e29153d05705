"""Links from the pages to notebooks and model cards, which are outside docs/ but part of the built site.

In the repository, `[...](../notebooks/draw.ipynb)` opens the notebook, and `[...](../pretrained/sheep/README.md)` the
card. In the built site, the same links lead to the executed notebook and to the card in the page on bundled models.
Links to notebooks that are not part of the site become plain text there.
"""

from __future__ import annotations

import re
from typing import Any

from executed_notebooks import TUTORIALS

NOTEBOOK = re.compile(r"\[([^\[\]]+)\]\((?:\.\./)+notebooks/(\w+)\.ipynb\)")
CARD = re.compile(r"\]\((?:\.\./)+pretrained/(\w+)/README\.md\)")
INCLUDED_CARD = "\n```{{include}} ../pretrained/{}/README.md\n:heading-offset: 1\n:relative-images:\n```\n"


def change_links(app: Any, page: str, source: list[str]) -> None:
    """Replace links to tutorials and cards with links into the site; add the cards to the page on bundled models."""
    text = NOTEBOOK.sub(
        lambda link: f"[{link[1]}](/tutorials/{link[2]}.ipynb)" if link[2] in TUTORIALS else link[1], source[0]
    )
    if page == "bundled-models":
        text += "".join(INCLUDED_CARD.format(name) for name in CARD.findall(text))
    source[0] = CARD.sub(r"](/bundled-models.md#\1)", text)


def setup(app: Any) -> dict[str, Any]:
    """Change the links when Sphinx reads a page; called by Sphinx."""
    app.connect("source-read", change_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
