import pytest

from sketchkit.suggest import did_you_mean

NAMES = ("ambulance", "bicycle", "bird", "calendar", "circle", "dog")


@pytest.mark.parametrize(
    ("name", "similar"),
    [("bycicle", "bicycle"), ("circel", "circle"), ("amublance", "ambulance"), ("calender", "calendar")],
)
def test_did_you_mean_suggests_the_intended_name(name, similar):
    assert did_you_mean(name, NAMES, "none") == f"did you mean {similar!r}?"


def test_did_you_mean_returns_the_fallback_if_no_name_is_similar():
    assert did_you_mean("zzz", NAMES, "none") == "none"
    assert did_you_mean("dog", (), "none") == "none"


def test_did_you_mean_suggests_at_most_max_names():
    assert did_you_mean("bycicle", NAMES, "none", max_names=2) == "did you mean 'bicycle' or 'circle'?"
