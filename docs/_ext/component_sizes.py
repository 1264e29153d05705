"""Table with the sizes of the component and of the model files, computed when the documentation is built."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import sketchkit
from sketchkit.widgets.export.bundle import component_script
from sketchkit.widgets.export.model_file import as_script, model_file

#: Models in the table.
MODELS = ("quickdraw", "kanji")


def write_table(app: Any) -> None:
    """Write howto/component_sizes.md if it is missing or outdated."""
    script = component_script().encode()
    compressed = len(gzip.compress(script, 9))
    rows = [
        "| file | size | compressed or `int8` |",
        "| --- | --- | --- |",
        f"| `sketchkit.js` | {len(script) / 1e3:.0f} kB | {compressed / 1e3:.0f} kB compressed with gzip |",
    ]
    for name in MODELS:
        files = [model_file(sketchkit.load(name), dtype) for dtype in ("float16", "int8")]
        sizes = [f"{len(file) / 1e6:.1f} MB" for file in files]
        scripts = [f"{len(as_script(file)) / 1e6:.1f} MB" for file in files]
        rows.append(f"| `{name}.sk` | {sizes[0]} | {sizes[1]} with `--dtype int8` |")
        rows.append(f"| `{name}.sk.js` | {scripts[0]} | {scripts[1]} with `--dtype int8` |")
    text = "\n".join(rows) + "\n"
    path = Path(app.srcdir, "howto", "component_sizes.md")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Write the table before Sphinx reads the pages; called by Sphinx."""
    app.connect("builder-inited", write_table)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
