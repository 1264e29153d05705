"""A short run of every fuzzer; `python -m tests.fuzz all` makes a long run."""

import pytest

from tests.fuzz.run import fuzz
from tests.fuzz.targets import TARGETS

#: Number of files for slow readers, so that each reader takes about a second. Other readers read 40 files.
COUNTS = {"notebook": 4, "magenta_tf1": 25}


@pytest.mark.parametrize("reader", TARGETS)
def test_reader_gives_drawings_or_a_documented_error(reader):
    outcomes = [fuzz(reader, seed) for seed in range(COUNTS.get(reader, 40))]
    assert [outcome for outcome in outcomes if outcome.kind == "failure"] == []
    if len(outcomes) > 20:  # if there are only a few files, all of them may be damaged
        assert {outcome.kind for outcome in outcomes} == {"read", "error"}
