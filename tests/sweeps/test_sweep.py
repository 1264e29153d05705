"""Sweeps with a notebook that does not train: which points are executed, how often, and what is saved."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import numpy as np
import pytest

from sketchkit.sweeps.search_space import (
    grid_search,
    parse_range,
    parse_values,
    random_search,
    read_points,
    resolve_parameters,
    trial_name,
)
from sketchkit.sweeps.sweep import Sweep, sweep
from sketchkit.sweeps.trial import Trial

ROOT = Path(__file__).parents[2]
PARAMETERS = 'x = 1\nmode = "good"\nhparams = "dec_rnn_size=16"  # contains = signs\nrun = "runs/x"\n'
WORK = """
import os, pathlib
folder = pathlib.Path(run)
folder.mkdir(exist_ok=True)
with (folder / "executions").open("a") as file:
    file.write(f"{x} {hparams}\\n")
cured = pathlib.Path("cured").exists()
if mode == "hang" and not cured:
    os.set_blocking(0, True); __import__("time").sleep(600)
if mode == "large":
    (folder / "large").write_bytes(bytes(3_000_000)); __import__("time").sleep(600)
if mode == "full" and not cured:
    open("/dev/full", "w", buffering=1).write("too much\\n")
if mode == "dies" and not cured:
    os._exit(3)
