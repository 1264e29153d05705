"""Building of datasets from drawings: read, scale, simplify, filter, split, write. Does not import TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sketchkit.arguments import parse_path, parse_seed, parse_sources
from sketchkit.data.collect import DrawingCollector, Source
from sketchkit.formats.npz import SPLITS, write_npz
from sketchkit.formats.svg import Fills
from sketchkit.formats.svg.reader import skipped_text
from sketchkit.sketch import Sketch

if TYPE_CHECKING:
    from sketchkit.data.dataset import Dataset
    from sketchkit.data.report import DatasetReport
    from sketchkit.render.svg import Picture

__all__ = ["BuildResult", "build_dataset", "preprocess"]

#: Maximum number of errors that are listed; the others are only counted.
MAX_LISTED_ERRORS = 10
#: Positions, counted from 1, of the kept drawings that are also examples: `BuildResult.examples` contains them before
#: the simplification, to show its effect. The positions are far apart because neighboring drawings are often similar.
EXAMPLE_INDICES = (1, 10, 50, 250)


@dataclass(frozen=True)
class BuildResult:
    """Result of `build_dataset`: the file, and counts of the drawings read, kept and dropped.

    Attributes
    ----------
    path : Path
        The `.npz` file.
    num_read : int
        Number of drawings read.
    kept : mapping of str to int
        Number of drawings in each split.
    dropped : mapping of str to int
        Number of dropped drawings, by reason.
    num_duplicates : int
        Number of drawings that are identical to an earlier one. Identical drawings are in the same split.
    errors : tuple of str
        Error messages of files, lines and archive members that could not be read.
    skipped : mapping of str to int
        Number of skipped parts of drawings (text, images) and of skipped files of unsupported types, by kind.
    max_seq_len : int
        Maximum number of points of a drawing.
    epsilon : float
        Epsilon of the simplification.
    examples : tuple of Sketch
        Example drawings before the simplification.
    """

    path: Path
    num_read: int
    kept: Mapping[str, int]
    dropped: Mapping[str, int]
    num_duplicates: int
    errors: tuple[str, ...]
    skipped: Mapping[str, int]
    max_seq_len: int
    epsilon: float
    examples: tuple[Sketch, ...]

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset. The first access creates its packed store."""
        from sketchkit.data.dataset import Dataset

        return Dataset.open(self.path)

    def report(self) -> DatasetReport:
        """Return the health report of the dataset."""
        return self.dataset.report()

    def simplification(self) -> Picture:
        """Return a picture of example drawings before and after the simplification, for several epsilons."""
        from sketchkit.render.simplify_preview import simplification

        return simplification(self.examples, sorted({0.2, 0.5, 1.0, 2.0, 3.0, self.epsilon}), chosen=self.epsilon)

    def _lines(self) -> list[str]:
        kept = ", ".join(f"{count:,} {split}" for split, count in self.kept.items())
        lines = [f"{self.num_read:,} drawings read, {sum(self.kept.values()):,} kept: {kept}"]
        lines += [f"dropped {count:,}: {reason}" for reason, count in self.dropped.items()]
        if self.num_duplicates:
            lines.append(f"{self.num_duplicates:,} duplicates; identical drawings are in the same split")
        if self.skipped:
            lines.append(f"skipped: {skipped_text(self.skipped)}")
        if self.errors:
            lines.append(f"could not be read: {len(self.errors):,}")
            lines += [f"  {reason}" for reason in self.errors[:MAX_LISTED_ERRORS]]
            lines += [f"  and {len(self.errors) - MAX_LISTED_ERRORS:,} more"] * (len(self.errors) > MAX_LISTED_ERRORS)
        return lines

    def __str__(self) -> str:
        return "\n".join([f"{self.path}", *self._lines(), str(self.report())])

    def _repr_html_(self) -> str:
        lines = "<br>".join(escape(line) for line in [str(self.path), *self._lines()])
        return f"<p>{lines}</p>{self.simplification()._repr_html_()}{self.report()._repr_html_()}"


