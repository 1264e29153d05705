"""Main program of the process that `sketchkit.training.background` starts."""

from __future__ import annotations

import json
import os
import sys
import traceback

from sketchkit.training.train import train

__all__ = ["main"]


def main(folder: str, arguments: str) -> None:
    """Train a model. If training fails, print the error message as the last line and exit with status 1.

    Parameters
    ----------
    folder : str
        Run directory.
    arguments : str
        Further arguments of `train`, as a JSON object.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        print(train(run=folder, progress="lines", **json.loads(arguments)), flush=True)
    except Exception as error:
        traceback.print_exc()
        sys.exit(f"sketchkit: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
