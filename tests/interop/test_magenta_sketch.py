"""Exported models, evaluated by the npm package @magenta/sketch."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sketchkit import HParams, Sketch, SketchRNN
from sketchkit.interop.sketch_rnn_js import export_js, read_js
from sketchkit.model.config import ModelConfig
from sketchkit.model.weights import initial_weights

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
@pytest.mark.skipif(
    not (ROOT / "node_modules/@magenta/sketch").is_dir(), reason="needs @magenta/sketch: npm install --no-package-lock"
)
def test_magenta_sketch_computes_the_same_mixture(tmp_path):
    h = HParams(conditional=False, dec_rnn_size=64, max_seq_len=50)
    weights = initial_weights(h, 3)
    weights["decoder/output/w"] *= 5  # makes the distributions less uniform
    path = tmp_path / "tiny.gen.json"
    export_js(SketchRNN(ModelConfig(h, 25.0, "tiny"), weights), path)
    sketch = Sketch([[10, -4, 0], [3, 30, 1], [-25, 8, 0]])
    rows = sketch.to_stroke5()[: len(sketch)].tolist()
    done = subprocess.run(
        ["node", ROOT / "tests/javascript/magenta_sketch.cjs", path, json.dumps(rows)],
        check=True, capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["info"] == {"mode": 2, "version": 6, "max_seq_len": 50, "name": "tiny", "scale_factor": 25.0}
    ours = read_js(path).mixture(sketch)
    last, pdf = len(sketch), answer["pdf"]
    sigma_y = pdf["sigmaY"][: h.num_mixture]  # the array also contains the outputs after sigma_y
    np.testing.assert_allclose(ours.pi[last], pdf["pi"], atol=1e-4)
    np.testing.assert_allclose(ours.mu[last] / 25, np.stack([pdf["muX"], pdf["muY"]], 1), atol=1e-4)
    np.testing.assert_allclose(ours.sigma[last] / 25, np.stack([pdf["sigmaX"], sigma_y], 1), atol=1e-4)
    np.testing.assert_allclose(ours.rho[last], pdf["corr"], atol=1e-4)
    np.testing.assert_allclose(ours.pen[last], pdf["pen"], atol=1e-4)
