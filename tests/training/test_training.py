import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.sketch import Sketch
from sketchkit.training.checkpoints import Checkpoints, TrainingState
from sketchkit.training.errors import TrainingDivergedError
from sketchkit.training.limits import Limits
from sketchkit.training.metrics import read_records
from sketchkit.training.run import Run
from sketchkit.training.train import train
from sketchkit.training.trainer import Trainer

SMALL = "dec_rnn_size=16,enc_rnn_size=12,z_size=4,num_mixture=3,batch_size=10,save_every=10"
#: A model without an encoder compiles in a third of the time. Used by the tests that do not need an encoder.
DECODER = f"{SMALL},conditional=false"


def weights_at(run: Path, step: int):
    return Checkpoints(run / "checkpoints").load(step)[0]


def assert_identical(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_array_equal(a[name], b[name], err_msg=name)


def test_train_writes_metrics_samples_and_a_model(dataset, tmp_path, capsys):
    run = train(
        dataset, tmp_path / "run", SMALL, num_steps=20, log_every=5, progress="lines", seed=1, minutes=9, patience=4
    )
    out = capsys.readouterr().out
    assert "training; ends after 9 minutes or 4 validations without improvement or 20 steps, or with ctrl-c" in out
    assert re.search(r"step 5, \d\.\d of 9 minutes: loss", out)
    assert "step 20: validation loss" in out
    assert out.count("\n") < 12
    assert run.step == 20
    assert [r["step"] for r in run.records if r["kind"] == "valid"] == [10, 20]
    assert run.hparams.dec_rnn_size == 16
    assert run.limits == Limits(20, minutes=9, patience=4)
    times = [record["elapsed"] for record in run.records]
    assert times == sorted(times)
    assert times[0] > 0
    assert len(run.samples) == 2
    assert "<svg" in run.samples[0].read_text()
    model = run.model()
    assert model.scale_factor == pytest.approx(dataset.scale_factor)
    assert model.config.training["step"] == run.best["step"]
    assert len(model.generate(3, seed=0)) == 3
    assert list((tmp_path / "run").glob("events.out.tfevents*"))
    assert "16" in run._repr_html_()


def distance(a, b):
    """Return the sum of the mean distances to the nearest point of the other drawing, in both directions."""
    p, q = (np.concatenate(sketch.fitted(1).polylines()) for sketch in (a, b))
    apart = np.linalg.norm(p[:, None] - q[None], axis=2)
    return apart.min(axis=0).mean() + apart.min(axis=1).mean()


@pytest.mark.long
def test_train_overfits_four_drawings(tmp_path):
    four = [doodles.draw(name, 0) for name in ("star", "big", "sun", "mountain")]
    settings = (
        "dec_rnn_size=128,enc_rnn_size=32,z_size=8,num_mixture=2,batch_size=16,learning_rate=0.005,kl_weight=0.01"
    )
    settings += ",random_scale_factor=0,augment_stroke_prob=0,save_every=400"
    run = train(Dataset.from_sketches(four * 4, four), tmp_path / "run", settings, num_steps=400, progress="none")
    recon = [r["recon"] for r in run.records if r["kind"] == "train"]
    assert recon[-1] < recon[0] - 2.5
    model = run.model()
    reconstructions = model.decode(model.encode(four), temperature=0.1, seed=0)
    apart = np.array([[distance(copy, original) for original in four] for copy in reconstructions])
    others = (apart.sum() - np.trace(apart)) / 12
    assert np.trace(apart) / 4 < 0.75 * others


# Resume -----------------------------------------------------------------------------------------------

SCRIPT = """
import sys
from sketchkit.training.train import train
train("doodles", sys.argv[1], sys.argv[2], num_steps=40, log_every=1, progress="lines", seed=5)
"""


def test_interrupted_training_says_where_its_checkpoint_is_and_how_to_resume(dataset, tmp_path, capsys):
    def interrupt(step, metrics):
        if step == 15:
            raise KeyboardInterrupt

    run = tmp_path / "run"
    options = {"num_steps": 20, "log_every": 5, "progress": "lines"}
    with pytest.raises(KeyboardInterrupt):
        train(dataset, run, DECODER, callbacks=[interrupt], **options)
    out = capsys.readouterr().out
    assert "step 5 of 20: loss" in out
    path = run / "checkpoints/step-00000010.safetensors"
    assert f"step 15: interrupted. The same command or call resumes from step 10, the latest checkpoint: {path}" in out
    assert train(dataset, run, DECODER, **options).step == 20
    assert "resuming from step 10; ends after 20 steps" in capsys.readouterr().out


@pytest.mark.long
def test_resumed_run_is_bit_identical_after_a_kill(tmp_path):
    settings = SMALL.replace("batch_size=10", "batch_size=20") + ",use_input_dropout=1,use_output_dropout=1"
    command = [sys.executable, "-c", SCRIPT]
    uninterrupted, killed = tmp_path / "uninterrupted", tmp_path / "killed"
    subprocess.run([*command, uninterrupted, settings], check=True, stdout=subprocess.DEVNULL, timeout=300)
    for moment in ("step 12 ",):
        process = subprocess.Popen([*command, killed, settings], stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            if line.startswith(moment):
                os.kill(process.pid, signal.SIGKILL)
                break
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
    done = subprocess.run([*command, killed, settings], check=True, capture_output=True, text=True, timeout=300)
    assert "resuming from step 10" in done.stdout
    assert_identical(weights_at(uninterrupted, 40), weights_at(killed, 40))
    figures = [
        [
            {k: v for k, v in r.items() if k not in ("seconds", "elapsed", "time")}
            for r in read_records(run / "metrics.jsonl")
        ]
        for run in (uninterrupted, killed)
    ]
    assert figures[0] == figures[1]
    assert np.array_equal(
        Run(uninterrupted).model().weights["encoder/mu/w"], Run(killed).model().weights["encoder/mu/w"]
    )


@pytest.mark.long
def test_resumed_run_without_padding_is_bit_identical_and_learns(tmp_path):
    dataset = Dataset.from_sketches([doodles.draw("star", 0)] * 20, [doodles.draw("star", 0)])
    whole = train(dataset, tmp_path / "whole", DECODER, num_steps=20, skip_padding=True)
    train(dataset, tmp_path / "parts", DECODER, num_steps=10, skip_padding=True)
    train(dataset, tmp_path / "parts", DECODER, num_steps=20, skip_padding=True)
    assert_identical(weights_at(tmp_path / "whole", 20), weights_at(tmp_path / "parts", 20))
    losses = [record["recon"] for record in whole.records if record["kind"] == "valid"]
    assert losses[-1] < losses[0]


def test_train_again_resumes_or_does_nothing_when_finished(dataset, tmp_path):
    first = train(dataset, tmp_path / "a", DECODER, num_steps=10, progress="none")
    again = train(dataset, tmp_path / "a", DECODER, num_steps=10, progress="none")
    assert again.records == first.records
    train(dataset, tmp_path / "a", DECODER, num_steps=20, progress="none")
    train(dataset, tmp_path / "b", DECODER, num_steps=20, progress="none")
    assert_identical(weights_at(tmp_path / "a", 20), weights_at(tmp_path / "b", 20))


def test_train_raises_when_the_settings_of_a_run_change(dataset, tmp_path):
    train(dataset, tmp_path / "run", SMALL, num_steps=1, progress="none")
    with pytest.raises(ValueError, match="was started with z_size=4, now z_size=5"):
        train(dataset, tmp_path / "run", SMALL, z_size=5, num_steps=1, progress="none")
    with pytest.raises(ValueError, match="was started with seed 0, now 1"):
        train(dataset, tmp_path / "run", SMALL, seed=1, num_steps=1, progress="none")


def test_latest_checkpoint_skips_damaged_files_with_a_warning(dataset, tmp_path, caplog):
    train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none")
    checkpoints = Checkpoints(tmp_path / "run/checkpoints")
    latest = checkpoints.path(20)
    latest.write_bytes(latest.read_bytes()[:-100])
    with caplog.at_level(logging.WARNING, "sketchkit"):
        _, progress = checkpoints.latest()
    assert progress.step == 10
    assert "step-00000020.safetensors: damaged checkpoint" in caplog.text
    whole = checkpoints.path(10).read_bytes()
    checkpoints.path(10).write_bytes(whole[:-8] + b"\0\1\2\3\4\5\6\7")
    with pytest.raises(ValueError, match="checksum mismatch"):
        checkpoints.load(10)


def test_train_raises_and_keeps_records_when_checkpoints_are_missing(dataset, tmp_path):
    before = train(dataset, tmp_path / "run", DECODER, num_steps=10, progress="none").records
    shutil.rmtree(tmp_path / "run/checkpoints")
    with pytest.raises(ValueError, match=r"up to step 10, but there is no valid checkpoint.*Restore checkpoints/, or"):
        train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none")
    assert Run(tmp_path / "run").records == before


def test_checkpoints_keep_the_best_and_the_newest(tmp_path):
    checkpoints = Checkpoints(tmp_path, keep=2)
    for step in range(0, 60, 10):
        checkpoints.save({"w": np.full(3, step, np.float32)}, TrainingState(step=step, best_step=10 if step else None))
    assert checkpoints.steps() == [10, 40, 50]
    assert checkpoints.latest()[1].step == 50


# Errors ---------------------------------------------------------------------------------------------


def test_nan_loss_rolls_back_once_and_raises_the_second_time(dataset, tmp_path, monkeypatch, capsys):
    take_step = Trainer._step
    bad = {13}

    def step(self):
        figures = take_step(self)
        if self.state.step in bad:
            bad.discard(13)
            figures["loss"] = float("nan")
        return figures

    monkeypatch.setattr(Trainer, "_step", step)
    run = train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="lines")
    assert "step 14: non-finite loss or gradients; rolling back to step 10" in capsys.readouterr().out
    assert run.step == 20
    rates = {r["step"]: r["learning_rate"] for r in run.records if r["kind"] == "train"}
    assert rates[20] == pytest.approx(0.0005, rel=0.01)
    bad.add(25)
    with pytest.raises(TrainingDivergedError, match="step 26.*non-finite loss or gradients again"):
        train(dataset, tmp_path / "run", DECODER, num_steps=40, progress="none")
    assert Checkpoints(tmp_path / "run/checkpoints").latest()[1].step == 20


def test_patience_stops_a_run_without_improvement(dataset, tmp_path):
    run = train(dataset, tmp_path / "run", DECODER, learning_rate=0, min_learning_rate=0, num_steps=500, patience=2,
                progress="none")  # fmt: skip
    assert run.step == 30
    assert run.best["step"] == 10


def test_train_raises_when_data_or_arguments_are_unusable(drawings, tmp_path):
    with pytest.raises(ValueError, match="valid split is empty"):
        train(Dataset.from_sketches(drawings), tmp_path / "run", SMALL, num_steps=1)
    with pytest.raises(ValueError, match="3 usable drawings, fewer than batch_size=10"):
        train(Dataset.from_sketches(drawings[:3], drawings), tmp_path / "run", SMALL, num_steps=1)
    with pytest.raises(ValueError, match="train split"):
        train(Dataset.from_sketches([], drawings), tmp_path / "run", SMALL, num_steps=1)
    with pytest.raises(ValueError, match="offsets of the train split are identical"):
        train(Dataset.from_sketches([Sketch([[0, 0, 1]])] * 20, drawings), tmp_path / "run", SMALL, num_steps=1)
    with pytest.raises(ValueError, match="did you mean 'dec_rnn_size'"):
        train("doodles", tmp_path / "run", "dec_rnn=4")
    with pytest.raises(ValueError, match="progress: expected auto, bar, lines or none"):
        train(Dataset.from_sketches(drawings, drawings), tmp_path / "run", SMALL, num_steps=1, progress="loud")


@pytest.mark.long
def test_earlier_checkpoints_are_kept_when_the_disk_is_full(dataset, tmp_path, monkeypatch):
    train(dataset, tmp_path / "run", DECODER, num_steps=10, progress="none")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("safetensors.numpy.save_file", full)
        with pytest.raises(OSError, match="step-00000020.*No space left.*unchanged"):
            train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none")
    assert Checkpoints(tmp_path / "run/checkpoints").latest()[1].step == 10
    assert train(dataset, tmp_path / "run", DECODER, num_steps=20, progress="none").step == 20


def test_read_records_skips_a_truncated_line(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text(json.dumps({"step": 1, "kind": "train"}) + '\n{"step": 2, "ki')
    assert [r["step"] for r in read_records(path)] == [1]
