"""Reader of SVG documents."""

from sketchkit.formats.svg.limits import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_POINTS
from sketchkit.formats.svg.reader import FILLS, Fills, read_svg

__all__ = ["FILLS", "MAX_BYTES", "MAX_DEPTH", "MAX_ELEMENTS", "MAX_POINTS", "Fills", "read_svg"]
