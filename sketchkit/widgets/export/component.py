"""The component: one script that defines elements such as `<sketch-complete model="kanji.sk">` for any web page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sketchkit.arguments import parse_path
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import atomic_write
from sketchkit.widgets.export.bundle import STATIC, component_script
from sketchkit.widgets.export.model_file import as_script, model_file

__all__ = ["write_component"]

SCRIPT = "sketchkit.js"
#: Name of the folder with the TypeScript declarations, in the package and in `static/component`.
TYPES = "types"


def write_component(
    folder: str | Path, models: Sequence[SketchRNN] = (), *, dtype: str | None = "float16", from_disk: bool = False
) -> list[Path]:
    """Write the component, and the files of models that it draws with, into a folder that is also an npm package.

    Parameters
    ----------
    folder : str or Path
        Folder of the files, which is created if it does not exist. Files with the same names are replaced atomically.
    models : sequence of SketchRNN
        Models. Each is written to a file with its name, for example `kanji.sk`.
    dtype : {"float16", "float32", "int8"}, optional
        Precision of the weights, as in `sketchkit.embed`.
    from_disk : bool
        Whether to write each model as a script too (`kanji.sk.js`), for pages that are opened from disk. Browsers do
        not let such pages read other files; the component loads the script instead.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    ValueError
        If two models have the same name, `dtype` is unknown, or a weight is too large for it.
    OSError
        If a file cannot be written.
    """
    folder = parse_path(folder, "folder")
    files: dict[str, bytes] = {SCRIPT: component_script().encode(), "package.json": _package().encode()}
    for path in sorted((STATIC / "component" / TYPES).glob("*.d.ts")):
        files[f"{TYPES}/{path.name}"] = path.read_bytes()
    for model in models:
        name = re.sub(r"[^\w.-]+", "-", Path(model.name).name).strip(".-") or "model"
        if f"{name}.sk" in files:
            raise ValueError(f"models: expected models with different names, got two with the name {name!r}")
        files[f"{name}.sk"] = content = model_file(model, dtype)
        if from_disk:
            files[f"{name}.sk.js"] = as_script(content).encode()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(folder / name) as part:
            part.write_bytes(data)
    return [folder / name for name in files]


def _package() -> str:
    """Return the content of package.json."""
    try:
        number = version("sketchkit")
    except PackageNotFoundError:  # sketchkit was imported from a folder and is not installed
        number = "0.0.0"
    content = {
        "name": "sketchkit",
        "version": number,
        "description": "Elements for web pages in which a neural network draws: sketch-rnn in the browser.",
        "license": "Apache-2.0",
        "type": "module",
        "main": SCRIPT,
        "types": f"{TYPES}/index.d.ts",
        "exports": {
            ".": {"types": f"./{TYPES}/index.d.ts", "default": f"./{SCRIPT}"},
            "./*.sk": "./*.sk",
            "./package.json": "./package.json",
        },
        "sideEffects": True,
        "files": [SCRIPT, TYPES, "*.sk"],
    }
    return json.dumps(content, indent=2) + "\n"