"""


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(WORK)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "work.ipynb")
    return tmp_path / "work.ipynb"


def executions(point):
    return (point.folder / "run/executions").read_text().splitlines()


@pytest.mark.long
def test_sweep_saves_failed_trials_and_executes_only_those_again(notebook, tmp_path, capsys):
    points = [{"mode": mode, "x": x} for x, mode in enumerate(("good", "full", "dies"))]
    done = sweep(notebook, tmp_path / "out", points=points, workers=2, progress="lines")
    assert [point.state for point in done] == ["finished", "failed", "failed"]
    assert done[1].error == "OSError: [Errno 28] No space left on device"
    assert "buffering=1).write" in done[1].traceback
    assert "\x1b" not in done[1].traceback
    assert "DeadKernelError" in done[2].error
    output = capsys.readouterr().out
    assert "of 3: mode=full, x=1: failed in" in output
    assert output.splitlines()[-1] == "3 points: 2 failed, 1 finished"
    (tmp_path / "cured").touch()
    done = sweep(notebook, tmp_path / "out", points=points, progress="lines")
    assert "3 points, 1 of them already finished" in capsys.readouterr().out
    assert [point.state for point in done] == ["finished"] * 3
    assert [len(executions(point)) for point in done] == [1, 2, 2]
    assert [point.executions for point in done] == [1, 2, 2]
    assert "No space left" not in done[1].report.read_text()
    assert "3 points: 3 finished" in repr(Sweep(tmp_path / "out"))


@pytest.mark.long
def test_sweep_stops_trials_that_exceed_a_time_or_disk_limit(notebook, tmp_path):
    points = [{"mode": "hang"}, {"mode": "large"}, {"x": 5}]
    limits = {"time_limit": 6, "disk_limit": 1}
    done = sweep(notebook, tmp_path / "out", points=points[1:], workers=2, progress="none", disk_limit=1)
    assert done[0].error.endswith("MB on disk, more than the limit of 1.0 MB")
    assert done[1].state == "finished"
    done = sweep(notebook, tmp_path / "slow", points=points[:1], progress="none", **limits)
    assert done[0].error == "exceeded the time limit of 6 s"


@pytest.mark.long
def test_killed_sweep_stops_its_trials_and_resumes(notebook, tmp_path):
    command = [
        *(sys.executable, "-m", "sketchkit", "sweep", "work.ipynb", "--grid", "mode=good,hang", "--out", "out"),
        *("--workers", "2", "--progress", "lines"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if "mode=good: finished" in line:
            break
    good, hanging = Sweep(tmp_path / "out")
    while not (hanging.folder / "run/executions").exists():
        threading.Event().wait(0.05)
    assert hanging.state == "running"
    with pytest.raises(ValueError, match="another sweep is already running in this directory"):
        sweep(notebook, tmp_path / "out", {"mode": ["good", "hang"]})
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    (tmp_path / "cured").touch()
    assert subprocess.run(command, capture_output=True, timeout=120).returncode == 0
    good, hanging = Sweep(tmp_path / "out")
    assert (good.executions, hanging.executions) == (1, 1), "killed executions are not counted"
    assert (len(executions(good)), len(executions(hanging))) == (1, 2)


@pytest.mark.long
def test_sweep_raises_when_the_directory_has_other_content(notebook, tmp_path):
    out = tmp_path / "out"
    sweep(notebook, out, {"x": [1]}, progress="none")
    with pytest.raises(ValueError, match=r"contains another sweep: its point x=1-\w+ is not in the new list"):
        sweep(notebook, out, {"x": [2]})
    with pytest.raises(ValueError, match="its fixed parameters are none, not {'mode': 'good'}"):
        sweep(notebook, out, {"x": [1]}, parameters={"mode": "good"})
    with pytest.raises(ValueError, match="its notebook is work.ipynb, not train.ipynb"):
        sweep(ROOT / "notebooks/train.ipynb", out, {"num_steps": [2]})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").touch()
    with pytest.raises(ValueError, match="is not empty and is not a sweep directory"):
        sweep(notebook, tmp_path / "mine", {"x": [1]})
    # A trial without its report is executed again, and points can be added.
    (Sweep(out)[0].folder / "report.ipynb").unlink()
    done = sweep(notebook, out, {"x": [1, 3]}, workers=2, progress="none")
    assert [(point.state, len(executions(point))) for point in done] == [("finished", 2), ("finished", 1)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dec_rnn": 3}, "'dec_rnn' is neither a parameter of the notebook nor a hyperparameter; did you mean 'dec_rn"),
        ({"z_size": "many"}, "z_size: expected a whole number, got 'many'"),
        ({"z_size": 0}, "z_size: expected between 1"),
        ({"num_steps": "many"}, "num_steps: expected a value like the notebook's 1500, got 'many'"),
        ({"run": "mine"}, "a sweep sets the run directory of every point"),
    ],
)
def test_sweep_raises_before_execution_when_a_point_is_invalid(values, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        sweep(ROOT / "notebooks/train.ipynb", tmp_path / "out", points=[{"seed": 1}, values])
    assert not (tmp_path / "out").exists()


def test_sweep_raises_when_the_notebook_has_no_valid_parameters(tmp_path):
    path = tmp_path / "plain.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]), path)
    with pytest.raises(ValueError, match="plain.ipynb: no cell is tagged `parameters`"):
        sweep(path, tmp_path / "out", {"x": [1]})
    for text in ("{}", "[1]", "no", '{"cells": [{"metadata": {"tags": ["parameters"]}, "source": "x ="}]}'):
        path.write_text(text)
        message = r"plain.ipynb: (not a notebook|the `parameters` cell is not valid Python)"
        with pytest.raises(ValueError, match=message):
            sweep(path, tmp_path / "out", {"x": [1]})


def test_resolve_parameters_merges_hyperparameters_into_those_of_the_notebook():
    known = {"hparams": "dec_rnn_size=16,z_size=4", "num_steps": 300, "data_set": "doodles"}
    resolved = resolve_parameters({"z_size": 8, "num_steps": 5, "skip_padding": True}, known, {"data_set": ["a", "b"]})
    assert resolved == {
        "hparams": "dec_rnn_size=16,z_size=8,skip_padding=true", "num_steps": 5, "data_set": ["a", "b"],
    }  # fmt: skip


def test_points_from_grids_files_and_random_search(tmp_path):
    assert grid_search({"a": parse_values("1,2.5"), "b": parse_values("x,[y,z],true")})[4] == {
        "a": 2.5,
        "b": ["y", "z"],
    }
    drawn = random_search(
        {"rate": parse_range("1e-4..1e-2:log"), "size": parse_range("8..10"), "m": ["a"]}, 200, seed=1
    )
    assert drawn[:50] == random_search({"rate": (1e-4, 1e-2, "log"), "size": (8, 10), "m": ["a"]}, 50, seed=1)
    assert {point["size"] for point in drawn} == {8, 9, 10}
    assert 60 < sum(point["rate"] < 1e-3 for point in drawn) < 140
    (tmp_path / "p.csv").write_text("rate,name\n0.5,a\n,b\n")
    assert read_points(tmp_path / "p.csv") == [{"rate": 0.5, "name": "a"}, {"name": "b"}]
    (tmp_path / "p.json").write_text(json.dumps([{"rate": 1}]))
    assert read_points(tmp_path / "p.json") == [{"rate": 1}]
    for text in ("{}", "[]", "[1]", "[[", "a,b"):
        (tmp_path / "p.json").write_text(text)
        with pytest.raises(ValueError, match=r"p.json: (not|expected) a list"):
            read_points(tmp_path / "p.json")
    (tmp_path / "p.csv").write_text("a,b\n1\n")
    with pytest.raises(ValueError, match="line 2 has fewer fields than names"):
        read_points(tmp_path / "p.csv")
    with pytest.raises(ValueError, match="the grid has 1,000,000 points"):
        grid_search({name: list(range(100)) for name in "abc"})
    for bad in ((2, 1), (0, 1, "log"), (1, 2, "lin"), "1", (float("nan"), 1), []):
        with pytest.raises(ValueError, match="r: expected"):
            random_search({"r": bad}, 1)


def test_grid_search_and_random_search_convert_numpy_values_and_paths(tmp_path):
    grid = {"seed": list(np.arange(2)), "data_set": [tmp_path / "a.npz"], "rate": np.array([0.5]), "on": [np.True_]}
    points = grid_search(grid)
    assert points[1] == {"seed": 1, "data_set": str(tmp_path / "a.npz"), "rate": 0.5, "on": True}
    assert len({trial_name(point) for point in points}) == 2
    drawn = random_search({"size": (np.int64(1), np.int64(9)), "m": np.array([3]), "p": [tmp_path]}, 5)
    assert json.loads(json.dumps(drawn)) == drawn
    with pytest.raises(ValueError, match="x: expected a number, a string, a path or a list of these, got {1, 2}"):
        grid_search({"x": [{1, 2}]})
    with pytest.raises(ValueError, match="x: expected a list of values, got array"):
        grid_search({"x": np.array(3)})


def test_sweep_json_and_points_contain_numpy_values(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr("sketchkit.sweeps.sweep.execute", lambda *_: None)
    options = {"points": [{"x": np.int64(n)} for n in range(3)], "parameters": {"mode": np.str_("good")}}
    trials = sweep(notebook, tmp_path / "out", progress="none", **options)
    assert [point.values for point in trials] == [{"x": 0}, {"x": 1}, {"x": 2}]
    assert [point.values for point in trials[1:]] == [{"x": 1}, {"x": 2}]
    assert [point.values["x"] for point in trials[::-2]] == [2, 0]
    assert trials[-1].values == {"x": 2}
    assert sweep(notebook, tmp_path / "out", progress="none", **options).names == trials.names


def test_trial_name_is_a_file_name_and_unique():
    names = {trial_name({"path": text, "n": n}) for text in ("../../x", "a/b", "ü" * 300) for n in (1, 1.0, True)}
    assert len(names) >= 8
    assert all(Path(name).name == name and len(name) < 100 and ".." not in Path(name).parts for name in names)


def test_trial_reads_and_writes_point_json_of_version_0_1(tmp_path):
    saved = {"values": {"x": 1}, "parameters": {"x": 1}, "ended": "failed", "error": "E", "traceback": "T",
             "seconds": 2.5, "executions": 1}  # fmt: skip
    (tmp_path / "point.json").write_text(json.dumps(saved))
    trial = Trial.read(tmp_path)
    assert (trial.state, trial.error, trial.executions) == ("failed", "E", 1)
    trial.write()
    assert json.loads((tmp_path / "point.json").read_text()) == saved


@pytest.mark.long
def test_sweep_finishes_every_point_once_when_a_cluster_worker_is_lost(notebook, tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs Dask")
    import psutil

    out = tmp_path / "out"
    points = [{"mode": "hang"}, {"x": 1}, {"x": 2}]

    def kill_the_worker():
        while not list(out.glob("points/mode=hang*/run/executions")):
            threading.Event().wait(0.1)
        (tmp_path / "cured").touch()
        executing = [
            p for p in psutil.process_iter(["cmdline"])
            if str(p.info["cmdline"]).count("sketchkit.sweeps.trial") and str(out / "points/mode=hang") in str(p.info)
        ]  # fmt: skip
        executing[0].parent().kill()

    with distributed.LocalCluster(2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        killer = threading.Thread(target=kill_the_worker)
        killer.start()
        done = sweep(notebook, out, points=points, cluster=cluster.scheduler_address, progress="none")
        killer.join()
    assert [point.state for point in done] == ["finished"] * 3
    assert [point.executions for point in done] == [1, 1, 1]
    assert [len(executions(point)) for point in done] == [2, 1, 1]
