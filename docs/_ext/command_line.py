"""Reference of the command line, generated from the help of the commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = """# Command line

{commands}

## `sketch_rnn_train`

The original trainer's command line.

```text
{published}
```
"""


def write_page(app: Any) -> None:
    """Write reference/command-line.md if it is missing or outdated."""
    page = PAGE.format(
        commands=_output("-m", "typer", "sketchkit.cli", "utils", "docs", "--name", "sketchkit").partition("\n")[2],
        published=_output("-c", "from sketchkit.cli.sketch_rnn_train import main; main(['--help'])"),
    )
    path = Path(app.srcdir, "reference", "command-line.md")
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        path.write_text(page, encoding="utf-8")


def _output(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    return done.stdout.strip()


def setup(app: Any) -> dict[str, Any]:
    """Write the page before Sphinx reads the pages; called by Sphinx."""
    app.connect("builder-inited", write_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
