"""`LabeledDrawings`: drawings of one or several datasets as one sequence, with the category of each drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.argument_errors import check_type
from sketchkit.data.dataset import Dataset
from sketchkit.data.sources import BUILT_IN_CATEGORIES
from sketchkit.data.store import Split, pack_drawings
from sketchkit.formats.npz import SPLITS, SplitName
from sketchkit.sketch import Sketch

__all__ = ["DrawingSource", "LabeledDrawings"]

#: A source of drawings: a dataset, the name or the file of one, a sequence of sketches (such as a split), or a mapping
#: from the names of categories to such sources.
DrawingSource = Dataset | str | Path | Sequence[Sketch] | Mapping[str, Any]


@dataclass(frozen=True)
class LabeledDrawings:
    """A sequence of drawings, with the category of each drawing.

    Attributes
    ----------
    split : Split
        The drawings.
    labels : ndarray of int, shape (n,)
        Index of the category of each drawing; 0 if there are no categories.
    categories : tuple of str
        Names of the categories; empty if the source has none.
    indices : ndarray of int, shape (n,)
        Index of each drawing among all drawings of the source.
    total : int
        Number of drawings of the source.
    """

    split: Split
    labels: NDArray[np.int64]
    categories: tuple[str, ...]
    indices: NDArray[np.int64]
    total: int

    @classmethod
    def collect(
        cls, source: DrawingSource | LabeledDrawings, *, split: SplitName | None = None, limit: int | None = None
    ) -> LabeledDrawings:
        """Return the drawings of a source; a source of type `LabeledDrawings` is returned unchanged.

        Parameters
        ----------
        source : Dataset, str, Path, sequence of Sketch, or mapping
            A dataset, the name or the file of one, sketches, or a mapping from the names of categories to such sources.
            The name of a generated dataset, such as `doodles`, also gives the categories.
        split : str, optional
            Split of the datasets: `train`, `valid` or `test`. Default: all three, in this order.
        limit : int, optional
            Maximum number of drawings. Each category contributes about the same number, at evenly spaced indices.

        Raises
        ------
        ValueError
            If there are no drawings, `split` is unknown, or `limit` is not a whole number of at least 1.
        TypeError
            If the source has another type.
        """
        if isinstance(source, LabeledDrawings):
            return source
        if split is not None and split not in SPLITS:
            raise ValueError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, (int, np.integer)) or limit < 1):
            raise ValueError(f"limit: expected a whole number of at least 1, got {limit!r}")
        named = source if isinstance(source, Mapping) else {"": source}
        parts = [_split_of(part, f"drawings[{name!r}]" if name else "drawings", split) for name, part in named.items()]
        sizes = [len(part) for part in parts]
        if not sum(sizes):
            raise ValueError("drawings: expected at least one drawing, got none")
        counts = sizes if limit is None else _shares(sizes, int(limit))
        chosen = [np.arange(count) * size // max(count, 1) for size, count in zip(sizes, counts, strict=True)]
        taken = [
            part if len(rows) == len(part) else _taken(part, rows) for part, rows in zip(parts, chosen, strict=True)
        ]
        firsts = np.cumsum([0, *sizes[:-1]])
        indices = np.concatenate([first + rows for first, rows in zip(firsts, chosen, strict=True)])
        if isinstance(source, str) and source in BUILT_IN_CATEGORIES:
            of_splits = BUILT_IN_CATEGORIES[source]()
            of_all = [name for each in ([split] if split else SPLITS) for name in of_splits[each]]
            names, labels = np.unique(of_all, return_inverse=True)
            return cls(_joined(taken), labels[indices], tuple(map(str, names)), indices, sum(sizes))
        categories = tuple(map(str, named)) if isinstance(source, Mapping) else ()
        return cls(_joined(taken), np.repeat(np.arange(len(parts)), counts), categories, indices, sum(sizes))

    def __len__(self) -> int:
        return len(self.split)

    def kept(self, indices: NDArray[np.int64]) -> LabeledDrawings:
        """Return the drawings at `indices`."""
        return LabeledDrawings(
            _taken(self.split, indices), self.labels[indices], self.categories, self.indices[indices], self.total
        )

    def digest(self) -> str:
        """Return a hexadecimal digest of the drawings, which is independent of their numeric type and categories."""
        digest = hashlib.sha256(np.ascontiguousarray(self.split.starts).data)
        digest.update(np.ascontiguousarray(self.split.points, dtype=np.float32).data)
        return digest.hexdigest()


def _split_of(source: Any, where: str, split: SplitName | None) -> Split:
    if isinstance(source, (str, Path)):
        source = Dataset.open(source)
    if isinstance(source, Dataset):
        return source.splits[split] if split else _joined([source.splits[name] for name in SPLITS])
    if isinstance(source, Split):
        return source
    if isinstance(source, Sketch) or not isinstance(source, Sequence):
        raise TypeError(f"{where}: expected a dataset or a list of sketches, got {type(source).__name__}")
    for index, sketch in enumerate(source):
        check_type(sketch, Sketch, f"{where}, item {index}")
    return pack_drawings([sketch.offsets for sketch in source], where)


def _joined(parts: Sequence[Split]) -> Split:
    """Concatenate splits in memory; a single split is returned unchanged."""
    filled = [part for part in parts if len(part)]
    if len(filled) == 1:
        return filled[0]
    counts = np.cumsum([0, *(len(part.points) for part in filled)])
    starts = [part.starts[1:] + count for part, count in zip(filled, counts[:-1], strict=True)]
    return Split(np.concatenate([part.points for part in filled]), np.concatenate([np.zeros(1, np.int64), *starts]))


def _taken(split: Split, indices: NDArray[np.int64]) -> Split:
    rows, lengths = split.take(indices)
    return Split(rows, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]))


def _shares(sizes: Sequence[int], limit: int) -> list[int]:
    """Divide `limit` among parts as evenly as their sizes allow."""
    shares, left = [0] * len(sizes), limit
    for done, index in enumerate(sorted(range(len(sizes)), key=lambda i: sizes[i])):
        shares[index] = min(sizes[index], left // (len(sizes) - done))
        left -= shares[index]
    return shares
