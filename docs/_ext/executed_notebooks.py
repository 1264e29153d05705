"""Execution of the notebooks as tutorials, two at a time. Only notebooks that have changed are executed again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from sphinx.errors import ExtensionError
from sphinx.util.logging import getLogger

logger = getLogger(__name__)

ROOT = Path(__file__).parents[2]
#: The tutorials, and the parameters with which they are executed instead of the defaults of the notebook.
TUTORIALS: dict[str, dict[str, Any]] = {
    "train": {},  # the slowest notebooks come first
    "teach": {"hparams": {"num_steps": 150}},
    "your_dataset": {},
    "quickstart": {},
    "draw": {},
    "morph": {},
    "temperature": {},
    "embed": {},
}
#: Folders that notebooks write, by notebook. Each is deleted before its notebook is executed again.
LEFT = {"train": "runs/doodles", "your_dataset": "runs/my_drawings", "teach": "runs/taught"}
TIME_LIMIT = 900  # seconds


def execute_all(app: Any) -> None:
    """Execute all tutorials. An error in a notebook raises ExtensionError."""
    folder = Path(app.srcdir, "tutorials")
    shutil.copytree(ROOT / "notebooks" / "drawings", folder / "drawings", dirs_exist_ok=True)
    with ThreadPoolExecutor(2) as workers:
        for name, told in zip(TUTORIALS, workers.map(lambda name: execute(name, folder), TUTORIALS), strict=True):
            if told:
                raise ExtensionError(f"notebooks/{name}.ipynb failed:\n{told}")


@cache
def bundled_weights() -> bytes:
    """Return a hash of the bundled models. A notebook is executed again if a bundled model has changed."""
    files = sorted((ROOT / "pretrained").glob("*/*.safetensors"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


def execute(name: str, folder: Path) -> str:
    """Execute a notebook unless its current version has been executed. Return the error, or an empty string."""
    source, made = ROOT / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb"
    parameters = TUTORIALS[name]
    wanted = hashlib.sha256(source.read_bytes() + json.dumps(parameters).encode() + bundled_weights()).hexdigest()
    if made.exists() and nbformat.read(made, as_version=4).metadata.get("made_from") == wanted:
        return ""
    if name in LEFT:
        shutil.rmtree(folder / LEFT[name], ignore_errors=True)
    logger.info("executing %s", source.name)
    part = folder / f"{name}.part"  # Sphinx ignores this file, which remains if the execution is interrupted
    command = [sys.executable, "-m", "papermill", str(source), str(part), "--cwd", str(folder), "--no-progress-bar"]
    command += ["-y", json.dumps(parameters)] if parameters else []
    environment = {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }
    try:
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=TIME_LIMIT)
    except subprocess.CalledProcessError as error:
        part.unlink(missing_ok=True)
        return str(error.stderr[-3000:])
    nb = nbformat.read(part, as_version=4)
    nb.metadata.pop("papermill", None)
    for cell in nb.cells:
        cell.metadata.pop("papermill", None)
    nb.metadata.made_from = wanted
    nbformat.write(nb, made)
    part.unlink()
    return ""


def setup(app: Any) -> dict[str, Any]:
    """Execute the tutorials before Sphinx reads the pages; called by Sphinx."""
    app.connect("builder-inited", execute_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
