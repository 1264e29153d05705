"""Check a built site offline: every internal link and anchor, and that pages load nothing from other sites.

python docs/check_links.py docs/_build/html
"""

from __future__ import annotations

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Attribute with the URL that a browser loads, by tag.
FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "link": "href",
}
#: Values of `rel` for which a browser does not load the `link`.
TOLD = {"next", "prev", "canonical", "search", "genindex", "index", "author", "alternate"}


class Page(HTMLParser):
    """The anchors of a page, its links, and the URLs that it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the anchors and URLs of an element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in FETCHED and FETCHED[tag] in given and not TOLD & set(given.get("rel", "").split()):
            self.fetched.append(given[FETCHED[tag]])


@cache
def page(path: Path) -> Page:
    """Return a page. Each page is read once."""
    return Page(path)


def problems(site: Path) -> list[str]:
    """Return the problems of a site, each with the page and the link."""
    found = []
    for path in sorted(site.rglob("*.html")):
        here = page(path)
        for link in here.links + here.fetched:
            parts = urlsplit(link)
            if parts.scheme in ("data", "mailto", "blob"):
                continue
            if parts.scheme or parts.netloc:
                if link in here.fetched:
                    found.append(f"{path.relative_to(site)}: loads {link} from another site")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                found.append(f"{path.relative_to(site)}: {link} is missing")
            elif parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in page(target).anchors:
                found.append(f"{path.relative_to(site)}: {link} has no such anchor")
    return found


if __name__ == "__main__":
    root = Path(sys.argv[1])
    wrong = problems(root)
    print(
        "\n".join(wrong)
        or f"{sum(1 for _ in root.rglob('*.html'))} pages: all links are valid, and nothing is loaded from other sites"
    )
    sys.exit(bool(wrong))
