"""Benchmarks of startup times (import, loading, help, first drawing, opening data) and of batches."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.drawings import random_split
from benchmarks.figures import Figure, report
from benchmarks.machine import median_seconds

BARE = "import numpy"


def run(code: str) -> float:
    """Return the median time of a new interpreter that runs `code`, in seconds."""
    return median_seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True), 5)  # noqa: S603


def interpreter() -> None:
    """Report the times of importing the package, of loading a model and of `sketchkit --help`."""
    bare = run(BARE)
    imported = run("import sketchkit, sys; assert 'tensorflow' not in sys.modules")
    nothing = run("pass")
    report(Figure("import sketchkit, without TensorFlow", imported - nothing, "s", imported / bare,
                  "start of Python with an import of NumPy", "at most 0.3 s"))  # fmt: skip
    load = run("import sketchkit; sketchkit.load('kanji')")
    report(Figure("load a bundled model", load - imported, "s", load / bare, "start of Python with an import of NumPy",
                  "at most 0.2 s"))  # fmt: skip
    help_ = run("from sketchkit.cli import main; import sys; sys.argv = ['sketchkit', '--help']; main()")
    report(
        Figure("sketchkit --help", help_, "s", help_ / bare, "start of Python with an import of NumPy", "at most 0.5 s")
    )


def answers() -> None:
    """Report the times until the first drawing: of `sketchkit sample`, and in a notebook with a model of 512 units."""
    folder = tempfile.mkdtemp()
    tensorflow = run("import tensorflow")
    sample = run(
        "from sketchkit.cli import main; import sys\n"
        f"sys.argv = ['sketchkit', 'sample', 'kanji', '--out', {folder + '/x.svg'!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    report(Figure("sketchkit sample kanji", sample, "s", sample / tensorflow, "start of Python with an import of "
                  "TensorFlow", "at most 1.2 s"))  # fmt: skip
    imported = run("import sketchkit")
    first = run("import sketchkit; sketchkit.load('quickdraw').generate(seed=1)")
    report(Figure("load and first drawing of a model with 512 units", first - imported, "s", bar="at most 0.5 s"))


def conversion() -> None:
    """Report the times of opening a dataset of published size for the first time, and again."""
    from sketchkit import Dataset

    rng, folder = np.random.default_rng(0), Path(tempfile.mkdtemp())
    arrays = {}
    for split, count in (("train", 70_000), ("valid", 2_500), ("test", 2_500)):
        made = random_split(rng.integers(15, 76, size=count))
        arrays[split] = np.empty(count, dtype=object)
        for i in range(count):
            arrays[split][i] = made.points[made.starts[i] : made.starts[i + 1]]
    path = folder / "cat.npz"
    np.savez_compressed(path, **arrays)
    os.environ["SKETCHKIT_CACHE"] = str(folder / "cache")
    began = time.perf_counter()
    # `allow_pickle`, as in the original implementation, is safe because this function has written the file.
    with np.load(path, allow_pickle=True) as file:
        for split in arrays:
            file[split]
    pickled = time.perf_counter() - began
    began = time.perf_counter()
    Dataset.open(path)
    first = time.perf_counter() - began
    report(Figure("convert 75,000 drawings, about 45 points each", first, "s", first / pickled,
                  "unpickling of the file by NumPy", "at most 5 s"))  # fmt: skip
    again = median_seconds(lambda: Dataset.open(path), 5)
    report(Figure("open the converted drawings again", again * 1e3, "ms", again / first, "conversion", "at most 50 ms"))


def batches() -> None:
    """Report the times of a batch of 100 from ten thousand drawings and from ten million."""
    from sketchkit.data.augmentation import Augmentation
    from sketchkit.data.batches import Batches
    from sketchkit.data.store import Split

    folder = Path(tempfile.mkdtemp())
    seconds = []
    for count in (10_000, 10_000_000):
        starts = np.arange(count + 1, dtype=np.int64) * 45
        points = np.lib.format.open_memmap(folder / f"{count}.npy", "w+", np.int16, (int(starts[-1]), 3))  # sparse
        split = Split(np.asarray(points), starts)
        changes = Augmentation(random_scale_factor=0.15, augment_stroke_prob=0.1)
        made = Batches(split, batch_size=100, max_seq_len=250, scale_factor=40.0, seed=0, augmentation=changes)
        numbers = iter(range(100_000))
        seconds.append(median_seconds(lambda made=made, numbers=numbers: made[next(numbers)], 200))
    report(Figure("read a batch of 100 from 10 thousand drawings", seconds[0] * 1e3, "ms", bar="at most 3 ms"))
    report(Figure("read a batch of 100 from 10 million drawings", seconds[1] * 1e3, "ms", seconds[1] / seconds[0],
                  "a batch from 10 thousand drawings", "at most 1.3"))  # fmt: skip


if __name__ == "__main__":
    {"interpreter": interpreter, "answers": answers, "conversion": conversion, "batches": batches}[sys.argv[1]]()
