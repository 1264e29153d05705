"""Catalog of the models and datasets that can be loaded by name, with sources, licenses and URLs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeVar, overload

from sketchkit.argument_errors import short_errors
from sketchkit.storage.download import is_cached
from sketchkit.templates import render_html
from sketchkit.text_table import terminal_width, text_table

__all__ = ["Catalog", "DatasetEntry", "ModelEntry", "dataset_entry", "datasets", "model_entry", "published_models"]

Entry = TypeVar("Entry")

_ARCHIVE = "http://download.magenta.tensorflow.org/models/sketch_rnn.zip"
_JS = "https://storage.googleapis.com/quickdraw-models/sketchRNN"
_QUICKDRAW = "https://storage.googleapis.com/quickdraw_dataset"
_NPZ = "https://github.com/hardmaru/sketch-rnn-datasets/raw/master"


def _lines(name: str) -> tuple[str, ...]:
    text = (resources.files("sketchkit.published") / name).read_text(encoding="utf-8")
    return tuple(text.splitlines())


#: Names of the JavaScript models. For each name, there are a small and a large decoder and, except for `everything`, a
#: large VAE.
JS_MODELS = _lines("javascript_models.txt")
#: Categories of Quick, Draw!
QUICKDRAW_CATEGORIES = _lines("categories.txt")
#: Median longer side of 1,024 samples of `quickdraw/NAME` at the recommended settings, in data units; see
#: `SketchRNN.measure_size`. Models that are not listed are measured when they are first converted.
JS_DRAWING_SIZES = {
    "ambulance": 880, "bear": 922, "bicycle": 876, "bird": 855, "bulldozer": 817, "calendar": 922, "dog": 938,
    "dolphin": 1050, "hedgehog": 1238, "key": 1008, "lantern": 2809, "lobster": 864, "monkey": 814,
    "mosquito": 1003, "palm_tree": 962, "parrot": 833, "pool": 918, "rabbit": 797, "rain": 3485,
    "roller_coaster": 1000, "sheep": 830, "tiger": 845,
}  # fmt: skip


_TABLE = """\
<div style="max-height:42em;overflow:auto"><table>
<thead><tr>
{% for head in heads %}
<th style="text-align:left">{{ head }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in rows %}
<tr>
<td style="text-align:left;white-space:nowrap">
{% if pictures[row[0]] %}
<img alt="A sample of {{ row[0] }}" height="48" src="{{ pictures[row[0]] }}"
style="display:inline;height:48px;width:auto;max-width:none;margin:0 8px 0 0;vertical-align:middle">
{% endif %}
{{ row[0] }}</td>
{% for cell in row[1:] %}
<td style="text-align:left;{{ "min-width:15em" if loop.last else "white-space:nowrap" }}">{{ cell }}</td>
{% endfor %}
</tr>
{% endfor %}
</tbody></table></div>
{% if note %}
<p>{{ note }}</p>
{% endif %}
"""


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be loaded by name.

    Attributes
    ----------
    name : str
        Name of the model.
    source : str
        Publisher.
    kind : str
        `conditional` or `decoder-only`.
    cell : str
        Cell type of the decoder.
    size : str
        Number of units of the decoder, of the encoder and of the latent code, as published.
    license : str
        License of the weights and of the data.
    url : str
        URL of the file; empty for bundled models.
    megabytes : float or None
        Approximate download size, in MB.
    member : str
        Folder in the archive, for models of the TF1 archive.
    scale_factor : float or None
        Divisor of the offsets, for weights that are stored without a scale factor.
    drawing_size : float or None
        Median longer side of the model's drawings, in data units; None if it is unknown.
    picture : str
        Data URI of a sample, for bundled models; otherwise empty.
    """

    name: str
    source: str
    kind: str
    cell: str
    size: str
    license: str
    url: str = ""
    megabytes: float | None = None
    member: str = ""
    scale_factor: float | None = None
    drawing_size: float | None = None
    picture: str = ""

    @property
    def where(self) -> str:
        """`bundled`, `cached`, or `download`."""
        return _where(self.url, "bundled")


@dataclass(frozen=True)
class DatasetEntry:
    """A dataset that can be opened by name.

    Attributes
    ----------
    name, source, license, url : str
        Name, publisher, license, and URL of the file.
    kind : str
        `npz` (three splits, prepared), `ndjson` (drawings) or `made` (generated).
    megabytes : float or None
        Approximate download size, in MB.
    sha256 : str or None
        Published hash of the file; None if no hash is published.
    """

    name: str
    source: str
    kind: str
    license: str
    url: str = ""
    megabytes: float | None = None
    sha256: str | None = None

    @property
    def where(self) -> str:
        """`built in`, `cached`, or `download`."""
        return _where(self.url, "built in")


