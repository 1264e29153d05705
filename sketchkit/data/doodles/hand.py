"""Irregularities of handwriting: jittered, smooth strokes, and a random transformation of the page."""

from __future__ import annotations

import operator
import zlib

import numpy as np
from numpy.typing import NDArray

from sketchkit.sketch import Sketch

__all__ = ["UNIT", "Points", "draw_stroke", "page_transform", "random_generator", "simplify_to_limits"]

Points = NDArray[np.float64]  # absolute, shape (m, 2)

# Templates have a page of 100 × 100 units with y pointing down; drawings have a page of 600 × 600 units.
UNIT = 6.0
EPSILON = 2.0  # epsilon of the simplification, in units of a drawing
SHORTEST, LONGEST = 15, 90  # minimum and maximum number of points of a drawing


def random_generator(name: str, seed: int) -> np.random.Generator:
    """Return a random generator whose key is made from the name and the seed."""
    number = operator.index(seed)
    if number < 0:
        raise ValueError(f"seed: expected at least 0, got {number}")
    return np.random.Generator(np.random.Philox(key=[zlib.crc32(name.encode()), number]))


def page_transform(rng: np.random.Generator) -> Points:
    """Return a random small rotation, shear and scale of the page, shape (2, 2)."""
    angle, shear = rng.normal(0, (0.035, 0.04))
    size, aspect = np.exp(rng.normal(0, (0.06, 0.04)))
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    stretch = np.array([[size * aspect, 0], [size * shear, size / aspect]])
    return np.asarray(stretch @ rotation)


def draw_stroke(points: Points, rng: np.random.Generator) -> Points:
    """Return a template's stroke with the irregularities of handwriting.

    Parameters
    ----------
    points : ndarray, shape (m, 2)
        Template points in units of a drawing. A single point is a dot, which is only shifted.

    Returns
    -------
    ndarray, shape (k, 2)
        Densely sampled points of the stroke.
    """
    shift = rng.normal(0, 0.7 * UNIT, 2)
    if len(points) == 1:
        return points + shift
    chords = np.diff(points, axis=0)
    unit = chords / np.linalg.norm(chords, axis=1, keepdims=True)
    bends = (unit[1:] * unit[:-1]).sum(axis=1) > np.cos(np.radians(50))  # sharper turns become corners
    # Small details have close points, which get less jitter.
    jitter = min(0.7 * UNIT, 0.12 * float(np.linalg.norm(chords, axis=1).mean()))
    line = _curve(points + rng.normal(0, jitter, points.shape), bends)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    path_length = np.concatenate([[0.0], np.cumsum(steps)])
    waves = np.sin(np.pi * np.outer(path_length / path_length[-1], (1, 2, 3)))
    wobble = rng.normal(0, 1, (3, 2)) * np.array([[0.012], [0.009], [0.006]])
    return np.asarray(line + waves @ wobble * min(path_length[-1], 80 * UNIT) + shift)


def simplify_to_limits(sketch: Sketch) -> Sketch:
    """Simplify a densely sampled drawing with `EPSILON`, or with the epsilon that is needed for 15 to 90 points."""
    epsilon = EPSILON
    simplified = sketch.simplified(epsilon)
    # A smooth drawing can have too few points, and a detailed drawing too many.
    while not SHORTEST <= len(simplified) <= LONGEST:
        epsilon *= 0.7 if len(simplified) < SHORTEST else 1.2
        simplified = sketch.simplified(epsilon)
    return simplified


# Cubic Hermite weights of (begin, slope at begin, end, slope at end) at six positions along a chord.
_T = np.arange(6)[:, None] / 6
_HERMITE = np.hstack([2 * _T**3 - 3 * _T**2 + 1, _T**3 - 2 * _T**2 + _T, 3 * _T**2 - 2 * _T**3, _T**3 - _T**2])


def _curve(knots: Points, bends: NDArray[np.bool_]) -> Points:
    """Return points of a curve through knots.

    Parameters
    ----------
    knots : ndarray, shape (m, 2)
        Knots; consecutive knots differ.
    bends : ndarray of bool, shape (m - 2,)
        For each inner knot, whether the curve is smooth there. Otherwise, it has a corner there.

    Returns
    -------
    ndarray, shape (6 (m - 1) + 1, 2)
    """
    chords = np.diff(knots, axis=0)
    length = np.linalg.norm(chords, axis=1, keepdims=True)
    unit = chords / length
    begin, end = chords.copy(), chords.copy()
    # The shorter chord limits the slope at a knot, so that a long chord next to a short one bends only near that knot.
    shared = (unit[:-1] + unit[1:]) / 2 * np.minimum(length[:-1], length[1:])
    begin[1:][bends] = end[:-1][bends] = shared[bends]
    # At its ends and corners, the curve has no curvature, like a natural spline at its ends.
    free_begin = ~np.concatenate([[False], bends])
    free_end = ~np.concatenate([bends, [False]]) & ~free_begin
    begin[free_begin] = (1.5 * chords - 0.5 * end)[free_begin]
    end[free_end] = (1.5 * chords - 0.5 * begin)[free_end]
    corners = np.stack([knots[:-1], begin, knots[1:], end], axis=1)
    return np.concatenate([(_HERMITE @ corners).reshape(-1, 2), knots[-1:]])
