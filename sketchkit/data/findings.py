"""Checks for possible problems of a dataset, made on a sample of its drawings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.near_duplicates import fingerprints, near_pairs
from sketchkit.data.orientation import orientation_probabilities, reorient
from sketchkit.data.split_health import SplitHealth
from sketchkit.data.store import OFFSET_LIMIT, Split
from sketchkit.formats.npz import SplitName
from sketchkit.sketch import Sketch

__all__ = ["NUM_EXAMPLES", "DatasetSample", "Finding", "find_problems", "looks_absolute", "spread"]

#: Maximum number of training drawings that are examined one by one; they are evenly spaced in the split.
SAMPLED = 2000
#: Maximum number of drawings shown for a finding.
NUM_EXAMPLES = 8
#: A drawing has a different scale if it is more than this many times larger or smaller than the median.
OTHER_SCALE = 8.0
#: A drawing counts as misoriented if the probability that it has the usual orientation is below `MISORIENTED_BELOW`.
#: `MIN_FOR_ORIENTATION` is the minimum number of drawings for this check, and for the check for missing pen lifts.
MISORIENTED_BELOW, MIN_FOR_ORIENTATION = 0.01, 20

#: Minimum number of rows of a drawing for the check of pen states, and the share of rows above which "nearly every row"
#: lifts the pen.
MIN_ROWS, NEARLY_ALL = 8, 0.7
#: Minimum number of zero rows at the end of a drawing that count as padding.
PADDING = 2


@dataclass(frozen=True)
class Finding:
    """A possible problem of a dataset.

    Attributes
    ----------
    message : str
        Description of the problem.
    drawings : tuple of Sketch
        Examples, at most 8.
    """

    message: str
    drawings: tuple[Sketch, ...] = ()

    def __str__(self) -> str:
        return self.message


class DatasetSample:
    """The parts of a dataset that the checks examine.

    Parameters
    ----------
    splits : mapping of str to Split
        `train`, `valid` and `test`.
    health : mapping of str to SplitHealth
        Counts of each split.
    usable : mapping of str to ndarray of int64
        Indices of the drawings of each split that are neither empty nor too long.
    max_seq_len : int
        Maximum number of points of a drawing.
    errors : sequence of str
        Error messages of the first drawings that could not be read.
    num_errors : int
        Number of drawings that could not be read.
    """

    def __init__(
        self,
        splits: Mapping[SplitName, Split],
        health: Mapping[SplitName, SplitHealth],
        usable: Mapping[SplitName, NDArray[np.int64]],
        max_seq_len: int,
        errors: Sequence[str] = (),
        num_errors: int = 0,
    ) -> None:
        self.train, self.health, self.usable = splits["train"], health, usable
        self.max_seq_len, self.errors, self.num_errors = max_seq_len, errors, num_errors
        sampled = spread(usable["train"], SAMPLED)
        self.rows = [self.train.points[self.train.starts[i] : self.train.starts[i + 1]] for i in sampled]
        self.sketches = [Sketch(rows) for rows in self.rows]
        self.held_out = [splits[name][int(i)] for name in ("valid", "test") for i in spread(usable[name], SAMPLED // 4)]


def find_problems(sample: DatasetSample) -> tuple[Finding, ...]:
    """Return the possible problems, the most severe first."""
    return tuple(finding for check in _CHECKS for finding in check(sample))


def spread(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return at most `count` of the indices, evenly spaced."""
    return indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).astype(int)] if len(indices) else indices


def looks_absolute(drawings: list[NDArray[np.generic]]) -> bool:
    """Return whether most drawings seem to contain absolute coordinates instead of offsets.

    Absolute coordinates are close to those of neighboring points, and their mean is far from zero; offsets change
    direction, and their mean is near zero. The result is true if both properties of absolute coordinates hold for most
    drawings of at least eight rows.

    Parameters
    ----------
    drawings : list of ndarray, each (n, 3)
        Stroke-3 rows.
    """
    votes = []
    for rows in drawings:
        if len(rows) < 8:
            continue
        values = np.asarray(rows[:, :2], dtype=np.float64)
        size = np.abs(values).mean()
        change = np.abs(np.diff(values, axis=0)).mean()
        drift = np.abs(values.mean(axis=0)).mean()
        votes.append(change < 0.5 * size and drift > 0.6 * size)
    return len(votes) > 0 and float(np.mean(votes)) > 0.5


