"""What all tests share: where reference vectors are, and a small trained model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).parents[1]
#: Reference vectors and published files lie beside a checkout where they are to be had.
SHARED = Path(os.environ.get("SKETCHKIT_REFERENCE", ROOT.parent / "shared"))


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests out of the user's cache."""
    os.environ["SKETCHKIT_CACHE"] = str(tmp_path_factory.mktemp("cache"))


def shared(part: str) -> Path:
    """Return a file or folder of the reference material, or skip the test."""
    path = SHARED / part
    if not path.exists():
        pytest.skip(f"needs the reference material: {part} is not in {SHARED} (set SKETCHKIT_REFERENCE)")
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
