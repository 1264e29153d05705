"""Imports go from higher to lower layers, including imports inside functions; see ARCHITECTURE.md."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Folders and single files of the package, from the lowest to the highest layer. A file may import files of its own
#: folder, of lower layers, and of other folders in its layer that do not import its folder.
LAYERS = (
    ("argument_errors", "arguments", "parser_errors", "storage", "streams", "suggest", "templates", "text_table"),
    ("geometry",),
    ("svg_document",),
    ("sketch",),
    ("sketches",),
    ("formats", "latent", "projection"),
    ("render",),
    ("hparams", "published"),
    ("data", "model"),
    ("interop",),
    ("loading",),
    ("latent_codes",),
    ("widgets/export",),
    ("widgets",),
    ("training",),
    ("sweeps", "widgets/training"),
    ("__init__", "widgets/__init__", "render/__init__"),  # public names of lower layers, imported on first use
    ("cli", "sphinx", "__main__"),
)
#: Layers of `widgets/static/`. `bundle` detects cycles between its files.
FRONT_END = (
    ("engine", "editor/strokes", "vendor"),
    ("ui",),
    ("editor", "runtime"),
    ("ui/bindings",),
    ("views",),
    ("index",),
    ("runtime/static_page", "component"),
)
#: Allowed imports of a higher layer, (importer, imported), with the reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}


def imports(root, package="sketchkit"):
    """Return the files of the package that each file and its stub import, as paths without suffix."""
    files = {}
    for path in [*root.rglob("*.py"), *root.rglob("*.pyi")]:
        files.setdefault(path.relative_to(root).with_suffix("").as_posix(), []).append(path)
    found = {}
    for name, paths in files.items():
        here = [package, *Path(name).parts[:-1]]
        targets = set()
        for node in (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
            if isinstance(node, ast.ImportFrom):
                base = here[: len(here) + 1 - node.level] if node.level else []
                module = ".".join([*base, *filter(None, [node.module])])
                targets |= {(module, alias.name) for alias in node.names}
            elif isinstance(node, ast.Import):
                targets |= {(alias.name, "") for alias in node.names}
            elif (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module"
            ):
                targets |= {(arg.value, "") for arg in node.args if isinstance(arg, ast.Constant)}
        found[name] = set()
        for module, member in targets:
            if module.split(".")[0] == package:
                inside = module.split(".")[1:]
                tries = ([*inside, member], [*inside, member, "__init__"], inside, [*inside, "__init__"])
                found[name] |= {next(there for each in tries if (there := "/".join(filter(None, each))) in files)}
        found[name].discard(name)
    return found


def folder(name, layers=LAYERS):
    """Return the layer entry of a file: the longest entry that is a prefix of its path."""
    entries = [entry for layer in layers for entry in layer if name == entry or name.startswith(f"{entry}/")]
    return max(entries, key=len, default="")


def find_cycle(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return ""


@pytest.fixture(scope="module")
def graph():
    edges = imports(ROOT / "sketchkit")
    return {name: {other for other in others if (name, other) not in EXCEPTIONS} for name, others in edges.items()}


def test_every_file_has_a_layer(graph):
    assert [name for name in graph if not folder(name)] == []


def test_imports_of_files_have_no_cycle(graph):
    assert find_cycle(graph) == ""


def test_imports_of_folders_have_no_cycle(graph):
    folders = {}
    for name, others in graph.items():
        folders.setdefault(folder(name), set()).update({folder(other) for other in others} - {folder(name)})
    assert find_cycle(folders) == ""


def test_imports_go_to_lower_layers(graph):
    height = {entry: number for number, layer in enumerate(LAYERS) for entry in layer}
    upward = [
        f"{name} imports {other}"
        for name, others in graph.items()
        for other in others
        if height[folder(other)] > height[folder(name)]
    ]
    assert upward == []


def test_every_exception_is_needed():
    edges = imports(ROOT / "sketchkit")
    assert [pair for pair in EXCEPTIONS if pair[1] not in edges.get(pair[0], ())] == []


def test_front_end_imports_go_to_lower_layers():
    static = ROOT / "sketchkit/widgets/static"
    height = {entry: number for number, layer in enumerate(FRONT_END) for entry in layer}
    statement = re.compile(r'^(?:import|export)\b[^;]*?from\s*"([^"]+)"', re.MULTILINE)
    upward = []
    for path in static.rglob("*.js"):
        name = path.relative_to(static).with_suffix("").as_posix()
        for source in statement.findall(path.read_text(encoding="utf-8")):
            other = (path.parent / source).resolve().relative_to(static).with_suffix("").as_posix()
            if height[folder(other, FRONT_END)] > height[folder(name, FRONT_END)]:
                upward.append(f"{name} imports {other}")
    assert upward == []


def test_import_scan_finds_lazy_and_relative_imports(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "a.py").write_text("def f():\n    from sketchkit.sub import b\n    import sketchkit.c\n")
    (tmp_path / "c.py").write_text("")
    (tmp_path / "sub/__init__.py").write_text("")
    (tmp_path / "sub/b.py").write_text("from .. import a\nfrom . import d\n")
    (tmp_path / "sub/d.py").write_text("from importlib import import_module\nimport_module('sketchkit.c')\n")
    found = imports(tmp_path)
    assert found["a"] == {"sub/b", "c"}
    assert found["sub/b"] == {"a", "sub/d"}
    assert found["sub/d"] == {"c"}
    assert find_cycle(found) == "a -> sub/b -> a"
