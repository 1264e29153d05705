"""Teach: the runs that it starts and shows. Nothing is trained; the tests only create run directories."""

import json

import pytest

from sketchkit.data import doodles
from sketchkit.hparams import HParams
from sketchkit.training.run import Run
from sketchkit.training.run_control import RunLock
from sketchkit.widgets import Teach, TrainingMonitor
from sketchkit.widgets.training import fine_tune

STARS = [doodles.draw("star", seed) for seed in range(6)]


@pytest.fixture
def started(monkeypatch):
    """Instead of training, create the directories of active runs, and return their locks."""
    locks = []

    def start(model, drawings, folder, **options):
        if len(drawings) > 20:
            folder.mkdir(parents=True)
            (folder / "drawings.npz").write_bytes(b"")
            raise ValueError("too many for this test")
        locks.append(RunLock(folder))
        locks[-1].__enter__()
        (folder / "run.json").write_text(json.dumps({"hparams": HParams().as_dict(), "seed": 0}))
        (folder / "samples").mkdir()
        locks[-1].start_run()
        return Run(folder)

    monkeypatch.setattr(fine_tune, "teach", start)
    yield locks
    for lock in locks:
        lock.__exit__(None, None, None)


def monitors(widget):
    return [child.run.folder.name for child in widget.children if isinstance(child, TrainingMonitor)]


def press(widget):
    widget._button.click()


def end(run, lock):
    """Give a run a model and a validation, and end it."""
    run.model_folder.mkdir()
    record = {"step": 9, "kind": "valid", "loss": 1.0, "recon": 0.75, "kl": 0.5}
    (run.folder / "metrics.jsonl").write_text(json.dumps(record) + "\n")
    lock.final_state = "finished"
    lock.__exit__(None, None, None)


def test_teach_second_run_keeps_first_monitor(started, tmp_path):
    widget = Teach("quickdraw", run=tmp_path / "run", drawings=STARS)
    press(widget)
    widget.pad.drawings = [*STARS, doodles.draw("star", 9)]
    press(widget)
    assert [run.folder.name for run in widget.runs] == ["run", "run-2"]
    assert widget.run.folder.name == "run-2"
    assert monitors(widget) == ["run-2", "run"]
    assert [run.status.state for run in widget.runs] == ["running", "running"]


def test_teach_pressed_twice_on_same_drawings_starts_one_run(started, tmp_path):
    widget = Teach("quickdraw", run=tmp_path / "run", drawings=STARS)
    press(widget)
    press(widget)
    assert [run.folder.name for run in widget.runs] == ["run"]
    assert "is already training on these drawings" in widget._message.value
    started[0].final_state = "finished"
    started.pop().__exit__(None, None, None)
    press(widget)  # the first run has ended, so the same drawings can be used again
    assert monitors(widget) == ["run-2", "run"]


def test_teach_created_again_shows_active_run(started, tmp_path):
    press(Teach("quickdraw", run=tmp_path / "run", drawings=STARS))
    again = Teach("quickdraw", run=tmp_path / "run", drawings=STARS)
    assert monitors(again) == ["run"]
    assert again.run.status.state == "running"
    press(again)
    assert monitors(again) == ["run-2", "run"]


def test_teach_after_failed_start_starts_next_run(started, tmp_path):
    widget = Teach("quickdraw", run=tmp_path / "run", drawings=STARS * 4)
    press(widget)
    assert widget._message.value == "too many for this test"
    assert widget.run is None
    widget.pad.drawings = STARS
    press(widget)
    assert monitors(widget) == ["run-2"]


def test_teach_with_an_existing_run_shows_the_next_directory_and_the_line_that_loads_its_model(started, tmp_path):
    first = Teach("quickdraw", run=tmp_path / "run", drawings=STARS)
    press(first)
    end(first.run, started.pop())
    again = Teach("quickdraw", run=tmp_path / "run", drawings=STARS)
    assert f"sketchkit.load(&#x27;{(tmp_path / 'run').as_posix()}&#x27;)" in again._note.value
    assert f"Learn starts another run in <code>{tmp_path / 'run-2'}</code>" in again._note.value
    press(again)
    assert "Learn starts" not in again._note.value
    end(again.run, started.pop())
    again._monitors[-1].refresh()
    assert f"sketchkit.load(&#x27;{(tmp_path / 'run-2').as_posix()}&#x27;)" in again._note.value


def test_teach_names_the_subject_and_says_when_the_run_has_ended(started, tmp_path):
    widget = Teach("quickdraw", name="teapot", run=tmp_path / "run", drawings=STARS)
    assert "Draw “teapot”" in widget.pad.task
    press(widget)
    assert widget._message.value == f"Training in {tmp_path / 'run'}: running"
    assert widget._note.value == ""
    end(widget.run, started.pop())
    widget._monitors[-1].refresh()
    assert widget._message.value == f"Training in {tmp_path / 'run'}: finished"


def test_learn_is_disabled_while_a_run_trains_on_the_same_drawings(started, tmp_path):
    widget = Teach("quickdraw", run=tmp_path / "run", drawings=STARS)
    assert widget._note.value == ""
    press(widget)
    assert widget._button.disabled
    widget.pad.drawings = [*STARS, doodles.draw("star", 9)]
    assert not widget._button.disabled
    widget.pad.drawings = STARS
    started[0].final_state = "finished"
    started.pop().__exit__(None, None, None)
    widget._monitors[-1].refresh()
    assert not widget._button.disabled


def test_teach_with_an_unknown_option_raises_before_anything_is_drawn():
    with pytest.raises(TypeError, match=r"Teach\(\) has no argument 'nme'; did you mean 'name'\?"):
        Teach("quickdraw", nme="teapot")
    with pytest.raises(TypeError, match=r"did you mean 'minutes'\?"):
        Teach("quickdraw", minuts=1)
    Teach("quickdraw", minutes=1, learning_rate=1e-4)


def test_teach_with_an_unknown_model_or_a_bad_value_raises_before_anything_is_drawn():
    with pytest.raises(
        FileNotFoundError, match="quickdraww: no such model folder or model name; did you mean 'quickdraw"
    ):
        Teach("quickdraww")
    for option, expected in {"minutes": "minutes: expected", "patience": "patience: expected", "seed": "seed: expected",
                             "learning_rate": "learning_rate"}.items():  # fmt: skip
        with pytest.raises(ValueError, match=expected):
            Teach("quickdraw", **{option: -1})
