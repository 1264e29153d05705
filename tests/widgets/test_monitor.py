"""TrainingMonitor in Python, on run directories that the tests write."""

import json

import pytest

from sketchkit.data import doodles
from sketchkit.hparams import HParams
from sketchkit.render.svg import draw
from sketchkit.training.metrics import MetricsTail
from sketchkit.training.run_control import RunLock, read_requests
from sketchkit.widgets import TrainingMonitor


def line(step, kind="train", **figures):
    return json.dumps({"step": step, "kind": kind, **figures}) + "\n"


@pytest.fixture
def folder(tmp_path):
    told = {"hparams": HParams().replace("num_steps=1000").as_dict(), "seed": 0}
    (tmp_path / "run.json").write_text(json.dumps(told))
    (tmp_path / "samples").mkdir()
    return tmp_path


def add_sheet(folder, step):
    draw(doodles.draw("star", step)).save(folder / f"samples/step-{step:08d}.svg")


def test_new_records_reads_only_new_and_complete_lines(folder):
    path, new = folder / "metrics.jsonl", None
    new = MetricsTail(path)
    assert new.read() == (False, [])
    path.write_text(line(1) + '{"step": 2, "ki')
    assert [r["step"] for r in new.read()[1]] == [1]
    with path.open("a") as file:
        file.write('nd": "train"}\n')
    assert [r["step"] for r in new.read()[1]] == [2]
    assert new.read() == (False, [])
    path.write_text(line(1))
    again, records = new.read()
    assert again
    assert [r["step"] for r in records] == [1]


def test_monitor_shows_status_and_forwards_requests(folder, monkeypatch):
    path = folder / "metrics.jsonl"
    path.write_text(line(20, recon=2.0, kl=0.5, learning_rate=0.001, seconds=0.5))
    add_sheet(folder, 100)
    monitor = TrainingMonitor(folder, every=3600)
    sent = []
    monkeypatch.setattr(monitor, "send", sent.append)
    with RunLock(folder) as lock:
        lock.start_run()
        with path.open("a") as file:
            file.write(line(100, recon=1.5, kl=0.4, learning_rate=0.0009, seconds=0.25))
            file.write(line(100, "valid", loss=1.75, recon=1.5, kl=0.4))
        add_sheet(folder, 200)
        monitor.refresh()
        standing = monitor._standing
        assert (standing["state"], standing["step"], standing["best"]) == ("running", 100, 1.75)
        # The time of the first steps is ignored. The time of the only validation is limited to a tenth of the time of
        # the steps between two validations.
        assert (standing["pace"], standing["left"], standing["limit"]) == (4.0, 225.0, "steps")
        assert monitor._curves["recon"] == [[20, 100], [2.0, 1.5]]
        assert [content["step"] for content in sent] == [200]
        monitor._on_message(monitor, {"kind": "sheet", "step": 100}, [])
        assert "<svg" in sent[-1]["svg"]
        monitor._on_message(monitor, {"kind": "sheet", "step": "../../x"}, [])
        monitor._on_message(monitor, {"kind": "tell", "what": "__init__"}, [])
        assert len(sent) == 2
        monitor._on_message(monitor, {"kind": "tell", "what": "pause"}, [])
        assert read_requests(folder).pause
    monitor.refresh()
    assert monitor._standing["state"] == "finished"
    monitor._on_message(monitor, {"kind": "tell", "what": "stop"}, [])
    assert "the run is not active" in sent[-1]["error"]
    monitor.close()


@pytest.mark.parametrize(
    ("limits", "limit", "left"),
    [({}, "steps", 75.0), ({"minutes": 2}, "minutes", 45.0), ({"minutes": 3, "patience": 1}, "patience", 25.0)],
)
def test_monitor_names_the_limit_that_ends_the_run(folder, limits, limit, left):
    settings = {"hparams": HParams().replace("num_steps=300,save_every=100").as_dict(), "limits": limits}
    (folder / "run.json").write_text(json.dumps(settings))
    records = [line(step, seconds=0.5, elapsed=step / 2) for step in (50, 100)]
    records += [line(100, "valid", loss=1.0, seconds=0, elapsed=50), line(150, seconds=0.5, elapsed=75)]
    (folder / "metrics.jsonl").write_text("".join(records))
    with RunLock(folder) as lock:
        lock.start_run()
        monitor = TrainingMonitor(folder, every=3600)
        standing = monitor._standing
        monitor.close()
    assert (standing["limit"], standing["minutes"], standing["patience"]) == (
        limit, limits.get("minutes"), limits.get("patience"),
    )  # fmt: skip
    assert standing["share"] == (0.625 if limit == "minutes" else 0.5)
    assert standing["left"] == pytest.approx(left)


def test_monitor_of_finished_run_names_the_limit_it_reached(folder):
    settings = {"hparams": HParams().replace("num_steps=300").as_dict(), "limits": {"patience": 2}}
    (folder / "run.json").write_text(json.dumps(settings))
    (folder / "metrics.jsonl").write_text(line(100, seconds=1.0, elapsed=100.0))
    with RunLock(folder) as lock:
        lock.start_run()
    monitor = TrainingMonitor(folder, every=3600)
    assert (monitor._standing["state"], monitor._standing["limit"]) == ("finished", "patience")
    assert "left" not in monitor._standing
    assert monitor._standing["share"] == 1
    monitor.close()


def test_monitor_thins_long_curves_and_has_static_html(folder):
    (folder / "metrics.jsonl").write_text("".join(line(k, recon=1 / k) for k in range(1, 2001)))
    add_sheet(folder, 2000)
    monitor = TrainingMonitor(folder)
    steps, values = monitor._curves["recon"]
    assert len(steps) == len(values) <= 300
    assert steps[-1] == 2000
    bundle = monitor._repr_mimebundle_()
    html = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/html"]
    assert "data:image/png" in html
    assert "data:image/svg+xml" in html
    monitor.close()
