"""Lock, status and control of run directories."""

import json
import os
import signal
import threading

import pytest

from sketchkit import Run, runs
from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.training import metrics
from sketchkit.training.metrics import read_records
from sketchkit.training.run_control import RunLock, is_locked
from sketchkit.training.train import train
from sketchkit.training.trainer import Trainer

DECODER = "dec_rnn_size=8,num_mixture=2,batch_size=5,save_every=5,conditional=false"


@pytest.fixture(scope="module")
def dataset():
    drawings = [doodles.draw(name, seed) for seed in range(3) for name in ("star", "sun", "moon", "fish")]
    return Dataset.from_sketches(drawings[:8], drawings[8:], name="few")


def wait_until(condition, run):
    """Wait until a condition holds; the process sends no notification, so check at intervals."""
    for _ in range(1200):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"{run.status}, step {run.step}: {(run.folder / 'log.txt').read_text()[-2000:]}")


def test_background_run_locks_its_directory_and_follows_requests(tmp_path):
    folder = tmp_path / "runs/mine"
    run = train("doodles", folder, DECODER, num_steps=10**7, log_every=1, background=True)
    assert run.status.pid != os.getpid()
    with pytest.raises(
        ValueError, match=rf"in use by another training process \(PID {run.status.pid} on .*choose another"
    ):
        train("doodles", folder, DECODER, num_steps=10)
    wait_until(lambda: run.step > 2, run)
    run.pause()
    wait_until(lambda: run.status.state == "paused", run)
    assert "paused" in str(runs(tmp_path))
    assert list((folder / "checkpoints").glob(f"step-{run.step:08d}.*")), (
        "a paused run has a checkpoint of its latest step"
    )
    step = run.step
    run.resume()
    wait_until(lambda: run.step > step, run)
    os.kill(run.status.pid, signal.SIGKILL)
    wait_until(lambda: run.status.state == "killed", run)
    with pytest.raises(ValueError, match=r"the run is not active \(state: killed\)"):
        run.stop()
    with pytest.raises(ValueError, match="was started with dec_rnn_size=8, now dec_rnn_size=9"):
        train("doodles", folder, DECODER, dec_rnn_size=9, background=True)
    assert Run(folder).status.state == "killed", "a rejected start does not change the status"


def test_stop_saves_a_checkpoint_from_which_the_next_start_resumes(dataset, tmp_path, monkeypatch):
    take_step, folder = Trainer._step, tmp_path / "run"

    def step(self):
        if self.state.step == 3:
            Run(folder).checkpoint()
        if self.state.step == 6:
            Run(folder).stop()
        return take_step(self)

    monkeypatch.setattr(Trainer, "_step", step)
    stopped = train(dataset, folder, DECODER, num_steps=12, progress="none", log_every=1)
    assert stopped.status.state == "stopped"
    assert stopped.step == 7
    assert {path.name for path in (folder / "checkpoints").iterdir()} >= {"step-00000007.safetensors"}
    monkeypatch.setattr(Trainer, "_step", take_step)
    done = train(dataset, folder, DECODER, num_steps=12, progress="none", log_every=1)
    assert (done.status.state, done.step) == ("finished", 12)
    assert [r["step"] for r in done.records if r["kind"] == "train"] == list(range(1, 13))


def test_runs_lists_the_error_of_a_failed_run(dataset, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        train(dataset, tmp_path / "run", DECODER, num_steps=5, progress="none")
    assert "failed: OSError: [Errno 28] could not write" in str(runs(tmp_path))
    assert "No space left" in runs(tmp_path)[0].status.error
    assert not is_locked(tmp_path / "run")


def test_train_raises_when_run_json_is_missing(dataset, tmp_path):
    with RunLock(tmp_path / "run") as lock:
        (lock.folder / "checkpoints").mkdir()
        (lock.folder / "checkpoints/step-00000005.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match=r"found checkpoints but no run.json"):
        train(dataset, tmp_path / "run", DECODER, num_steps=5)
    assert "run.json is missing" in str(runs(tmp_path))
    (tmp_path / "run/state.json").write_text('{"state": 3, "error": ["<b>"], "pid": "x"}')
    (tmp_path / "run/run.json").write_text('{"hparams": {"dec_rnn_size": 8}}')
    assert runs(tmp_path)[0].status.state == "unknown"


def test_background_error_ignores_the_output_of_an_earlier_run(tmp_path, monkeypatch):
    (tmp_path / "log.txt").write_text("sketchkit: the disk was full yesterday\n")
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ValueError, match="exited with code 1 and without output"):
        train("doodles", tmp_path, DECODER, background=True)
    assert "yesterday" in (tmp_path / "log.txt").read_text()


def test_background_start_keeps_the_log_when_the_directory_is_in_use(tmp_path):
    (tmp_path / "log.txt").write_text("step 20 of 100\n")
    with RunLock(tmp_path), pytest.raises(ValueError, match="in use by another training process"):
        train("doodles", tmp_path, DECODER, background=True)
    assert (tmp_path / "log.txt").read_text() == "step 20 of 100\n"


def test_run_parses_its_metrics_once_per_change(tmp_path, monkeypatch):
    (tmp_path / "run.json").write_text(json.dumps({"hparams": {}}))
    path, reads = tmp_path / "metrics.jsonl", []
    monkeypatch.setattr(metrics, "read_records", lambda path: reads.append(path) or read_records(path))
    run = Run(tmp_path)
    assert (run.step, run.best, reads) == (0, None, [])
    path.write_text('{"step": 1, "kind": "train", "loss": 3}\n')
    assert [run.step, run.step, len(run.records), run.seconds] == [1, 1, 1, 0]
    run.records.clear()
    with path.open("a") as file:
        file.write('{"step": 2, "kind": "valid", "loss": 2}\n')
    assert (run.step, run.best["loss"]) == (2, 2)
    assert "step 2" in run._repr_html_()
    assert len(reads) == 2
