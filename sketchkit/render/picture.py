"""`Picture`: an SVG document with a notebook representation."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sketchkit.render.saving import write_file
from sketchkit.svg_document import data_uri

__all__ = ["Picture"]


class Picture:
    """An SVG document with a notebook representation.

    Parameters
    ----------
    text : str
        Text of the document.
    width, height : float
        Size of the document, px.
    """

    __slots__ = ("height", "text", "width")

    def __init__(self, text: str, width: float, height: float) -> None:
        self.text = text
        self.width = width
        self.height = height

    def __repr__(self) -> str:
        return f"Picture({self.width:g} × {self.height:g} px, {len(self.text)} characters)"

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Picture:
        """Read an SVG file written by `save`.

        Raises
        ------
        ValueError
            If the file is not an SVG document with a viewBox that starts at 0 0.
        """
        text = Path(path).read_text(encoding="utf-8")
        size = re.search(r'<svg\b[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"', text) or re.search(
            r'<svg\b[^>]*?viewBox="0,0,([\d.]+),([\d.]+)"', text
        )
        if not size:
            raise ValueError(f"{path}: expected an SVG document with a viewBox that starts at 0 0")
        return cls(text, float(size[1]), float(size[2]))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the document to a file atomically and return the path.

        Raises
        ------
        ValueError
            If the file name does not end in .svg.
        FileNotFoundError
            If the folder does not exist.
        """
        name = Path(path).name
        if name.lower().endswith((".png", ".gif")):
            other = "`sketchkit.render.save_grid` writes PNG and GIF files"
            raise ValueError(f"expected a file name ending in .svg, got {name!r}; {other}")
        return write_file(self.text.encode("utf-8"), path, ".svg")

    def data_uri(self) -> str:
        """Return the document as a data URI, the `src` of an HTML image."""
        return data_uri(self.text.encode("utf-8"), "image/svg+xml")

    def _repr_svg_(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # Notebooks get an image in addition to the SVG, because they show no inline SVG unless they are trusted.
        return (
            f'<img alt="{type(self).__name__}" width="{self.width:g}" height="{self.height:g}" src="{self.data_uri()}">'
        )
