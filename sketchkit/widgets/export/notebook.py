"""Export of executed notebooks to HTML pages with interactive widgets, without a kernel or an internet connection."""

from __future__ import annotations

import base64
import html
import json
import logging
from pathlib import Path
from typing import Any

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.parser_errors import as_value_error
from sketchkit.storage.atomic import atomic_write
from sketchkit.widgets.export.bundle import stylesheet
from sketchkit.widgets.export.fallback_image import fallback_image
from sketchkit.widgets.export.notebook_file import read_notebook, saved_states
from sketchkit.widgets.export.packing import check_dtype, pack
from sketchkit.widgets.export.page import own_state, page_scripts
from sketchkit.widgets.export.page_drawing import as_sketch
from sketchkit.widgets.export.widget_tree import STATE, VIEW, WidgetTree, drop_models, is_monitor, name_of, view_of

__all__ = ["load_beside", "models_of", "notebook_html", "still_of"]

logger = logging.getLogger("sketchkit")


_EXECUTE_HINT = "Add --execute (in Python: execute=True) to run the notebook first"


def notebook_html(
    notebook: str | Path, out: str | Path | None = None, *, dtype: str | None = None, execute: bool = False
) -> Path:
    """Write an executed notebook as HTML.

    The notebook contains the states of its widgets; the models are loaded by name. Widgets are found in boxes, tabs,
    accordions, stacks and outputs at any depth. nbconvert exports widgets of other packages. For each widget that is
    exported as a static image, a warning with the cell and the reason is logged.

    Parameters
    ----------
    notebook : str or Path
        An `.ipynb` file that was executed by papermill or nbclient, or in JupyterLab with saved widget state.
    out : str or Path, optional
        Path of the HTML file. Default: next to the notebook, with the suffix `.html`.
    dtype : {"float16", "float32", "int8"}, optional
        Precision of the weights, as in `sketchkit.embed`. Default: float16 if the conversion is exact, else float32.
    execute : bool
        Whether to execute the notebook first, in its folder and with its kernel. The file is not changed.

    Raises
    ------
    FileNotFoundError
        If the notebook does not exist.
    ValueError
        If the file is not a notebook, a cell raises an error during execution, `dtype` is unknown, or a weight is too
        large for it.
    """
    from nbconvert import HTMLExporter

    check_dtype(dtype)
    notebook = Path(notebook)
    nb: Any = read_notebook(notebook)
    if execute:
        _execute(nb, notebook)
    elif not any(cell.get("outputs") for cell in nb.cells):
        logger.warning("%s: no cell has been executed, so the page shows no results. %s", notebook, _EXECUTE_HINT)
    page = _Page(notebook, nb)
    page.place_widgets()
    # Only widgets of other packages need scripts from the internet.
    offline = {} if page.leave_others() else {"require_js_url": ""}
    exporter = HTMLExporter(mathjax_url="", jquery_url="", embed_images=True, **offline)
    with as_value_error(str(notebook), "expected a Jupyter notebook that nbconvert can convert"):
        text, _ = exporter.from_notebook_node(nb)
    live_widgets = ""
    if page.states:
        live_widgets = f"<style>{stylesheet()}</style>\n{page_scripts(page.states, page.models, dtype)}\n"
    head, end, tail = text.rpartition("</body>")
    out = Path(out) if out else notebook.with_suffix(".html")
    with atomic_write(out) as part:
        part.write_text(f"{head}{live_widgets}{end}{tail}", encoding="utf-8", errors="replace")
    return out


