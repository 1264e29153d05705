"""The page's engine in Chromium, in one worker and in several, compared with Node."""

import base64
import importlib.util
import json
from pathlib import Path

import pytest

from sketchkit import HParams, SketchRNN
from sketchkit.model.config import ModelConfig
from sketchkit.model.weights import initial_weights
from sketchkit.widgets.export.bundle import bundle, worker_source
from sketchkit.widgets.export.packing import pack

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("engine", ROOT / "tests/javascript/engine.py")
engine = importlib.util.module_from_spec(spec)
spec.loader.exec_module(engine)

DRAW = """async ({ client, key, config, index, weights, cores, given }) => {
  const { Client } = (0, eval)(client), engine = new Client(cores), listeners = new Set();
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  await engine.load(key, {
    on: (_, act) => listeners.add(act), off: (_, act) => listeners.delete(act),
    send: () => listeners.forEach((act) => act({ kind: "weights", key, config, index }, [new DataView(bytes.buffer)])),
  }, new AbortController().signal);
  const draw = () => engine.ask("draw", key, "view", given);
  await draw();
  while (engine.others.length < cores - 1 || engine.others.some((other) => !other.models.has(key))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return [engine.others.length, (await draw()).sketches.map((rows) => [...rows])];
}"""


@pytest.mark.parametrize("conditional", [True, False])
def test_engine_drawings_in_browser_are_the_same_with_one_and_several_workers_and_in_node(
    chromium, tmp_path, conditional
):
    h = HParams(conditional=conditional, enc_rnn_size=24, dec_rnn_size=48, z_size=8, num_mixture=5, max_seq_len=120)
    model = SketchRNN(ModelConfig(h, 10.0, "tiny"), initial_weights(h, 5))
    model.weights["decoder/output/b"][2] = -3
    packed = pack(model, "float32")
    generated = {"runtime/worker_source.js": f"export const WORKER_SOURCE = {json.dumps(worker_source())};"}
    given = {"variants": list(range(9)), "seed": 11, "temperature": 0.8, "category": -1, "categories": 0}
    about = {**packed.message, "weights": base64.b64encode(packed.buffer).decode(), "given": given,
             "client": bundle("runtime/engine_client.js", generated=generated)}  # fmt: skip
    expected = engine.run(model, tmp_path, {"what": "generate", "n": 9, "seed": 11, "temperature": 0.8})[0]
    assert len({len(rows) for rows in expected}) > 3
    page = chromium.new_page()
    try:
        for cores, others in ((1, 0), (2, 1), (8, 3)):
            assert page.evaluate(DRAW, {**about, "cores": min(cores, others + 1)}) == [others, expected]
    finally:
        page.close()
