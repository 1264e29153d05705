"""`sketch_rnn_train`: the original trainer's command line, as its README gives it.

sketch_rnn_train --log_root=checkpoint_path --data_dir=dataset_path \
        --hparams="data_set=[dataset_filename.npz],dec_model=hyper" [--resume_training]
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main"]

DEFAULT_LOG_ROOT = "/tmp/sketch_rnn/models/default"  # noqa: S108 - the original's default


def main(arguments: Sequence[str] | None = None) -> None:
    """Train as the original's command line asks.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    parser = argparse.ArgumentParser(prog="sketch_rnn_train", description="Train sketch-rnn (sketchkit).")
    parser.add_argument("--log_root", type=Path, default=Path(DEFAULT_LOG_ROOT), help="run directory")
    parser.add_argument("--data_dir", default=".", help="folder of the .npz files of data_set")
    parser.add_argument("--hparams", default="", help='such as "data_set=[cat.npz],dec_rnn_size=256"')
    parser.add_argument(
        "--resume_training",
        nargs="?",
        const=True,
        default=False,
        type=_flag,
        help="go on with the run in log_root",
    )
    parser.add_argument("--noresume_training", dest="resume_training", action="store_false")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        from sketchkit.training.trainer import train

        if given.data_dir.startswith(("http://", "https://")):
            raise ValueError(
                f"--data_dir {given.data_dir}: expected a folder; download the .npz file and name its folder"
            )
        begun = (given.log_root / "run.json").exists()
        if given.resume_training and not begun:
            raise ValueError(f"--resume_training: there is no run in {given.log_root}")
        if begun and not given.resume_training:
            raise ValueError(f"{given.log_root} holds a run: add --resume_training to go on, or choose another")
        run = train(None, given.log_root, given.hparams, data_dir=given.data_dir, seed=given.seed)
        print(f"{run}\nmodel: {given.log_root / 'model'}")
    except (ValueError, OSError, RuntimeError) as error:
        print(f"sketch_rnn_train: {error}", file=sys.stderr)
        sys.exit(1)


def _flag(text: str) -> bool:
    if text.lower() in ("true", "1", "yes"):
        return True
    if text.lower() in ("false", "0", "no"):
        return False
    raise argparse.ArgumentTypeError(f"expected true or false, got {text!r}")
