"""Where files that can be made or fetched again are kept."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Return sketchkit's cache folder: `SKETCHKIT_CACHE` if set, else the platform's place for caches."""
    chosen = os.environ.get("SKETCHKIT_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("sketchkit")
