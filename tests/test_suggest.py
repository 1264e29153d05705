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


def test_did_you_mean_suggests_several_names_only_if_they_are_about_as_similar():
    assert did_you_mean("bycicle", NAMES, "none", max_names=3) == "did you mean 'bicycle'?"
    names = ("quickdraw", "quickdraw/owl", "quickdraw/pig", "quickdraw/pit")
    for wrong in ("quickdraww", "quickdrw", "quickdra"):
        assert did_you_mean(wrong, names, "none", max_names=3, cutoff=0.5) == "did you mean 'quickdraw'?"
    wrong, says = "quickdraw/pif", "did you mean 'quickdraw/pit' or 'quickdraw/pig'?"
    assert did_you_mean(wrong, names, "none", max_names=3, cutoff=0.5) == says


def test_did_you_mean_suggests_at_most_max_names():
    assert did_you_mean("cart", ("cat", "car", "art"), "none", max_names=2) == "did you mean 'cat' or 'car'?"
