"""Images made of pixels: recognized, and refused with what to do instead."""

from __future__ import annotations

__all__ = ["PIXELS", "pixel_format", "refuse_pixels"]

#: First bytes of the files.
_BEGINNINGS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}

#: Endings of their names.
PIXELS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")


def pixel_format(data: bytes) -> str:
    """Return the format of an image by its first bytes; empty for any other file."""
    if data.startswith(b"BM") and data[6:10] == bytes(4):  # two letters alone could begin a text
        return "BMP"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    return next((kind for begin, kind in _BEGINNINGS.items() if data.startswith(begin)), "")


def refuse_pixels(where: str, data: bytes = b"") -> None:
    """Raise ValueError if a file is an image of pixels, by its first bytes or its ending."""
    kind = pixel_format(data)
    if kind or where.lower().endswith(PIXELS):
        raise ValueError(
            f"{where}: a {kind or 'PNG or JPEG'} is a picture of pixels and contains no strokes; trace it to SVG first "
            "(Inkscape: Path > Trace Bitmap > Centerline tracing), and use that"
        )
