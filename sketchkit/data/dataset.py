"""`Dataset`: drawings in three splits, with one scale factor, and their batches."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketchkit.argument_errors import short_errors
from sketchkit.arguments import parse_sources
from sketchkit.data.augmentation import Augmentation
from sketchkit.data.batches import NO_AUGMENTATION, Batch, Batches, iter_batches
from sketchkit.data.conversion import convert, first_drawings
from sketchkit.data.report import DatasetReport, examine
from sketchkit.data.sources import BUILT_IN, find_files
from sketchkit.data.store import OFFSET_LIMIT, IndexFilter, Split, offset_deviation, open_store, pack_drawings
from sketchkit.data.store import fingerprint as digest_of
from sketchkit.formats.npz import SPLITS, SplitName
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import atomic_write

__all__ = ["Dataset"]

logger = logging.getLogger("sketchkit")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Drawings in three splits, and the scale factor of their offsets.

    Use `Dataset.open` or `Dataset.from_sketches` to create one.

    Attributes
    ----------
    splits : mapping of str to Split
        `train`, `valid` and `test`, in the units of the data.
    name : str
        Name of the dataset.
    max_seq_len : int
        Maximum number of points; longer and empty drawings are dropped.
    fingerprint : str
        Hexadecimal digest of all drawings. Datasets with the same fingerprint contain the same drawings in each split.
    scale_override : float, optional
        Scale factor that overrides the one computed from the drawings; used when fine-tuning a model.
    store : Path, optional
        Folder of the packed store, which also caches values computed from all drawings.
    errors : tuple of str
        Error messages of the drawings that could not be read and were skipped; at most 100.
    num_errors : int
        Number of drawings that could not be read.
    """

    splits: Mapping[SplitName, Split]
    name: str
    max_seq_len: int
    fingerprint: str
    scale_override: float | None = None
    store: Path | None = None
    errors: tuple[str, ...] = ()
    num_errors: int = 0

    @classmethod
    @short_errors
    def open(
        cls,
        source: str | Path | Sequence[str | Path],
        *,
        max_seq_len: int | None = None,
        folder: str | Path = ".",
        limit: int | None = None,
    ) -> Dataset:
        """Open a dataset by name or from files.

        The first call converts the files to a packed store in the cache; later calls take milliseconds for any size.

        Parameters
        ----------
        source : str, Path or sequence of them
            A name in `sketchkit.datasets()`, which is downloaded on first use, or files. Several sources, as a
            sequence or separated by commas, are joined split by split. `.npz` files contain their splits; the drawings
            of JSON lines (`.ndjson` or `.jsonl`, plain or `.gz`) are split at random, always in the same way. Drawings
            that cannot be read are skipped, counted and listed in `errors`.
        max_seq_len : int, optional
            Maximum number of points; longer drawings are dropped. Default: the longest drawing of all splits.
        folder : str or Path
            Base folder of relative paths.
        limit : int, optional
            Maximum number of drawings to take from each file or name. The first drawings of a file are
            taken; from an `.npz` file, the first of each split, in proportion to the sizes of the splits.

        Raises
        ------
        FileNotFoundError
            If a file does not exist.
        ConnectionError
            If a dataset cannot be downloaded.
        ValueError
            If a file is damaged, contains no drawings, or has a type that must first be converted by
            `sketchkit dataset build`.
        """
        sources = parse_sources(source, "data_set", Path(folder))
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ValueError(f"limit: expected a whole number of at least 1, got {limit!r}")
        if len(sources) == 1 and str(sources[0]) in BUILT_IN:
            name = str(sources[0])
            return cls.from_sketches(**first_drawings(BUILT_IN[name](), limit), name=name, max_seq_len=max_seq_len)
        paths = find_files(sources, Path(folder))
        store = convert(paths, limit)
        return cls.from_store(store, name=_name(paths), max_seq_len=max_seq_len)

    @classmethod
    def from_store(cls, store: Path, *, name: str | None = None, max_seq_len: int | None = None) -> Dataset:
        """Open a packed store; see `sketchkit.data.store`.

        Parameters
        ----------
        store : Path
            Folder of the store.
        name : str, optional
            Name of the dataset. Default: the name of the folder.
        max_seq_len : int, optional
            Maximum number of points, as in `open`.

        Raises
        ------
        ValueError
            If the store is damaged.
        """
        splits, record = open_store(store)
        dataset = cls._checked(splits, name or store.name, max_seq_len, record["fingerprint"], store)
        errors = tuple(map(str, record.get("refused", ())))
        if not errors:
            return dataset
        count = int(record.get("refused_count", len(errors)))
        logger.warning("%s: skipped %d drawings that cannot be read; first error: %s", dataset.name, count, errors[0])
        return replace(dataset, errors=errors, num_errors=count)

    @classmethod
    @short_errors
    def from_sketches(
        cls,
        train: Sequence[Sketch],
        valid: Sequence[Sketch] = (),
        test: Sequence[Sketch] = (),
        *,
        name: str = "sketches",
        max_seq_len: int | None = None,
    ) -> Dataset:
        """Create a dataset from sketches in memory, one sequence for each split."""
        sketches = {"train": train, "valid": valid, "test": test}
        splits = {split: pack_drawings([s.offsets for s in sketches[split]], f"{name}, {split}") for split in SPLITS}
        return cls._checked(splits, name, max_seq_len, digest_of(splits))

    @classmethod
    def _checked(
        cls,
        splits: Mapping[SplitName, Split],
        name: str,
        max_seq_len: int | None,
        fingerprint: str,
        store: Path | None = None,
    ) -> Dataset:
        longest = max(split.longest for split in splits.values())
        if max_seq_len is not None and max_seq_len < 1:
            raise ValueError(f"max_seq_len: expected at least 1, got {max_seq_len}")
        if not longest:
            raise ValueError(f"{name}: expected at least one drawing with points, got none")
        dataset = cls(splits, name, max_seq_len or longest, fingerprint, store=store)
        dataset._warn_of_dropped()
        return dataset

    def _warn_of_dropped(self) -> None:
        dropped = {split: n for split in SPLITS if (n := self.num_dropped(split))}
        if dropped:
            counts = ", ".join(f"{n:,} of {len(self.splits[split]):,} in {split}" for split, n in dropped.items())
            logger.warning("%s: dropped drawings that are empty or longer than %d points: %s",
                           self.name, self.max_seq_len, counts)  # fmt: skip

    def limited(self, max_seq_len: int) -> Dataset:
        """Return a dataset of the same drawings with another `max_seq_len`.

        Raises
        ------
        ValueError
            If `max_seq_len` is below 1.
        """
        if max_seq_len < 1:
            raise ValueError(f"max_seq_len: expected at least 1, got {max_seq_len}")
        if max_seq_len == self.max_seq_len:
            return self
        dataset = replace(self, max_seq_len=max_seq_len)
        dataset._warn_of_dropped()
        return dataset

    @property
    def train(self) -> Split:
        """The training split."""
        return self.splits["train"]

    @property
    def valid(self) -> Split:
        """The validation split, whose loss determines the best checkpoint."""
        return self.splits["valid"]

    @property
    def test(self) -> Split:
        """The test split, on which the final model is evaluated."""
        return self.splits["test"]

    def __repr__(self) -> str:
        counts = " + ".join(f"{len(self.splits[split]):,}" for split in SPLITS)
        return f"Dataset({self.name!r}, {counts} drawings, at most {self.max_seq_len} points)"

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()

    def usable_indices(self, split: SplitName, max_seq_len: int | None = None) -> NDArray[np.int64]:
        """Return the indices of the drawings of a split that are neither empty nor too long, ascending."""
        return self.splits[split].usable_indices(max_seq_len or self.max_seq_len)

    def num_dropped(self, split: SplitName) -> int:
        """Return the number of drawings of a split that are empty or too long."""
        return len(self.splits[split].excluded_indices(self.max_seq_len))

    @cached_property
    def scale_factor(self) -> float:
        """Standard deviation of the clamped Δx and Δy of all usable training drawings, or `scale_override` if set.

        Raises
        ------
        ValueError
            If the training split has no usable drawings, or all of its offsets are equal.
        """
        usable = IndexFilter(len(self.train), self.train.excluded_indices(self.max_seq_len))
        if not len(usable):
            raise ValueError(
                f"{self.name}: expected drawings of 1 to {self.max_seq_len} points in the train split, got none"
            )
        if self.scale_override is not None:
            return self.scale_override
        cache_file = self.store / f"scale-{self.max_seq_len}.json" if self.store else None
        if cache_file and cache_file.is_file():  # the computation takes minutes for fifty million drawings
            with contextlib.suppress(OSError, ValueError):
                scale = json.loads(cache_file.read_text(encoding="utf-8"))
                if isinstance(scale, float) and 0 < scale < OFFSET_LIMIT:
                    return scale
        scale = offset_deviation(self.train, usable)
        if not scale > 0:
            raise ValueError(
                f"{self.name}: all offsets of the train split are identical, so the scale factor would be zero"
            )
        if cache_file:
            with contextlib.suppress(OSError), atomic_write(cache_file) as part:  # a store may be read-only
                part.write_text(json.dumps(scale), encoding="utf-8")
        return scale

    @cached_property
    def drawing_size(self) -> float:
        """Median longer side of a sample of fewer than 2,000 training drawings, in the units of the data."""
        usable = IndexFilter(len(self.train), self.train.excluded_indices(self.max_seq_len))
        sample = usable[np.arange(0, len(usable), max(len(usable) // 1000, 1))]
        return float(np.median([self.train[int(index)].extent for index in sample])) if len(sample) else 0.0

    def batches(
        self,
        batch_size: int,
        seed: int,
        *,
        augmentation: Augmentation = NO_AUGMENTATION,
        bucket_by_length: bool = False,
        shard: tuple[int, int] | None = None,
    ) -> Batches:
        """Return the infinite sequence of training batches; see `Batches`."""
        excluded = self.train.excluded_indices(self.max_seq_len)
        return Batches(
            self.train,
            IndexFilter(len(self.train), excluded) if len(excluded) else None,
            batch_size=batch_size,
            max_seq_len=self.max_seq_len,
            scale_factor=self.scale_factor,
            seed=seed,
            augmentation=augmentation,
            bucket_by_length=bucket_by_length,
            shard=shard,
        )

    def iter_batches(
        self,
        split: SplitName,
        batch_size: int,
        *,
        max_seq_len: int | None = None,
        scale_factor: float | None = None,
        first: int = 0,
        every: int = 1,
    ) -> Iterator[tuple[Batch, int]]:
        """Yield the batches of one pass over a split, in order; see `sketchkit.data.batches.iter_batches`.

        Parameters
        ----------
        split : str
            `train`, `valid` or `test`.
        batch_size : int
            Number of drawings in a batch.
        max_seq_len, scale_factor : optional
            Values of a model that override those of the dataset.
        first, every : int
            Index of the first batch; step from one batch to the next.
        """
        if split not in SPLITS:
            raise ValueError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
        limit = max_seq_len or self.max_seq_len
        return iter_batches(
            self.splits[split],
            self.usable_indices(split, limit),
            batch_size=batch_size,
            max_seq_len=limit,
            scale_factor=scale_factor or self.scale_factor,
            first=first,
            every=every,
        )

    def report(self) -> DatasetReport:
        """Return a health report: lengths, scale, dropped drawings, possible problems, samples."""
        try:
            scale = self.scale_factor
        except ValueError:
            scale = float("nan")
        return examine(
            self.splits,
            name=self.name,
            max_seq_len=self.max_seq_len,
            scale_factor=scale,
            errors=self.errors,
            num_errors=self.num_errors,
        )


def _name(paths: list[Path]) -> str:
    stems = [path.stem for path in paths]
    return "+".join(stems) if len(stems) <= 4 else f"{stems[0]}+{stems[1]}+... ({len(stems)} files)"
