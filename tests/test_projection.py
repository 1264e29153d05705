"""Projections of latent codes to the plane."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from sketchkit.projection import principal_components, project, umap

CODES = np.random.default_rng(3).normal(size=(300, 8)) * np.arange(8, 0, -1)


def test_principal_components_are_those_of_a_singular_value_decomposition():
    found = principal_components(CODES)
    centered = CODES - CODES.mean(axis=0)
    left, spread, directions = np.linalg.svd(centered, full_matrices=False)
    np.testing.assert_allclose(np.abs(found.axes @ directions[:2].T), np.eye(2), atol=1e-9)
    np.testing.assert_allclose(np.abs(found.positions), np.abs(left[:, :2] * spread[:2]), atol=1e-9)
    np.testing.assert_allclose(found.shares, spread[:2] ** 2 / np.sum(spread**2))
    assert (found.axes[np.arange(2), np.abs(found.axes).argmax(axis=1)] > 0).all()


def test_codes_in_the_plane_are_recovered_from_their_positions():
    found = principal_components(CODES)
    flat = found.mean + found.positions @ found.axes
    again = principal_components(flat)
    np.testing.assert_allclose(again.mean + again.positions @ again.axes, flat, atol=1e-9)


@pytest.mark.parametrize("shape", [(1, 5), (4, 1), (2, 2)])
def test_principal_components_of_few_codes_or_dimensions(shape):
    found = principal_components(np.ones(shape))
    np.testing.assert_array_equal(found.positions, np.zeros((shape[0], 2)))
    assert found.shares == (None, None)


@pytest.mark.parametrize("codes", [np.zeros((0, 3)), np.zeros(3), [[1.0, np.nan]]])
def test_principal_components_of_invalid_codes_raise(codes):
    with pytest.raises(ValueError, match=r"codes: expected (shape|finite numbers)"):
        principal_components(codes)


def test_unknown_projection_and_missing_package_raise(monkeypatch):
    with pytest.raises(ValueError, match="projection: expected one of pca, umap, got 'tsne'"):
        project(CODES, "tsne")
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ModuleNotFoundError, match="needs the package umap-learn"):
        umap(CODES)


def test_umap_positions_are_centered_and_have_no_axes(monkeypatch):
    class UMAP:
        def __init__(self, **options):
            assert options == {"n_components": 2, "n_neighbors": 15, "random_state": 0}

        def fit_transform(self, codes):
            return codes[:, :2] ** 2

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=UMAP))
    found = project(CODES, "umap")
    np.testing.assert_allclose(found.positions, CODES[:, :2] ** 2 - (CODES[:, :2] ** 2).mean(axis=0))
    assert not found.axes.any()
    assert found.shares == (None, None)
    with pytest.raises(ValueError, match="needs at least 4 codes, got 3; use 'pca'"):
        project(CODES[:3], "umap")
