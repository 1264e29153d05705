"""The client of the page's engine, in Node, with workers that run on one thread."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, which runs these tests")

SCRIPT = Path(__file__).parents[1] / "javascript/run_client.mjs"


def run(case):
    done = subprocess.run(["node", str(SCRIPT), case], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_client_divides_nine_drawings_among_four_workers_without_changing_them():
    found = run("divided")
    assert (found["before"], found["after"]) == (1, 4)
    assert found["draws"] == [3, 2, 2, 2]  # the first of three requests is drawn by the first worker alone
    assert found["same"]
    assert found["different"] == 2  # eight drawings at temperature 0, and one at 1


def test_client_draws_three_drawings_with_one_worker():
    assert run("small") == 1


def test_client_shows_unfinished_drawings_of_all_workers():
    assert run("partial") == {"points": 1, "lengths": True, "both": True, "grows": True}


def test_client_newer_request_supersedes_all_parts_of_older_one():
    assert run("superseded") == [True, 9, 1, 0]


def test_client_continues_without_worker_that_fails():
    assert run("failed") == [True, 1]


def test_client_without_workers_draws_on_this_thread():
    assert run("forbidden") == [9, 1, None]
