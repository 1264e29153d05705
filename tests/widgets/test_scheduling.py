"""The rate limits of the page's drawings, in Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, which runs these tests")

SCRIPT = Path(__file__).parents[1] / "javascript/run_scheduling.mjs"


def test_slider_with_slow_frames_draws_at_positions_between_start_and_end_and_exactly_at_the_end():
    done = subprocess.run(["node", str(SCRIPT)], capture_output=True, text=True, timeout=60, check=True)
    cases = json.loads(done.stdout)
    assert len(cases) == 402
    assert {len(case["asked"]) for case in cases} == {1, 3}  # one position if the slider is already at the end
    for case in cases:
        low, high = sorted((case["from"], case["to"]))
        assert all(low <= position <= high for position in case["asked"])
        assert case["asked"][-1] == case["to"]
