"""Pictures made of pixels: recognised, and refused with what to do instead."""

from __future__ import annotations

__all__ = ["PIXELS", "refuse_pixels"]

#: How the files begin.
_BEGINNINGS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"RIFF": "WebP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}

#: Endings of their names.
PIXELS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")


def refuse_pixels(where: str, data: bytes = b"") -> None:
    """Raise ValueError if a file begins, or is called, as a picture of pixels is."""
    kind = next((kind for begin, kind in _BEGINNINGS.items() if data.startswith(begin)), None)
    if kind or where.lower().endswith(PIXELS):
        raise ValueError(
            f"{where}: a {kind or 'PNG or JPEG'} is a picture of pixels, which does not say how the pen moved; trace "
            "its lines into an SVG first (Inkscape: Path > Trace Bitmap > Centerline tracing), and give that"
        )
