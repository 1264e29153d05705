"""Run directories and model folders of version 0.1: training continues from them as it did in that version.

`version_0_1/` was written by version 0.1: a run of 8 steps on generated doodles, and what that version computed next.
`expected.json` contains the records of 4 more steps of this run, the records of a run of 4 steps that starts from its
model, and two codes and a drawing by the model. `resumed.safetensors` is the checkpoint after the 4 more steps.

The tests compare within 1e-5 and not bit by bit, because XLA compiles the same program to other instructions on other
processors, and these round differently.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from sketchkit import streams
from sketchkit.data.dataset import Dataset
from sketchkit.model import evaluation
from sketchkit.model.noise import stream_key
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.streams import Purpose
from sketchkit.training.checkpoints import Checkpoints
from sketchkit.training.run import Run
from sketchkit.training.train import train

FOLDER = Path(__file__).with_name("version_0_1")
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
OPTIONS = {"seed": 3, "log_every": 2, "progress": "none", "data_dir": FOLDER}


@pytest.fixture
def streams_of_version_0_1(monkeypatch):
    """Use the random streams of version 0.1; those of later versions give other batches, augmentation and codes."""

    def philox_key(seed, purpose, number, draw=0):
        if purpose == Purpose.BATCH_ORDER:
            return seed, (1 << 63) + number
        return (stream_key(seed, 3, draw) if draw else seed), number

    monkeypatch.setattr(streams, "philox_key", philox_key)
    monkeypatch.setattr(evaluation, "philox_key", philox_key)


def assert_equal_records(run, after, expected):
    # Version 0.1 did not evaluate the test split.
    records = [record for record in run.records if record["step"] > after and record["kind"] != "test"]
    assert [(r["step"], r["kind"]) for r in records] == [(r["step"], r["kind"]) for r in expected]
    for record, other in zip(records, expected, strict=True):
        numbers = {name: value for name, value in other.items() if name != "kind"}
        assert {name: record[name] for name in numbers} == pytest.approx(numbers, rel=1e-5)


def test_run_of_version_0_1_resumes_to_the_same_weights(tmp_path, streams_of_version_0_1, capsys):
    folder = tmp_path / "run"
    shutil.copytree(FOLDER / "run", folder)
    before = Run(folder)
    assert (before.step, before.status.state, before.best["step"]) == (8, "finished", 8)
    run = train("drawings.npz", folder, before.hparams, num_steps=12, **{**OPTIONS, "progress": "lines"})
    assert "resuming from step 8" in capsys.readouterr().out
    assert_equal_records(run, 8, EXPECTED["resumed"])
    found, expected = Checkpoints(folder / "checkpoints").load(12)[0], load_file(FOLDER / "resumed.safetensors")
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5, atol=1e-6, err_msg=name)


def test_training_starts_from_a_model_of_version_0_1(tmp_path, streams_of_version_0_1):
    run = train("drawings.npz", tmp_path / "run", num_steps=4, base=FOLDER / "run/model", **OPTIONS)
    assert_equal_records(run, -1, EXPECTED["fine_tuned"])


def test_model_of_version_0_1_encodes_and_decodes_the_same(tmp_path):
    model = SketchRNN.open(FOLDER / "run/model")
    valid = Dataset.open(FOLDER / "drawings.npz").valid
    codes = model.encode([valid[0], valid[1]], fit=False)
    np.testing.assert_allclose(codes, EXPECTED["codes"], rtol=1e-5, atol=1e-6)
    drawing = model.decode(codes[0], seed=1, temperature=0.4)
    np.testing.assert_allclose(drawing.offsets, EXPECTED["drawing"], rtol=1e-4, atol=1e-2)
    model.save(tmp_path / "saved")
    assert SketchRNN.open(tmp_path / "saved").scale_factor == model.scale_factor
