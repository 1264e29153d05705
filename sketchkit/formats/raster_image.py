"""Detection of raster images, which are rejected with a hint to trace them."""

from __future__ import annotations

__all__ = ["PIXELS", "pixel_format", "reject_raster_image"]

#: First bytes of each format.
_BEGINNINGS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}

#: File name endings of raster images.
PIXELS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")


def pixel_format(data: bytes) -> str:
    """Return the format of a raster image according to its first bytes; empty for other files."""
    if data.startswith(b"BM") and data[6:10] == bytes(4):  # text files can also begin with BM
        return "BMP"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    return next((kind for begin, kind in _BEGINNINGS.items() if data.startswith(begin)), "")


def reject_raster_image(where: str, data: bytes = b"") -> None:
    """Raise ValueError if a file has the first bytes or the name ending of a raster image."""
    kind = pixel_format(data)
    if kind or where.lower().endswith(PIXELS):
        raise ValueError(
            f"{where}: a {kind or 'PNG or JPEG'} file is a raster image and contains no stroke data; trace it to SVG "
            "first (Inkscape: Path > Trace Bitmap > Centerline tracing)"
        )
