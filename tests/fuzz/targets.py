"""Fuzzed readers by name, with the functions that generate and read their files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz import drawings, models, notebooks

__all__ = ["TARGETS", "Target"]


@dataclass(frozen=True)
class Target:
    """A fuzzed reader.

    Attributes
    ----------
    make : callable
        Writes a file, or a folder, into a directory and returns its path.
    read : callable
        Reads the file. Returns the errors of the drawings that were skipped; raises an error if the whole file is
        unreadable.
    named : bool
        Whether errors have to name the file. False for hyperparameters, which are parsed from a string.
    """

    make: Callable[[Random, Path], Path]
    read: Callable[[Path], Sequence[Exception]]
    named: bool = True


def _drawings(path: Path) -> Sequence[Exception]:
    """Read drawings as `dataset build` does."""
    from sketchkit.data.collect import DrawingCollector

    collector = DrawingCollector()
    for _ in collector.read(path):
        pass
    return collector.errors


def _dataset(path: Path) -> Sequence[Exception]:
    from sketchkit import Dataset

    errors = _drawings(path)
    Dataset.open(path, limit=7)
    return errors


def _folder(path: Path) -> Sequence[Exception]:
    from sketchkit.model.sketch_rnn import SketchRNN

    SketchRNN.open(path)
    return ()


def _javascript(path: Path) -> Sequence[Exception]:
    from sketchkit.interop.sketch_rnn_js import read_js

    read_js(path)
    return ()


def _tf1(path: Path) -> Sequence[Exception]:
    from sketchkit.interop.magenta_tf1 import read_tf1

    read_tf1(path, scale_factor=1.0)
    return ()


def _hparams(path: Path) -> Sequence[Exception]:
    from sketchkit.hparams import HParams

    HParams().replace(path.read_text(encoding="utf-8", errors="replace"))
    return ()


def _hparams_file(path: Path) -> Sequence[Exception]:
    from sketchkit.hparams import HParams, read_changes

    changes = read_changes(path)
    with contextlib.suppress(ValueError):  # these errors do not name the file; the command line adds its name
        HParams().replace(changes)
    return ()


def _notebook(path: Path) -> Sequence[Exception]:
    from sketchkit.sweeps.search_space import notebook_parameters
    from sketchkit.widgets.export.notebook import notebook_html

    errors = []
    try:
        notebook_parameters(path)
    except ValueError as error:
        errors.append(error)
    notebook_html(path, path.with_suffix(".html"))
    return errors


TARGETS = {
    "npz": Target(drawings.npz, _dataset),
    "npy": Target(drawings.npy, _drawings),
    "ndjson": Target(drawings.ndjson, _dataset),
    "json": Target(drawings.json_file, _drawings),
    "csv": Target(drawings.csv_file, _drawings),
    "svg": Target(drawings.svg, _drawings),
    "zip": Target(drawings.zip_file, _drawings),
    "folder": Target(models.folder, _folder),
    "categories": Target(models.categories, _folder),
    "sketch_rnn_js": Target(models.sketch_rnn_js, _javascript),
    "magenta_tf1": Target(models.magenta_tf1, _tf1),
    "hparams": Target(models.hparams_text, _hparams, named=False),
    "hparams_file": Target(models.hparams_file, _hparams_file),
    "notebook": Target(notebooks.notebook, _notebook),
}
