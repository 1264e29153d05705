"""Benchmark of reading batches from a store of ten million drawings: time, disk and memory of each worker.

Each worker reads its part of every batch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, report
from sketchkit import Dataset
from sketchkit.data.augmentation import Augmentation
from sketchkit.data.store import VERSION

DRAWINGS = 10_000_000
CHUNK = 100_000
#: Number of batches of 100 drawings.
BATCHES = 2_000


def write(folder: Path) -> None:
    """Write a store of random drawings in chunks. Their lengths are 15 to 75 points, as in a Quick, Draw! category."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(15, 76, size=DRAWINGS)
    starts = np.zeros(DRAWINGS + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    for split in ("valid", "test"):
        np.save(folder / f"{split}.points.npy", np.array([[1, 2, 1]] * 100, dtype=np.int16))
        np.save(folder / f"{split}.starts.npy", np.arange(101))
    np.save(folder / "train.starts.npy", starts)
    points = np.lib.format.open_memmap(folder / "train.points.npy", "w+", np.int16, (int(starts[-1]), 3))
    for begin in range(0, DRAWINGS, CHUNK):
        a, b = starts[begin], starts[begin + CHUNK]
        points[a:b, :2] = rng.integers(-40, 41, size=(b - a, 2), dtype=np.int16)
        points[a:b, 2] = 0
        points[starts[begin + 1 : begin + CHUNK + 1] - 1, 2] = 1
    points.flush()
    (folder / "store.json").write_text(json.dumps({"version": VERSION, "fingerprint": "benchmark"}))


def drop_page_cache(folder: Path) -> None:
    """Remove the files from the page cache of the operating system."""
    for path in folder.glob("*.npy"):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def memory(kind: str) -> int:
    """Return a memory entry of /proc/self/status for this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def disk() -> int:
    """Return the number of bytes that this process has read from the disk."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))


def worker(folder: str, index: int, count: int) -> None:
    """Read the batches as worker `index` of `count`, and print times, disk reads and memory as JSON."""
    began = time.perf_counter()
    dataset = Dataset.from_store(Path(folder))
    batches = dataset.batches(
        100, 0, augmentation=Augmentation(random_scale_factor=0.15, augment_stroke_prob=0.1),
        shard=(100 * index // count, 100 * (index + 1) // count) if count > 1 else None,
    )  # fmt: skip
    opened = time.perf_counter() - began
    batches[0]
    before, own, began = disk(), memory("RssAnon"), time.perf_counter()
    half = 0
    for k in range(1, BATCHES + 1):
        batches[k]
        if k == BATCHES // 2:
            half = memory("RssAnon")
    seconds = (time.perf_counter() - began) / BATCHES
    results = {
        "opened": opened, "seconds": seconds, "disk": (disk() - before) / BATCHES, "own": own,
        "grown": memory("RssAnon") - half,
    }  # fmt: skip
    print(json.dumps(results))


def main() -> None:
    """Report the cost of reading the store by one worker and by two at once, with an empty and a filled page cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        write(folder)
        made = time.perf_counter() - began
        size = sum(path.stat().st_size for path in folder.iterdir())
        report(Figure("store of 10 million drawings, 45 points each", size / 2**30, "GiB"))
        report(Figure("  size of one drawing", size / DRAWINGS, "bytes"))
        report(Figure("  time to write it", made, "s"))
        began = time.perf_counter()
        _ = Dataset.from_store(folder).scale_factor
        report(Figure("  time to compute its scale factor, once", time.perf_counter() - began, "s"))
        for count in (1, 2):
            for state in ("cold", "warm"):
                if state == "cold":
                    drop_page_cache(folder)
                command = [sys.executable, "-m", "benchmarks.store", name]
                running = [
                    subprocess.Popen([*command, str(i), str(count)], stdout=subprocess.PIPE, text=True)  # noqa: S603
                    for i in range(count)
                ]
                results = [json.loads(process.communicate()[0]) for process in running]
                about = f"{state}, each of {count} workers" if count > 1 else f"{state}, one worker"
                slowest = max(each["seconds"] for each in results)
                report(Figure(f"  time to read a worker's part of a batch of 100, {about}", slowest * 1e3, "ms"))
                report(Figure(f"  read from disk for this part, {about}", results[0]["disk"] / 1024, "KiB"))
                report(Figure(f"  time to open the store, {about}", results[0]["opened"], "s"))
                report(Figure(f"  private memory, {about}", results[0]["own"] / 2**20, "MiB"))
                grown = max(each["grown"] for each in results)
                report(
                    Figure(
                        f"  memory growth over the last {BATCHES // 2:,} batches, {about}",
                        grown / 2**20,
                        "MiB",
                        bar="0",
                    )
                )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        worker(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
