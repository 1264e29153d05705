"""Conversion of dataset files to packed stores in the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sketchkit.data.sources import BUILD_HINT
from sketchkit.data.store import Split, pack_drawings, write_store
from sketchkit.formats.compressed import open_gzip
from sketchkit.formats.file_kind import FileKind, file_kind
from sketchkit.formats.ndjson import read_ndjson
from sketchkit.formats.npz import SPLITS, SplitName, read_npz
from sketchkit.storage.cache import cache_folder

__all__ = ["convert", "first_drawings"]

#: Maximum number of drawings of an ndjson file in each of the splits valid and test.
HELD_OUT = 2500

_T = TypeVar("_T")


def convert(paths: list[Path], limit: int | None) -> Path:
    """Convert files to one packed store in the cache, unless the store exists. One file is in memory at a time.

    Parameters
    ----------
    paths : list of Path
        `.npz` files and files of JSON lines, which are joined split by split.
    limit : int or None
        Maximum number of drawings to take from each file.

    Returns
    -------
    Path
        Folder of the store. Its name depends on the paths, sizes and modification times of the files, and on `limit`.

    Raises
    ------
    ValueError
        If a file is damaged, has another type, or contains no drawings.
    """
    stamps = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in paths]
    key = hashlib.sha256(json.dumps([stamps, limit]).encode()).hexdigest()[:16]
    store = cache_folder() / "datasets" / f"{paths[0].stem}-{key}"
    if (store / "store.json").exists():
        return store
    errors: list[ValueError] = []
    record: dict[str, Any] = {"sources": stamps}

    def parts() -> Iterator[dict[SplitName, Split]]:
        points = 0
        for path in paths:
            drawings = _read(path, limit, errors)
            points += sum(len(drawing) for split in drawings.values() for drawing in split)
            if errors and not any(map(len, drawings.values())):
                raise ValueError(f"{path}: expected drawings, but none can be read; last error: {errors[-1]}")
            # The second argument names the file in error messages.
            yield {split: pack_drawings(drawings[split], f"{path}, member {split}") for split in SPLITS}
        if not points:
            raise ValueError(f"{', '.join(map(str, paths))}: expected drawings, but all of them are empty")
        if errors:
            record.update(refused=[str(error)[:500] for error in errors[:100]], refused_count=len(errors))

    write_store(parts(), record, store)
    return store


def _split_at_random(drawings: list[NDArray[Any]]) -> dict[SplitName, list[NDArray[Any]]]:
    """Return drawings in three splits. A tenth goes to valid and a tenth to test, each at most `HELD_OUT` drawings."""
    held = min(len(drawings) // 10, HELD_OUT)
    order = np.random.Generator(np.random.Philox(key=len(drawings))).permutation(len(drawings))
    cuts = {"valid": order[:held], "test": order[held : 2 * held], "train": order[2 * held :]}
    return {split: [drawings[index] for index in cuts[split]] for split in SPLITS}


def first_drawings(splits: Mapping[SplitName, list[_T]], limit: int | None) -> dict[SplitName, list[_T]]:
    """Return the first drawings of each split, at most `limit` in total, in proportion to the sizes of the splits."""
    total = sum(map(len, splits.values()))
    if limit is None or total <= limit:
        return dict(splits)
    counts = {name: limit * len(drawings) // total for name, drawings in splits.items()}
    # The counts are rounded down, so a split may be empty, and the sum may be up to two less than `limit`.
    for name in SPLITS:
        if splits.get(name) and not counts[name] and sum(counts.values()) < limit:
            counts[name] = 1
    if "train" in counts:
        counts["train"] = min(counts["train"] + limit - sum(counts.values()), len(splits["train"]))
    return {name: drawings[: counts[name]] for name, drawings in splits.items()}


def _read(path: Path, limit: int | None, errors: list[ValueError]) -> dict[SplitName, list[NDArray[Any]]]:
    """Return the drawings of one file, by split."""
    kind = file_kind(path, path.name)
    if kind == FileKind("npz"):
        return first_drawings(read_npz(path, errors=errors), limit)
    if kind.name != "ndjson":
        raise ValueError(f"{path} is {kind}, {BUILD_HINT.format(path.name)}")
    with open_gzip(path, str(path)) if kind.gzipped else path.open("rb") as file:
        drawings = [sketch.offsets for sketch in read_ndjson(file, limit=limit, errors=errors, where=str(path))]
    return _split_at_random(drawings)