def build_dataset(
    sources: Source | Iterable[Source],
    out: str | Path,
    *,
    size: float | None = 255.0,
    epsilon: float | None = 2.0,
    max_seq_len: int = 250,
    held_out: float = 0.1,
    seed: int | None = 0,
    fills: Fills = "auto",
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
    progress: bool = True,
) -> BuildResult:
    """Build a dataset in the `.npz` layout of sketch-rnn from drawings of any source.

    The same sources, options and seed give the same file. The file is written atomically, at the end.

    Parameters
    ----------
    sources : one or many
        Files (.svg, .ndjson, .jsonl, .json, .csv, .npz, .npy, plain or .gz), folders and zip archives of such files,
        names in `sketchkit.datasets()`, sketches (`pad.sketch`), arrays of stroke-3 or stroke-5 rows, and lists of
        absolute points.
        A string may list several sources, separated by commas.
    out : str or Path
        The `.npz` file to write.
    size : float, optional
        Length of the longer side of each drawing after scaling. Points are then rounded to integers, as in Quick, Draw!
        files. None: neither scaled nor rounded.
    epsilon : float, optional
        Epsilon of the simplification, in units of the result; see `Sketch.simplified`. None: 2.
        `BuildResult.simplification` shows its effect.
    max_seq_len : int
        Maximum number of points; longer drawings are dropped.
    held_out : float
        Share of the drawings in each of the splits valid and test, 0 to 0.4. If it is above 0 and there are
        at least three different drawings, each split gets at least one drawing.
    seed : int, optional
        Seed of the random split. None: 0. Identical drawings are always in the same split.
    fills : {"auto", "outline", "skip"}
        Treatment of SVG shapes that are filled but not stroked; see `sketchkit.formats.svg.read_svg`.
    recognized, countries : optional
        Filters of Quick, Draw! drawings; see `sketchkit.formats.quickdraw.matches_filters`.
    limit : int, optional
        Maximum number of drawings to read from each file with several drawings.
    progress : bool
        Show a progress bar.

    Returns
    -------
    BuildResult

    Raises
    ------
    FileNotFoundError
        If a source does not exist.
    ValueError
        If an option is out of range, or no drawings are left. A file or drawing that cannot be
        read does not cause an error; it is counted and listed.
    """
    out = parse_path(out, "out")
    options = _Options(size, 2.0 if epsilon is None else epsilon, max_seq_len, held_out, parse_seed(seed))
    collector = DrawingCollector(fills, recognized, countries, limit)
    if isinstance(sources, (str, int, float)):
        sources = parse_sources(sources, "sources")
    _check_output(out, sources)
    from tqdm.auto import tqdm

    sketches = collector.read(sources)
    prepared = _prepare(
        tqdm(sketches, desc="drawings", unit="", disable=not progress, leave=False, delay=1), options, collector.errors
    )
    if not prepared.kept:
        why = [f"{count:,} {reason}" for reason, count in prepared.dropped.items()]
        why += [str(error) for error in collector.errors[:3]]
        why += [f"skipped: {skipped_text(collector.skipped)}"] if collector.skipped else []
        raise ValueError(f"no drawings left to write to {out}: {'; '.join(why) or 'the sources contain none'}")
    splits, num_duplicates = _split(prepared.kept, options.held_out, options.seed)
    write_npz(splits, out)
    return BuildResult(
        path=out,
        num_read=prepared.num_read,
        kept={split: len(splits[split]) for split in SPLITS},
        dropped=dict(prepared.dropped),
        num_duplicates=num_duplicates,
        errors=tuple(map(str, collector.errors)),
        skipped=dict(+collector.skipped),
        max_seq_len=max_seq_len,
        epsilon=options.epsilon,
        examples=tuple(prepared.examples),
    )


@dataclass(frozen=True)
class _Options:
    """Options of `build_dataset` for the preparation of the drawings and the splits."""

    size: float | None
    epsilon: float
    max_seq_len: int
    held_out: float
    seed: int

    def __post_init__(self) -> None:
        for name, value, least in (("size", self.size, 1), ("epsilon", self.epsilon, 0)):
            if value is not None and not least <= value < np.inf:
                raise ValueError(f"{name}: expected a finite number of at least {least}, got {value!r}")
        if not 0 <= self.held_out <= 0.4:
            raise ValueError(f"held_out: expected a share from 0 to 0.4, got {self.held_out!r}")
        if self.max_seq_len < 1:
            raise ValueError(f"max_seq_len: expected at least 1, got {self.max_seq_len!r}")


