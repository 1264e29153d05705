"""Bundle the ES modules of `static/` into one script, without Node.js.

Jupyter loads the module of a widget from a Blob URL, and such a module cannot import other files.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = [
    "bundle",
    "component_script",
    "frame_script",
    "loader_source",
    "page_module",
    "page_script",
    "site_script",
    "stylesheet",
    "version",
    "widget_stylesheet",
    "worker_source",
]

STATIC = Path(__file__).parents[1] / "static"
#: Stylesheets that only one widget needs; the saved state of any other widget does not contain them.
WIDGET_STYLES = ("views/gallery.css", "views/latent_map/latent_map.css", "views/monitor.css", "views/morph.css")

#: Statements that import or export. Each begins at the start of a line.
_STATEMENT = re.compile(
    r"""^(?:
      import\s*(?:(?P<clause>[\w$*{][^"';]*?)\s*\bfrom\s*)?["'](?P<source>[^"']+)["'][ \t]*;?
    | export\s*\{(?P<names>[^}]*)\}(?:\s*from\s*["'](?P<origin>[^"']+)["'])?[ \t]*;?
    | export\s*\*(?:\s*as\s+(?P<namespace>[\w$]+))?\s*from\s*["'](?P<whole>[^"']+)["'][ \t]*;?
    | export\s+default\b\s*(?P<value>(?:async\s+)?(?:function\b\s*\*?|class\b)\s*(?P<default>(?!extends\b)[\w$]+)?)?
    | export\s+(?P<declaration>(?:(?:async\s+)?function\b\s*\*?|class\b|const\b)\s*(?P<name>[\w$]+))
    )""",
    re.MULTILINE | re.VERBOSE,
)
#: An import or export statement of an unsupported form. `import(...)` and `import.meta` do not match, because they are
#: expressions.
_UNKNOWN = re.compile(r"(?:^|;)[ \t]*(?:import\b(?!\s*[(.])|export\b)[^\n]*", re.MULTILINE)
#: A documentation comment that fills whole lines. Comments that share a line with code do not match.
_DOCUMENTATION = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def bundle(entry: str, *, root: Path = STATIC, generated: Mapping[str, str] | None = None) -> str:
    """Return a JavaScript expression that evaluates a module and its imports and returns the module's exports.

    Each module becomes a function with its own scope that returns the exports. Imported values are copies, so
    `export let` is an error.

    Parameters
    ----------
    entry : str
        Path of the module, relative to `root`.
    root : Path
        Folder with all modules.
    generated : mapping of str to str, optional
        Source text of modules by path, used instead of the files.

    Raises
    ------
    ValueError
        If a module is missing, is part of an import cycle, imports a name that is not exported, or uses an unsupported
        form of `import` or `export`. The message names the file, and the line or the chain of imports.
    """
    modules = _Modules(root, generated or {})
    entry_variable = modules.add(entry, ())
    return f'(() => {{\n"use strict";\n{"".join(modules.texts)}return {entry_variable};\n}})()'


class _Modules:
    """Modules in evaluation order.

    Attributes
    ----------
    texts : list of str
        Declaration of each module: `const $0 = (() => { ... })();`.
    """

    def __init__(self, root: Path, generated: Mapping[str, str]) -> None:
        self.root, self.generated = root, generated
        self.texts: list[str] = []
        self.variables: dict[str, str] = {}
        self.exports: dict[str, list[str]] = {}

    def add(self, path: str, importers: tuple[str, ...]) -> str:
        """Add a module after its imports, and return the name of the variable with its exports."""
        if path in importers:
            circle = " -> ".join((*importers[importers.index(path) :], path))
            raise ValueError(f"expected imports without a cycle, got {circle}")
        if path not in self.variables:
            module = _Module(self, path, (*importers, path))
            self.variables[path] = f"${len(self.variables)}"
            self.exports[path] = [*module.exports]
            self.texts.append(f"// {path}\nconst {self.variables[path]} = {module.text};\n")
        return self.variables[path]


class _Module:
    """A module as a function call.

    Attributes
    ----------
    text : str
        JavaScript expression that calls the function and returns the exports.
    exports : dict of str to str
        Expression inside the function for each exported name.
    """

    def __init__(self, modules: _Modules, path: str, chain: tuple[str, ...]) -> None:
        self.modules, self.path, self.chain = modules, path, chain
        self.imports: list[str] = []
        self.named: dict[str, str] = {}
        self.starred: dict[str, str] = {}
        body = _STATEMENT.sub(self._rewrite, self._source())
        if unknown := _UNKNOWN.search(body):
            line = body[: unknown.end()].count("\n") + 1
            raise ValueError(f"{path}, line {line}: unsupported statement {unknown[0].strip('; ')!r}")
        self.exports = {**self.starred, **self.named}
        returned = ", ".join(f"{name}: {value}" for name, value in self.exports.items())
        code = _DOCUMENTATION.sub("", body).strip()
        self.text = f"(() => {{ {' '.join(self.imports)}\n{code}\nreturn {{ {returned} }};\n}})()"

    def _source(self) -> str:
        if self.path in self.modules.generated:
            return self.modules.generated[self.path]
        file = self.modules.root / self.path
        if self.path.startswith("../") or not file.is_file():
            importer = self.chain[-2] if len(self.chain) > 1 else "the bundle"
            raise ValueError(f"{importer} imports {self.path}: no such file in {self.modules.root}")
        return file.read_text(encoding="utf-8")

    def _rewrite(self, match: re.Match[str]) -> str:
        """Return the code that replaces an import or export statement. It has the same number of lines."""
        groups = match.groupdict()
        kept = ""
        if groups["source"]:
            path, variable = self._resolve_import(groups["source"])
            for name, local in self._check_exports(_imports(groups["clause"] or ""), path):
                self.imports.append(f"const {local if name == '*' else f'{{ {name}: {local} }}'} = {variable};")
        elif groups["origin"]:
            path, variable = self._resolve_import(groups["origin"])
            pairs = self._check_exports(_pairs(groups["names"]), path)
            self.named.update({exported: f"{variable}.{name}" for name, exported in pairs})
        elif groups["whole"]:
            path, variable = self._resolve_import(groups["whole"])
            if groups["namespace"]:
                self.named[groups["namespace"]] = variable
            else:
                names = [name for name in self.modules.exports[path] if name != "default"]
                self.starred.update({name: f"{variable}.{name}" for name in names})
        elif groups["names"] is not None:
            self.named.update({exported: name for name, exported in _pairs(groups["names"])})
        elif groups["name"]:
            self.named[groups["name"]] = groups["name"]
            kept = groups["declaration"]
        else:
            self.named["default"] = groups["default"] or "$default"
            kept = ("" if groups["default"] else "const $default = ") + (groups["value"] or "")
        return kept + "\n" * (match[0].count("\n") - kept.count("\n"))

    def _resolve_import(self, source: str) -> tuple[str, str]:
        if not source.startswith(("./", "../")):
            raise ValueError(f"{self.path} imports {source!r}: expected a path that begins with ./ or ../")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), source))
        return path, self.modules.add(path, self.chain)

    def _check_exports(self, pairs: list[tuple[str, str]], path: str) -> list[tuple[str, str]]:
        for name, _ in pairs:
            if name not in ("*", *self.modules.exports[path]):
                raise ValueError(f"{self.path} imports {name!r} from {path}, which does not export it")
        return pairs


def _imports(clause: str) -> list[tuple[str, str]]:
    """Return the (exported, local) names in `a, { b, c as d }` or `a, * as e`; `*` means all exports."""
    outside, brace, inside = clause.partition("{")
    pairs = _pairs(inside.rpartition("}")[0]) if brace else []
    for part in filter(None, (part.strip() for part in outside.split(","))):
        pairs.append(("*", part.split()[-1]) if part.startswith("*") else ("default", part))
    return pairs


def _pairs(names: str) -> list[tuple[str, str]]:
    """Return `b, c as d` as pairs (b, b), (c, d)."""
    clauses = [part.split() for part in _COMMENT.sub("", names).split(",")]
    return [(clause[0], clause[-1]) for clause in clauses if clause]


@cache
def page_module() -> str:
    """Return the ES module of all widgets; its default export has `render`."""
    return f"export default {bundle('index.js', generated=_generated())};\n"


@cache
def page_script() -> str:
    """Return the script that renders the widgets of a page without a kernel. It can be a module or a classic script."""
    return f"{bundle('runtime/static_page.js', generated=_generated())}.mount();\n"


@cache
def frame_script() -> str:
    """Return the function `fitFrame` of `page_around.js` as a JavaScript expression, for the page around a frame.

    The expression has no empty lines, which would end a block of HTML in Markdown.
    """
    lines = f"{bundle('runtime/page_around.js')}.fitFrame".splitlines()
    return "\n".join(line for line in map(str.strip, lines) if line and not line.startswith("//"))


@cache
def worker_source() -> str:
    """Return the engine as the source text of a classic worker."""
    return f"{bundle('runtime/engine_worker.js')};\n"


@cache
def component_script() -> str:
    """Return the script that defines the elements of the component. It can be a module or a classic script."""
    return f"{bundle('component/index.js', generated=_generated_for_component())};\n"


@cache
def site_script() -> str:
    """Return the script of a site.

    It defines the elements of the component, and shows the widgets that a page describes by their traits. Pages load
    it with `defer`, so that it runs after the content of the page has been read.
    """
    return f"{bundle('component/site.js', generated=_generated_for_component())};\n"


@cache
def version() -> str:
    """Return a hash of the front-end, which distinguishes versions that are used in the same page."""
    return hashlib.sha256((page_script() + stylesheet()).encode()).hexdigest()[:16]


@cache
def loader_source() -> str:
    """Return the short ES module in the state of every widget; it requests `page_module` from the kernel."""
    generated = {"runtime/version.js": f'export const VERSION = "{version()}";'}
    return f"export default {bundle('runtime/loader.js', generated=generated)}.default;\n"


@cache
def stylesheet() -> str:
    """Return the stylesheet of all widgets, for pages."""
    return widget_stylesheet(*WIDGET_STYLES)


def widget_stylesheet(*own: str) -> str:
    """Return the common stylesheet and those of a widget, minified, because each saved widget contains them."""
    return "".join(map(_minified, ("style.css", *own)))


def _minified(path: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", (STATIC / path).read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(:) | ?([{};,>]) ?", r"\1\2", re.sub(r"\s+", " ", text)).strip()


def _generated() -> dict[str, str]:
    return {"runtime/worker_source.js": f"export const WORKER_SOURCE = {_literal(worker_source())};"}


def _generated_for_component() -> dict[str, str]:
    return {
        **_generated(),
        "component/style.js": f"export const STYLE = {_literal(stylesheet() + _minified('component/component.css'))};",
        "runtime/version.js": f'export const VERSION = "{version()}";',
    }


def _literal(text: str) -> str:
    """Return a JavaScript string literal that is also safe inside a script element."""
    return json.dumps(text).replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
