"""An executed notebook as one page in which its widgets are alive, without a kernel and without the network."""

from __future__ import annotations

import base64
import html
import json
import logging
from pathlib import Path
from typing import Any

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.parser_errors import reported
from sketchkit.storage.atomic import replacing
from sketchkit.widgets.base import as_sketch
from sketchkit.widgets.export.bundle import stylesheet
from sketchkit.widgets.export.fallback_image import still
from sketchkit.widgets.export.notebook_file import read_notebook, saved_states
from sketchkit.widgets.export.packing import check_dtype, pack
from sketchkit.widgets.export.page import own_state, scripts
from sketchkit.widgets.export.widget_tree import STATE, VIEW, WidgetTree, drop_models, is_monitor, name_of, view_of

__all__ = ["load_beside", "models_of", "notebook_html", "still_of"]

logger = logging.getLogger("sketchkit")


def notebook_html(
    notebook: str | Path, out: str | Path | None = None, *, dtype: str | None = None, execute: bool = False
) -> Path:
    """Write an executed notebook as HTML.

    The states of its widgets are in the notebook; the weights are not, and are loaded by the models' names. Widgets are
    found in boxes, tabs, accordions, stacks and outputs at any depth. Widgets of other packages are left to nbconvert.
    Whatever stays a picture is logged as a warning, with its cell and the reason.

    Parameters
    ----------
    notebook : str or Path
        An `.ipynb` file that has been run by papermill or nbclient, or in JupyterLab with its widget state saved.
    out : str or Path, optional
        Default: next to the notebook, ending in `.html`.
    dtype : {"float16", "float32", "int8"}, optional
        Precision of the weights, as in `sketchkit.embed`. Default: float16 if it loses nothing, else float32.
    execute : bool
        Run the notebook first, in its folder and with the kernel that it names. The file itself is not changed.

    Raises
    ------
    FileNotFoundError
        If there is no such notebook.
    ValueError
        If it is not a notebook, a cell raises an error when it is executed, `dtype` is unknown, or a weight is too
        large for it.
    """
    from nbconvert import HTMLExporter

    check_dtype(dtype)
    notebook = Path(notebook)
    nb: Any = read_notebook(notebook)
    if execute:
        _execute(nb, notebook)
    page = _Page(notebook, nb)
    page.place_widgets()
    # Scripts from the network are needed by the widgets of other packages alone.
    offline = {} if page.leave_others() else {"require_js_url": ""}
    exporter = HTMLExporter(mathjax_url="", jquery_url="", embed_images=True, **offline)
    with reported(str(notebook), "expected a Jupyter notebook that nbconvert can convert"):
        text, _ = exporter.from_notebook_node(nb)
    alive = f"<style>{stylesheet()}</style>\n{scripts(page.states, page.models, dtype)}\n" if page.states else ""
    head, end, tail = text.rpartition("</body>")
    out = Path(out) if out else notebook.with_suffix(".html")
    with replacing(out) as part:
        part.write_text(f"{head}{alive}{end}{tail}", encoding="utf-8")
    return out