class Catalog(Sequence[str]):
    """Sequence of names, which is displayed as a table of the entries in notebooks and terminals.

    `catalog.filter("cat")` returns the entries that contain a word in any column.

    Parameters
    ----------
    entries : iterable of ModelEntry or DatasetEntry
        Entries of the catalog.
    columns : sequence of str
        Attributes of the entries that the table shows.
    by_family : bool
        Whether the table of the catalog has one line for each family of names, such as `quickdraw/*`.
        `lines(by_family=False)` returns one line for each name.
    """

    def __init__(
        self, entries: Iterable[ModelEntry | DatasetEntry], columns: Sequence[str], *, by_family: bool = False
    ) -> None:
        self.entries = tuple(entries)
        self.columns = tuple(columns)
        self.by_family = by_family

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Catalog: ...
    def __getitem__(self, index: int | slice) -> str | Catalog:
        if isinstance(index, slice):
            return Catalog(self.entries[index], self.columns)
        return self.entries[index].name

    def __iter__(self) -> Iterator[str]:
        return (entry.name for entry in self.entries)

    def __contains__(self, name: object) -> bool:
        return any(entry.name == name for entry in self.entries)

    def filter(self, *words: str) -> Catalog:
        """Return the entries in which every word occurs in some column, ignoring case; without words, all entries."""
        if not words:
            return self
        patterns = [word.lower() for word in words]
        return Catalog(
            (e for e in self.entries if all(any(p in cell.lower() for cell in self._row(e)) for p in patterns)),
            self.columns,
        )

    def _row(self, entry: ModelEntry | DatasetEntry) -> list[str]:
        cells = []
        for column in self.columns:
            value = getattr(entry, column)
            cells.append("" if value is None else f"{value:g} MB" if column == "megabytes" else str(value))
        return cells

    def _heads(self) -> list[str]:
        return ["download" if column == "megabytes" else column for column in self.columns]

    def lines(self, *, by_family: bool | None = None) -> list[str]:
        """Return the lines of the table in a terminal, with the most important columns; `by_family` as in the class."""
        by_family = self.by_family if by_family is None else by_family
        heads, *rows = self._table(by_family)
        lines = text_table([heads, *rows], terminal_width(), wrap=by_family)
        return lines if len(rows) == len(self.entries) else [*lines, f"{len(self.entries)} names in all"]

    def _table(self, by_family: bool) -> list[list[str]]:
        """Return the headings and the rows of the most important columns."""
        columns = [name for name in self.columns if name not in ("source", "cell", "size", "license")]
        table = Catalog(self.entries, [*columns, "license"])  # only the last column may be shortened or wrapped
        return [table._heads(), *(table._family_rows() if by_family else map(table._row, self.entries))]

    def _family_rows(self) -> list[list[str]]:
        """Return the rows of the table, with one row for the entries of a family that are of the same kind."""
        families: dict[tuple[str, str], list[ModelEntry | DatasetEntry]] = {}
        for entry in self.entries:
            family, slash, _ = entry.name.partition("/")
            families.setdefault((f"{family}/*" if slash else family, entry.kind), []).append(entry)
        merged = []
        for (name, _), entries in families.items():
            cells = [" or ".join(dict.fromkeys(column)) for column in zip(*map(self._row, entries), strict=True)]
            if len(entries) > 1:
                cells[0] = f"{name} ({len(entries)})"
                cached = sum(entry.where == "cached" for entry in entries)
                cells[self.columns.index("where")] = f"{cached} cached" if cached else "download"
            merged.append(cells)
        return merged

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        heads, *rows = self._table(self.by_family)
        note = f"{len(self)} names in all. To list those that contain a word, pass the word, such as “cat”."
        return render_html(
            _TABLE,
            heads=heads,
            rows=rows,
            pictures={entry.name: getattr(entry, "picture", "") for entry in self.entries},
            note=note if len(rows) < len(self) else "",
        )


