"""`read_svg`: converts the lines that a browser draws to the strokes of a sketch, in document order.

defusedxml parses XML, tinycss2 and cssselect2 parse CSS, and svgelements parses path data. The numbers of elements,
nesting levels, repetitions by `use` and points are limited, and so is the length of style sheets.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from sketchkit.argument_errors import short_errors
from sketchkit.sketch import Sketch

__all__ = ["FILLS", "Fills", "read_svg", "skipped_text"]

logger = logging.getLogger("sketchkit")

#: Treatments of shapes that are filled but not stroked.
Fills = Literal["auto", "outline", "skip"]
FILLS: tuple[Fills, ...] = get_args(Fills)


@short_errors
def read_svg(
    source: str | Path | bytes,
    *,
    size: float | None = 255.0,
    tolerance: float = 0.1,
    fills: Fills = "auto",
    skipped: Counter[str] | None = None,
    where: str | None = None,
) -> Sketch:
    """Read one SVG document.

    The result contains the lines that a browser draws when it opens the file. The reader supports paths with all
    commands, basic shapes, groups, transforms, viewBoxes, nested documents, `use`, `symbol` and `switch`. It also
    supports presentation attributes and CSS with its selectors, cascade, variables, transforms and media queries.
    Lines with transparent paint are not read. Dashed lines are read as solid lines, and clipping and animations are
    ignored.

    Parameters
    ----------
    source : str, Path or bytes
        A file (.svg or .svgz), or the document itself: bytes, or a string that begins with "<".
    size : float, optional
        Length of the longer side of the result, whose top left corner is at (0, 0). None keeps the pixels of the page.
    tolerance : float
        Maximum distance between a curve and the lines that replace it, in units of the result.
    fills : {"auto", "outline", "skip"}
        Treatment of shapes that are filled but not stroked. "outline" reads their outlines, "skip" skips them. "auto"
        reads their outlines if no shape in the document is stroked; otherwise, small filled shapes become dots and the
        others are skipped. A fill that covers the page is a background and is always skipped.
    skipped : Counter, optional
        Counter of skipped parts, by kind. Default: the numbers of skipped parts are logged as a warning.
    where : str, optional
        Name of the document in error messages. Default: its path.

    Returns
    -------
    Sketch
        Empty if the document draws nothing.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the document is not well-formed, is not SVG, uses external or nested XML entities, contains coordinates that
        are not finite, is larger than 8 MiB, or has more than 20,000 elements, 100 levels, 50,000 points or a million
        characters of path data. The message names the document.
    """
    from sketchkit.formats.svg.document import load, parse
    from sketchkit.formats.svg.fills import select
    from sketchkit.formats.svg.flatten import flattened
    from sketchkit.formats.svg.walk import Page

    if fills not in FILLS:
        raise ValueError(f"fills: expected one of {', '.join(FILLS)}, got {fills!r}")
    for name, value in (("size", size), ("tolerance", tolerance)):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name}: expected a finite number above 0, got {value!r}")
    counted: Counter[str] = Counter()
    where, data = load(source, where)
    root = parse(data, where)
    try:
        with np.errstate(all="ignore"):  # coordinates that are not finite raise an error later
            page = Page(root, counted)
            shapes = list(page.shapes())
            drawn = select(shapes, fills, max(page.width, page.height))
            counted["filled shape"] += len(shapes) - len(drawn)
            sketch = flattened(drawn, size, tolerance)
    except RecursionError:
        raise ValueError(
            f"{where}: expected less deeply nested CSS or elements; the recursion limit is reached"
        ) from None
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"{where}: {error}") from None
    if skipped is not None:
        skipped.update(+counted)
    elif +counted:
        hint = '; fills="outline" reads the outlines of filled shapes' if counted["filled shape"] else ""
        logger.warning("%s: skipped %s%s", where, skipped_text(counted), hint)
    return sketch


def skipped_text(skipped: Mapping[str, int]) -> str:
    """Return the numbers of skipped parts in words, such as "text (2), image (1)"."""
    return ", ".join(f"{name} ({count:,})" for name, count in skipped.items() if count)
