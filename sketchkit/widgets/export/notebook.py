"""An executed notebook as one page in which its widgets are alive, without a kernel and without the network."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from typing import Any

from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.storage.atomic import replacing
from sketchkit.widgets.export.bundle import stylesheet
from sketchkit.widgets.export.packing import check_dtype, pack
from sketchkit.widgets.export.page import own_state, scripts

__all__ = ["load_beside", "models_of", "notebook_html"]

logger = logging.getLogger("sketchkit")

_VIEW = "application/vnd.jupyter.widget-view+json"
_STATE = "application/vnd.jupyter.widget-state+json"


def notebook_html(notebook: str | Path, out: str | Path | None = None, *, dtype: str | None = None) -> Path:
    """Write an executed notebook as HTML.

    Its widgets' states are in the notebook; the weights are not, and are loaded by the models' names. A widget whose
    model is not to be had, or is another one by now, stays a picture, and that is logged.

    Parameters
    ----------
    notebook : str or Path
        An `.ipynb` file that has been run, by papermill or in JupyterLab with its widget state saved.
    out : str or Path, optional
        Default: beside the notebook, ending in `.html`.
    dtype : {"float16", "float32", "int8"}, optional
        Precision of the weights, as in `sketchkit.embed`. Default: float16 if it loses nothing, else float32.

    Raises
    ------
    FileNotFoundError
        If there is no such notebook.
    ValueError
        If it is not a notebook, `dtype` is unknown, or a weight is too large for it.
    """
    import nbformat
    from nbconvert import HTMLExporter

    check_dtype(dtype)
    notebook = Path(notebook)
    if not notebook.is_file():
        raise FileNotFoundError(f"{notebook}: no such notebook")
    try:
        nb: Any = nbformat.read(notebook, as_version=4)
    except Exception as error:  # nbformat raises whatever its parsers raise
        raise ValueError(f"{notebook}: expected a Jupyter notebook ({error})") from None
    saved = nb.metadata.pop("widgets", {}).get(_STATE, {}).get("state", {})
    states: list[dict[str, Any]] = []
    models: dict[str, SketchRNN] = {}
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            view = data.pop(_VIEW, None)
            state = state_of(saved, (view or {}).get("model_id", ""))
            if state is None or not _found(state, models, notebook.parent):
                continue
            picture = data.pop("image/png", "")
            still = f'<img alt="" src="data:image/png;base64,{_checked(picture)}">' if picture else ""
            data["text/html"] = f'<div data-sketchkit="{len(states)}">{still}</div>'
            states.append(own_state(state))
    exporter = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="", embed_images=True)
    page, _ = exporter.from_notebook_node(nb)
    alive = f"<style>{stylesheet()}</style>\n{scripts(states, models, dtype)}\n" if states else ""
    head, end, tail = page.rpartition("</body>")
    out = Path(out) if out else notebook.with_suffix(".html")
    with replacing(out) as part:
        part.write_text(f"{head}{alive}{end}{tail}", encoding="utf-8")
    return out


def state_of(saved: dict[str, Any], model_id: str) -> dict[str, Any] | None:
    """Return a widget's state among those saved in a notebook; of a box, that of the first widget of ours in it.

    None if there is none of ours.
    """
    entry = saved.get(model_id, {})
    state = entry.get("state", {})
    if entry.get("model_module") == "anywidget" and "_view" in state:
        return dict(state)
    for child in state.get("children", ()):
        inner = saved.get(str(child).removeprefix("IPY_MODEL_"), {})
        if inner.get("model_module") == "anywidget" and "_view" in inner.get("state", {}):
            return dict(inner["state"])
    return None


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
        If a model is not to be had.
    ValueError
        If the model of that name is another one by now, or damaged.
    """
    card = state.get("_card")
    if card is None:
        return {}
    names = dict.fromkeys([str(card.get("choice")), *map(str, state.get("models", []))])
    models = {name: load_beside(name, folder) for name in names}
    name, model = next(iter(models.items()))
    if pack(model).key != card.get("key"):
        raise ValueError(f"{name} is another model by now; run the notebook again")
    return models


def load_beside(name: str, folder: Path) -> SketchRNN:
    """Load a model by a name, or by a path that may begin at a folder."""
    from sketchkit.loading import load

    try:
        return load(name)
    except FileNotFoundError:
        if not (folder / name).exists():
            raise
        return load(folder / name)


def _found(state: dict[str, Any], models: dict[str, SketchRNN], folder: Path) -> bool:
    """Load the models of a widget's state; tell whether it can live."""
    try:
        models |= models_of(state, folder)
    except (ValueError, OSError) as error:
        logger.warning("a widget stays a picture: %s", error)
        return False
    return True


def _checked(picture: str) -> str:
    """Return base64 that is nothing but base64."""
    return base64.b64encode(base64.b64decode(picture)).decode()
