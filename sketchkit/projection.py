"""Projections of latent codes to the plane: principal components, and UMAP if it is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["PROJECTIONS", "Projection", "principal_components", "project", "umap"]

#: Names of the projections.
PROJECTIONS = ("pca", "umap")


@dataclass(frozen=True)
class Projection:
    """Positions of codes in the plane, and the linear map back to codes.

    Attributes
    ----------
    positions : ndarray of float64, shape (n, 2)
        Position of each code.
    mean : ndarray of float64, shape (z_size,)
        Mean code.
    axes : ndarray of float64, shape (2, z_size)
        Directions in code space of the two coordinates: orthonormal for principal components, zero for UMAP, which is
        not linear.
    shares : tuple of float or None
        Share of the variance that each coordinate explains; None if there is no variance or the projection is not
        linear.
    """

    positions: NDArray[np.float64]
    mean: NDArray[np.float64]
    axes: NDArray[np.float64]
    shares: tuple[float | None, float | None]


def principal_components(codes: ArrayLike) -> Projection:
    """Return the positions of codes along their first two principal components.

    The sign of a component is arbitrary. For reproducible pictures, it is chosen so that the loading with the largest
    magnitude is positive.

    Parameters
    ----------
    codes : array_like, shape (n, z_size)
        Finite codes, n and z_size at least 1. If there is only one component, the second coordinate is zero.

    Raises
    ------
    ValueError
        If `codes` has another shape or contains a value that is not finite.
    """
    array = _checked(codes)
    mean = array.mean(axis=0)
    centered = array - mean
    # The eigenvectors of the covariance, (z, z), are much faster to compute than the singular vectors of all codes.
    variances, vectors = np.linalg.eigh(centered.T @ centered)
    order = np.argsort(-variances, kind="stable")[:2]
    found = vectors[:, order].T  # (1 or 2, z)
    largest = np.abs(found).argmax(axis=1)
    found = found * np.sign(found[np.arange(len(found)), largest])[:, None]
    axes = np.zeros((2, array.shape[1]))
    axes[: len(found)] = found
    total = float(variances.clip(0).sum())
    shares: list[float | None] = [None, None]
    if total > 0:
        shares[: len(order)] = (variances[order].clip(0) / total).tolist()
    return Projection(centered @ axes.T, mean, axes, (shares[0], shares[1]))


def umap(codes: ArrayLike, *, seed: int = 0) -> Projection:
    """Return the positions of codes by UMAP (arXiv 1802.03426), which keeps similar codes together.

    Raises
    ------
    ValueError
        If `codes` is invalid, as in `principal_components`, or has fewer than 4 rows.
    ModuleNotFoundError
        If the package umap-learn is not installed.
    """
    array = _checked(codes)
    try:
        from umap import UMAP  # type: ignore[import-not-found, unused-ignore]
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the projection 'umap' needs the package umap-learn (pip install umap-learn); 'pca' needs no other package",
            name=error.name,
        ) from None
    if len(array) < 4:
        raise ValueError(f"the projection 'umap' needs at least 4 codes, got {len(array)}; use 'pca'")
    reducer: Any = UMAP(n_components=2, n_neighbors=min(15, len(array) - 1), random_state=seed)
    positions = np.asarray(reducer.fit_transform(array), dtype=np.float64)
    return Projection(
        positions - positions.mean(axis=0), array.mean(axis=0), np.zeros((2, array.shape[1])), (None, None)
    )


def project(codes: ArrayLike, projection: str) -> Projection:
    """Return the positions of codes in the projection with this name; raises the errors of that projection."""
    if projection not in PROJECTIONS:
        raise ValueError(f"projection: expected one of {', '.join(PROJECTIONS)}, got {projection!r}")
    return umap(codes) if projection == "umap" else principal_components(codes)


def _checked(codes: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(codes, dtype=np.float64)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"codes: expected shape (n, z) with n and z at least 1, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("codes: expected finite numbers, got NaN or infinity")
    return array