@cache
def published_models() -> tuple[ModelEntry, ...]:
    """Return the entries of the published models, which are downloaded on first use."""
    weights = "Apache-2.0 project; data CC BY 4.0"
    # 18.5198 is the scale factor of the training split of aaron_sheep. The other models of the archive were trained on
    # Quick, Draw! files that are not available. For these models, a scale factor of 60 is assumed, because it is close
    # to the median scale factor of the JavaScript models that draw animals.
    archive = (
        ("aaron_sheep/lstm", "conditional", "lstm", 18.5198),
        ("aaron_sheep/lstm_uncond", "decoder-only", "lstm", 18.5198),
        ("aaron_sheep/layer_norm", "conditional", "layer_norm", 18.5198),
        ("aaron_sheep/layer_norm_uncond", "decoder-only", "layer_norm", 18.5198),
        ("owl/lstm", "conditional", "lstm", 60.0),
        ("flamingo/lstm_uncond", "decoder-only", "lstm", 60.0),
        ("catbus/lstm", "conditional", "lstm", 60.0),
        ("elephantpig/lstm", "conditional", "lstm", 60.0),
    )
    entries = [
        ModelEntry(
            f"magenta/{folder}", "magenta archive", kind, cell, "512" if kind == "decoder-only" else "512, 256, z 128",
            "Apache-2.0 project; data CC BY-NC 4.0" if "sheep" in folder else weights, _ARCHIVE, 190, folder, scale,
            246.0 if "sheep" in folder else None,
        )
        for folder, kind, cell, scale in archive
    ]  # fmt: skip
    js = "sketch-rnn-js"
    for name in JS_MODELS:
        entries.append(
            ModelEntry(
                f"quickdraw/{name}",
                js,
                "decoder-only",
                "lstm",
                "512",
                weights,
                f"{_JS}/models/{name}.gen.json",
                3,
                drawing_size=JS_DRAWING_SIZES.get(name),
            )
        )
    for name in JS_MODELS:
        large = f"{_JS}/large_models/{name}"
        entries.append(
            ModelEntry(f"quickdraw-large/{name}", js, "decoder-only", "lstm", "1024", weights, f"{large}.gen.json", 12)
        )
        if name != "everything":
            entries.append(
                ModelEntry(f"quickdraw-vae/{name}", js, "conditional", "lstm", "1024, 512, z 128", weights,
                           f"{large}.vae.json", 19)
            )  # fmt: skip
    return tuple(entries)


@cache
def _dataset_entries() -> tuple[DatasetEntry, ...]:
    repository = "sketch-rnn-datasets"
    entries = [
        DatasetEntry("doodles", "sketchkit", "made", "CC0-1.0"),
        DatasetEntry("aaron_sheep", repository, "npz", "CC BY-NC 4.0", f"{_NPZ}/aaron_sheep/aaron_sheep.npz", 2.3,
                     "65f8e51e43587661798ac137a204c9e049e0d11dcd50cba372ae3ca32de8b54c"),
        DatasetEntry("omniglot", repository, "npz", "MIT", f"{_NPZ}/omniglot/omniglot.npz", 2.3,
                     "bd5277621a8c577919491dfa729a59a8b5c216cff9e4fda9cef532db29f120c7"),
        DatasetEntry("short_kanji", repository, "npz", "CC BY-SA 3.0", f"{_NPZ}/kanji/short_kanji.npz", 1.4,
                     "f6855ba03d58f44830499dd98e7cb99f46c970651f4f16f2d886398f34709914"),
        DatasetEntry("kanji.rdp100", repository, "npz", "CC BY-SA 3.0", f"{_NPZ}/kanji/kanji.rdp100.npz", 20,
                     "d625d310f3132ab3b7fa9bb574d8c8201e18a51d92fdcd4b4f783b5a7730d58a"),
        DatasetEntry("kanji.rdp200", repository, "npz", "CC BY-SA 3.0", f"{_NPZ}/kanji/kanji.rdp200.npz", 20,
                     "64d6775231d7868be190efba7886129d41d15e77d5a86751de0613a01623478c"),
    ]  # fmt: skip
    for name in QUICKDRAW_CATEGORIES:
        license = "CC BY 4.0"
        quoted = name.replace(" ", "%20")
        entries.append(
            DatasetEntry(
                f"quickdraw/{name}", "Quick, Draw!", "npz", license, f"{_QUICKDRAW}/sketchrnn/{quoted}.npz", 20
            )
        )
        entries.append(
            DatasetEntry(f"quickdraw/{name}.ndjson", "Quick, Draw!", "ndjson", license,
                         f"{_QUICKDRAW}/full/simplified/{quoted}.ndjson", 70)
        )  # fmt: skip
    return tuple(entries)


@short_errors
def datasets(*words: str) -> Catalog:
    """Return the catalog of the datasets that can be opened by name.

    Parameters
    ----------
    *words : str
        Words that an entry must contain in any column; see `Catalog.filter`.

    Examples
    --------
    >>> "short_kanji" in datasets()
    True
    """
    columns = ("name", "source", "kind", "license", "megabytes", "where")
    return Catalog(_dataset_entries(), columns, by_family=True).filter(*words)


def dataset_entry(name: str) -> DatasetEntry | None:
    """Return the entry of a dataset, or None. Spaces in names may be written as underscores."""
    return _find(name, _dataset_entries, lambda entry: entry.name.replace(" ", "_"))


def model_entry(name: str) -> ModelEntry | None:
    """Return the entry of a published model, or None."""
    return _find(name, published_models, lambda entry: entry.name)


def _find(name: str, entries: Callable[[], Iterable[Entry]], key: Callable[[Entry], str]) -> Entry | None:
    normalized = name.replace(" ", "_")
    return next((entry for entry in entries() if key(entry) == normalized), None)


def _where(url: str, local: str) -> str:
    """Return the location of a file: `cached`, `download`, or `local` if there is no URL."""
    if not url:
        return local
    return "cached" if is_cached(url) else "download"
