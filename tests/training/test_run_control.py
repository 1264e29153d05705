"""A run directory has one trainer, which can be told things from elsewhere."""

import os
import signal
import threading

import pytest

from sketchkit import Run, runs
from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.training.run_control import Occupation, is_occupied
from sketchkit.training.trainer import Trainer, train

DECODER = "dec_rnn_size=8,num_mixture=2,batch_size=5,save_every=5,conditional=false"


@pytest.fixture(scope="module")
def dataset():
    drawings = [doodles.draw(name, seed) for seed in range(3) for name in ("star", "sun", "moon", "fish")]
    return Dataset.from_sketches(drawings[:8], drawings[8:], name="few")


def until(true, run):
    """Wait for a process that says nothing by itself; the pause is between two looks."""
    for _ in range(1200):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"{run.state}, step {run.step}: {(run.folder / 'log.txt').read_text()[-2000:]}")


def test_a_run_in_the_background_is_alone_obeys_and_says_how_it_ended(tmp_path):
    folder = tmp_path / "runs/mine"
    run = train("doodles", folder, DECODER, num_steps=10**7, log_every=1, background=True)
    assert run.state.pid != os.getpid()
    with pytest.raises(ValueError, match=rf"another process trains in it, number {run.state.pid} on .*choose another"):
        train("doodles", folder, DECODER, num_steps=10)
    until(lambda: run.step > 2, run)
    run.pause()
    until(lambda: run.state.state == "paused", run)
    assert "paused" in str(runs(tmp_path))
    assert list((folder / "checkpoints").glob(f"step-{run.step:08d}.*")), "who pauses has a checkpoint to go on from"
    step = run.step
    run.resume()
    until(lambda: run.step > step, run)
    os.kill(run.state.pid, signal.SIGKILL)
    until(lambda: run.state.state == "killed", run)
    with pytest.raises(ValueError, match="no process trains in it, it is killed"):
        run.stop()
    with pytest.raises(ValueError, match="was begun with dec_rnn_size=8, now dec_rnn_size=9"):
        train("doodles", folder, DECODER, dec_rnn_size=9, background=True)
    assert Run(folder).state.state == "killed", "who was refused has nothing to say about the run"


def test_stop_ends_with_a_checkpoint_and_the_next_start_goes_on(dataset, tmp_path, monkeypatch):
    take_step, folder = Trainer._step, tmp_path / "run"

    def step(self):
        if self.progress.step == 3:
            Run(folder).checkpoint()
        if self.progress.step == 6:
            Run(folder).stop()
        return take_step(self)

    monkeypatch.setattr(Trainer, "_step", step)
    stopped = train(dataset, folder, DECODER, num_steps=12, progress="none", log_every=1)
    assert stopped.state.state == "stopped"
    assert stopped.step == 7
    assert {path.name for path in (folder / "checkpoints").iterdir()} >= {"step-00000007.safetensors"}
    monkeypatch.setattr(Trainer, "_step", take_step)
    done = train(dataset, folder, DECODER, num_steps=12, progress="none", log_every=1)
    assert (done.state.state, done.step) == ("finished", 12)
    assert [r["step"] for r in done.records if r["kind"] == "train"] == list(range(1, 13))


def test_what_a_run_failed_of_is_listed(dataset, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        train(dataset, tmp_path / "run", DECODER, num_steps=5, progress="none")
    assert "failed: OSError: [Errno 28] could not write" in str(runs(tmp_path))
    assert "No space left" in runs(tmp_path)[0].state.error
    assert not is_occupied(tmp_path / "run")


def test_a_half_deleted_run_is_named_and_not_gone_on_with(dataset, tmp_path):
    with Occupation(tmp_path / "run") as occupation:
        (occupation.folder / "checkpoints").mkdir()
        (occupation.folder / "checkpoints/step-00000005.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match=r"there are checkpoints but no run.json"):
        train(dataset, tmp_path / "run", DECODER, num_steps=5)
    assert "run.json is missing" in str(runs(tmp_path))
    (tmp_path / "run/state.json").write_text('{"state": 3, "error": ["<b>"], "pid": "x"}')
    (tmp_path / "run/run.json").write_text('{"hparams": {"dec_rnn_size": 8}}')
    assert runs(tmp_path)[0].state.state == "begun"


def test_a_silent_process_is_not_blamed_on_the_run_before(tmp_path, monkeypatch):
    (tmp_path / "log.txt").write_text("sketchkit: the disk of yesterday was full\n")
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(ValueError, match="exited with code 1 and without output"):
        train("doodles", tmp_path, DECODER, background=True)
    assert "yesterday" in (tmp_path / "log.txt").read_text()


def test_a_second_start_leaves_the_log_of_the_first_alone(tmp_path):
    (tmp_path / "log.txt").write_text("step 20 of 100\n")
    with Occupation(tmp_path), pytest.raises(ValueError, match="another process trains in it"):
        train("doodles", tmp_path, DECODER, background=True)
    assert (tmp_path / "log.txt").read_text() == "step 20 of 100\n"
