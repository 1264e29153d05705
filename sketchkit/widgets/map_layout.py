"""`MapLayout`: the drawings of a `LatentMap`, their codes and positions, and the arrays that the page receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchkit.data.labeled import LabeledDrawings
from sketchkit.data.measures import Measures, absolute_points
from sketchkit.data.store import Split
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.projection import Projection, project
from sketchkit.widgets.export.arrays import PackedArrays, pack_arrays

__all__ = ["NUM_NEIGHBORS", "MapLayout", "check_codes", "check_values"]

#: Number of nearest drawings whose codes are averaged for a position, and the power of the inverse distance in their
#: weights. With 8, the nearest drawing prevails, except near the border between two drawings.
NUM_NEIGHBORS, WEIGHT_POWER = 3, 8
#: Largest coordinate of a position in the page.
GRID = 32767
#: Number of drawings that are encoded again, to detect given codes that another model has computed.
NUM_COMPARED = 16


@dataclass(frozen=True)
class MapLayout:
    """Drawings with finite codes, and their positions.

    Attributes
    ----------
    drawings : LabeledDrawings
        The n drawings.
    codes : ndarray of float32, shape (n, z_size)
        Their codes.
    projection : Projection
        Their positions.
    values : dict of str to ndarray
        Values by which the drawings can be colored, each (n,): `length`, `strokes`, `size` and others.
    note : str
        Sentence about drawings that were left out, or "".
    """

    drawings: LabeledDrawings
    codes: NDArray[np.float32]
    projection: Projection
    values: dict[str, NDArray[np.float64]]
    note: str

    @classmethod
    def of(
        cls,
        given: LabeledDrawings,
        codes: NDArray[np.float32],
        projection: str,
        values: Mapping[str, NDArray[np.float64]],
    ) -> MapLayout:
        """Lay out the drawings whose codes are finite.

        Raises
        ------
        ValueError
            If no code is finite, or the projection is unknown or impossible.
        """
        finite = np.isfinite(codes).all(axis=1)
        count, left_out = len(codes), int((~finite).sum())
        if left_out == count:
            raise ValueError(f"codes: expected at least one finite code, got NaN or infinity for all {count} drawings")
        note = ""
        if left_out:
            kept = np.flatnonzero(finite)
            given, codes, values = given.kept(kept), codes[kept], {name: each[kept] for name, each in values.items()}
            drawings = "1 drawing has" if left_out == 1 else f"{left_out:,} drawings have"
            note = f"{drawings} no code (empty, or NaN), and {count - left_out:,} are on the map."
        measured = Measures.of(given.split)
        measures = {"length": measured.lengths, "strokes": measured.strokes, "size": measured.sizes}
        all_values = {name: np.asarray(each, dtype=np.float64) for name, each in {**measures, **values}.items()}
        return cls(given, codes, project(codes, projection), all_values, note)

    @cached_property
    def unit(self) -> float:
        """Largest absolute coordinate of a position; 1 if all positions are equal."""
        return float(np.abs(self.projection.positions).max()) or 1.0

    def code_at(self, x: float, y: float) -> NDArray[np.float32]:
        """Return an approximate code at a position; `codeAt` in `latent_map/layout.js` computes the same code."""
        place, positions = np.array([x, y]), self.projection.positions
        squares = np.square(positions - place).sum(axis=1)
        nearest = np.argsort(squares, kind="stable")[:NUM_NEIGHBORS]
        weights = (squares[nearest] + 1e-12 * self.unit**2) ** (-WEIGHT_POWER / 2)
        weights /= weights.sum()
        shifted = self.codes[nearest] + (place - positions[nearest]) @ self.projection.axes  # (neighbors, z)
        return np.asarray(weights @ shifted, dtype=np.float32)

    @cached_property
    def parts(self) -> dict[str, PackedArrays]:
        """The arrays for the page: `layout` (which the page needs first), `drawings` and `codes`."""
        layout: dict[str, NDArray[Any]] = {
            "positions": np.rint(self.projection.positions / self.unit * GRID).astype(np.int16),
            "labels": self.drawings.labels.astype(np.uint16),
            "axes": self.projection.axes.astype(np.float32),
            "indices": self.drawings.indices.astype(np.uint32),
            **{f"value/{name}": each.astype(np.float32) for name, each in self.values.items()},
        }
        half = np.clip(self.codes, -65504, 65504).astype(np.float16)
        return {
            "layout": pack_arrays(layout),
            "drawings": pack_arrays(_packed_drawings(self.drawings.split)),
            "codes": pack_arrays({"codes": half}),
        }


def _packed_drawings(split: Split) -> dict[str, NDArray[Any]]:
    """Return drawings for display: points on a grid of 256 x 256, with the start of the pen as the first point.

    `starts` (n + 1,) contains the index of the first point of each drawing, `points` (points, 2) the coordinates of all
    points, and `lifts` one bit for each point: 1 if the pen is lifted after it.
    """
    measures = Measures.of(split)
    sides = np.where(measures.sizes > 0, measures.sizes, 1)
    centers, lengths = (measures.low + measures.high) / 2, split.lengths
    starts = split.starts - split.starts[0] + np.arange(len(split) + 1)
    rows = np.ones(starts[-1], dtype=bool)
    rows[starts[:-1]] = False
    absolute = np.zeros((starts[-1], 2))
    absolute[rows] = absolute_points(split)
    scaled = (absolute - np.repeat(centers, lengths + 1, axis=0)) / np.repeat(sides, lengths + 1)[:, None]
    lifts = np.zeros(starts[-1], dtype=bool)
    lifts[rows] = split.points[:, 2] > 0
    return {
        "starts": starts.astype(np.uint32),
        "points": np.rint(scaled * 255 + 127.5).clip(0, 255).astype(np.uint8),
        "lifts": np.packbits(lifts, bitorder="little"),
    }


def check_codes(codes: ArrayLike, given: LabeledDrawings, model: SketchRNN) -> NDArray[np.float32]:
    """Return the codes of the drawings in `given`, after checking that `model` seems to have computed them.

    Parameters
    ----------
    codes : array_like, shape (given.total, z_size)
        Codes of all drawings of the source.
    given : LabeledDrawings
        The drawings of the map.
    model : SketchRNN
        The model.

    Raises
    ------
    ValueError
        If the codes have another shape, or if they do not seem to be the codes of these drawings by the model.
    """
    array = np.asarray(codes, dtype=np.float32)
    if array.shape != (given.total, model.z_size):
        raise ValueError(f"codes: expected shape ({given.total}, {model.z_size}) for {model.name}, got {array.shape}")
    chosen = array[given.indices]
    finite = np.flatnonzero(np.isfinite(chosen).all(axis=1) & (given.split.lengths > 0))
    if len(finite) < 2:
        return chosen
    compared = finite[np.linspace(0, len(finite) - 1, min(NUM_COMPARED, len(finite))).astype(int)]
    own = model.encode([given.split[int(index)] for index in compared])
    distances = np.linalg.norm(own[:, None] - chosen[compared][None], axis=2)  # (encoded, given)
    others = distances[~np.eye(len(own), dtype=bool)].mean()
    if np.diag(distances).mean() > 0.8 * others and others > 0:
        raise ValueError(f"codes: expected the codes of these drawings by {model.name}, got codes of another model")
    return chosen


def check_values(values: Mapping[str, ArrayLike] | None, given: LabeledDrawings) -> dict[str, NDArray[np.float64]]:
    """Return the values of the drawings on the map, selected from values for all drawings of the source.

    Raises
    ------
    ValueError
        If there is not one number for each drawing.
    """
    checked = {}
    for name, each in (values or {}).items():
        array = np.asarray(each, dtype=np.float64)
        if array.shape != (given.total,):
            raise ValueError(
                f"values[{name!r}]: expected one number for each of {given.total} drawings, got shape {array.shape}"
            )
        checked[str(name)] = array[given.indices]
    return checked
