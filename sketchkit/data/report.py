"""Is this dataset healthy? Counts, scale, what looks wrong, and samples to look at. Needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.batches import OFFSET_LIMIT
from sketchkit.data.orientation import laid, usual_chances
from sketchkit.data.store import Split
from sketchkit.formats.npz import SPLITS
from sketchkit.sketch import Sketch

if TYPE_CHECKING:
    from sketchkit.data.dataset import Dataset
    from sketchkit.render.svg import Picture

__all__ = ["DatasetReport", "SplitHealth", "looks_absolute"]

#: Findings about single drawings are made on at most this many of them, spread over the split.
SAMPLED = 2000
SHOWN = 24
EVIDENCE = 8
#: Drawings are near-doubles if their points lie closer than this, root mean square, in shares of their size.
NEAR = 0.015
#: Drawings so many times larger or smaller than the middle one are of another scale.
OTHER_SCALE = 8.0
#: Drawings lie otherwise than the others if the chance that they do not is less; asked of no fewer drawings than this.
OTHERWISE, ENOUGH = 0.01, 20

#: Pen states are judged by drawings of at least so many rows; the share of their rows that is nearly all of them.
LONG, NEARLY_ALL = 8, 0.7
#: So many rows of zeros at the end of a drawing are padding.
PADDING = 2


@dataclass(frozen=True)
class SplitHealth:
    """Counts of one split.

    Attributes
    ----------
    drawings, points : int
    empty : int
        Drawings without a point; not used.
    too_long : int
        Drawings of more than `max_seq_len` points; not used.
    clamped : int
        Offsets (numbers, two a point) beyond ±1000 in the drawings used; clamped to that.
    """

    drawings: int
    points: int
    empty: int
    too_long: int
    clamped: int


@dataclass(frozen=True)
class DatasetReport:
    """The health of a dataset; shows itself in a notebook, prints as text.

    Attributes
    ----------
    name : str
    max_seq_len : int
    scale_factor : float
        NaN where there is nothing to take it from.
    splits : mapping of str to SplitHealth
    lengths : ndarray of int64
        Points of each training drawing.
    findings : tuple of str
        What looks wrong, worst first; empty if nothing does.
    evidence : mapping of str to tuple of Sketch
        For some findings, the drawings that show it.
    samples : tuple of Sketch
        Spread over the training split.
    """

    name: str
    max_seq_len: int
    scale_factor: float
    splits: Mapping[str, SplitHealth]
    lengths: NDArray[np.int64]
    findings: tuple[str, ...]
    evidence: Mapping[str, tuple[Sketch, ...]]
    samples: tuple[Sketch, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> DatasetReport:
        """Examine a dataset."""
        splits = {name: _health(dataset.splits[name], dataset.usable(name), dataset.max_seq_len) for name in SPLITS}
        try:
            scale = dataset.scale_factor
        except ValueError:
            scale = float("nan")
        usable = dataset.usable("train")
        findings = _findings(dataset, splits, usable)
        spread = _spread(usable, SHOWN)
        return cls(
            dataset.name,
            dataset.max_seq_len,
            scale,
            splits,
            dataset.train.lengths,
            tuple(findings),
            {finding: tuple(shown[:EVIDENCE]) for finding, shown in findings.items() if shown},
            tuple(dataset.train[int(i)] for i in spread),
        )

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
        lines += [f"! {finding}" for finding in self.findings] or ["nothing looks wrong"]
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
        """Return a grid of samples, all at one scale."""
        from sketchkit.render.svg import grid

        return grid(list(self.samples), columns=8, cell=84, same_scale=True)

    def _shown(self, finding: str) -> str:
        from sketchkit.render.svg import grid

        drawings = self.evidence.get(finding)
        picture = grid(drawings, columns=EVIDENCE, cell=60) if drawings else None
        return f'<br><img alt="drawings that show it" src="{picture.data_uri()}">' if picture else ""

    def _repr_html_(self) -> str:
        from sketchkit.render.figure import length_histogram

        head = "".join(f"<th>{title}</th>" for title in ("", "drawings", "points", "empty", "too long", "clamped"))
        body = "".join(
            f"<tr><th>{name}</th><td>{s.drawings:,}</td><td>{s.points:,}</td><td>{s.empty:,}</td>"
            f"<td>{s.too_long:,}</td><td>{s.clamped:,}</td></tr>"
            for name, s in self.splits.items()
        )
        findings = "".join(f"<li>{escape(finding)}{self._shown(finding)}</li>" for finding in self.findings)
        verdict = f"<ul>{findings}</ul>" if findings else "<p>Nothing looks wrong.</p>"
        # Pictures as images: a notebook that is not trusted removes inline SVG but keeps these.
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
    dataset: Dataset, splits: Mapping[str, SplitHealth], usable: NDArray[np.int64]
) -> dict[str, list[Sketch]]:
    """Return what looks wrong, worst first, each with drawings that show it."""
    findings: dict[str, list[Sketch]] = {}
    sampled = _spread(usable, SAMPLED)
    drawings = [dataset.train.points[dataset.train.starts[i] : dataset.train.starts[i + 1]] for i in sampled]
    if looks_absolute(drawings):
        findings[
            "the offsets look like absolute coordinates: neighbouring rows are alike and drawings drift one way. "
            "Rows should hold the pen's movement since the row before; Sketch.from_polylines makes them from points."
        ] = [dataset.train[int(i)] for i in sampled[:EVIDENCE]]
    findings |= _pen_oddities(drawings)
    if dataset.refused_count:
        findings[
            f"{dataset.refused_count:,} drawings cannot be read and are left out, such as {dataset.refused[0]}"
        ] = []
    for name, split in splits.items():
        if not split.drawings:
            findings[f"{name} is empty" + (": there is nothing to learn" if name == "train" else "")] = []
    if splits["train"].clamped:
        share = splits["train"].clamped / (2 * max(splits["train"].points, 1))
        findings[
            f"{splits['train'].clamped:,} offsets ({share:.1%}) of train lie beyond ±{OFFSET_LIMIT:g} and are clamped, "
            "which bends drawings: scale the data down"
        ] = []
    sketches = [dataset.train[int(i)] for i in sampled]
    findings |= _other_scales(sketches) | _laid_otherwise(sketches)
    long = splits["train"].too_long
    if long:
        longest = np.argsort(-dataset.train.lengths, kind="stable")[: min(long, EVIDENCE)]
        findings[f"{long:,} drawings of train are longer than {dataset.max_seq_len} points and are left out"] = [
            dataset.train[int(i)] for i in longest
        ]
    empty = sum(split.empty for split in splits.values())
    if empty:
        findings[f"{empty:,} drawings are empty and are left out"] = []
    held = [(name, int(i)) for name in ("valid", "test") for i in _spread(dataset.usable(name), SAMPLED // 4)]
    findings |= _near_doubles(sketches, [dataset.splits[name][i] for name, i in held])
    lengths = dataset.train.lengths[usable]
    if len(lengths) and dataset.max_seq_len > 4 * np.percentile(lengths, 95):
        findings[
            f"95% of drawings have at most {np.percentile(lengths, 95):.0f} points, but the longest allowed is "
            f"{dataset.max_seq_len}: with max_seq_len={int(np.percentile(lengths, 99))} steps would be faster"
        ] = []
    dots = [sketch for sketch in sketches if not np.any(sketch.offsets[:, :2])]
    if dots:
        findings[f"{len(dots):,} of {len(drawings):,} drawings looked at are single dots"] = []
    if 0 < len(usable) < 100:
        findings[f"only {len(usable)} drawings to learn from; expect it to learn them by heart"] = []
    return findings


def _spread(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return at most `count` of some indices, evenly spread."""
    return indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).astype(int)] if len(indices) else indices


