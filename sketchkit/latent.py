"""Arithmetic of latent codes: interpolation, paths, grids, analogies, the direction of an attribute, and neighbors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchkit.argument_errors import number_array, short_errors

__all__ = ["analogy", "direction", "grid", "lerp", "nearest", "path", "slerp"]

#: If the sine of the angle between two codes is below this value, the codes are treated as collinear.
MIN_SINE = 1e-6


@short_errors
def lerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> NDArray[np.float32]:
    """Return points on the straight line from `a` (t = 0) to `b` (t = 1).

    Parameters
    ----------
    a, b : array_like, shape (z_size,)
        The two codes.
    t : float or array_like, shape (n,)
        Positions on the line. Values outside 0 to 1 extrapolate.

    Returns
    -------
    ndarray of float32, shape (z_size,) or (n, z_size)

    Raises
    ------
    ValueError
        If the codes have different sizes, or a value is not finite.
    """
    a, b, t = _checked(a, b, t)
    return np.asarray((1 - t) * a + t * b, dtype=np.float32)


@short_errors
def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> NDArray[np.float32]:
    """Return points on the arc from `a` (t = 0) to `b` (t = 1), at constant angular speed (Shoemake 1985).

    Codes sampled from N(0, I) are close to a sphere, and the arc stays close to it. The formula divides by the sine of
    the angle between the codes. If the sine is zero, the path is defined as follows. Codes with the same direction, and
    pairs with a zero code, are interpolated linearly. Between opposite codes, the path turns by half a circle in the
    plane spanned by `a` and the coordinate axis along which `a` is smallest in magnitude.

    See `lerp` for the parameters, the result and the errors.
    """
    a, b, t = _checked(a, b, t)
    length_a, length_b = np.linalg.norm(a), np.linalg.norm(b)
    if length_a == 0 or length_b == 0:
        return lerp(a, b, t[..., 0])
    unit_a, unit_b = a / length_a, b / length_b
    # The angle is computed from chords, since the arc cosine is imprecise for small angles.
    angle = 2 * np.arctan2(np.linalg.norm(unit_a - unit_b), np.linalg.norm(unit_a + unit_b))
    sine = np.sin(angle)
    if sine > MIN_SINE:
        points = np.sin((1 - t) * angle) / sine * a + np.sin(t * angle) / sine * b
    elif angle < 1 or len(a) == 1:
        points = (1 - t) * a + t * b
    else:
        axis = np.zeros_like(a)
        axis[np.argmin(np.abs(a))] = 1
        orthogonal = axis - unit_a * (axis @ unit_a)
        orthogonal /= np.linalg.norm(orthogonal)
        length = (1 - t) * length_a + t * length_b
        points = length * (np.cos(t * np.pi) * unit_a + np.sin(t * np.pi) * orthogonal)
    return np.asarray(points, dtype=np.float32)


@short_errors
def grid(
    corners: ArrayLike, rows: int | None = None, columns: int = 5, *, spherical: bool = True
) -> NDArray[np.float32]:
    """Return a grid of codes between two or four corners.

    Parameters
    ----------
    corners : array_like, shape (2, z_size) or (4, z_size)
        Codes at the corners: left and right; or top left, top right, bottom left, bottom right.
    rows : int, optional
        Number of rows. Default: 5 for four corners, 1 for two corners.
    columns : int
        Number of columns.
    spherical : bool
        Whether to interpolate along arcs (`slerp`) instead of straight lines (`lerp`).

    Returns
    -------
    ndarray of float32, shape (rows, columns, z_size)

    Raises
    ------
    ValueError
        If there are not two or four corners of the same size, if `rows` is not 1 for two corners, or if `rows` or
        `columns` is below 1.
    """
    codes = number_array(corners, "corners")
    if codes.ndim != 2 or len(codes) not in (2, 4):
        raise ValueError(f"expected 2 or 4 corners of the same size, got an array of shape {codes.shape}")
    if len(codes) == 2 and rows not in (None, 1):
        raise ValueError(f"rows: expected 1 row for two corners, got {rows}; more rows require four corners")
    rows = 5 if rows is None else rows
    if rows < 1 or columns < 1:
        raise ValueError(f"expected at least one row and one column, got {rows} × {columns}")
    interpolate = slerp if spherical else lerp
    u = np.linspace(0, 1, columns)
    if len(codes) == 2:
        return interpolate(codes[0], codes[1], u)[None]
    v = np.linspace(0, 1, rows)
    left, right = interpolate(codes[0], codes[2], v), interpolate(codes[1], codes[3], v)  # (rows, z_size)
    return np.stack([interpolate(a, b, u) for a, b in zip(left, right, strict=True)])


@short_errors
def path(codes: ArrayLike, n: int, *, spherical: bool = True) -> NDArray[np.float32]:
    """Return codes along a path through several codes, for instance for an animation.

    Parameters
    ----------
    codes : array_like, shape (m, z_size)
        The codes that the path passes through, at least two.
    n : int
        Number of steps from each code to the next.
    spherical : bool
        Whether to interpolate along arcs (`slerp`) instead of straight lines (`lerp`).

    Returns
    -------
    ndarray of float32, shape ((m - 1) * n + 1, z_size)
        Code k of the path is `codes[i]` if k = i * n.

    Raises
    ------
    ValueError
        If there are fewer than two codes, a value is not finite, or `n` is below 1.
    """
    stations = _codes(codes, "codes")
    if len(stations) < 2:
        raise ValueError(f"codes: expected at least 2 codes, got {len(stations)}")
    if n < 1:
        raise ValueError(f"n: expected at least 1, got {n}")
    interpolate, t = (slerp if spherical else lerp), np.arange(n) / n
    parts = [interpolate(a, b, t) for a, b in pairwise(stations)]
    return np.concatenate([*parts, stations[-1:].astype(np.float32)])


@short_errors
def analogy(a: ArrayLike, b: ArrayLike, c: ArrayLike) -> NDArray[np.float32]:
    """Return the code that is to `c` as `b` is to `a`: c + (b - a).

    An example in the paper (arXiv 1704.03477, section 4.3) is the code of a cat's head, plus that of a pig with a body,
    minus that of a pig's head. The result decodes to a cat with a body.

    Parameters
    ----------
    a, b, c : array_like, shape (z_size,)
        Codes of one model.

    Returns
    -------
    ndarray of float32, shape (z_size,)

    Raises
    ------
    ValueError
        If the codes have different sizes, or a value is not finite.
    """
    a, b, _ = _checked(a, b, 0)
    b, c, _ = _checked(b, c, 0)
    return np.asarray(c + (b - a), dtype=np.float32)


@short_errors
def direction(with_: ArrayLike, without: ArrayLike) -> NDArray[np.float32]:
    """Return the direction of an attribute: the mean code of drawings with it, minus that of drawings without it.

    Add a multiple of the direction to a code to strengthen the attribute; subtract a multiple to weaken the attribute.

    Parameters
    ----------
    with_, without : array_like, shape (m, z_size)
        Codes of drawings with and without the attribute; the numbers of codes may differ.

    Returns
    -------
    ndarray of float32, shape (z_size,)

    Raises
    ------
    ValueError
        If one of the sets is empty, the codes have different sizes, or a value is not finite.

    Examples
    --------
    >>> legs = latent.direction(model.encode(with_legs), model.encode(without_legs))      # doctest: +SKIP
    >>> model.decode(model.encode(sheep) + legs)                                          # doctest: +SKIP
    """
    first, second = _codes(with_, "with_"), _codes(without, "without")
    _check_same_size(first, second)
    return np.asarray(first.mean(axis=0) - second.mean(axis=0), dtype=np.float32)


@short_errors
def nearest(code: ArrayLike, codes: ArrayLike, n: int = 1) -> NDArray[np.intp]:
    """Return the indices of the codes with the smallest Euclidean distance to a code, the nearest first.

    Parameters
    ----------
    code : array_like, shape (z_size,)
    codes : array_like, shape (m, z_size)
        The codes to search.
    n : int
        Number of indices, 1 to m.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        If the codes have different sizes, a value is not finite, or `n` is out of range.
    """
    many = _codes(codes, "codes")
    one = _codes(number_array(code, "code")[None], "code")[0]
    _check_same_size(one, many)
    if not 1 <= n <= len(many):
        raise ValueError(f"n: expected 1 to {len(many)}, got {n}")
    return np.argsort(np.linalg.norm(many - one, axis=1), kind="stable")[:n]


def _check_same_size(a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(f"expected codes of the same size, got shapes {a.shape} and {b.shape}")


def _codes(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Validate a set of codes and return it as float64."""
    codes = number_array(values, name)
    if codes.ndim != 2 or not len(codes):
        raise ValueError(f"{name}: expected one or more codes of the same size, got an array of shape {codes.shape}")
    if not np.isfinite(codes).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return codes


def _checked(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Validate codes and positions; return float64 arrays, with a trailing axis added to the positions."""
    a, b, t = number_array(a, "a"), number_array(b, "b"), number_array(t, "t")
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"expected two codes of the same size, got shapes {a.shape} and {b.shape}")
    if t.ndim > 1:
        raise ValueError(f"t: expected a number or a list of numbers, got shape {t.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all() and np.isfinite(t).all()):
        raise ValueError("expected finite numbers, got NaN or infinity")
    return a, b, t[..., None]