class _Page:
    """A notebook whose widgets are being replaced by placeholder elements."""

    def __init__(self, notebook: Path, nb: Any) -> None:
        self.notebook, self.nb = notebook, nb
        self.saved = saved_states(nb)
        #: The traits of each widget in the page, by the key of the widget.
        self.states: dict[str, dict[str, Any]] = {}
        self.models: dict[str, SketchRNN] = {}
        self._keys: dict[str, str] = {}
        self._cell, self._picture = 0, ""
        self._ours: set[str] = set()
        self._others = False
        self._unsaved: list[int] = []

    def place_widgets(self) -> None:
        """Replace displays that contain widgets of sketchkit with HTML that contains placeholder elements."""
        for number, cell in enumerate(self.nb.cells, 1):
            self._cell = number
            for output in cell.get("outputs", []):
                if model_id := view_of(output):
                    self._replace(model_id, output["data"])
        if self._unsaved:
            cells = ", ".join(map(str, self._unsaved))
            logger.warning(
                "%s: no saved widget state for cell %s, so its widgets are not interactive. %s, or run it in "
                "JupyterLab with Settings > Save Widget State Automatically and save it",
                self.notebook, cells, _EXECUTE_HINT,
            )  # fmt: skip

    def _replace(self, model_id: str, data: dict[str, Any]) -> None:
        tree = WidgetTree(self.saved.get, self._place, self._place_other)
        if model_id not in self.saved:
            if self._cell not in self._unsaved:
                self._unsaved.append(self._cell)
            if len(data) > 1:  # otherwise nbconvert would choose the widget view, which it cannot show
                del data[VIEW]
        elif not tree.has_ours(model_id):
            self._others = True
        elif is_monitor(self.saved[model_id]) and "text/html" in data:
            self._warn(self.saved[model_id], "it needs a kernel")
            self._ours.add(model_id)
            del data[VIEW]
        else:
            picture = data.pop("image/png", "")
            self._picture = f'<img alt="" src="data:image/png;base64,{_base64_or_empty(picture)}">' if picture else ""
            data["text/html"] = tree.html(model_id)
            del data[VIEW]

    def _place(self, model_id: str, entry: Any) -> str:
        """Return the placeholder element of a widget of sketchkit, or its image if it cannot be interactive."""
        self._ours.add(model_id)
        state = entry["state"]
        picture = self._picture or still_of(entry)
        if model_id in self._keys:
            return f'<div data-sketchkit="{self._keys[model_id]}">{picture}</div>'
        try:
            if is_monitor(entry):
                raise ValueError("it needs a kernel")
            self.models |= models_of(state, self.notebook.parent)
        except (ValueError, OSError) as error:
            self._warn(entry, str(error))
            return picture
        key = self._keys[model_id] = str(len(self._keys))
        self.states[key] = own_state(state)
        return f'<div data-sketchkit="{key}">{picture}</div>'

    def _place_other(self, model_id: str, entry: Any) -> str:
        """Return the HTML that nbconvert writes for a widget of another package."""
        if entry is None:
            self._warn(entry, "run the notebook again")
            return ""
        self._others = True
        view = json.dumps({"version_major": 2, "version_minor": 0, "model_id": model_id}).replace("<", "\\u003c")
        return f'<div class="jupyter-widgets"><script type="{VIEW}">{view}</script></div>'

    def leave_others(self) -> bool:
        """Keep only the states of other packages' widgets, for nbconvert; return whether there are any."""
        self.nb.metadata.pop("widgets", None)
        if self._others:
            kept = drop_models(self.saved, self._ours)
            self.nb.metadata["widgets"] = {STATE: {"version_major": 2, "version_minor": 0, "state": kept}}
        return self._others

    def _warn(self, entry: Any, reason: str) -> None:
        logger.warning(
            "%s: cell %d: %s is exported as a static image: %s", self.notebook, self._cell, name_of(entry), reason
        )


def _execute(nb: Any, notebook: Path) -> None:
    """Execute a notebook in its folder and replace its outputs and widget states."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    nb.metadata.pop("widgets", None)
    kernel = nb.metadata.get("kernelspec", {}).get("name", "python3")
    try:
        NotebookClient(
            nb, timeout=None, kernel_name=kernel, resources={"metadata": {"path": str(notebook.parent or ".")}}
        ).execute()
    except CellExecutionError as error:
        # Cells are executed in order, so the first cell with an unexpected error is the one that failed.
        failed = (
            number
            for number, cell in enumerate(nb.cells, 1)
            if "raises-exception" not in cell.metadata.get("tags", [])
            and any(output.output_type == "error" for output in cell.get("outputs", []))
        )
        raise ValueError(f"{notebook}: cell {next(failed, '?')} raised {error.ename}: {error.evalue}") from None
    except (NoSuchKernel, DeadKernelError) as error:
        raise ValueError(f"{notebook}: the kernel {kernel!r} could not execute the notebook ({error})") from None


def still_of(entry: Any) -> str:
    """Return an image of a sketchkit widget as HTML. The image shows the valid drawings in the widget's state."""
    state = entry["state"]
    drawings = state.get("drawings")
    sketches = []
    for data in [state.get("sketch"), *(drawings if isinstance(drawings, list) else [])]:
        try:
            sketches.append(as_sketch(data))
        except (ValueError, TypeError):
            continue
    caption = name_of(entry)
    picture = base64.b64encode(fallback_image(caption, [sketch for sketch in sketches if len(sketch)])).decode()
    return f'<img alt="{html.escape(caption)}" src="data:image/png;base64,{picture}">'


def models_of(state: dict[str, Any], folder: Path) -> dict[str, SketchRNN]:
    """Load the models of a widget's saved state, its current model first.

    Parameters
    ----------
    state : dict
        Traits of the widget.
    folder : Path
        Folder of the notebook, to which paths of models may be relative.

    Raises
    ------
    FileNotFoundError, ConnectionError
        If a model is unavailable.
    ValueError
        If the model has changed since the notebook was executed, or is damaged, or if the widget needs data that are
        not in the notebook.
    """
    if "_map" in state:
        raise ValueError("its drawings are not in the notebook; export it with its method to_html")
    card, others = state.get("_card"), state.get("models", [])
    if not isinstance(card, dict):
        return {}
    if not isinstance(others, list):
        raise ValueError("the saved state is damaged")
    names = dict.fromkeys([str(card.get("choice")), *map(str, others)])
    models = {name: load_beside(name, folder) for name in names}
    name, model = next(iter(models.items()))
    if pack(model).key != card.get("key"):
        raise ValueError(f"{name}: the model has changed since the notebook was executed; run the notebook again")
    return models


def load_beside(name: str, folder: Path) -> SketchRNN:
    """Load a model by its name or path; a path may be relative to a folder."""
    from sketchkit.loading import load

    try:
        return load(name)
    except FileNotFoundError:
        if not (folder / name).exists():
            raise
        return load(folder / name)


def _base64_or_empty(picture: str) -> str:
    """Return `picture` if it is valid base64, else an empty string."""
    try:
        return base64.b64encode(base64.b64decode(picture)).decode()
    except ValueError:
        return ""
