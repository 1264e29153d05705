"""Progress reports: the lines of a log, and the bar of a notebook."""

import pytest

from sketchkit.training.limits import Limits
from sketchkit.training.progress import make_progress


def report(kind, limits, *, steps, step_seconds):
    """Report a run that logs and validates every 5 steps and always improves."""
    reporter = make_progress(kind, limits=limits)
    for step in range(5, steps + 1, 5):
        loss, seconds = 1 / step, step * step_seconds
        reporter.step(step, seconds, {"loss": loss})
        reporter.validation(step, seconds, {"loss": loss, "recon": loss / 2, "kl": loss}, is_best=True)
    reporter.finish()
    reporter.close()


def test_log_of_a_short_run_has_at_most_ten_lines_about_its_validations_and_ends_with_the_last(capsys):
    report("lines", Limits(400, minutes=5), steps=400, step_seconds=0.5)
    lines = capsys.readouterr().out.splitlines()
    validations = [line for line in lines if "validation loss" in line]
    assert len(lines) <= 22
    assert len(validations) <= 11
    assert validations[-1] == "step 400: validation loss 0.003 (recon 0.001, KL 0.003), best so far"


def test_log_of_a_slow_run_has_lines_about_each_minute(capsys):
    report("lines", Limits(10**6), steps=50, step_seconds=12)
    assert len(capsys.readouterr().out.splitlines()) == 2 * 10


def test_bar_shows_validations_without_printing_lines(capsys):
    report("bar", Limits(400), steps=400, step_seconds=0.5)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "loss=0.003, validation=0.003, best=0.003" in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("limits", [Limits(400, minutes=5), Limits(400, patience=2)])
def test_bar_of_a_run_that_ends_early_is_full_at_the_end(limits, capsys):
    report("bar", limits, steps=40, step_seconds=0.5)
    assert capsys.readouterr().err.splitlines()[-1].rpartition("\r")[2].startswith("100%")


@pytest.mark.parametrize(
    ("step", "seconds", "waited", "limit"),
    [
        (9, 59, 1, ""),
        (10, 0, 0, "10 steps"),
        (9, 60, 0, "1 minute"),
        (9, 0, 2, "2 validations without improvement"),
    ],
)
def test_limits_name_the_one_that_a_run_has_reached(step, seconds, waited, limit):
    assert Limits(10, minutes=1, patience=2).reached(step, seconds, waited) == limit
