"""Drawings in SVG files that a widget saved, with the strokes of the user and of the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sketchkit.formats.svg.document import load, parse, tag_of
from sketchkit.formats.svg.reader import read_svg
from sketchkit.sketch import Sketch

__all__ = ["SavedDrawing", "svg_files"]

#: Color of the strokes of a model in the files, the same as `MODEL_INK` in `editor/export.js`.
MODEL_INK = "#e8590c"
SUFFIXES = (".svg", ".svgz")


@dataclass(frozen=True)
class SavedDrawing:
    """A drawing in a file.

    Attributes
    ----------
    sketch : Sketch
        The drawing.
    by_model : list of bool
        For each stroke, whether a model drew it; empty if the file was not saved by a widget.
    """

    sketch: Sketch
    by_model: list[bool]

    @classmethod
    def read(cls, path: Path) -> SavedDrawing:
        """Read an SVG file; see `sketchkit.read_svg` for the errors."""
        sketch = read_svg(path)
        where, data = load(path, None)
        colors = [element.get("stroke") for element in parse(data, where).iter() if tag_of(element) == "path"]
        by_model = [color == MODEL_INK for color in colors]
        return cls(sketch, by_model if len(by_model) == sketch.num_strokes else [])


def svg_files(path: Path) -> list[Path]:
    """Return the SVG files of a folder in alphabetical order, or the path itself if it is a file.

    Raises
    ------
    FileNotFoundError
        If the path does not exist.
    ValueError
        If the path is a file of another type.
    """
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not path.exists():
        raise FileNotFoundError(f"drawings: there is no file or folder {path}")
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"drawings: expected an SVG file or a folder of SVG files, got {path}")
    return [path]