def _pen_oddities(drawings: list[NDArray[np.generic]]) -> dict[str, list[Sketch]]:
    """Return findings about pen states that look reversed or missing, and about rows of padding."""
    long = [np.asarray(rows) for rows in drawings if len(rows) >= LONG]
    if not long:
        return {}
    findings = {}
    lifted = np.array([np.mean(rows[:-1, 2]) for rows in long])  # the last row always lifts the pen
    if np.mean(lifted > NEARLY_ALL) > 0.5:
        findings["nearly every row lifts the pen: is the flag reversed? Rows should hold 1 where a stroke ends"] = [
            Sketch(rows) for rows in long[:EVIDENCE]
        ]
    elif len(long) >= ENOUGH and not lifted.any():
        findings[
            "no drawing lifts the pen before its end: if they are of several strokes, the flag is missing or in "
            "another column"
        ] = [Sketch(rows) for rows in long[:EVIDENCE]]
    padded = [rows for rows in long if not np.any(rows[-PADDING:, :2])]
    if len(padded) > 0.05 * len(long):
        findings[
            f"{len(padded):,} of {len(drawings):,} drawings looked at end in rows of zeros, which a model learns "
            "to draw: `dataset build` removes such padding"
        ] = [Sketch(rows) for rows in padded[:EVIDENCE]]
    return findings


