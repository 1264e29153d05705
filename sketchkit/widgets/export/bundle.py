"""The page's ES modules, joined into one text: a widget's module comes from a Blob, where none can import."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

__all__ = ["door", "page_module", "page_script", "stylesheet", "version", "worker_source"]

STATIC = Path(__file__).parents[1] / "static"
ENGINE = ("engine/kernel", "engine/memory", "engine/noise", "engine/cells", "engine/model", "runtime/engine_server")
PAGE = (
    *ENGINE,
    "runtime/request",
    "runtime/engine_client",
    "editor/strokes",
    "ui/scheduling",
    "ui/controls",
    "editor/export",
    "views/density",
    "editor/pad",
    "runtime/model_link",
    "ui/bindings",
    "views/sketch_pad",
    "views/complete",
    "views/reconstruct",
    "views/morph",
    "views/temperature",
    "views/dimension",
    "views/expectation",
    "views/monitor",
    "index",
    "runtime/static_page",
)

_IMPORT = re.compile(r"^import\s[^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async )?(function|class|const|let))", re.MULTILINE)


@cache
def page_module() -> str:
    """Return the module of all widgets, whose default export renders one."""
    return f"{_page_source()}\nexport default {{ render }};\n"


@cache
def page_script() -> str:
    """Return it as a classic script, a file that pages from disk may share; it brings their widgets to life."""
    return f"(() => {{\n{_page_source()}\nmount();\n}})();\n"


@cache
def version() -> str:
    """Return the hash that tells one module of all widgets from another."""
    return hashlib.sha256(page_module().encode()).hexdigest()[:16]


@cache
def door() -> str:
    """Return the short module that every widget carries; it asks for the long one."""
    return _joined("runtime/request", "runtime/loader").replace(
        'const VERSION = "";', f'const VERSION = "{version()}";'
    )


@cache
def worker_source() -> str:
    """Return the engine as the text of a classic worker."""
    return f"(() => {{\n{_joined(*ENGINE, 'runtime/engine_worker')}}})();\n"


@cache
def stylesheet() -> str:
    """Return the one stylesheet."""
    return (STATIC / "style.css").read_text(encoding="utf-8")


def _page_source() -> str:
    return _joined(*PAGE).replace('const WORKER_SOURCE = "";', f"const WORKER_SOURCE = {_text(worker_source())};")


def _joined(*names: str) -> str:
    """Return modules one after the other in one scope; their top-level names differ."""
    texts = ((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names)
    return "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)


def _text(source: str) -> str:
    """Return a JavaScript string literal that is safe inside a script element too."""
    return json.dumps(source).replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
