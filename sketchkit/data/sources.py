"""Sources of datasets: generated datasets, files, and names that are downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sketchkit.data import doodles
from sketchkit.published.catalog import dataset_entry, datasets
from sketchkit.storage.download import fetch
from sketchkit.suggest import did_you_mean

__all__ = ["BUILD_HINT", "BUILT_IN", "BUILT_IN_CATEGORIES", "find_files", "resolve_dataset"]

#: Part of the error message for sources that must be converted first.
BUILD_HINT = "which training cannot read; convert it with: sketchkit dataset build {} --out drawings.npz"

#: Generated datasets, and the category of each of their drawings, by name.
BUILT_IN = {"doodles": doodles.splits}
BUILT_IN_CATEGORIES = {"doodles": doodles.categories}


def resolve_dataset(source: str | Path, folder: Path = Path()) -> Path:
    """Return the file of a dataset, given its path or its name. A named dataset is downloaded on first use."""
    path = (folder / Path(source).expanduser()).resolve()
    if path.is_file():
        return path
    entry = dataset_entry(str(source))
    return path if entry is None else fetch(entry.url, sha256=entry.sha256, alternatives=list(BUILT_IN))


def find_files(sources: Sequence[str | Path], folder: Path) -> list[Path]:
    """Return the file of each source.

    Parameters
    ----------
    sources : sequence of str or Path
        Paths, or names of datasets, which are downloaded on first use.
    folder : Path
        Base folder of relative paths.

    Raises
    ------
    FileNotFoundError
        If a source is neither a file nor the name of a dataset; the message suggests similar names.
    ValueError
        If a source is a folder.
    """
    paths = [resolve_dataset(source, folder) for source in sources]
    for source, path in zip(sources, paths, strict=True):
        if path.is_dir():
            raise ValueError(f"{path} is a folder, {BUILD_HINT.format(source)}")
        if not path.is_file():
            listed = "sketchkit.datasets() lists the names"
            suggestion = did_you_mean(str(source), datasets(), listed, max_names=3, cutoff=0.5)
            raise FileNotFoundError(
                f"{source}: no such dataset; expected an .npz or .ndjson file (looked at {path}) "
                f"or the name of a dataset; {suggestion}"
            )
    return paths
