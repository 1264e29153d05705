"""From drawings to a dataset: read, simplify, drop, scale, split, write. Needs no TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sketchkit.arguments import path_of, seed_of, sources_of
from sketchkit.data.collect import Reader, Source
from sketchkit.formats.npz import SPLITS, write_npz
from sketchkit.formats.svg import FILLS
from sketchkit.sketch import Sketch

if TYPE_CHECKING:
    from sketchkit.data.dataset import Dataset
    from sketchkit.data.report import DatasetReport
    from sketchkit.render.svg import Picture

__all__ = ["Built", "build_dataset", "prepared"]

#: Reasons told in full; the rest are counted.
TOLD = 10
#: Drawings that are kept as they were read, to show what simplifying does: they lie apart, for neighbours are alike.
SHOWN = (1, 10, 50, 250)


@dataclass(frozen=True)
class Built:
    """A dataset that was built, and what became of the drawings on the way.

    Attributes
    ----------
    path : Path
        The `.npz` file.
    read : int
        Drawings read.
    kept : mapping of str to int
        Drawings in each split.
    dropped : mapping of str to int
        Drawings left out, by reason.
    doubles : int
        Drawings that are the same as an earlier one; they are in one split with it.
    refused : tuple of str
        Files, lines and members that could not be read, and why.
    skipped : mapping of str to int
        What was left out of drawings (text, images), and files of other kinds, by name.
    max_seq_len : int
        Longest drawing kept, in points.
    epsilon : float
        What drawings were simplified with.
    examples : tuple of Sketch
        Some drawings before they were simplified.
    """

    path: Path
    read: int
    kept: Mapping[str, int]
    dropped: Mapping[str, int]
    doubles: int
    refused: tuple[str, ...]
    skipped: Mapping[str, int]
    max_seq_len: int
    epsilon: float
    examples: tuple[Sketch, ...]

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset; the packed store is made when it is first opened."""
        from sketchkit.data.dataset import Dataset

        return Dataset.open(self.path)

    def report(self) -> DatasetReport:
        """Return the health report of the dataset."""
        return self.dataset.report()

    def simplification(self) -> Picture:
        """Return some drawings as they were read and as they are now, with finer and coarser ones beside."""
        from sketchkit.render.simplify_preview import simplification

        return simplification(self.examples, sorted({0.2, 0.5, 1.0, 2.0, 3.0, self.epsilon}), chosen=self.epsilon)

    def _lines(self) -> list[str]:
        kept = ", ".join(f"{count:,} {split}" for split, count in self.kept.items())
        lines = [f"{self.read:,} drawings read, {sum(self.kept.values()):,} kept: {kept}"]
        lines += [f"dropped {count:,}: {reason}" for reason, count in self.dropped.items()]
        if self.doubles:
            lines.append(f"{self.doubles:,} are the same as another one; such drawings share a split")
        if self.skipped:
            lines.append("left out: " + ", ".join(f"{count:,} {name}" for name, count in self.skipped.items()))
        if self.refused:
            lines.append(f"could not be read: {len(self.refused):,}")
            lines += [f"  {reason}" for reason in self.refused[:TOLD]]
            lines += [f"  and {len(self.refused) - TOLD:,} more"] * (len(self.refused) > TOLD)
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
    fills: str = "auto",
    recognized: bool | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
    progress: bool = True,
) -> Built:
    """Make a dataset of drawings from anywhere, in the published layout.

    The same sources, options and seed give the same file. It is written at the end, whole or not at all.

    Parameters
    ----------
    sources : one or many
        Files (.svg, .ndjson, .jsonl, .json, .csv, .npz, .npy, plain or .gz), folders and zip files with such in them,
        names of `sketchkit.datasets()`, sketches (`pad.sketch`), arrays of stroke-3 or stroke-5 rows, lists of absolute
        points. In text, commas separate several.
    out : str or Path
        The `.npz` file to write.
    size : float, optional
        Length that each drawing's longer side is scaled to; points are then rounded to whole numbers, as Quick, Draw!
        has them. None keeps the drawings as large as they are.
    epsilon : float
        See `Sketch.simplified`; in units of the result. None is 2. `Built.simplification` shows what it does.
    max_seq_len : int
        Drawings of more points are dropped.
    held_out : float
        Share of the drawings that goes into each of valid and test, 0 to 0.4; at least one where there are three.
    seed : int
        Decides which; None is 0. Drawings that are the same always share a split.
    fills : {"auto", "outline", "skip"}
        Shapes of SVG that are filled but not stroked; see `sketchkit.formats.svg.read_svg`.
    recognized, countries : optional
        Of Quick, Draw!'s drawings, only these; see `sketchkit.formats.quickdraw.is_chosen`.
    limit : int, optional
        At most so many drawings of each file with many.
    progress : bool
        Show a progress bar.

    Raises
    ------
    FileNotFoundError
        If a source is not there.
    ValueError
        If an option is out of range, or not one drawing is left; what cannot be read among others is counted.
    """
    out, seed, epsilon = path_of(out, "out"), seed_of(seed), 2.0 if epsilon is None else epsilon
    if out.suffix.lower() != ".npz":
        raise ValueError(f"out: expected the name of an .npz file to write, got {out}")
    if isinstance(sources, (str, int, float)):
        sources = sources_of(sources, "sources")
    listed = sources if isinstance(sources, (list, tuple)) else [sources]
    named = [Path(source) for source in listed if isinstance(source, (str, Path))]
    if out.exists() and any(path.is_file() and path.samefile(out) for path in named):
        raise ValueError(f"{out} is one of the sources and would be replaced; choose another name for the dataset")
    if fills not in FILLS:
        raise ValueError(f"fills: expected one of {', '.join(FILLS)}, got {fills!r}")
    for name, value, least in (("size", size, 1), ("epsilon", epsilon, 0)):
        if value is not None and not least <= value < np.inf:
            raise ValueError(f"{name}: expected a finite number of at least {least}, got {value!r}")
    if not 0 <= held_out <= 0.4:
        raise ValueError(f"held_out: expected a share from 0 to 0.4, got {held_out!r}")
    if max_seq_len < 1:
        raise ValueError(f"max_seq_len: expected at least 1, got {max_seq_len!r}")
    if limit is not None and limit < 1:
        raise ValueError(f"limit: expected at least 1, got {limit!r}")
    from tqdm.auto import tqdm

    reader = Reader(fills, recognized, countries, limit)
    kept: list[Sketch] = []
    examples: list[Sketch] = []
    dropped: Counter[str] = Counter()
    read = 0
    for sketch in tqdm(reader.read(sources), desc="drawings", unit="", disable=not progress, leave=False, delay=1):
        read += 1
        try:
            drawing = prepared(sketch, size, epsilon)
        except ValueError as error:
            reader.refused.append(error)
            continue
        if not len(sketch):
            dropped["empty"] += 1
        elif not np.any(drawing.offsets[:, :2]):
            dropped["nothing but a dot"] += 1
        elif len(drawing) > max_seq_len:
            dropped[f"more than {max_seq_len} points"] += 1
        else:
            kept.append(drawing)
            if len(kept) in SHOWN:
                examples.append(sketch.fitted(size) if size else sketch)
    if not kept:
        why = [f"{count:,} {reason}" for reason, count in dropped.items()] + [str(e) for e in reader.refused[:3]]
        why += [f"{count:,} {name}" for name, count in reader.skipped.items()]
        raise ValueError(f"not one drawing to put into {out}: {'; '.join(why) or 'the sources hold none'}")

    splits, doubles = _split(kept, held_out, seed)
    write_npz(out, splits)
    return Built(
        out,
        read,
        {split: len(splits[split]) for split in SPLITS},
        dict(dropped),
        doubles,
        tuple(map(str, reader.refused)),
        dict(+reader.skipped),
        max_seq_len,
        epsilon,
        tuple(examples),
    )