class _Page:
    """A notebook whose widgets are being replaced by places for live ones."""

    def __init__(self, notebook: Path, nb: Any) -> None:
        self.notebook, self.nb = notebook, nb
        self.saved = saved_states(nb)
        #: Traits of the widgets on the page, by their keys.
        self.states: dict[str, dict[str, Any]] = {}
        self.models: dict[str, SketchRNN] = {}
        self._keys: dict[str, str] = {}
        self._cell, self._picture = 0, ""
        self._ours: set[str] = set()
        self._others = False
        self._unsaved: list[int] = []

    def place_widgets(self) -> None:
        """Replace the displays that hold widgets of sketchkit by HTML with places for them."""
        for number, cell in enumerate(self.nb.cells, 1):
            self._cell = number
            for output in cell.get("outputs", []):
                if model_id := view_of(output):
                    self._replace(model_id, output["data"])
        if self._unsaved:
            cells = ", ".join(map(str, self._unsaved))
            logger.warning(
                "%s: no saved widget state for cell %s, so the widgets there are not alive. Add --execute (in Python: "
                "execute=True) to run the notebook first, or run it in JupyterLab with Settings > Save Widget State "
                "Automatically and save it",
                self.notebook, cells,
            )  # fmt: skip

    def _replace(self, model_id: str, data: dict[str, Any]) -> None:
        tree = WidgetTree(self.saved.get, self._place, self._place_other)
        if model_id not in self.saved:
            if self._cell not in self._unsaved:
                self._unsaved.append(self._cell)
            if len(data) > 1:  # nbconvert would prefer the widget, which it cannot show either
                del data[VIEW]
        elif not tree.has_ours(model_id):
            self._others = True
        elif is_monitor(self.saved[model_id]) and "text/html" in data:
            self._warn(self.saved[model_id], "it needs a kernel")
            self._ours.add(model_id)
            del data[VIEW]
        else:
            picture = data.pop("image/png", "")
            self._picture = f'<img alt="" src="data:image/png;base64,{_checked(picture)}">' if picture else ""
            data["text/html"] = tree.html(model_id)
            del data[VIEW]

    def _place(self, model_id: str, entry: Any) -> str:
        """Return the place of a widget of sketchkit, or its picture if it cannot live."""
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
        """Return what nbconvert writes for a widget of another package."""
        if entry is None:
            self._warn(entry, "run the notebook again")
            return ""
        self._others = True
        view = json.dumps({"version_major": 2, "version_minor": 0, "model_id": model_id}).replace("<", "\\u003c")
        return f'<div class="jupyter-widgets"><script type="{VIEW}">{view}</script></div>'

    def leave_others(self) -> bool:
        """Leave the states of other packages' widgets to nbconvert, without ours; return whether there are any."""
        self.nb.metadata.pop("widgets", None)
        if self._others:
            kept = drop_models(self.saved, self._ours)
            self.nb.metadata["widgets"] = {STATE: {"version_major": 2, "version_minor": 0, "state": kept}}
        return self._others

    def _warn(self, entry: Any, reason: str) -> None:
        logger.warning("%s: cell %d: %s stays a picture: %s", self.notebook, self._cell, name_of(entry), reason)


def _execute(nb: Any, notebook: Path) -> None:
    """Run a notebook in its folder, outputs and widget states replaced."""
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
        raise ValueError(f"{notebook}: a cell raised {error.ename}: {error.evalue}") from None
    except (NoSuchKernel, DeadKernelError) as error:
        raise ValueError(f"{notebook}: the kernel {kernel!r} could not run it ({error})") from None


def still_of(entry: Any) -> str:
    """Return a picture of a widget of sketchkit from its state, as HTML: of those drawings that can be read."""
    state = entry["state"]
    drawings = state.get("drawings")
    found = []
    for data in [state.get("sketch"), *(drawings if isinstance(drawings, list) else [])]:
        try:
            found.append(as_sketch(data))
        except (ValueError, TypeError):
            continue
    caption = name_of(entry)
    picture = base64.b64encode(still(caption, [sketch for sketch in found if len(sketch)])).decode()
    return f'<img alt="{html.escape(caption)}" src="data:image/png;base64,{picture}">'


def models_of(state: dict[str, Any], folder: Path) -> dict[str, SketchRNN]:
    """Load the models of a widget's saved state, its own first.

    Parameters
    ----------
    state : dict
        Its traits.
    folder : Path
        Where its notebook lies; a path to a model may begin there.

    Raises
    ------
    FileNotFoundError, ConnectionError
        If a model is unavailable.
    ValueError
        If the model of that name has changed or is damaged.
    """
    card, others = state.get("_card"), state.get("models", [])
    if not isinstance(card, dict):
        return {}
    if not isinstance(others, list):
        raise ValueError("its saved state is damaged")
    names = dict.fromkeys([str(card.get("choice")), *map(str, others)])
    models = {name: load_beside(name, folder) for name in names}
    name, model = next(iter(models.items()))
    if pack(model).key != card.get("key"):
        raise ValueError(f"{name}: the model has changed since the notebook was run; run the notebook again")
    return models


def load_beside(name: str, folder: Path) -> SketchRNN:
    """Load a model by a name, or by a path that may begin at a folder."""
    from sketchkit.published.loading import load

    try:
        return load(name)
    except FileNotFoundError:
        if not (folder / name).exists():
            raise
        return load(folder / name)


def _checked(picture: str) -> str:
    """Return base64 that is nothing but base64, empty if it is not."""
    try:
        return base64.b64encode(base64.b64decode(picture)).decode()
    except ValueError:
        return ""
