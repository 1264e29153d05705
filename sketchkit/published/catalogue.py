"""Earlier name of `sketchkit.published.catalog`."""

from sketchkit.published.catalog import QUICKDRAW_CATEGORIES as CATEGORIES

__all__ = ["CATEGORIES"]
