"""Health report of a dataset: counts, scale, possible problems, samples. Does not import TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.orientation import orientation_probabilities, reorient
from sketchkit.data.store import OFFSET_LIMIT, Split
from sketchkit.formats.npz import SPLITS
from sketchkit.sketch import Sketch

if TYPE_CHECKING:
    from sketchkit.render.svg import Picture

__all__ = ["DatasetReport", "SplitHealth", "examine", "looks_absolute"]

#: Maximum number of drawings that are examined one by one, evenly spaced in the split.
SAMPLED = 2000
#: Number of sample drawings in a report, and maximum number of drawings shown for a finding.
NUM_SAMPLES = 24
NUM_EVIDENCE = 8
#: Maximum root mean square distance between the points of near-duplicates, as a share of the drawing's size.
DUPLICATE_RMS = 0.015
#: A drawing has a different scale if it is more than this many times larger or smaller than the median.
OTHER_SCALE = 8.0
#: A drawing is misoriented if it has the usual orientation with a probability below the first number. The second number
#: is the minimum number of drawings for this check.
MISORIENTED_BELOW, MIN_FOR_ORIENTATION = 0.01, 20

#: Minimum number of rows of a drawing whose pen states are checked, and the share of rows that counts as nearly all.
MIN_ROWS, NEARLY_ALL = 8, 0.7
#: Minimum number of zero rows at the end of a drawing that count as padding.
PADDING = 2


@dataclass(frozen=True)
class SplitHealth:
    """Counts of one split.

    Attributes
    ----------
    drawings, points : int
        Number of drawings and of points.
    empty : int
        Number of empty drawings, which are dropped.
    too_long : int
        Number of drawings of more than `max_seq_len` points, which are dropped.
    clamped : int
        Number of offsets (two per point) beyond ±1000 in the other drawings; they are clamped to ±1000.
    """

    drawings: int
    points: int
    empty: int
    too_long: int
    clamped: int


@dataclass(frozen=True)
class DatasetReport:
    """Health report of a dataset, with text and HTML representations.

    Attributes
    ----------
    name : str
        Name of the dataset.
    max_seq_len : int
        Maximum number of points of a drawing.
    scale_factor : float
        Scale factor of the offsets; NaN if it is undefined.
    splits : mapping of str to SplitHealth
        Counts of each split.
    lengths : ndarray of int64
        Number of points of each training drawing.
    findings : tuple of str
        Possible problems, the most severe first.
    evidence : mapping of str to tuple of Sketch
        Example drawings of some findings, by finding.
    samples : tuple of Sketch
        Drawings at evenly spaced positions of the training split.
    """

    name: str
    max_seq_len: int
    scale_factor: float
    splits: Mapping[str, SplitHealth]
    lengths: NDArray[np.int64]
    findings: tuple[str, ...]
    evidence: Mapping[str, tuple[Sketch, ...]]
    samples: tuple[Sketch, ...]

    def __str__(self) -> str:
        lines = [
            f"{self.name}: at most {self.max_seq_len} points, scale factor {self.scale_factor:.6g}",
            f"{'split':<7}{'drawings':>10}{'points':>13}{'mean':>7}{'empty':>7}{'too long':>10}{'clamped':>9}",
        ]
        for name, split in self.splits.items():
            mean = split.points / max(split.drawings, 1)
            lines.append(
                f"{name:<7}{split.drawings:>10,}{split.points:>13,}{mean:>7.1f}"
                f"{split.empty:>7,}{split.too_long:>10,}{split.clamped:>9,}"
            )
        lines += ["lengths of the training drawings:", *self._text_histogram()]
        lines += [f"! {finding}" for finding in self.findings] or ["no problems found"]
        return "\n".join(lines)

    __repr__ = __str__

    def _text_histogram(self, rows: int = 8, width: int = 40) -> list[str]:
        if not len(self.lengths):
            return ["  none"]
        counts, edges = np.histogram(self.lengths, bins=min(rows, int(np.ptp(self.lengths)) + 1))
        return [
            f"  {np.ceil(low):>5.0f} to {high:>5.0f} {'█' * round(width * count / counts.max()):<{width}} {count:,}"
            for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
        ]

    def picture(self) -> Picture:
        """Return a picture of the samples, all at the same scale."""
        from sketchkit.render.svg import grid

        return grid(list(self.samples), columns=8, cell=84, same_scale=True)

    def _shown(self, finding: str) -> str:
        from sketchkit.render.svg import grid

        drawings = self.evidence.get(finding)
        picture = grid(drawings, columns=NUM_EVIDENCE, cell=60) if drawings else None
        return f'<br><img alt="examples" src="{picture.data_uri()}">' if picture else ""

    def _repr_html_(self) -> str:
        from sketchkit.render.plots.lengths import length_histogram

        head = "".join(f"<th>{title}</th>" for title in ("", "drawings", "points", "empty", "too long", "clamped"))
        body = "".join(
            f"<tr><th>{name}</th><td>{s.drawings:,}</td><td>{s.points:,}</td><td>{s.empty:,}</td>"
            f"<td>{s.too_long:,}</td><td>{s.clamped:,}</td></tr>"
            for name, s in self.splits.items()
        )
        findings = "".join(f"<li>{escape(finding)}{self._shown(finding)}</li>" for finding in self.findings)
        verdict = f"<ul>{findings}</ul>" if findings else "<p>No problems found.</p>"
        # Images rather than inline SVG, which notebooks remove unless they are trusted.
        pictures = "".join(
            f'<img alt="{alt}" style="max-width:100%" src="{uri}">'
            for alt, uri in (
                (
                    "lengths of the training drawings",
                    length_histogram(self.lengths, self.max_seq_len).data_uri(),
                ),
                ("samples", self.picture().data_uri()),
            )
        )
        return (
            f"<p><b>{escape(self.name)}</b>: drawings of at most {self.max_seq_len} points, "
            f"scale factor {self.scale_factor:.6g}</p>"
            f"<table><tr>{head}</tr>{body}</table>{verdict}{pictures}"
        )


def examine(
    splits: Mapping[str, Split],
    *,
    name: str,
    max_seq_len: int,
    scale_factor: float,
    errors: Sequence[str] = (),
    num_errors: int = 0,
) -> DatasetReport:
    """Return the report of a dataset.

    Parameters
    ----------
    splits : mapping of str to Split
        `train`, `valid` and `test`.
    name : str
        Name of the dataset.
    max_seq_len : int
        Maximum number of points of a drawing.
    scale_factor : float
        Scale factor of the offsets; NaN if it is undefined.
    errors : sequence of str
        Error messages of the first drawings that could not be read.
    num_errors : int
        Number of drawings that could not be read.
    """
    usable = {split: splits[split].usable_indices(max_seq_len) for split in SPLITS}
    health = {split: _health(splits[split], usable[split], max_seq_len) for split in SPLITS}
    unreadable = f"{num_errors:,} drawings cannot be read and are skipped; first error: {errors[0]}" if errors else ""
    findings = _findings(splits, usable, health, max_seq_len, unreadable)
    train = splits["train"]
    return DatasetReport(
        name,
        max_seq_len,
        scale_factor,
        health,
        train.lengths,
        tuple(findings),
        {finding: tuple(examples[:NUM_EVIDENCE]) for finding, examples in findings.items() if examples},
        tuple(train[int(i)] for i in _spread(usable["train"], NUM_SAMPLES)),
    )


def _health(split: Split, usable: NDArray[np.int64], max_seq_len: int) -> SplitHealth:
    lengths = split.lengths
    clamped = 0
    if split.points.dtype != np.int8:
        for begin in range(0, len(usable), 1 << 16):
            rows, _ = split.take(usable[begin : begin + (1 << 16)])
            clamped += int(np.count_nonzero(np.abs(rows[:, :2].astype(np.float32)) > OFFSET_LIMIT))
    return SplitHealth(
        drawings=len(split),
        points=int(lengths.sum()),
        empty=int(np.count_nonzero(lengths == 0)),
        too_long=int(np.count_nonzero(lengths > max_seq_len)),
        clamped=clamped,
    )


def _findings(
    splits: Mapping[str, Split],
    usable: Mapping[str, NDArray[np.int64]],
    health: Mapping[str, SplitHealth],
    limit: int,
    unreadable: str,
) -> dict[str, list[Sketch]]:
    """Return the possible problems, the most severe first, each with example drawings."""
    findings: dict[str, list[Sketch]] = {}
    train = splits["train"]
    sampled = _spread(usable["train"], SAMPLED)
    drawings = [train.points[train.starts[i] : train.starts[i + 1]] for i in sampled]
    if looks_absolute(drawings):
        findings[
            "the offsets look like absolute coordinates: consecutive rows are similar and drawings drift in one "
            "direction. Rows must contain offsets from the previous point; Sketch.from_polylines computes them."
        ] = [train[int(i)] for i in sampled[:NUM_EVIDENCE]]
    findings |= _pen_oddities(drawings)
    if unreadable:
        findings[unreadable] = []
    for name, counts in health.items():
        if not counts.drawings:
            findings[f"{name} is empty" + (", so the dataset cannot be trained on" if name == "train" else "")] = []
    if health["train"].clamped:
        share = health["train"].clamped / (2 * max(health["train"].points, 1))
        findings[
            f"{health['train'].clamped:,} offsets ({share:.1%}) of train exceed ±{OFFSET_LIMIT:g} and are clamped, "
            "which distorts drawings; scale the data down"
        ] = []
    sketches = [train[int(i)] for i in sampled]
    findings |= _other_scales(sketches) | _misoriented(sketches)
    long = health["train"].too_long
    if long:
        longest = np.argsort(-train.lengths, kind="stable")[: min(long, NUM_EVIDENCE)]
        findings[f"{long:,} drawings of train are longer than {limit} points and are dropped"] = [
            train[int(i)] for i in longest
        ]
    empty = sum(split.empty for split in health.values())
    if empty:
        findings[f"{empty:,} drawings are empty and are dropped"] = []
    held = [(name, int(i)) for name in ("valid", "test") for i in _spread(usable[name], SAMPLED // 4)]
    findings |= _near_duplicates(sketches, [splits[name][i] for name, i in held])
    lengths = train.lengths[usable["train"]]
    if len(lengths) and limit > 4 * np.percentile(lengths, 95):
        findings[
            f"95% of drawings have at most {np.percentile(lengths, 95):.0f} points, but max_seq_len is {limit}; "
            f"max_seq_len={int(np.percentile(lengths, 99))} would make training steps faster"
        ] = []
    dots = [sketch for sketch in sketches if not np.any(sketch.offsets[:, :2])]
    if dots:
        findings[f"{len(dots):,} of {len(drawings):,} sampled drawings are single dots"] = []
    if 0 < len(usable["train"]) < 100:
        findings[f"only {len(usable['train'])} training drawings; the model will overfit them"] = []
    return findings


def _spread(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return at most `count` of the indices, evenly spaced."""
    return indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).astype(int)] if len(indices) else indices


