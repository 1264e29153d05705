"""Requests for modules and weights, run in Node with kernels that answer, are gone, or lose a message."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, which these tests run in")

SCRIPT = Path(__file__).parents[1] / "javascript/run_requests.mjs"


def run(case):
    done = subprocess.run(["node", str(SCRIPT), case], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_view_without_kernel_does_not_block_one_that_has_one():
    assert run("dead") == ["arrived", "arrived", 1, 0]


def test_views_that_come_together_send_one_request():
    assert run("together") == ["arrived"] * 4 + [1, "arrived"]


def test_lost_request_is_repeated():
    assert run("lost") == ["arrived", 2]


def test_waiting_ends_when_the_kernel_goes_and_the_next_view_requests_again():
    assert run("gone") == ["the kernel is gone", 0, "the kernel is gone", "arrived"]


def test_error_is_reported_to_its_view_and_not_kept():
    assert run("refused") == ["another model", "arrived"]
