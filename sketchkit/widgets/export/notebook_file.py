"""Reading and validation of notebook files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sketchkit.parser_errors import as_value_error

__all__ = ["read_notebook", "saved_states"]

#: Maximum size of a notebook in bytes.
MAX_BYTES = 1 << 30
_STATE = "application/vnd.jupyter.widget-state+json"


def read_notebook(path: str | Path) -> Any:
    """Read a notebook of any format version as version 4.

    Parameters
    ----------
    path : str or Path
        An `.ipynb` file.

    Returns
    -------
    nbformat.NotebookNode
        The notebook. Its cells, their outputs and the data of the outputs have the right types.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file is not a notebook; the message names the file and the cell.
    """
    import nbformat

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such notebook")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path}: expected a notebook of at most {MAX_BYTES:,} bytes, got {path.stat().st_size:,}")
    with as_value_error(str(path), "expected a Jupyter notebook"):
        notebook = nbformat.read(path, as_version=4)
    if not isinstance(notebook.get("cells"), list) or not isinstance(notebook.get("metadata"), dict):
        raise ValueError(f"{path}: expected a Jupyter notebook with a list of cells and metadata, got other JSON")
    for number, cell in enumerate(notebook["cells"], 1):
        if problem := _problem(cell):
            raise ValueError(f"{path}: expected a Jupyter notebook; cell {number}: {problem}")
    return notebook


def _problem(cell: Any) -> str:
    """Return an error message for an invalid cell, an empty string for a valid one."""
    if not isinstance(cell, dict) or not isinstance(cell.get("source"), str):
        return "the source is missing or not text"
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        return f"the type is {str(cell.get('cell_type'))[:40]!r}"
    outputs = cell.get("outputs", [])
    if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
        return "the outputs are not a list of outputs"
    for output in outputs:
        kind, data = output.get("output_type"), output.get("data", {})
        if kind not in ("stream", "display_data", "execute_result", "error"):
            return f"an output has the type {str(kind)[:40]!r}"
        if not isinstance(data, dict) or not all(_is_valid_data(name, value) for name, value in data.items()):
            return "the data of an output do not map MIME types to text"
    return ""


def _is_valid_data(name: Any, value: Any) -> bool:
    """Return whether the data of a MIME type are valid: text, or anything for JSON types."""
    if not isinstance(name, str):
        return False
    return name.endswith("json") or isinstance(value, str)


def saved_states(notebook: Any) -> dict[str, Any]:
    """Return the widget states in a notebook's metadata by model id; empty if there are none."""
    value: Any = notebook["metadata"]
    for key in ("widgets", _STATE, "state"):
        value = value.get(key) if isinstance(value, dict) else None
    return {key: entry for key, entry in value.items() if isinstance(entry, dict)} if isinstance(value, dict) else {}
