"""Drawings as short strings, for links to pages and for attributes of the component's elements.

A string consists of a version, a period, and bytes in base64url: the exponent of the unit (one signed byte), and for
each stroke its number of points and the steps from point to point, as variable-length integers. A step is an integer
multiple of the unit, which is the power of two that divides the longer side of the drawing into 512 to 1024 parts.
`static/editor/link_text.js` reads and writes the same format.
"""

from __future__ import annotations

import base64
import math

import numpy as np

from sketchkit.sketch import Sketch

__all__ = ["to_link_text"]

VERSION, PARTS = "1", 1024
#: Maximum number of characters of a string, and of points of its drawing.
MAX_TEXT, MAX_POINTS = 65536, 20000
#: Range of the exponent of the unit.
MIN_EXPONENT, MAX_EXPONENT = -40, 40


def to_link_text(sketch: Sketch) -> str:
    """Return a drawing as a short string, for example `1._QLOCM4I0A`.

    A page shows the drawing if its address ends with `#sketch=` and the string. The string can also be the value of
    attributes such as `sketch` of `<sketch-complete>`.

    Parameters
    ----------
    sketch : Sketch
        A drawing of at most 20,000 points. Rounding moves a point by at most a thousandth of the longer side of the
        drawing in x and in y.

    Returns
    -------
    str
        At most 65,536 ASCII characters, which need no escaping in HTML or in an address.

    Raises
    ------
    ValueError
        If the drawing has too many points or the string is too long.

    Examples
    --------
    >>> to_link_text(Sketch([[100, 50, 1]], start=(20, 20)))
    '1._QLAAsACwAygBg'
    """
    left, top, right, bottom = sketch.bounds
    longer = max(right - left, bottom - top, 1e-9)
    exponent = min(max(math.ceil(math.log2(longer / PARTS)), MIN_EXPONENT), MAX_EXPONENT)
    data, previous, points = bytearray([exponent & 255]), np.zeros(2, dtype=np.int64), 0
    for stroke in sketch.polylines():
        whole = np.floor(stroke / 2.0**exponent + 0.5).astype(np.int64)  # rounds like Math.round of JavaScript
        steps = np.diff(whole, axis=0, prepend=previous[np.newaxis])  # (points, 2)
        data += _varint(len(stroke))
        for step in steps.ravel().tolist():
            data += _varint(-2 * step - 1 if step < 0 else 2 * step)
        previous, points = whole[-1], points + len(stroke)
    text = f"{VERSION}.{base64.urlsafe_b64encode(data).decode().rstrip('=')}"
    if points > MAX_POINTS or len(text) > MAX_TEXT:
        limits = f"at most {MAX_POINTS:,} points and {MAX_TEXT:,} characters"
        raise ValueError(f"sketch: expected a drawing of {limits}, got {points:,} points and {len(text):,} characters")
    return text


def _varint(number: int) -> bytes:
    """Encode a whole number of at least 0 as bytes that contain 7 bits each, the lowest bits first."""
    data = bytearray()
    while number > 127:
        data.append(number % 128 + 128)
        number //= 128
    data.append(number)
    return bytes(data)