def _pen_oddities(drawings: list[NDArray[np.generic]]) -> dict[str, list[Sketch]]:
    """Return findings about pen states that look inverted or missing, and about padding rows."""
    long = [np.asarray(rows) for rows in drawings if len(rows) >= MIN_ROWS]
    if not long:
        return {}
    findings = {}
    lifted = np.array([np.mean(rows[:-1, 2]) for rows in long])  # the last row always lifts the pen
    if np.mean(lifted > NEARLY_ALL) > 0.5:
        findings["nearly every row lifts the pen; the flag may be inverted: it must be 1 at the end of a stroke"] = [
            Sketch(rows) for rows in long[:NUM_EVIDENCE]
        ]
    elif len(long) >= MIN_FOR_ORIENTATION and not lifted.any():
        findings[
            "no drawing lifts the pen before its end; if drawings have several strokes, the flag is missing or in "
            "another column"
        ] = [Sketch(rows) for rows in long[:NUM_EVIDENCE]]
    padded = [rows for rows in long if not np.any(rows[-PADDING:, :2])]
    if len(padded) > 0.05 * len(long):
        findings[
            f"{len(padded):,} of {len(drawings):,} sampled drawings end in rows of zeros, which a model learns "
            "to draw; `dataset build` removes such padding"
        ] = [Sketch(rows) for rows in padded[:NUM_EVIDENCE]]
    return findings


