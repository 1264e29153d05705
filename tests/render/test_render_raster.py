"""Rasterization of drawings and grids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit.render.raster import raster, raster_grid
from sketchkit.sketch import Sketch

CROSS = Sketch.from_polylines([[(0, 50), (100, 50)], [(50, 0), (50, 100)]])
DOT = Sketch([[0, 0, 1]])
EMPTY = Sketch([])

offsets = st.floats(-1e4, 1e4, width=32)
drawings = st.lists(st.tuples(offsets, offsets, st.sampled_from([0, 1])), min_size=1, max_size=20).map(Sketch)


@settings(max_examples=40, deadline=None)
@given(drawings, st.integers(8, 120))
def test_raster_contains_the_whole_drawing(sketch, size):
    image = raster(sketch, size)
    assert image.shape == (size, size, 3)
    assert image.dtype == np.uint8
    assert image.min() < 255
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    if size >= 32:
        assert (border == 255).all()


def test_raster_lines_are_at_their_positions():
    ink = 255 - raster(CROSS, 100)[..., 0].astype(int)
    assert ink[49:51, 20].sum() > 200
    assert ink[20, 49:51].sum() > 200
    assert ink[20, 20] == 0
    np.testing.assert_array_equal(ink, ink.T)
    # The middle of the cross is the middle of the image.
    weights = ink.sum(axis=0)
    assert (weights * (np.arange(100) + 0.5)).sum() / weights.sum() == pytest.approx(50, abs=0.35)


def test_raster_lines_are_antialiased():
    slanted = raster(Sketch([[100, 37, 1]]), 100)
    assert len(np.unique(slanted)) > 5


def test_raster_uses_stroke_width_color_and_background():
    image = raster(CROSS, 90, stroke_width=9, color="#00ff00", background="#102030")
    assert image[0, 0].tolist() == [16, 32, 48]
    assert image[45, 20].tolist() == [0, 255, 0]
    covered = (image[:, 20] == [0, 255, 0]).all(axis=1).sum()
    assert 8 <= covered <= 10


def test_raster_of_a_dot_is_round_and_centered():
    ink = 255 - raster(DOT, 60, stroke_width=8)[..., 0].astype(int)
    assert ink[30, 30] > 200
    np.testing.assert_allclose(ink, ink.T, atol=60)
    assert 8 <= (ink.max(axis=0) > 128).sum() <= 14


def test_raster_of_an_empty_sketch_is_blank():
    assert (raster(EMPTY, 32) == 255).all()


def test_raster_grid_fills_cells_in_order():
    image = raster_grid([CROSS, EMPTY, DOT], columns=2, cell=40)
    assert image.shape == (80, 80, 3)
    np.testing.assert_array_equal(image[:40, :40], raster(CROSS, 40))
    assert (image[:40, 40:] == 255).all()
    np.testing.assert_array_equal(image[40:, :40], raster(DOT, 40))
    assert (image[40:, 40:] == 255).all()


def test_raster_grid_default_columns():
    assert raster_grid([CROSS] * 5, cell=20).shape == (40, 60, 3)
    assert raster_grid([], cell=20).shape == (20, 20, 3)
    assert raster_grid([CROSS], columns=3, cell=20).shape == (20, 60, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: raster(CROSS, 0), "size"),
        (lambda: raster(CROSS, 10.5), "size: expected a whole number above 0, got 10.5"),
        (lambda: raster(CROSS, 20, background="whitee"), "such as '#rrggbb' or 'black', got 'whitee'"),
        (lambda: raster_grid([CROSS], columns=0), "columns"),
        (lambda: raster_grid([CROSS], cell=-3), "cell"),
    ],
)
def test_raster_with_invalid_arguments_raises(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_raster_of_other_types_raises_type_error():
    with pytest.raises(TypeError, match="item 1: expected a Sketch, got str"):
        raster_grid([CROSS, "cat"])
    with pytest.raises(TypeError, match="expected a Sketch, got NoneType"):
        raster(None)
