"""The cache folder, for downloaded and converted files."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Return the cache folder: `SKETCHKIT_CACHE` if set, otherwise the platform's cache directory."""
    configured = os.environ.get("SKETCHKIT_CACHE")
    if configured:
        return Path(configured).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("sketchkit")
