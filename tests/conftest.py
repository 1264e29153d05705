"""Shared fixtures: paths of the reference material, and a separate cache folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parents[1]
#: Folder of the reference vectors and published files, by default next to the checkout. It may be missing.
SHARED = Path(os.environ.get("SKETCHKIT_REFERENCE", ROOT.parent / "shared"))


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Use a temporary cache folder instead of the user's."""
    os.environ["SKETCHKIT_CACHE"] = str(tmp_path_factory.mktemp("cache"))


def shared(part: str) -> Path:
    """Return a path in the reference material; skip the test if it is missing."""
    path = SHARED / part
    if not path.exists():
        pytest.skip(f"requires reference material: {part} not found in {SHARED} (set SKETCHKIT_REFERENCE)")
    return path


@pytest.fixture(scope="session")
def golden() -> Path:
    return shared("golden")


@pytest.fixture(scope="session")
def mirror() -> Path:
    return shared("mirror")


@pytest.fixture(scope="session")
def cases() -> Path:
    return shared("cases")


@pytest.fixture(scope="session")
def published_data(mirror: Path) -> Path:
    return mirror / "github.com/hardmaru/sketch-rnn-datasets/raw/master"