def prepared(sketch: Sketch, size: float | None = 255.0, epsilon: float = 2.0) -> Sketch:
    """Return a drawing as datasets hold it: fitted, simplified, its points whole numbers.

    Parameters
    ----------
    sketch : Sketch
    size : float, optional
        Length of the longer side. None: neither scaled nor rounded.
    epsilon : float
        See `Sketch.simplified`.
    """
    if size is None:
        return sketch.simplified(epsilon)
    strokes = []
    for points in sketch.fitted(size).simplified(epsilon).polylines():
        rounded = np.rint(points)
        moved = np.any(np.diff(rounded, axis=0) != 0, axis=1)
        strokes.append(rounded[np.concatenate([[True], moved])])  # rounding makes neighbours fall together
    return Sketch.from_polylines(strokes)


def _split(drawings: list[Sketch], held_out: float, seed: int) -> tuple[dict[str, list[Sketch]], int]:
    """Return drawings in three splits, those that are the same in one; and how many are the same as an earlier one."""
    same: dict[bytes, list[Sketch]] = {}
    for drawing in drawings:
        same.setdefault(drawing.offsets.tobytes(), []).append(drawing)
    groups = list(same.values())
    wanted = round(held_out * len(drawings))
    if held_out and len(groups) > 2:
        wanted = max(wanted, 1)
    splits: dict[str, list[Sketch]] = {split: [] for split in SPLITS}
    for index in np.random.Generator(np.random.Philox(key=seed)).permutation(len(groups)):
        group = groups[index]
        fits = (split for split in ("valid", "test") if len(splits[split]) + len(group) <= wanted)
        splits[next(fits, "train")] += group
    return splits, len(drawings) - len(groups)
