import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sketchkit import latent

codes = hnp.arrays(np.float64, 8, elements=st.floats(-5, 5).map(lambda v: round(v, 3)))


@given(codes, codes, st.floats(0, 1))
def test_slerp_is_finite_and_reaches_its_ends(a, b, t):
    assert np.isfinite(latent.slerp(a, b, t)).all()
    np.testing.assert_allclose(latent.slerp(a, b, [0, 1]), [a, b], atol=1e-4)


def test_slerp_of_equal_codes_is_that_code():
    z = np.linspace(-1, 1, 8)
    np.testing.assert_allclose(latent.slerp(z, z, 0.3), z, atol=1e-6)


def test_slerp_of_opposite_codes_keeps_the_length():
    z = np.linspace(-1, 1, 8)
    path = latent.slerp(z, -z, np.linspace(0, 1, 9))
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.linalg.norm(z), rtol=1e-5)
    np.testing.assert_allclose(path[[0, -1]], [z, -z], atol=1e-5)


def test_slerp_keeps_the_length_and_has_constant_speed():
    a, b = np.eye(8)[0] * 3, np.eye(8)[1] * 3
    path = latent.slerp(a, b, np.linspace(0, 1, 5))
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 3, rtol=1e-6)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-5)


def test_lerp_and_grid_are_linear():
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=float)
    np.testing.assert_allclose(latent.lerp(corners[0], corners[3], 0.25), [0.25, 0.25])
    codes = latent.grid(corners, 3, 3, spherical=False)
    assert codes.shape == (3, 3, 2)
    np.testing.assert_allclose(codes[1, 1], [0.5, 0.5])
    np.testing.assert_allclose(codes[[0, 0, -1, -1], [0, -1, 0, -1]], corners)
    assert latent.grid(corners[:2], columns=4).shape == (1, 4, 2)


def test_grid_of_two_corners_has_one_row():
    assert latent.grid(np.eye(2)).shape == latent.grid(np.eye(2), rows=1).shape == (1, 5, 2)
    with pytest.raises(ValueError, match="rows: expected 1 row for two corners, got 5"):
        latent.grid(np.eye(2), rows=5)


def test_invalid_codes_raise():
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(4,\)"):
        latent.slerp(np.zeros(3), np.zeros(4), 0.5)
    with pytest.raises(ValueError, match="finite"):
        latent.lerp([np.nan], [0.0], 0.5)
    with pytest.raises(ValueError, match="2 or 4 corners"):
        latent.grid(np.zeros((3, 2)))


def test_path_passes_through_its_codes():
    codes = [[1, 0], [0, 1], [-1, 0]]
    points = latent.path(codes, 4)
    assert points.shape == (9, 2)
    np.testing.assert_allclose(points[::4], codes, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(latent.path(codes, 2, spherical=False)[1], [0.5, 0.5])


def test_analogy_adds_the_difference():
    np.testing.assert_array_equal(latent.analogy([1, 0], [1, 2], [5, 5]), [5, 7])


def test_direction_is_the_difference_of_means():
    np.testing.assert_array_equal(latent.direction([[1, 2], [3, 4]], [[1, 1]]), [1, 2])


def test_nearest_returns_indices_in_order_of_distance():
    codes = [[0, 0], [3, 0], [1, 0], [2, 0]]
    assert latent.nearest([0.9, 0], codes).tolist() == [2]
    assert latent.nearest([0.9, 0], codes, 4).tolist() == [2, 0, 3, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latent.path([[1, 0]], 3), "codes: expected at least 2 codes, got 1"),
        (lambda: latent.path([[1, 0], [0, 1]], 0), "n: expected at least 1, got 0"),
        (lambda: latent.analogy([1, 0], [1, 2], [1, 2, 3]), r"same size, got shapes \(2,\) and \(3,\)"),
        (lambda: latent.direction([], [[1, 0]]), r"with_: expected one or more codes of the same size, got .* \(0,\)"),
        (lambda: latent.direction([[1, 0]], [[1, 0, 2]]), r"same size, got shapes \(1, 2\) and \(1, 3\)"),
        (lambda: latent.direction([[1, np.nan]], [[1, 0]]), "with_: expected finite numbers"),
        (lambda: latent.nearest([1, 0], [[1, 0]], 2), "n: expected 1 to 1, got 2"),
        (lambda: latent.nearest([1, 0, 0], [[1, 0]]), r"same size, got shapes \(3,\) and \(1, 2\)"),
        (lambda: latent.nearest([np.inf, 0], [[1, 0]]), "code: expected finite numbers"),
    ],
)
def test_invalid_arguments_raise(call, message):
    with pytest.raises(ValueError, match=message):
        call()
