import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchkit.data import doodles
from sketchkit.data.augmentation import jitter_strokes, rotate
from sketchkit.sketch import Sketch


def laid_end_to_end(sketches):
    rows = np.concatenate([sketch.offsets for sketch in sketches])
    return rows[:, :2], rows[:, 2], np.array([len(sketch) for sketch in sketches])


def apart(offsets, pen, lengths):
    rows = np.concatenate([offsets, pen[:, None]], axis=1)
    return [Sketch(part) for part in np.split(rows, np.cumsum(lengths)[:-1])]


def drawings(seed):
    return [Sketch(doodles.draw(name, seed).offsets) for name in ("house", "star", "face")]


def test_rotate_uses_the_angle_of_each_drawing():
    sketches = drawings(3)
    offsets, pen, lengths = laid_end_to_end(sketches)
    angles = np.radians([90, 0, 180])
    quarter, same, half = apart(rotate(offsets, lengths, angles), pen, lengths)
    np.testing.assert_allclose(quarter.offsets[:, 0], -sketches[0].offsets[:, 1], atol=1e-4)
    np.testing.assert_allclose(quarter.offsets[:, 1], sketches[0].offsets[:, 0], atol=1e-4)
    np.testing.assert_array_equal(same.offsets, sketches[1].offsets)
    np.testing.assert_allclose(half.offsets[:, :2], -sketches[2].offsets[:, :2], atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), factor=st.floats(0.01, 0.3))
def test_jitter_strokes_stays_within_its_bounds(seed, factor):
    sketches = drawings(seed)
    offsets, pen, lengths = laid_end_to_end(sketches)
    noise = np.random.default_rng(seed).uniform(-1, 1, (len(pen), 4))
    moved = apart(jitter_strokes(offsets, pen, lengths, factor, noise), pen, lengths)
    for before, after in zip(sketches, moved, strict=True):
        left, top, right, bottom = before.bounds
        size = max(right - left, bottom - top)
        for stroke, other in zip(before.polylines(), after.polylines(), strict=True):
            # Both drawings start at the origin, so the displacement of the first stroke is added to all others.
            assert np.abs(other - stroke).max() <= 3 * factor * size + 1e-3
            low, high = stroke.min(axis=0), stroke.max(axis=0)
            stretched = (other.max(axis=0) - other.min(axis=0)) / np.maximum(high - low, 1e-9)
            moves = high - low > 1e-3
            assert np.all(np.abs(stretched[moves] - 1) <= factor + 1e-3)
    assert any(not np.array_equal(b.offsets, a.offsets) for b, a in zip(sketches, moved, strict=True))
