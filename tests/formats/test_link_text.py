"""Drawings as short strings. `tests/browser/test_component_pages.py` reads them in a page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchkit.data import doodles
from sketchkit.formats.link_text import from_link_text, to_link_text
from sketchkit.sketch import Sketch


def test_string_is_short_and_needs_no_escaping():
    text = to_link_text(Sketch([[100, 50, 0], [30, -7, 1], [-20, 0, 0], [0, 90, 1]], start=(20, 20)))
    assert text.startswith("1.")
    assert len(text) < 40
    assert set(text[2:]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_empty_drawing_has_a_string():
    assert to_link_text(Sketch([])).startswith("1.")


def test_drawing_of_too_many_points_is_an_error():
    rows = np.zeros((20_001, 3))
    with pytest.raises(ValueError, match="expected a drawing of at most 20,000 points"):
        to_link_text(Sketch(rows))


@pytest.mark.parametrize("prefix", ["", "https://example.org/task.html#sketch=", "file:///task.html#seed=3&sketch="])
def test_drawing_survives_a_round_trip_through_a_string_or_an_address(prefix):
    sketch = doodles.draw("house", 3)
    back = from_link_text(prefix + to_link_text(sketch))
    assert back.num_strokes == sketch.num_strokes
    for ours, original in zip(back.polylines(), sketch.polylines(), strict=True):
        np.testing.assert_allclose(ours, original, atol=sketch.extent / 1000)
    assert from_link_text(to_link_text(Sketch([]))) == Sketch([])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a string such as"),
        ("https://example.org/task.html", "expected a string such as"),
        ("2._QLOCM4I0A", "version 2 of the format is not supported; expected 1"),
        ("1.", "damaged or incomplete"),
        ("1._QLOCM4", "damaged or incomplete"),
        ("1.äöü", "damaged or incomplete"),
        ("1." + "_" * 65_536, "expected at most 65,536 characters, got 65,538"),
    ],
)
def test_string_that_is_not_a_drawing_is_an_error(text, message):
    with pytest.raises(ValueError, match=f"link: .*{message}"):
        from_link_text(text)


@given(st.text(alphabet="ABCXYZabcxyz019-_", max_size=200))
def test_any_string_is_a_drawing_or_an_error(text):
    try:
        sketch = from_link_text(f"1.{text}")
    except ValueError:
        return
    assert np.isfinite(sketch.offsets).all()
