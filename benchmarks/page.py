"""Benchmark of the JavaScript engine of the widgets, in Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def main() -> None:
    """Report the times of the engine. Does nothing if Node is not installed."""
    node = shutil.which("node")
    if node is None:
        return
    script = Path(__file__).with_name("page.mjs")
    print(subprocess.run([node, script], check=True, capture_output=True, text=True).stdout, flush=True)  # noqa: S603


if __name__ == "__main__":
    main()
