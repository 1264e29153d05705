"""The page's engine, in Node: the JavaScript engine that Chromium has too."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def main() -> None:
    """Report its times where Node is installed."""
    node = shutil.which("node")
    if node is None:
        return
    script = Path(__file__).with_name("page.mjs")
    print(subprocess.run([node, script], check=True, capture_output=True, text=True).stdout, flush=True)  # noqa: S603


if __name__ == "__main__":
    main()
