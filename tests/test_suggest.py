import pytest

from sketchkit.suggest import hint

NAMES = ("ambulance", "bicycle", "bird", "calendar", "circle", "dog")


@pytest.mark.parametrize(
    ("name", "similar"),
    [("bycicle", "bicycle"), ("circel", "circle"), ("amublance", "ambulance"), ("calender", "calendar")],
)
def test_hint_suggests_the_intended_name(name, similar):
    assert hint(name, NAMES, "none") == f"did you mean {similar!r}?"


def test_hint_returns_the_fallback_if_no_name_is_similar():
    assert hint("zzz", NAMES, "none") == "none"
    assert hint("dog", (), "none") == "none"


def test_hint_suggests_at_most_max_names():
    assert hint("bycicle", NAMES, "none", max_names=2) == "did you mean 'bicycle' or 'circle'?"