def _other_scales(sketches: list[Sketch]) -> dict[str, list[Sketch]]:
    """Return a finding about drawings much larger or smaller than the others."""
    sides = np.array([max(right - left, bottom - top) for left, top, right, bottom in (s.bounds for s in sketches)])
    drawn = sides > 0
    median = float(np.median(sides[drawn])) if drawn.any() else 0.0
    odd = np.flatnonzero(drawn & ((sides > OTHER_SCALE * median) | (sides < median / OTHER_SCALE)))
    if not len(odd) or len(odd) < 0.01 * len(sides):
        return {}
    text = (
        f"{len(odd):,} of {len(sketches):,} sampled drawings are more than {OTHER_SCALE:g} times larger or smaller "
        f"than the median ({median:g} units); one scale factor does not fit all; `dataset build` scales each drawing"
    )
    return {text: [sketches[i] for i in odd[:NUM_EVIDENCE]]}


def _misoriented(sketches: list[Sketch]) -> dict[str, list[Sketch]]:
    """Return a finding about drawings that look mirrored or rotated, each followed by the corrected drawing."""
    drawn = [sketch for sketch in sketches if np.any(sketch.offsets[:, :2])]
    if len(drawn) < MIN_FOR_ORIENTATION:
        return {}
    probabilities = orientation_probabilities(drawn)  # (drawings, 8)
    odd = np.argsort(probabilities[:, 0])[: np.count_nonzero(probabilities[:, 0] < MISORIENTED_BELOW)]
    if not len(odd):
        return {}
    text = (
        f"{len(odd):,} of {len(sketches):,} sampled drawings look mirrored or rotated relative to the rest, or are of "
        "a different subject; each example is followed by the drawing in the usual orientation"
    )
    usual = probabilities.argmax(axis=1)
    return {text: [s for i in odd[:NUM_EVIDENCE] for s in (drawn[i], reorient(drawn[i], int(usual[i])))]}


