"""A short run of every fuzzer; `python -m tests.fuzz all` is the long one."""

import pytest

from tests.fuzz.run import fuzz
from tests.fuzz.targets import TARGETS

#: Files for each reader: as many as take about a second.
COUNTS = {"notebook": 4, "magenta_tf1": 25}


@pytest.mark.parametrize("reader", TARGETS)
def test_reader_gives_drawings_or_a_documented_error(reader):
    outcomes = [fuzz(reader, seed) for seed in range(COUNTS.get(reader, 40))]
    assert [outcome for outcome in outcomes if outcome.kind == "failure"] == []
    if len(outcomes) > 20:  # of a few files all may be damaged
        assert {outcome.kind for outcome in outcomes} == {"read", "error"}
