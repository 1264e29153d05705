"""Paths through the latent space: straight lines, arcs and grids between codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["grid", "lerp", "slerp"]

#: Below this sine of the angle between two codes, an arc has no plane worth following.
SMALLEST_SINE = 1e-6


def lerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> NDArray[np.float32]:
    """Return points on the straight line from `a` (t = 0) to `b` (t = 1).

    Parameters
    ----------
    a, b : array_like, shape (z_size,)
    t : float or array_like, shape (n,)
        May lie outside 0 to 1.

    Returns
    -------
    ndarray of float32, shape (z_size,) or (n, z_size)

    Raises
    ------
    ValueError
        If the codes are not of one size, or a value is not finite.
    """
    a, b, t = _checked(a, b, t)
    return np.asarray((1 - t) * a + t * b, dtype=np.float32)


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> NDArray[np.float32]:
    """Return points on the arc from `a` (t = 0) to `b` (t = 1), at an even pace of angle (Shoemake 1985).

    Codes drawn from N(0, I) lie near a sphere, and the arc stays near it. Where the formula divides by the
    sine of an angle that is zero, it goes on by continuity: equal codes (and those in one direction) follow
    the straight line; opposite ones turn half a circle through a direction at right angles to both, the one
    nearest to the axis on which `a` has its smallest entry. A zero code has no direction: the straight line again.

    Parameters, returns and errors are those of `lerp`.
    """
    a, b, t = _checked(a, b, t)
    length_a, length_b = np.linalg.norm(a), np.linalg.norm(b)
    if length_a == 0 or length_b == 0:
        return lerp(a, b, t[..., 0])
    unit_a, unit_b = a / length_a, b / length_b
    # From chords: exact where the arc cosine loses its digits.
    angle = 2 * np.arctan2(np.linalg.norm(unit_a - unit_b), np.linalg.norm(unit_a + unit_b))
    sine = np.sin(angle)
    if sine > SMALLEST_SINE:
        points = np.sin((1 - t) * angle) / sine * a + np.sin(t * angle) / sine * b
    elif angle < 1 or len(a) == 1:
        points = (1 - t) * a + t * b
    else:
        axis = np.zeros_like(a)
        axis[np.argmin(np.abs(a))] = 1
        across = axis - unit_a * (axis @ unit_a)
        across /= np.linalg.norm(across)
        length = (1 - t) * length_a + t * length_b
        points = length * (np.cos(t * np.pi) * unit_a + np.sin(t * np.pi) * across)
    return np.asarray(points, dtype=np.float32)


def grid(
    corners: ArrayLike, rows: int | None = None, columns: int = 5, *, spherical: bool = True
) -> NDArray[np.float32]:
    """Return a grid of codes between two or four corners.

    Parameters
    ----------
    corners : array_like, shape (2, z_size) or (4, z_size)
        Left and right; or top left, top right, bottom left, bottom right.
    rows : int, optional
        Default: 5, and 1 between two corners, where there is no other.
    columns : int
    spherical : bool
        Along arcs (`slerp`), otherwise straight (`lerp`).

    Returns
    -------
    ndarray of float32, shape (rows, columns, z_size)

    Raises
    ------
    ValueError
        If there are not two or four corners of one size, or two and more than one row.
    """
    codes = np.asarray(corners, dtype=np.float64)
    if codes.ndim != 2 or len(codes) not in (2, 4):
        raise ValueError(f"expected 2 or 4 corners of one size, got an array of shape {codes.shape}")
    if len(codes) == 2 and rows not in (None, 1):
        raise ValueError(f"rows: two corners make one row, got {rows}; more rows need four corners")
    rows = 5 if rows is None else rows
    if rows < 1 or columns < 1:
        raise ValueError(f"expected at least one row and one column, got {rows} × {columns}")
    between = slerp if spherical else lerp
    across = np.linspace(0, 1, columns)
    if len(codes) == 2:
        return between(codes[0], codes[1], across)[None]
    down = np.linspace(0, 1, rows)
    left, right = between(codes[0], codes[2], down), between(codes[1], codes[3], down)  # (rows, z_size)
    return np.stack([between(a, b, across) for a, b in zip(left, right, strict=True)])


def _checked(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Return codes and times in double precision, times with an axis for z at the end."""
    a, b, t = (np.asarray(value, dtype=np.float64) for value in (a, b, t))
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"expected two codes of one size, got shapes {a.shape} and {b.shape}")
    if t.ndim > 1:
        raise ValueError(f"t: expected a number or a list of numbers, got shape {t.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all() and np.isfinite(t).all()):
        raise ValueError("expected finite numbers, got NaN or infinity")
    return a, b, t[..., None]
