"""Runs that are killed at random moments end like runs that are not; `python -m tests.training.kills` runs more."""

import pytest

from tests.training.kills import KINDS, check


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_killed_run_ends_bit_identical_to_an_uninterrupted_run(kind, tmp_path):
    assert check(kind, 2, seed=5, folder=tmp_path) == []
