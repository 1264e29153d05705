"""Requests for modules and weights, in Node, with kernels that answer, are dead, or lose a message."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, which runs these tests")

SCRIPT = Path(__file__).parents[1] / "javascript/run_requests.mjs"


def run(case):
    done = subprocess.run(["node", str(SCRIPT), case], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_request_of_view_without_kernel_does_not_block_other_view():
    assert run("dead") == ["arrived", "arrived", 1, 0]


def test_request_of_simultaneous_views_is_sent_once():
    assert run("together") == ["arrived"] * 4 + [1, "arrived"]


def test_request_that_is_lost_is_repeated():
    assert run("lost") == ["arrived", 2]


def test_request_when_kernel_disconnects_is_rejected_and_sent_again_by_next_view():
    assert run("gone") == ["the kernel is gone", 0, "the kernel is gone", "arrived"]


def test_request_error_is_reported_and_not_cached():
    assert run("refused") == ["another model", "arrived"]