def _absolute_coordinates(sample: DatasetSample) -> Iterator[Finding]:
    if looks_absolute(sample.rows):
        yield _finding(
            "the offsets look like absolute coordinates: consecutive rows are similar and drawings drift in one "
            "direction. Rows must contain offsets from the previous point; Sketch.from_polylines computes them.",
            sample.sketches,
        )


def _pen_states(sample: DatasetSample) -> Iterator[Finding]:
    long = [np.asarray(rows) for rows in sample.rows if len(rows) >= MIN_ROWS]
    if not long:
        return
    lifted = np.array([np.mean(rows[:-1, 2]) for rows in long])  # the last row always lifts the pen
    if np.mean(lifted > NEARLY_ALL) > 0.5:
        yield _finding(
            "nearly every row lifts the pen; the flag may be inverted: it must be 1 at the end of a stroke",
            map(Sketch, long[:NUM_EXAMPLES]),
        )
    elif len(long) >= MIN_FOR_ORIENTATION and not lifted.any():
        yield _finding(
            "no drawing lifts the pen before its end; if drawings have several strokes, the flag is missing or in "
            "another column",
            map(Sketch, long[:NUM_EXAMPLES]),
        )
    padded = [rows for rows in long if not np.any(rows[-PADDING:, :2])]
    if len(padded) > 0.05 * len(long):
        yield _finding(
            f"{len(padded):,} of {len(sample.rows):,} sampled drawings end in rows of zeros, and a model would "
            "learn to draw these rows; `dataset build` removes such padding",
            map(Sketch, padded[:NUM_EXAMPLES]),
        )


def _unreadable_drawings(sample: DatasetSample) -> Iterator[Finding]:
    if sample.errors:
        yield Finding(f"{sample.num_errors:,} drawings cannot be read and are skipped; first error: {sample.errors[0]}")


def _empty_splits(sample: DatasetSample) -> Iterator[Finding]:
    for name, counts in sample.health.items():
        if not counts.drawings:
            yield Finding(f"{name} is empty" + (", so no model can be trained on it" if name == "train" else ""))


def _clamped_offsets(sample: DatasetSample) -> Iterator[Finding]:
    train = sample.health["train"]
    if train.clamped:
        share = train.clamped / (2 * max(train.points, 1))
        yield Finding(
            f"{train.clamped:,} offsets ({share:.1%}) of the train split exceed ±{OFFSET_LIMIT:g} and are clamped, "
            "which distorts drawings; scale the data down"
        )


def _other_scales(sample: DatasetSample) -> Iterator[Finding]:
    sides = np.array([sketch.extent for sketch in sample.sketches])
    drawn = sides > 0
    median = float(np.median(sides[drawn])) if drawn.any() else 0.0
    odd = np.flatnonzero(drawn & ((sides > OTHER_SCALE * median) | (sides < median / OTHER_SCALE)))
    if len(odd) and len(odd) >= 0.01 * len(sides):
        yield _finding(
            f"{len(odd):,} of {len(sides):,} sampled drawings are more than {OTHER_SCALE:g} times larger or smaller "
            f"than the median ({median:g} units); one scale factor does not fit all; `dataset build` scales each "
            "drawing",
            (sample.sketches[i] for i in odd),
        )


