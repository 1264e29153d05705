"""Reader of SVG documents."""

from sketchkit.formats.svg.limits import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_POINTS
from sketchkit.formats.svg.reader import FILLS, read_svg

__all__ = ["FILLS", "MAX_BYTES", "MAX_DEPTH", "MAX_ELEMENTS", "MAX_POINTS", "read_svg"]
