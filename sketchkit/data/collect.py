"""Collection of drawings from files of all supported types, folders, zip archives, dataset names and memory."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path, PurePath
from typing import IO, Any

import numpy as np

from sketchkit.data.sources import BUILT_IN, resolve_dataset
from sketchkit.formats.compressed import file_size, open_gzip, open_member, open_zip, unpacked_limit
from sketchkit.formats.file_kind import ENDINGS, HEAD_BYTES, FileKind, file_kind
from sketchkit.formats.json_drawings import read_json
from sketchkit.formats.ndjson import read_ndjson
from sketchkit.formats.npz import read_npy, read_npz
from sketchkit.formats.points import parse_drawings
from sketchkit.formats.raster_image import reject_raster_image
from sketchkit.formats.svg import FILLS, MAX_BYTES, Fills, read_svg
from sketchkit.formats.tables import read_csv
from sketchkit.sketch import Sketch

__all__ = ["DrawingCollector", "Source"]

#: A path, the name of a dataset, a sketch, nested lists or an array of numbers (see `parse_drawings`).
Source = Any

#: Maximum total unpacked size of the members of a zip archive, in bytes.
MAX_UNPACKED = 16 << 30
#: File extensions of the supported types.
READABLE_ENDINGS = [ending for ending, kind in ENDINGS.items() if kind != "pixels"]


@dataclass
class DrawingCollector:
    """Collects drawings from all supported sources, records errors, and counts skipped parts.

    Attributes
    ----------
    fills : str
        Treatment of filled SVG shapes; see `sketchkit.formats.svg.read_svg`.
    recognized : bool, optional
        Filter of Quick, Draw! drawings; see `sketchkit.formats.quickdraw.matches_filters`.
    countries : collection of str, optional
        Filter of Quick, Draw! drawings; see `sketchkit.formats.quickdraw.matches_filters`.
    limit : int, optional
        Maximum number of drawings to read from each file with several drawings.
    errors : list of ValueError
        One error for each file, line or drawing that could not be read; its message names the file, line or drawing.
    skipped : Counter
        Number of skipped parts of drawings and of skipped files of unsupported types, by kind.
    """

    fills: Fills = "auto"
    recognized: bool | None = None
    countries: Collection[str] | None = None
    limit: int | None = None
    errors: list[ValueError] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.fills not in FILLS:
            raise ValueError(f"fills: expected one of {', '.join(FILLS)}, got {self.fills!r}")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit: expected at least 1, got {self.limit!r}")

    def read(self, sources: Source | Iterable[Source]) -> Iterator[Sketch]:
        """Yield the drawings of one or several sources, in order.

        Raises
        ------
        FileNotFoundError
            If a source is neither an existing path nor the name of a dataset.
        ValueError
            If a file that was named explicitly, rather than found in a folder, has an unsupported type.
        """
        if isinstance(sources, (str, Path, Sketch, np.ndarray)) or _is_number_list(sources):
            sources = [sources]
        for source in sources:
            if isinstance(source, Sketch):
                yield source
            elif isinstance(source, (str, Path)):
                yield from self._path(source)
            else:
                yield from self._collect_errors(partial(parse_drawings, source, "the list", self.errors), "the list")

    def _path(self, source: str | Path) -> Iterator[Sketch]:
        if str(source) in BUILT_IN:
            yield from islice(chain(*BUILT_IN[str(source)]().values()), self.limit)
            return
        path = Path(source).expanduser()
        if not path.is_dir():
            path = resolve_dataset(source)
        if path.is_dir():
            inside = sorted(path.rglob("*"), key=lambda file: file.relative_to(path).as_posix())
            files = [file for file in inside if file.is_file() and not _is_hidden(file.relative_to(path).parts)]
            if not files:
                raise ValueError(f"{path}: expected a folder of drawings, but it contains no files")
            for file in files:
                yield from self._file(file, found=True)
        elif path.is_file():
            yield from self._file(path, found=False)
        else:
            raise FileNotFoundError(f"{source}: no such file, folder or dataset (looked at {path})")

    def _file(self, path: Path, found: bool) -> Iterator[Sketch]:
        """Yield the drawings of one file. An unsupported type raises an error, or is skipped if `found` is true.

        Parameters
        ----------
        path : Path
            The file.
        found : bool
            Whether the file was found in a folder, rather than named by the user.
        """
        try:
            kind = file_kind(path, path.name)
        except OSError as error:
            self.errors.append(ValueError(f"{path}: cannot be read ({error.strerror or error})"))
            return
        if kind.name:
            yield from self._collect_errors(lambda: self._drawings(path, kind, str(path)), str(path))
        elif found:
            self.skipped[f"{path.suffix.lower() or 'other'} file"] += 1
        else:
            raise ValueError(
                f"{path}: expected a folder or a file ending in {', '.join(READABLE_ENDINGS)}, plain or .gz"
            )

    def _drawings(self, file: Path | IO[bytes], kind: FileKind, where: str) -> Iterator[Sketch]:
        """Yield the drawings of a file of a known type, which may be compressed."""
        if kind.gzipped and kind.name != "svg":  # the SVG reader decompresses files itself
            with open_gzip(file, where) as unpacked:
                if kind.name in ("npz", "npy", "zip"):  # the readers of these types need random access
                    unpacked = BytesIO(unpacked.read())
                yield from self._drawings(unpacked, FileKind(kind.name), where)
            return
        if kind.name == "pixels":
            reject_raster_image(where)
        elif kind.name == "svg":
            source = file if isinstance(file, Path) else file.read(MAX_BYTES + 1)
            yield read_svg(source, fills=self.fills, skipped=self.skipped, where=where)
        elif kind.name == "zip":
            yield from self._zip(file, where)
        else:
            yield from islice(self._many(file, kind.name, where), self.limit)

    def _many(self, file: Path | IO[bytes], kind: str, where: str) -> Iterator[Sketch]:
        """Yield the drawings of a file that can contain several."""
        if kind == "npy":
            yield from read_npy(file, errors=self.errors, where=where)
        elif kind == "npz":
            for split, arrays in read_npz(file, errors=self.errors, where=where).items():
                yield from (sketch for array in arrays for sketch in parse_drawings([array], f"{where}, {split}"))
        else:
            read = {"ndjson": read_ndjson, "csv": read_csv, "json": read_json}[kind]
            yield from read(
                file, recognized=self.recognized, countries=self.countries, errors=self.errors, where=where
            )  # fmt: skip

    def _zip(self, file: Path | IO[bytes], where: str) -> Iterator[Sketch]:
        left = unpacked_limit(file_size(file))
        with open_zip(file, where, limit=MAX_UNPACKED) as archive:
            for info in sorted(
                (info for info in archive.infolist() if info.filename and not info.is_dir()), key=attrgetter("filename")
            ):
                # Member names are used in messages only; nothing is extracted.
                name, member = PurePath(info.filename), f"{where}/{info.filename}"
                allowed = min(unpacked_limit(info.compress_size), left)
                if _is_hidden(name.parts):
                    continue
                if info.file_size > allowed:
                    expected = f"expected at most {allowed:,} bytes unpacked, got {info.file_size:,}"
                    self.errors.append(ValueError(f"{member}: {expected}"))
                    continue
                left -= info.file_size
                yield from self._collect_errors(partial(self._member, archive, info, name, member), member)

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: PurePath, where: str) -> Iterator[Sketch]:
        """Yield the drawings of one member of a zip archive. If its type is unsupported, count it in `skipped`."""
        with open_member(archive, info, where) as unpacked:
            kind = file_kind(BytesIO(unpacked.read(HEAD_BYTES)), name.name)
        if not kind.name or kind.name == "zip":
            self.skipped[f"{name.suffix.lower() or 'other'} file"] += 1
            return
        with open_member(archive, info, where) as unpacked:
            streamed = kind in (FileKind("ndjson"), FileKind("csv"))
            yield from self._drawings(unpacked if streamed else BytesIO(unpacked.read()), kind, where)

    def _collect_errors(self, drawings: Callable[[], Iterator[Sketch]], where: str) -> Iterator[Sketch]:
        """Yield drawings until an error ends the reading; append this error to `errors`."""
        try:
            yield from drawings()
        except ValueError as error:
            self.errors.append(error)
        except OSError as error:
            self.errors.append(ValueError(f"{where}: cannot be read ({error.strerror or error})"))


def _is_hidden(parts: tuple[str, ...]) -> bool:
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)


def _is_number_list(value: Any) -> bool:
    """Return whether the innermost items of nested lists are numbers, rather than paths or sketches."""
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (int, float, np.number))