def _misoriented(sample: DatasetSample) -> Iterator[Finding]:
    drawn = [sketch for sketch in sample.sketches if np.any(sketch.offsets[:, :2])]
    if len(drawn) < MIN_FOR_ORIENTATION:
        return
    probabilities = orientation_probabilities(drawn)  # (drawings, 8)
    odd = np.argsort(probabilities[:, 0])[: np.count_nonzero(probabilities[:, 0] < MISORIENTED_BELOW)]
    if len(odd):
        usual = probabilities.argmax(axis=1)
        yield Finding(
            f"{len(odd):,} of {len(sample.sketches):,} sampled drawings look mirrored or rotated relative to the rest, "
            "or are of a different subject; each example is followed by the drawing in the usual orientation",
            tuple(s for i in odd[:NUM_EXAMPLES] for s in (drawn[i], reorient(drawn[i], int(usual[i]))))[:NUM_EXAMPLES],
        )


def _too_long_drawings(sample: DatasetSample) -> Iterator[Finding]:
    long = sample.health["train"].too_long
    if long:
        longest = np.argsort(-sample.train.lengths, kind="stable")[: min(long, NUM_EXAMPLES)]
        yield _finding(
            f"{long:,} training drawings are longer than {sample.max_seq_len} points and are dropped",
            (sample.train[int(i)] for i in longest),
        )


def _empty_drawings(sample: DatasetSample) -> Iterator[Finding]:
    empty = sum(split.empty for split in sample.health.values())
    if empty:
        yield Finding(f"{empty:,} drawings are empty and are dropped")


def _near_duplicates(sample: DatasetSample) -> Iterator[Finding]:
    train, held_out = sample.sketches, sample.held_out
    train_points, held_out_points = fingerprints(train), fingerprints(held_out)
    first, second = near_pairs(train_points, train_points)
    first, second = first[first < second], second[first < second]
    duplicates = np.unique(second)
    if len(duplicates) > 0.05 * len(train):
        yield _finding(
            f"{len(duplicates):,} of {len(train):,} sampled drawings are nearly identical to another one",
            (train[i] for pair in zip(first, second, strict=True) for i in pair),
        )
    first, second = near_pairs(held_out_points, train_points)
    leaked = np.unique(first)
    if len(leaked) > 0.05 * len(held_out):
        yield _finding(
            f"{len(leaked):,} of {len(held_out):,} sampled drawings of valid and test are nearly identical to one in "
            "train; the losses of these splits say little about new drawings",
            (s for i, j in zip(first, second, strict=True) for s in (held_out[i], train[j])),
        )


def _large_max_seq_len(sample: DatasetSample) -> Iterator[Finding]:
    lengths = sample.train.lengths[sample.usable["train"]]
    if len(lengths) and sample.max_seq_len > 4 * np.percentile(lengths, 95):
        yield Finding(
            f"95% of drawings have at most {np.percentile(lengths, 95):.0f} points, but max_seq_len is "
            f"{sample.max_seq_len}; max_seq_len={int(np.percentile(lengths, 99))} would make training steps faster"
        )


def _dots(sample: DatasetSample) -> Iterator[Finding]:
    dots = sum(not np.any(sketch.offsets[:, :2]) for sketch in sample.sketches)
    if dots:
        yield Finding(f"{dots:,} of {len(sample.sketches):,} sampled drawings are single dots")


def _few_drawings(sample: DatasetSample) -> Iterator[Finding]:
    if 0 < len(sample.usable["train"]) < 100:
        yield Finding(f"only {len(sample.usable['train'])} training drawings; the model will overfit them")


def _finding(message: str, drawings: Iterable[Sketch]) -> Finding:
    """Return a finding with the first drawings as examples."""
    return Finding(message, tuple(islice(drawings, NUM_EXAMPLES)))


#: Checks; those that find the most severe problems come first.
_CHECKS: tuple[Callable[[DatasetSample], Iterator[Finding]], ...] = (
    _absolute_coordinates,
    _pen_states,
    _unreadable_drawings,
    _empty_splits,
    _clamped_offsets,
    _other_scales,
    _misoriented,
    _too_long_drawings,
    _empty_drawings,
    _near_duplicates,
    _large_max_seq_len,
    _dots,
    _few_drawings,
)
