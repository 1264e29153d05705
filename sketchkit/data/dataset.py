"""A dataset: three splits of drawings, one scale, ready for the model."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sketchkit.arguments import sources_of
from sketchkit.data import doodles
from sketchkit.data.batches import OFFSET_LIMIT, Batch, Batches, in_order
from sketchkit.data.store import Split, Usable, open_store, pack, write_store
from sketchkit.data.store import fingerprint as digest_of
from sketchkit.formats.compressed import open_gzip
from sketchkit.formats.file_kind import FileKind, file_kind
from sketchkit.formats.ndjson import read_ndjson
from sketchkit.formats.npz import SPLITS, read_npz
from sketchkit.sketch import Sketch
from sketchkit.storage.atomic import replacing
from sketchkit.storage.cache import cache_folder

if TYPE_CHECKING:
    from sketchkit.data.report import DatasetReport

__all__ = ["BUILT_IN", "Dataset", "dataset_file"]

logger = logging.getLogger("sketchkit")

#: Drawings of an ndjson file that go into each of valid and test, at most.
HELD_OUT = 2500

#: What a file is that training does not read.
_BUILD = "which training does not read; make a dataset of it: sketchkit dataset build {} --out drawings.npz"

#: Datasets that are made rather than read, by name.
BUILT_IN = {"doodles": doodles.splits}


@dataclass(frozen=True)
class Dataset:
    """Drawings to train on, and the one number they are scaled by.

    Usually made by `Dataset.open` or `Dataset.from_sketches`.

    Attributes
    ----------
    splits : mapping of str to Split
        `train`, `valid` and `test`, in the units of the data.
    name : str
        What people call it.
    max_seq_len : int
        Longest drawing that is used, in points; longer and empty ones are dropped.
    fingerprint : str
        Hexadecimal digest of all the drawings; two datasets with one fingerprint train alike.
    given_scale : float, optional
        The scale factor, if it is not to be that of the drawings: of a model that goes on learning.
    store : Path, optional
        Folder of the packed store, if there is one; what is found out about all drawings is kept beside them.
    refused : tuple of str
        An error for each drawing of the files that cannot be read and is left out; of at most 100.
    refused_count : int
        How many these are.
    """

    splits: Mapping[str, Split]
    name: str
    max_seq_len: int
    fingerprint: str
    given_scale: float | None = None
    store: Path | None = None
    refused: tuple[str, ...] = ()
    refused_count: int = 0

    @classmethod
    def open(
        cls,
        source: str | Path | Sequence[str | Path],
        *,
        max_seq_len: int | None = None,
        folder: str | Path = ".",
        limit: int | None = None,
    ) -> Dataset:
        """Open a dataset by name or from files.

        The first time, files are converted to a packed store in the cache; after that, opening it takes
        milliseconds whatever its size.

        Parameters
        ----------
        source : str, Path or sequence of them
            A name of `sketchkit.datasets()`, downloaded the first time, or files; several, in a sequence or with
            commas between them, are joined split by split. `.npz` files carry their splits; the drawings of JSON lines
            (`.ndjson` or `.jsonl`, plain or `.gz`) are split at random, the same way each time. Drawings that cannot
            be read are left out, counted and named (`refused`).
        max_seq_len : int, optional
            Drop drawings with more points than this. Default: the longest of any split.
        folder : str or Path
            Where relative paths begin.
        limit : int, optional
            Drawings to take at most of each file or name: the first ones, those of an `.npz` file from its splits in
            proportion.

        Raises
        ------
        FileNotFoundError
            If a file is not there.
        ConnectionError
            If a dataset has to be downloaded and cannot be.
        ValueError
            If a file is damaged, holds no drawing, or is of a kind that `sketchkit dataset build` makes a dataset of.
        """
        sources = sources_of(source, "data_set", Path(folder))
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
            raise ValueError(f"limit: expected a whole number of at least 1, got {limit!r}")
        if len(sources) == 1 and str(sources[0]) in BUILT_IN:
            name = str(sources[0])
            return cls.from_sketches(**_first(BUILT_IN[name](), limit), name=name, max_seq_len=max_seq_len)
        paths = [dataset_file(s, Path(folder)) for s in sources]
        for given, path in zip(sources, paths, strict=True):
            if path.is_dir():
                raise ValueError(f"{path}: a folder, {_BUILD.format(given)}")
            if not path.is_file():
                from sketchkit.published.catalogue import datasets, nearest

                hint = nearest(str(given), datasets(), "sketchkit.datasets() lists the names")
                raise FileNotFoundError(
                    f"{given}: no such dataset; expected an .npz or .ndjson file (looked at {path}) "
                    f"or a dataset's name; {hint}"
                )
        stamps = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in paths]
        key = hashlib.sha256(json.dumps([stamps, limit]).encode()).hexdigest()[:16]
        store = cache_folder() / "datasets" / f"{paths[0].stem}-{key}"
        if not (store / "store.json").exists():
            _convert(paths, stamps, store, limit)
        return cls.of_store(store, name=_name(paths), max_seq_len=max_seq_len)

    @classmethod
    def of_store(cls, store: Path, *, name: str | None = None, max_seq_len: int | None = None) -> Dataset:
        """Open a packed store; see `sketchkit.data.store`.

        Parameters
        ----------
        store : Path
            Its folder.
        name : str, optional
            Default: that of the folder.
        max_seq_len : int, optional
            As of `open`.

        Raises
        ------
        ValueError
            If it is damaged.
        """
        splits, record = open_store(store)
        dataset = cls._checked(splits, name or store.name, max_seq_len, record["fingerprint"], store)
        refused = tuple(map(str, record.get("refused", ())))
        if not refused:
            return dataset
        count = int(record.get("refused_count", len(refused)))
        logger.warning("%s: left out %d drawings that cannot be read, such as %s", dataset.name, count, refused[0])
        return replace(dataset, refused=refused, refused_count=count)

    @classmethod
    def from_sketches(
        cls,
        train: Sequence[Sketch],
        valid: Sequence[Sketch] = (),
        test: Sequence[Sketch] = (),
        *,
        name: str = "sketches",
        max_seq_len: int | None = None,
    ) -> Dataset:
        """Make a dataset of sketches in memory, one sequence a split."""
        given = {"train": train, "valid": valid, "test": test}
        splits = {split: pack([s.offsets for s in given[split]], f"{name}, {split}") for split in SPLITS}
        return cls._checked(splits, name, max_seq_len, digest_of(splits))

    @classmethod
    def _checked(
        cls,
        splits: Mapping[str, Split],
        name: str,
        max_seq_len: int | None,
        fingerprint: str,
        store: Path | None = None,
    ) -> Dataset:
        longest = max(split.longest for split in splits.values())
        if max_seq_len is not None and max_seq_len < 1:
            raise ValueError(f"max_seq_len must be at least 1, got {max_seq_len}")
        if not longest:
            raise ValueError(f"{name}: there is not one drawing with a point in it")
        dataset = cls(splits, name, max_seq_len or longest, fingerprint, store=store)
        dataset._warn_of_dropped()
        return dataset

    def _warn_of_dropped(self) -> None:
        dropped = {split: n for split in SPLITS if (n := self.dropped(split))}
        if dropped:
            counts = ", ".join(f"{n:,} of {len(self.splits[split]):,} in {split}" for split, n in dropped.items())
            logger.warning("%s: dropped drawings that are empty or longer than %d points: %s",
                           self.name, self.max_seq_len, counts)  # fmt: skip

    def limited(self, max_seq_len: int) -> Dataset:
        """Return the same drawings with another `max_seq_len`.

        Raises
        ------
        ValueError
            If it is below 1.
        """
        if max_seq_len < 1:
            raise ValueError(f"max_seq_len must be at least 1, got {max_seq_len}")
        if max_seq_len == self.max_seq_len:
            return self
        dataset = replace(self, max_seq_len=max_seq_len)
        dataset._warn_of_dropped()
        return dataset

    @property
    def train(self) -> Split:
        """The drawings to learn from."""
        return self.splits["train"]

    @property
    def valid(self) -> Split:
        """The drawings that choose the best checkpoint."""
        return self.splits["valid"]

    @property
    def test(self) -> Split:
        """The drawings that judge the result."""
        return self.splits["test"]

    def __repr__(self) -> str:
        counts = " + ".join(f"{len(self.splits[split]):,}" for split in SPLITS)
        return f"Dataset({self.name!r}, {counts} drawings, at most {self.max_seq_len} points)"

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()

    def usable(self, split: str, max_seq_len: int | None = None) -> NDArray[np.int64]:
        """Return the indices of the drawings that are neither empty nor too long, in order."""
        lengths = self.splits[split].lengths
        return np.flatnonzero((lengths > 0) & (lengths <= (max_seq_len or self.max_seq_len)))

    def dropped(self, split: str) -> int:
        """Return how many drawings of a split are empty or too long."""
        return len(self.splits[split].unusable(self.max_seq_len))

    @cached_property
    def scale_factor(self) -> float:
        """Standard deviation of all clamped Δx and Δy of the usable training drawings, if none was given.

        Raises
        ------
        ValueError
            If the training split is empty or nothing in it moves.
        """
        usable = Usable(len(self.train), self.train.unusable(self.max_seq_len))
        if not len(usable):
            raise ValueError(f"{self.name}: the train split is empty, so there is no scale and nothing to learn")
        if self.given_scale is not None:
            return self.given_scale
        kept = self.store / f"scale-{self.max_seq_len}.json" if self.store else None
        if kept and kept.is_file():  # to go through fifty million drawings takes minutes
            with contextlib.suppress(OSError, ValueError):
                scale = json.loads(kept.read_text(encoding="utf-8"))
                if isinstance(scale, float) and 0 < scale < OFFSET_LIMIT:
                    return scale
        count, total, squares = 0, 0.0, 0.0
        for begin in range(0, len(usable), 1 << 16):  # in pieces, so that memory stays flat
            rows, _ = self.train.take(usable[np.arange(begin, min(begin + (1 << 16), len(usable)))])
            offsets = np.clip(rows[:, :2].astype(np.float64), -OFFSET_LIMIT, OFFSET_LIMIT)
            count, total, squares = (
                count + offsets.size,
                total + offsets.sum(),
                squares + np.square(offsets).sum(),
            )
        scale = float(np.sqrt(max(squares / count - (total / count) ** 2, 0.0)))
        if not scale > 0:
            raise ValueError(f"{self.name}: all offsets of the train split are alike, so there is no scale")
        if kept:
            with contextlib.suppress(OSError), replacing(kept) as part:  # a store may be read-only
                part.write_text(json.dumps(scale), encoding="utf-8")
        return scale

    @cached_property
    def drawing_size(self) -> float:
        """Median of the longer side of drawings, in the units of the data; of at most 1,000 of the train split."""
        usable = Usable(len(self.train), self.train.unusable(self.max_seq_len))
        some = usable[np.arange(0, len(usable), max(len(usable) // 1000, 1))]
        sides = [
            max(right - left, bottom - top) for left, top, right, bottom in (self.train[int(i)].bounds for i in some)
        ]
        return float(np.median(sides)) if sides else 0.0

    def batches(
        self,
        batch_size: int,
        seed: int,
        *,
        random_scale_factor: float = 0.0,
        augment_stroke_prob: float = 0.0,
        random_rotation: float = 0.0,
        random_stroke_factor: float = 0.0,
        like_length: bool = False,
        share: tuple[int, int] | None = None,
    ) -> Batches:
        """Return the endless training batches; see `Batches`."""
        left_out = self.train.unusable(self.max_seq_len)
        return Batches(
            self.train,
            Usable(len(self.train), left_out) if len(left_out) else None,
            batch_size,
            self.max_seq_len,
            self.scale_factor,
            seed,
            random_scale_factor,
            augment_stroke_prob,
            random_rotation,
            random_stroke_factor,
            like_length,
            share,
        )

    def in_order(
        self,
        split: str,
        batch_size: int,
        *,
        max_seq_len: int | None = None,
        scale_factor: float | None = None,
        first: int = 0,
        every: int = 1,
    ) -> Iterator[tuple[Batch, int]]:
        """Yield a split once, in order; see `sketchkit.data.batches.in_order`.

        Parameters
        ----------
        split : str
            `train`, `valid` or `test`.
        batch_size : int
        max_seq_len, scale_factor : optional
            A model's, where they differ from the dataset's own.
        first, every : int
            Of the batches, only number `first`, `first + every` and so on.
        """
        if split not in SPLITS:
            raise ValueError(f"expected one of the splits {', '.join(SPLITS)}, got {split!r}")
        limit = max_seq_len or self.max_seq_len
        return in_order(
            self.splits[split],
            self.usable(split, limit),
            batch_size,
            limit,
            scale_factor or self.scale_factor,
            first,
            every,
        )

    def report(self) -> DatasetReport:
        """Return a health report: lengths, scale, what is dropped, what looks wrong, samples."""
        from sketchkit.data.report import DatasetReport

        return DatasetReport.of(self)


def dataset_file(source: str | Path, folder: Path = Path()) -> Path:
    """Return the file of a path or of a name; the latter is downloaded the first time."""
    path = (folder / Path(source).expanduser()).resolve()
    if path.is_file():
        return path
    from sketchkit.published.catalogue import dataset_entry
    from sketchkit.storage.download import fetch

    entry = dataset_entry(str(source))
    return path if entry is None else fetch(entry.url, sha256=entry.sha256, instead=list(BUILT_IN))


def _name(paths: list[Path]) -> str:
    stems = [path.stem for path in paths]
    return "+".join(stems) if len(stems) <= 4 else f"{stems[0]}+{stems[1]}+... ({len(stems)} files)"


def _split_at_random(drawings: list[NDArray[Any]]) -> dict[str, list[NDArray[Any]]]:
    """Return drawings in three splits: a tenth, at most `HELD_OUT`, for valid and test each."""
    held = min(len(drawings) // 10, HELD_OUT)
    order = np.random.Generator(np.random.Philox(key=len(drawings))).permutation(len(drawings))
    cuts = {"valid": order[:held], "test": order[held : 2 * held], "train": order[2 * held :]}
    return {split: [drawings[index] for index in cuts[split]] for split in SPLITS}


_T = TypeVar("_T")


def _first(splits: Mapping[str, list[_T]], limit: int | None) -> dict[str, list[_T]]:
    """Return the first drawings of each split, at most `limit` in all, in proportion to the splits."""
    total = sum(map(len, splits.values()))
    if limit is None or total <= limit:
        return dict(splits)
    counts = {name: limit * len(drawings) // total for name, drawings in splits.items()}
    for name in SPLITS:  # rounding leaves at most two, and may leave a split without any
        if splits.get(name) and not counts[name] and sum(counts.values()) < limit:
            counts[name] = 1
    if "train" in counts:
        counts["train"] = min(counts["train"] + limit - sum(counts.values()), len(splits["train"]))
    return {name: drawings[: counts[name]] for name, drawings in splits.items()}


def _read(path: Path, limit: int | None, refused: list[ValueError]) -> dict[str, list[NDArray[Any]]]:
    """Return the drawings of one file by split."""
    kind = file_kind(path, path.name)
    if kind == FileKind("npz"):
        return _first(read_npz(path, refused=refused), limit)
    if kind.name != "ndjson":
        raise ValueError(f"{path}: {kind}, {_BUILD.format(path.name)}")
    with open_gzip(path, str(path)) if kind.gzipped else path.open("rb") as file:
        drawings = [sketch.offsets for sketch in read_ndjson(file, limit=limit, refused=refused, where=str(path))]
    return _split_at_random(drawings)


def _convert(paths: list[Path], stamps: list[list[Any]], store: Path, limit: int | None) -> None:
    """Read files into one packed store, one file in memory at a time."""
    refused: list[ValueError] = []
    record: dict[str, Any] = {"sources": stamps}

    def parts() -> Iterator[dict[str, Split]]:
        points = 0
        for path in paths:
            drawings = _read(path, limit, refused)
            points += sum(len(drawing) for split in drawings.values() for drawing in split)
            if refused and not any(map(len, drawings.values())):
                raise ValueError(f"{path}: expected drawings, but none can be read, such as {refused[-1]}")
            yield {split: pack(drawings[split], f"{path}, member {split}") for split in SPLITS}  # errors name the file
        if not points:
            raise ValueError(f"{', '.join(map(str, paths))}: expected drawings, but none of them has a point")
        if refused:
            record.update(refused=[str(error)[:500] for error in refused[:100]], refused_count=len(refused))

    write_store(store, parts(), record)