def _near_duplicates(train: list[Sketch], held_out: list[Sketch]) -> dict[str, list[Sketch]]:
    """Return findings about nearly identical drawings, within train and across splits."""
    findings = {}
    train_points, held_out_points = _fingerprints(train), _fingerprints(held_out)
    first, second = _pairs(train_points, train_points)
    first, second = first[first < second], second[first < second]
    duplicates = np.unique(second)
    if len(duplicates) > 0.05 * len(train):
        text = f"{len(duplicates):,} of {len(train):,} sampled drawings are nearly identical to another one"
        findings[text] = [train[i] for pair in zip(first, second, strict=True) for i in pair][:NUM_EVIDENCE]
    first, second = _pairs(held_out_points, train_points)
    leaked = np.unique(first)
    if len(leaked) > 0.05 * len(held_out):
        text = (
            f"{len(leaked):,} of {len(held_out):,} sampled drawings of valid and test are nearly identical to one in "
            "train; the losses of these splits say little about new drawings"
        )
        pairs = zip(first, second, strict=True)
        findings[text] = [s for i, j in pairs for s in (held_out[i], train[j])][:NUM_EVIDENCE]
    return findings


#: Number of points of a drawing's fingerprint.
FINGERPRINT_POINTS = 32


def _fingerprints(sketches: list[Sketch]) -> NDArray[np.float32]:
    """Return the fingerprints of drawings, shape (drawings, 2 * FINGERPRINT_POINTS)."""
    return np.array(list(map(_fingerprint, sketches)), np.float32).reshape(-1, 2 * FINGERPRINT_POINTS)


def _fingerprint(sketch: Sketch) -> NDArray[np.float32]:
    """Return evenly spaced points of all strokes, centered, with longer side 1; shape (2 * FINGERPRINT_POINTS,)."""
    strokes = sketch.polylines()
    points = np.concatenate(strokes)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    steps[np.cumsum([0, *map(len, strokes[:-1])])] = 0  # pen-up movements between strokes do not count
    path_length = np.cumsum(steps)
    positions = np.linspace(0, path_length[-1], FINGERPRINT_POINTS)
    low, high = points.min(axis=0), points.max(axis=0)
    centered = (points - (low + high) / 2) / max(float((high - low).max()), 1e-9)
    return np.column_stack([np.interp(positions, path_length, axis) for axis in centered.T]).ravel().astype(np.float32)


def _pairs(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the indices of all pairs of rows of `a` and `b` that are near each other."""
    if not len(a) or not len(b):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    first, second = np.nonzero(squared < DUPLICATE_RMS**2 * FINGERPRINT_POINTS)
    return first, second


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
