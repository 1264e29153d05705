"""Notebooks with parameters, outputs and widget states: valid ones and changed ones."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.mutate import change_bytes, change_json, dumped, odd_value

_STATE = "application/vnd.jupyter.widget-state+json"
_VIEW = "application/vnd.jupyter.widget-view+json"


def _widget(view: str, **state: Any) -> dict[str, Any]:
    return {"model_module": "anywidget", "model_name": "AnyModel", "state": {"_view": view, **state}}


def _notebook() -> dict[str, Any]:
    shown = {"text/plain": "Pad()", _VIEW: {"model_id": "a", "version_major": 2}, "image/png": "iVBORw0KGgo="}
    box = {**shown, _VIEW: {"model_id": "b"}}
    code = {"cell_type": "code", "execution_count": 1, "metadata": {}}
    return {
        "cells": [
            {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Title\n", "*text*"]},
            {
                **code,
                "id": "p",
                "metadata": {"tags": ["parameters"]},
                "outputs": [],
                "source": "a = 1\nhparams = {'b': [2]}",
            },
            {
                **code,
                "id": "o",
                "source": "show()",
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": ["x\n"]},
                    {"output_type": "display_data", "data": shown, "metadata": {}},
                    {"output_type": "execute_result", "data": box, "metadata": {}, "execution_count": 1},
                    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mline"]},
                ],
            },
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "file_extension": ".py"},
            "widgets": {
                _STATE: {
                    "version_major": 2,
                    "state": {
                        "a": _widget("pad", sketch={"start": [0, 0], "rows": []}),
                        "b": {
                            "model_module": "@jupyter-widgets/controls",
                            "state": {"children": ["IPY_MODEL_a", "IPY_MODEL_c"]},
                        },
                        "c": _widget("complete", _card={"choice": "nowhere", "key": "x"}, models=[]),
                    },
                }
            },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def notebook(random: Random, place: Path) -> Path:
    value: Any = _notebook()
    if random.random() < 0.1:
        value["nbformat"], value["nbformat_minor"] = random.choice(
            ((3, 0), (2, 0), (4, 0), (5, 0), (4, 9), ("x", None))
        )
    if random.random() < 0.1:
        value["cells"][1]["source"] = random.choice(
            ("a =", "a = " + "(" * 300, "a = " + "-" * 9000 + "1", "\0", "a = b = c")
        )
    if random.random() < 0.9:
        part = random.choice((value, value, value["metadata"], value["cells"], value["cells"][2]["outputs"]))
        changed = change_json(random, part)
        if part is value:
            value = changed
        elif part is value["metadata"]:
            value["metadata"] = changed
        elif part is value["cells"]:
            value["cells"] = changed
        else:
            value["cells"][2]["outputs"] = changed
    if random.random() < 0.05:
        value = odd_value(random)
    data = dumped(value)
    path = place / "notebook.ipynb"
    path.write_bytes(change_bytes(random, data) if random.random() < 0.15 else data)
    return path
