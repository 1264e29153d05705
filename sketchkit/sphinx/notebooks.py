"""Widgets of notebooks that MyST-NB has executed."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.logging import getLogger

from sketchkit.sphinx.widget_nodes import LiveWidget
from sketchkit.widgets.export.notebook import models_of, still_of
from sketchkit.widgets.export.page import own_state
from sketchkit.widgets.export.widget_tree import VIEW, WidgetTree, drop_models, is_monitor, name_of

__all__ = ["replace_notebook_widgets"]

logger = getLogger(__name__)


def replace_notebook_widgets(app: Any, doctree: nodes.document) -> None:
    """Replace the sketchkit widgets of an executed notebook, as inserted by MyST-NB, with live widgets."""
    scripts = getattr(app.env, "nb_metadata", {}).get(app.env.docname, {}).get("js_files", {})
    if "ipywidgets_state" not in scripts:
        for raw in doctree.findall(nodes.raw):
            if raw.astext().startswith(f'<script type="{VIEW}">'):
                text = "widget omitted: the notebook contains no saved widget state; run the notebook again"
                logger.warning(text, location=raw, type="sketchkit", subtype="state")
        return
    content = json.loads(scripts["ipywidgets_state"][1]["body"])
    saved, ours = content["state"], set()
    others = False
    folder = Path(app.env.doc2path(app.env.docname)).parent
    for raw in list(doctree.findall(nodes.raw)):
        text = raw.astext()
        if not text.startswith(f'<script type="{VIEW}">'):
            continue
        model_id = json.loads(text.partition(">")[2].rpartition("</script>")[0]).get("model_id", "")
        live = LiveWidget("", states={}, models=[], folder=folder, body="")

        def place(model_id: str, entry: Any, live: LiveWidget = live, raw: nodes.raw = raw) -> str:
            ours.add(model_id)
            state, picture = entry["state"], still_of(entry)
            key = next((key for key, known in live["states"].items() if known["id"] == model_id), None)
            if key is None:
                try:
                    if is_monitor(entry):
                        raise ValueError("it requires a kernel")
                    live["models"] += models_of(state, folder)
                except (ValueError, OSError) as error:
                    logger.warning("%s is shown as a static image: %s", name_of(entry), error, location=raw)
                    return picture
                key = f"{app.env.docname}-{app.env.new_serialno('sketchkit')}"
                live["states"][key] = {"id": model_id, "traits": own_state(state)}
            return f'<div data-sketchkit="{escape(key)}">{picture}</div>'

        def keep(model_id: str, entry: Any, raw: nodes.raw = raw) -> str:
            nonlocal others
            others = True
            if entry is None:
                logger.warning("%s omitted: its state is missing; run the notebook again", name_of(entry), location=raw)
                return ""
            view = json.dumps({"version_major": 2, "version_minor": 0, "model_id": model_id}).replace("<", "\\u003c")
            return f'<script type="{VIEW}">{view}</script>'

        tree = WidgetTree(saved.get, place, keep)
        if not tree.has_ours(model_id):
            others = True
            continue
        live["body"] = tree.html(model_id)
        raw.parent.replace(raw, live)
    if others:
        # Jupyter's scripts render the other widgets. They do not get the saved state of sketchkit's widgets, so that
        # sketchkit's widgets stay live.
        scripts["ipywidgets_state"][1]["body"] = json.dumps({**content, "state": drop_models(saved, ours)}).replace(
            "<", "\\u003c"
        )
    else:
        for key in [key for key in scripts if key.startswith("ipywidgets_")]:
            del scripts[key]
