"""Drawings as short strings. `tests/browser/test_component_pages.py` reads them in a page."""

import numpy as np
import pytest

from sketchkit.formats.link_text import to_link_text
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
