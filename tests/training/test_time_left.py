"""Remaining time of runs, from records as training writes them."""

import random
from pathlib import Path

import pytest

from sketchkit.training.limits import Limits
from sketchkit.training.metrics import read_records
from sketchkit.training.time_left import Pace

#: Steps, losses and times of a run of 4,150 steps with a validation every 250 steps, as training recorded them.
RECORDED = Path(__file__).parent / "recorded_run.jsonl"


def records_of(steps, *, step=0.2, validation=3.0, save_every=50, log_every=10, compiling=30.0, seed=0):
    """Return the records of a run whose steps and validations take these times, in seconds, plus some noise."""
    noise, elapsed, spent, records = random.Random(seed), 0.0, 0.0, []
    for n in range(1, steps + 1):
        seconds = step * noise.uniform(0.8, 1.2) + (compiling if n == 1 else 0)
        elapsed += seconds
        spent += seconds
        if n % log_every == 0:
            records.append({"step": n, "kind": "train", "seconds": spent / log_every, "elapsed": elapsed})
            spent = 0.0
        if n % save_every == 0:
            seconds = validation * noise.uniform(0.8, 1.2) + (compiling if n == save_every else 0)
            records.append({"step": n, "kind": "valid", "loss": 1 / n, "seconds": seconds / 2, "elapsed": elapsed})
            elapsed += seconds
    return records


def pace_after(records, share):
    """Return the `Pace` after a share of a run's steps, and the seconds from there to the end of the run."""
    last, pace, whole = records[-1]["step"], Pace(), Pace()
    for record in records:
        whole.add(record)
        if record["step"] <= share * last:
            pace.add(record)
    return pace, whole.elapsed - pace.elapsed


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.9])
@pytest.mark.parametrize(
    "times",
    [
        {},
        {"validation": 0.5},
        {"step": 1.0, "validation": 60.0},
        {"compiling": 0.0},
        {"log_every": 50, "save_every": 10},
    ],
)
def test_time_left_is_within_25_percent_once_a_tenth_of_the_steps_is_done(share, times):
    pace, left = pace_after(records_of(1000, **times), share)
    end = pace.end(Limits(1000), times.get("save_every", 50))
    assert end.limit == "steps"
    assert end.seconds == pytest.approx(left, rel=0.25)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.9])
def test_time_left_of_recorded_run_is_within_25_percent_once_a_tenth_of_the_steps_is_done(share):
    pace, left = pace_after(read_records(RECORDED), share)
    assert pace.end(Limits(4150), 250).seconds == pytest.approx(left, rel=0.25)


def test_time_left_without_elapsed_times_as_in_version_0_1():
    records = [{k: v for k, v in record.items() if k != "elapsed"} for record in records_of(1000, validation=0.5)]
    pace, left = pace_after(records, 0.2)
    assert pace.end(Limits(1000), 50).seconds == pytest.approx(left, rel=0.25)


def test_time_limit_that_is_reached_before_the_last_step_ends_the_run():
    pace, _ = pace_after(records_of(1000), 0.2)
    end = pace.end(Limits(1000, minutes=2.5), 50)
    assert (end.limit, end.seconds) == ("minutes", pytest.approx(150 - pace.elapsed))


def test_patience_ends_a_run_after_validations_without_improvement():
    records = records_of(500)
    for record in records:
        if record["kind"] == "valid" and record["step"] > 100:
            record["loss"] = 1.0
    pace, _ = pace_after(records, 0.4)
    assert (pace.step, pace.best_step) == (200, 100)
    end = pace.end(Limits(1000, patience=3), 50)
    assert end.limit == "patience"
    assert end.seconds == pytest.approx(50 * 0.2 + 3, rel=0.25)


def test_time_left_is_unknown_before_the_first_record():
    assert Pace().end(Limits(100), 10) is None
