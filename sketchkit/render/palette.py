"""The colors of all pictures, and color conversion.

Pictures use near-black lines on a white background. The background is part of the picture, since JupyterLab shows
SVG in an <img> element, where `currentColor` is always black. Without a background, the lines would be invisible in a
dark theme.
"""

from __future__ import annotations

import math

from sketchkit.svg_document import INK, MUTED, PAPER

__all__ = ["ACCENT", "HAIRLINE", "INK", "MUTED", "PAPER", "SECOND", "is_transparent", "ramp", "rgb"]

HAIRLINE = "#e4e7ec"
ACCENT = "#2f62c9"
SECOND = "#d9622b"

# OKLCH values (lightness, chroma, hue in degrees) of the first and the last stroke: from indigo through magenta to
# orange. The lightness increases evenly, so the order is visible in grayscale. All colors are dark enough for a white
# background.
_EARLY = (0.38, 0.16, 275.0)
_LATE = (0.74, 0.16, 420.0)


def ramp(count: int) -> list[str]:
    """Return `count` perceptually evenly spaced colors from the first to the last stroke, as "#rrggbb".

    The colors are interpolated linearly in OKLCH. The conversion to sRGB follows B. Ottosson, "A perceptual color
    space for image processing" (2020), https://bottosson.github.io/posts/oklab/.
    """
    colors = []
    for index in range(count):
        share = index / (count - 1) if count > 1 else 0.0
        lightness, chroma, hue = (early + (late - early) * share for early, late in zip(_EARLY, _LATE, strict=True))
        colors.append(_from_oklch(lightness, chroma, math.radians(hue)))
    return colors


def rgb(color: str) -> tuple[int, int, int]:
    """Convert an opaque CSS color, such as "#rrggbb", "black" or "rgb(0, 0, 64)", to three integers from 0 to 255.

    Raises
    ------
    ValueError
        If the color is unknown, not opaque, or a reference such as "currentColor".
    """
    from PIL import ImageColor

    try:
        red, green, blue, *alpha = ImageColor.getrgb(color)
        if alpha not in ([], [255]):
            raise ValueError
    except (ValueError, AttributeError, TypeError):
        raise ValueError(f"expected an opaque color such as '#rrggbb' or 'black', got {color!r}") from None
    return red, green, blue


def is_transparent(background: str | None) -> bool:
    """Return whether a background is transparent: None, "none" or "transparent"."""
    return background is None or background in ("none", "transparent")


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(value)):02x}" for value in linear)


def _gamma(value: float) -> float:
    """Encode linear light as sRGB (IEC 61966-2-1), clipped to 0..1."""
    value = min(max(value, 0.0), 1.0)
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
