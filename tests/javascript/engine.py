"""Run the engine of the page in Node on a model's weights."""

import json
import subprocess
from pathlib import Path

import numpy as np

from sketchkit.widgets.export.packing import page_tensors

ROOT = Path(__file__).parents[2]


def run(model, folder, *asks, simd=True):
    """Return the engine's results for some requests on a `SketchRNN`; see `run_engine.mjs`."""
    places, numbers, at = {}, [], 0
    for name, value in page_tensors(model).items():
        places[name] = [at, value.size]
        numbers.append(np.asarray(value, "<f4").reshape(-1))
        at += value.size
    (folder / "weights.bin").write_bytes(np.concatenate(numbers).tobytes())
    request = {
        "weights": str(folder / "weights.bin"),
        "places": places,
        "config": json.loads(model.config.as_json()),
        "ask": asks,
        "simd": simd,
    }
    path = folder / "request.json"
    path.write_text(json.dumps(request), encoding="utf-8")
    command = ["node", str(ROOT / "tests/javascript/run_engine.mjs"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer = json.loads(done.stdout)
    assert answer["simd"] == simd
    return answer["answers"]
