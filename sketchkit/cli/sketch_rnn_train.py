"""`sketch_rnn_train`: the command line of the original trainer, with the options of its README.

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

from sketchkit.arguments import parse_bool

__all__ = ["main"]

DEFAULT_LOG_ROOT = "/tmp/sketch_rnn/models/default"  # noqa: S108 - the original's default


def main(arguments: Sequence[str] | None = None) -> None:
    """Train a model with the options of the original command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line arguments. Default: those of the process.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    parser = argparse.ArgumentParser(prog="sketch_rnn_train", description="Train a sketch-rnn model with sketchkit.")
    parser.add_argument(
        "--log_root", type=Path, default=Path(DEFAULT_LOG_ROOT), help="run directory (default: %(default)s)"
    )
    parser.add_argument(
        "--data_dir", default=".", help="folder of the .npz files in data_set (default: current directory)"
    )
    parser.add_argument(
        "--hparams", default="", help='hyperparameters, for example "data_set=[cat.npz],dec_rnn_size=256"'
    )
    parser.add_argument(
        "--resume_training",
        nargs="?",
        const=True,
        default=False,
        type=_flag,
        help="resume the run in log_root (default: false)",
    )
    parser.add_argument(
        "--noresume_training", dest="resume_training", action="store_false", help="start a new run (default)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of weights, batches, dropout and noise (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        from sketchkit.training.train import train

        if options.data_dir.startswith(("http://", "https://")):
            raise ValueError(
                f"--data_dir: expected a folder, got {options.data_dir}; download the .npz file and pass its folder"
            )
        exists = (options.log_root / "run.json").exists()
        if options.resume_training and not exists:
            raise ValueError(f"--resume_training: there is no run in {options.log_root}")
        if exists and not options.resume_training:
            raise ValueError(
                f"{options.log_root} contains a run; add --resume_training to resume it, or choose another --log_root"
            )
        run = train(None, options.log_root, options.hparams, data_dir=options.data_dir, seed=options.seed)
        print(f"{run}\nmodel: {options.log_root / 'model'}")
    except (ValueError, OSError, RuntimeError) as error:
        print(f"sketch_rnn_train: {error}", file=sys.stderr)
        sys.exit(1)


def _flag(text: str) -> bool:
    try:
        return parse_bool(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
