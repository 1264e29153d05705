"""Drawings as short strings, for links to pages and for attributes of the component's elements.

A string consists of a version, a period, and bytes in base64url: the exponent of the unit (one signed byte), and for
each stroke its number of points and the steps from point to point, as variable-length integers. A step is an integer
multiple of the unit, which is the power of two that divides the longer side of the drawing into 512 to 1024 parts.
`static/editor/link_text.js` reads and writes the same format.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator

import numpy as np

from sketchkit.sketch import Sketch

__all__ = ["from_link_text", "to_link_text"]

VERSION, PARTS = "1", 1024
#: Maximum number of characters of a string, and of points of its drawing.
MAX_TEXT, MAX_POINTS = 65536, 20000
#: Maximum number of bytes of a variable-length integer.
MAX_VARINT = 6
#: Range of the exponent of the unit.
MIN_EXPONENT, MAX_EXPONENT = -40, 40


def to_link_text(sketch: Sketch) -> str:
    """Return a drawing as a short string, for example `1._QLAAsACwAygBg`.

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


def from_link_text(text: str) -> Sketch:
    """Return the drawing in a string of `to_link_text`, or in an address that *Copy link* of a page has copied.

    Parameters
    ----------
    text : str
        A string such as `1._QLAAsACwAygBg`, or an address that contains `#sketch=` and such a string.

    Returns
    -------
    Sketch
        In the units of the page in which it was drawn.

    Raises
    ------
    ValueError
        If the string is too long, damaged or of another version, or the drawing has more than 20,000 points.

    Examples
    --------
    >>> from_link_text("https://example.org/task.html#sketch=1._QLAAsACwAygBg").num_strokes
    1
    """
    found = re.search(r"[#&]sketch=([^&]*)", text[: 2 * MAX_TEXT])
    part = found[1] if found else text.strip()
    if len(part) > MAX_TEXT:
        raise ValueError(f"link: expected at most {MAX_TEXT:,} characters, got {len(part):,}")
    version, _, encoded = part.partition(".")
    if not re.fullmatch(r"\d{1,4}", version):
        raise ValueError(
            f"link: expected a string such as '1._QLAAsACwAygBg', or an address with '#sketch=', got {text!r:.60}"
        )
    if version != VERSION:
        raise ValueError(f"link: version {version} of the format is not supported; expected {VERSION}")
    damaged = ValueError(f"link: damaged or incomplete drawing {part!r:.60}")
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        exponent = int.from_bytes(data[:1], "little", signed=True)
        strokes = list(_strokes(iter(data[1:])))
    except ValueError:  # binascii.Error is a ValueError
        raise damaged from None
    if not data or not MIN_EXPONENT <= exponent <= MAX_EXPONENT:
        raise damaged
    return Sketch.from_polylines([np.array(stroke, dtype=np.float64) * 2.0**exponent for stroke in strokes])


def _strokes(data: Iterator[int]) -> Iterator[list[tuple[int, int]]]:
    """Yield the points of each stroke, in units. Raise ValueError if the data are damaged or have too many points."""
    x = y = points = 0
    for first in data:
        length = _number(first, data)
        points += length
        if not length or points > MAX_POINTS:
            raise ValueError("wrong number of points")
        stroke = []
        for _ in range(length):
            x, y = x + _step(data), y + _step(data)
            stroke.append((x, y))
        yield stroke


def _step(data: Iterator[int]) -> int:
    number = _number(_next(data), data)
    return -(number + 1) // 2 if number % 2 else number // 2


def _number(byte: int, data: Iterator[int]) -> int:
    """Decode a variable-length integer from its first byte and the bytes after it."""
    number = byte % 128
    for position in range(1, MAX_VARINT):
        if byte < 128:
            return number
        byte = _next(data)
        number += byte % 128 << 7 * position
    if byte < 128:
        return number
    raise ValueError("the number is too long")


def _next(data: Iterator[int]) -> int:
    byte = next(data, None)
    if byte is None:
        raise ValueError("the data end within a stroke")
    return byte


def _varint(number: int) -> bytes:
    """Encode a whole number of at least 0 as bytes that contain 7 bits each, the lowest bits first."""
    data = bytearray()
    while number > 127:
        data.append(number % 128 + 128)
        number //= 128
    data.append(number)
    return bytes(data)
