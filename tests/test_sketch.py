import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketchkit.sketch import Sketch

coordinate = st.floats(-1e4, 1e4, width=32)
rows = hnp.arrays(
    np.float32, st.tuples(st.integers(0, 40), st.just(3)), elements=st.integers(-1000, 1000).map(float)
).map(lambda a: np.column_stack([a[:, :2], (a[:, 2] > 300).astype(np.float32)]))
strokes = st.lists(
    st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=1, max_size=12), max_size=6
)


@given(rows)
def test_stroke5_round_trip(offsets):
    sketch = Sketch(offsets)
    assert Sketch.from_stroke5(sketch.to_stroke5()) == sketch
    padded = sketch.to_stroke5(len(sketch) + 7)
    assert Sketch.from_stroke5(padded) == sketch
    np.testing.assert_array_equal(padded[:, 2:].sum(axis=1), 1)


@given(strokes)
def test_polylines_round_trip(polylines):
    sketch = Sketch.from_polylines(polylines)
    again = sketch.polylines()
    # A dot at the start of a drawing is returned as one point, even if it was given as several equal points.
    if len(polylines) and len(polylines[0]) == 2 and polylines[0][0] == polylines[0][1]:
        polylines = [polylines[0][:1], *polylines[1:]]
    assert len(again) == len(polylines)
    for ours, theirs in zip(again, polylines, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-2)
    assert Sketch.from_polylines(again) == sketch


@given(rows, st.floats(0, 50))
def test_simplified_stays_within_epsilon(offsets, epsilon):
    from shapely import LineString, Point

    sketch = Sketch(offsets)
    thin = sketch.simplified(epsilon)
    assert thin.num_strokes == sketch.num_strokes
    assert len(thin) <= len(sketch)
    for before, after in zip(sketch.polylines(), thin.polylines(), strict=True):
        line = LineString(after) if len(after) > 1 else Point(after[0])
        assert all(line.distance(Point(p)) <= epsilon + 1e-2 for p in before)


def test_polylines_start_with_the_line_of_row_0():
    sketch = Sketch([[10, 0, 0], [0, 5, 1], [3, 3, 0], [1, 0, 1]], start=(100, 200))
    first, second = sketch.polylines()
    np.testing.assert_array_equal(first, [[100, 200], [110, 200], [110, 205]])
    np.testing.assert_array_equal(second, [[113, 208], [114, 208]])
    assert sketch.bounds == (100, 200, 114, 208)


def test_sketch_adds_a_missing_pen_lift_without_changing_the_input():
    given_rows = np.array([[1, 0, 0], [1, 0, 0]])
    sketch = Sketch(given_rows)
    assert sketch.offsets[-1, 2] == 1
    assert given_rows[-1, 2] == 0


def test_empty_sketch_and_dot():
    empty = Sketch([])
    assert len(empty) == 0
    assert empty.bounds == (0, 0, 0, 0)
    assert empty.polylines() == []
    assert "svg" in empty._repr_svg_()
    dot = Sketch.from_polylines([[(5, 5)]])
    assert len(dot) == 1
    assert dot.num_strokes == 1
    np.testing.assert_array_equal(dot.polylines()[0], [[5, 5]])
    assert "circle" in dot._repr_svg_()
    assert dot.fitted(10).bounds == (0, 0, 0, 0)


def test_sketch_is_immutable_hashable_and_picklable():
    sketch = Sketch([[1, 2, 0], [3, 4, 1]], start=(5, 6))
    with pytest.raises(ValueError, match="read-only"):
        sketch.offsets[0, 0] = 9
    assert {sketch: 1}[Sketch([[1, 2, 0], [3, 4, 1]], start=(5, 6))] == 1
    assert sketch != Sketch([[1, 2, 0], [3, 4, 1]])
    assert pickle.loads(pickle.dumps(sketch)) == sketch  # noqa: S301 - our own bytes


def test_scaled_fitted_and_moved_to():
    sketch = Sketch.from_polylines([[(10, 10), (30, 10), (30, 20)]])
    assert sketch.scaled(2).bounds == (20, 20, 60, 40)
    assert sketch.scaled(1, 3).bounds == (10, 30, 30, 60)
    assert sketch.fitted(100).bounds == (0, 0, 100, 50)
    assert sketch.moved_to(1, 2).bounds == (1, 2, 21, 12)


def test_grid_centers_each_sketch_in_its_cell():
    line = Sketch.from_polylines([[(0, 0), (7, 0)]])
    joined = Sketch.grid([line, Sketch([]), line, line], columns=2, cell=10)
    assert joined.num_strokes == 3
    corners = [tuple(points[0]) for points in joined.polylines()]
    np.testing.assert_allclose(corners, [(1, 5), (1, 15), (11, 15)], atol=1e-5)
    assert Sketch.merge(joined for _ in range(2)).num_strokes == 6


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[1, 2]], r"shape \(n, 3\)"),
        ([[1, 2, 0], [np.nan, 0, 1]], "row 1: expected finite"),
        ([[1, np.inf, 0]], "row 0: expected finite"),
        ([[1e300, 0, 1]], "row 0: expected finite"),
        ([[0, 0, 1], [1, 2, 0.5]], "row 1: expected a pen state of 0 or 1"),
        ("drawing", "expected rows of three numbers"),
    ],
)
def test_sketch_with_invalid_rows_raises(bad, message):
    with pytest.raises(ValueError, match=message):
        Sketch(bad)


def test_from_polylines_with_invalid_points_raises():
    with pytest.raises(ValueError, match="stroke 1: expected finite"):
        Sketch.from_polylines([[(0, 0)], [(np.nan, 1)]])
    with pytest.raises(ValueError, match=r"stroke 0: expected points of shape \(m, 2\)"):
        Sketch.from_polylines([[(0, 0, 0)]])
    with pytest.raises(ValueError, match="epsilon"):
        Sketch([]).simplified(-1)


def test_sketch_has_svg_and_html_representations():
    sketch = Sketch([[10, 0, 0], [0, 10, 1]])
    assert sketch._repr_svg_().lstrip().startswith("<?xml") or "<svg" in sketch._repr_svg_()
    assert 'src="data:image/svg+xml;base64,' in sketch._repr_html_()


def test_resampled_points_are_evenly_spaced():
    sketch = Sketch.from_polylines([[(0, 0), (3, 0), (3, 4.5)], [(9, 9)]])
    line, dot = sketch.resampled(1.0).polylines()
    np.testing.assert_allclose(line, [*((x, 0) for x in range(4)), *((3, y) for y in range(1, 5)), (3, 4.5)], atol=1e-6)
    assert dot.tolist() == [[9, 9]]
    for bad in (0, -1, np.nan, 1e-9):
        with pytest.raises(ValueError, match="spacing"):
            sketch.resampled(bad)


def test_equal_sketches_have_equal_hashes():
    plain, signed = Sketch([[0.0, 1, 0], [2, 0.0, 1]]), Sketch([[-0.0, 1, 0], [2, -0.0, 1]], (-0.0, 0.0))
    assert plain == signed
    assert hash(plain) == hash(signed)
    assert plain.offsets.tobytes() == signed.offsets.tobytes()