def _other_scales(sketches: list[Sketch]) -> dict[str, list[Sketch]]:
    """Tell of drawings much larger or smaller than the others."""
    sides = np.array([max(right - left, bottom - top) for left, top, right, bottom in (s.bounds for s in sketches)])
    drawn = sides > 0
    middle = float(np.median(sides[drawn])) if drawn.any() else 0.0
    odd = np.flatnonzero(drawn & ((sides > OTHER_SCALE * middle) | (sides < middle / OTHER_SCALE)))
    if not len(odd) or len(odd) < 0.01 * len(sides):
        return {}
    text = (
        f"{len(odd):,} of {len(sketches):,} drawings looked at are more than {OTHER_SCALE:g} times larger or smaller "
        f"than the middle one ({middle:g} units): one scale factor does not suit all; `dataset build` scales them"
    )
    return {text: [sketches[i] for i in odd[:EVIDENCE]]}


def _laid_otherwise(sketches: list[Sketch]) -> dict[str, list[Sketch]]:
    """Tell of drawings that are mirrored or turned against the others, each with how the others lie."""
    drawn = [sketch for sketch in sketches if np.any(sketch.offsets[:, :2])]
    if len(drawn) < ENOUGH:
        return {}
    chances = usual_chances(drawn)  # (drawings, 8)
    odd = np.argsort(chances[:, 0])[: np.count_nonzero(chances[:, 0] < OTHERWISE)]
    if not len(odd):
        return {}
    text = (
        f"{len(odd):,} of {len(sketches):,} drawings looked at seem mirrored or turned, or another thing; "
        "shown are some, each followed by how it would lie as the others do"
    )
    return {text: [each for i in odd[:EVIDENCE] for each in (drawn[i], laid(drawn[i], int(chances[i].argmax())))]}


def _near_doubles(train: list[Sketch], held: list[Sketch]) -> dict[str, list[Sketch]]:
    """Tell of drawings that are nearly the same, within train and across splits."""
    findings = {}
    traces, others = (np.array(list(map(_trace, some)), np.float32).reshape(-1, 2 * TRACE) for some in (train, held))
    first, second = _pairs(traces, traces)
    first, second = first[first < second], second[first < second]
    twice = np.unique(second)
    if len(twice) > 0.05 * len(train):
        text = f"{len(twice):,} of {len(train):,} drawings looked at are nearly the same as another one"
        findings[text] = [train[i] for pair in zip(first, second, strict=True) for i in pair][:EVIDENCE]
    first, second = _pairs(others, traces)
    leaked = np.unique(first)
    if len(leaked) > 0.05 * len(held):
        text = (
            f"{len(leaked):,} of {len(held):,} drawings looked at in valid and test are nearly the same as one in "
            "train: their losses say little about new drawings"
        )
        findings[text] = [s for i, j in zip(first, second, strict=True) for s in (held[i], train[j])][:EVIDENCE]
    return findings


#: Points that a drawing is compared by.
TRACE = 32


def _trace(sketch: Sketch) -> NDArray[np.float32]:
    """Return points evenly spaced along all strokes, the longer side 1, the middle at 0; shape (2 * TRACE,)."""
    strokes = sketch.polylines()
    points = np.concatenate(strokes)
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    steps[np.cumsum([0, *map(len, strokes[:-1])])] = 0  # travels between strokes do not count
    walked = np.cumsum(steps)
    places = np.linspace(0, walked[-1], TRACE)
    low, high = points.min(axis=0), points.max(axis=0)
    centred = (points - (low + high) / 2) / max(float((high - low).max()), 1e-9)
    return np.column_stack([np.interp(places, walked, axis) for axis in centred.T]).ravel().astype(np.float32)


def _pairs(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of rows of `a` and of `b` that are near each other."""
    if not len(a) or not len(b):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    first, second = np.nonzero(squared < NEAR**2 * TRACE)
    return first, second


def looks_absolute(drawings: list[NDArray[np.generic]]) -> bool:
    """Tell whether most drawings hold absolute points where offsets should be.

    Absolute points are near their neighbours, and lie on one side of zero; offsets of a drawing are neither:
    they turn, and what goes out comes back. Both signs must show in most drawings of at least eight rows.

    Parameters
    ----------
    drawings : list of ndarray, each (n, 3)
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
