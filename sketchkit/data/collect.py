"""Drawings from wherever they are: files of any kind that is read, folders, zips, names, sketches in memory."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from sketchkit.formats.ndjson import read_ndjson
from sketchkit.formats.npz import read_npz
from sketchkit.formats.points import drawings_in, read_csv, read_json
from sketchkit.formats.raster_image import PIXELS, refuse_pixels
from sketchkit.formats.svg import MAX_BYTES, read_svg
from sketchkit.sketch import Sketch

__all__ = ["ENDINGS", "Reader", "Source"]

#: A path, a dataset's name, a sketch, nested lists or an array of numbers (see `drawings_in`).
Source = Any

#: Files that are read, by ending.
ENDINGS = (".svg", ".svgz", ".ndjson", ".json", ".csv", ".npz", ".npy")

#: Bounds on a zip file, which is read member by member and never extracted.
MAX_MEMBERS = 1_000_000
MAX_UNPACKED = 16 << 30


@dataclass
class Reader:
    """Reads sources one drawing after the other, and keeps account of what it leaves out.

    Attributes
    ----------
    fills : str
        See `sketchkit.formats.svg.read_svg`.
    recognized : bool, optional
    countries : collection of str, optional
        See `sketchkit.formats.ndjson.read_ndjson`.
    limit : int, optional
        At most so many drawings of each file with many.
    refused : list of ValueError
        Files, lines and drawings that could not be read, and why.
    skipped : Counter
        What was left out of drawings, and files of other kinds, by name.
    """

    fills: str = "auto"
    recognized: bool | None = None
    countries: Collection[str] | None = None
    limit: int | None = None
    refused: list[ValueError] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def read(self, sources: Source | Iterable[Source]) -> Iterator[Sketch]:
        """Yield the drawings of one or several sources, in order.

        Raises
        ------
        FileNotFoundError
            If a source is neither there nor a name.
        ValueError
            If a source given by itself, not found in a folder, is of a kind that is not read.
        """
        if isinstance(sources, (str, Path, Sketch, np.ndarray)) or _is_number_list(sources):
            sources = [sources]
        for source in sources:
            if isinstance(source, Sketch):
                yield source
            elif isinstance(source, (str, Path)):
                yield from self._path(source)
            else:
                yield from self._guarded(lambda source=source: drawings_in(source))  # type: ignore[misc]

    def _path(self, source: str | Path) -> Iterator[Sketch]:
        from sketchkit.data.dataset import BUILT_IN, dataset_file

        if str(source) in BUILT_IN:
            yield from islice(chain(*BUILT_IN[str(source)]().values()), self.limit)
            return
        path = Path(source).expanduser()
        if not path.is_dir():
            path = dataset_file(source)
        if path.is_dir():
            inside = sorted(path.rglob("*"), key=lambda file: file.relative_to(path).as_posix())
            files = [file for file in inside if file.is_file() and not _is_hidden(file.relative_to(path).parts)]
            if not files:
                raise ValueError(f"{path}: expected a folder with drawings in it, but there is no file")
            for file in files:
                yield from self._file(file, found=True)
        elif path.is_file():
            yield from self._file(path, found=False)
        else:
            raise FileNotFoundError(f"{source}: no such file or folder (looked at {path}), nor a dataset's name")

    def _file(self, path: Path, found: bool) -> Iterator[Sketch]:
        """Read one file; one that was `found` in a folder may be of any kind."""
        ending = path.suffix.lower()
        if ending == ".zip":
            yield from self._guarded(lambda: self._zip(path))
        elif ending in (*ENDINGS, *PIXELS):
            yield from self._guarded(lambda: self._drawings(path, ending, str(path)))
        elif found:
            self.skipped[f"{ending or 'other'} file"] += 1
        else:
            raise ValueError(f"{path}: expected a folder, a .zip or a file ending in {', '.join(ENDINGS)}")

    def _zip(self, path: Path) -> Iterator[Sketch]:
        with zipfile.ZipFile(path) as archive:
            members = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
            claimed = sum(info.file_size for info in members)
            if len(members) > MAX_MEMBERS or claimed > MAX_UNPACKED:
                raise ValueError(
                    f"{path}: expected at most {MAX_MEMBERS:,} files and {MAX_UNPACKED:,} bytes unpacked, "
                    f"got {len(members):,} and {claimed:,}"
                )
            for info in members:
                # The name is only ever a name: nothing is written where it points.
                name = Path(info.filename)
                ending = name.suffix.lower()
                if _is_hidden(name.parts):
                    continue
                if ending in (*ENDINGS[:-2], *PIXELS):
                    yield from self._guarded(partial(self._member, archive, info, ending, f"{path}/{info.filename}"))
                else:
                    self.skipped[f"{ending or 'other'} file"] += 1

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, ending: str, where: str) -> Iterator[Sketch]:
        with archive.open(info) as file:
            yield from self._drawings(file, ending, where)

    def _drawings(self, file: Path | IO[bytes], ending: str, where: str) -> Iterator[Sketch]:
        if ending in PIXELS:
            refuse_pixels(where)
        elif ending in (".svg", ".svgz"):
            source = file if isinstance(file, Path) else file.read(MAX_BYTES + 1)
            yield read_svg(source, fills=self.fills, skipped=self.skipped, where=where)
        elif ending == ".ndjson":
            yield from read_ndjson(
                file, recognized=self.recognized, countries=self.countries, limit=self.limit, refused=self.refused,
                where=where,
            )  # fmt: skip
        else:
            yield from islice(self._numbers(file, ending, where), self.limit)

    def _numbers(self, file: Any, ending: str, where: str) -> Iterator[Sketch]:
        if ending == ".csv":
            yield from read_csv(file, refused=self.refused, where=where)
        elif ending == ".json":
            yield from read_json(file, where=where)
        elif ending == ".npy":
            yield from drawings_in(np.load(file, mmap_mode="r", allow_pickle=False), where)
        else:
            for split, arrays in read_npz(file).items():
                yield from (sketch for array in arrays for sketch in drawings_in(array, f"{where}, {split}"))

    def _guarded(self, drawings: Callable[[], Iterator[Sketch]]) -> Iterator[Sketch]:
        """Yield drawings until one cannot be read; why goes to `refused`."""
        try:
            yield from drawings()
        # A locked zip raises RuntimeError, one packed in an unknown way NotImplementedError.
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, RuntimeError) as error:
            self.refused.append(error if isinstance(error, ValueError) else ValueError(str(error)))


def _is_hidden(parts: tuple[str, ...]) -> bool:
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)


def _is_number_list(value: Any) -> bool:
    """Tell whether a list holds numbers at its bottom, as against paths and sketches."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (int, float, np.number))