def _check_output(out: Path, sources: Source | Iterable[Source]) -> None:
    """Raise ValueError if the output is not an `.npz` file, or is one of the sources."""
    if out.suffix.lower() != ".npz":
        raise ValueError(f"out: expected the name of an .npz file to write, got {out}")
    listed = sources if isinstance(sources, (list, tuple)) else [sources]
    paths = [Path(source) for source in listed if isinstance(source, (str, Path))]
    if out.exists() and any(path.is_file() and path.samefile(out) for path in paths):
        raise ValueError(f"{out} is one of the sources and would be replaced; choose another name for the dataset")


@dataclass
class _Prepared:
    """Prepared drawings, unsimplified examples, and the numbers of drawings that were read and dropped."""

    num_read: int = 0
    kept: list[Sketch] = field(default_factory=list)
    examples: list[Sketch] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def _prepare(sketches: Iterable[Sketch], options: _Options, errors: list[ValueError]) -> _Prepared:
    """Scale and simplify drawings, and drop those that are empty, too long, or only a dot."""
    prepared = _Prepared()
    for sketch in sketches:
        prepared.num_read += 1
        try:
            drawing = preprocess(sketch, options.size, options.epsilon)
        except ValueError as error:
            errors.append(error)
            continue
        if not len(sketch):
            prepared.dropped["empty"] += 1
        elif not np.any(drawing.offsets[:, :2]):
            prepared.dropped["only a dot"] += 1
        elif len(drawing) > options.max_seq_len:
            prepared.dropped[f"more than {options.max_seq_len} points"] += 1
        else:
            prepared.kept.append(drawing)
            if len(prepared.kept) in EXAMPLE_INDICES:
                prepared.examples.append(sketch.fitted(options.size) if options.size else sketch)
    return prepared


def preprocess(sketch: Sketch, size: float | None = 255.0, epsilon: float = 2.0) -> Sketch:
    """Return a drawing scaled, simplified and rounded to integers, as it is stored in a dataset.

    Parameters
    ----------
    sketch : Sketch
    size : float, optional
        Length of the longer side. None: neither scaled nor rounded.
    epsilon : float
        Epsilon of the simplification, in units of the result; see `Sketch.simplified`.
    """
    if size is None:
        return sketch.simplified(epsilon)
    strokes = []
    for points in sketch.fitted(size).simplified(epsilon).polylines():
        rounded = np.rint(points)
        moved = np.any(np.diff(rounded, axis=0) != 0, axis=1)
        strokes.append(rounded[np.concatenate([[True], moved])])  # rounding can make neighboring points equal
    return Sketch.from_polylines(strokes)


def _split(drawings: list[Sketch], held_out: float, seed: int) -> tuple[dict[str, list[Sketch]], int]:
    """Return the drawings by split, and the number of duplicates. Identical drawings are in the same split."""
    same: dict[bytes, list[Sketch]] = {}
    for drawing in drawings:
        same.setdefault(drawing.offsets.tobytes(), []).append(drawing)
    groups = list(same.values())
    wanted = min(round(held_out * len(drawings)), (len(drawings) - 1) // 2)  # at least one drawing is left for training
    every = held_out > 0 and len(groups) > 2  # no split may be empty
    wanted = max(wanted, 1) if every else wanted
    parts: dict[str, list[list[Sketch]]] = {split: [] for split in SPLITS}
    counts: dict[str, int] = dict.fromkeys(SPLITS, 0)
    for index in np.random.Generator(np.random.Philox(key=seed)).permutation(len(groups)):
        group = groups[index]
        split = next((name for name in ("valid", "test") if counts[name] + len(group) <= wanted), "train")
        parts[split].append(group)
        counts[split] += len(group)
    for split in SPLITS if every else ():
        if not parts[split]:  # no remaining group was small enough: move one from the split with the most groups
            donor = max(parts.values(), key=len)
            smallest = min(donor, key=len)
            donor.remove(smallest)
            parts[split].append(smallest)
    splits: dict[str, list[Sketch]] = {
        split: [drawing for group in parts[split] for drawing in group] for split in SPLITS
    }
    return splits, len(drawings) - len(groups)
