"""A worker that reads its share of every batch out of a store of ten million drawings: rate, disk, memory."""

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
from sketchkit.data.store import VERSION

DRAWINGS = 10_000_000
PIECE = 100_000
#: Of a batch of 100 drawings.
BATCHES = 2_000


def write(folder: Path) -> None:
    """Write a store of short random drawings, lengths 15 to 75 as in a Quick, Draw! category, piece by piece."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(15, 76, size=DRAWINGS)
    starts = np.zeros(DRAWINGS + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    for split in ("valid", "test"):
        np.save(folder / f"{split}.points.npy", np.array([[1, 2, 1]] * 100, dtype=np.int16))
        np.save(folder / f"{split}.starts.npy", np.arange(101))
    np.save(folder / "train.starts.npy", starts)
    points = np.lib.format.open_memmap(folder / "train.points.npy", "w+", np.int16, (int(starts[-1]), 3))
    for begin in range(0, DRAWINGS, PIECE):
        a, b = starts[begin], starts[begin + PIECE]
        points[a:b, :2] = rng.integers(-40, 41, size=(b - a, 2), dtype=np.int16)
        points[a:b, 2] = 0
        points[starts[begin + 1 : begin + PIECE + 1] - 1, 2] = 1
    points.flush()
    (folder / "store.json").write_text(json.dumps({"version": VERSION, "fingerprint": "benchmark"}))


def forget(folder: Path) -> None:
    """Have the system drop what it keeps of the files in memory."""
    for path in folder.glob("*.npy"):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def memory(kind: str) -> int:
    """Return this process's memory of a kind that /proc/self/status lists, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def disk() -> int:
    """Return how many bytes this process has had read from the disk."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))


def worker(folder: str, index: int, count: int) -> None:
    """Read worker `index` of `count`'s share of the batches, and print what that took."""
    began = time.perf_counter()
    dataset = Dataset.of_store(Path(folder))
    batches = dataset.batches(
        100, 0, random_scale_factor=0.15, augment_stroke_prob=0.1,
        share=(100 * index // count, 100 * (index + 1) // count) if count > 1 else None,
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
    said = {
        "opened": opened, "seconds": seconds, "disk": (disk() - before) / BATCHES, "own": own,
        "grown": memory("RssAnon") - half,
    }  # fmt: skip
    print(json.dumps(said))


def main() -> None:
    """Write the store, read it as one worker and as two at once, cold and warm."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        write(folder)
        made = time.perf_counter() - began
        size = sum(path.stat().st_size for path in folder.iterdir())
        report(Figure("store of 10 million drawings, 45 points each", size / 2**30, "GiB"))
        report(Figure("  a drawing", size / DRAWINGS, "bytes"))
        report(Figure("  written", made, "s"))
        began = time.perf_counter()
        _ = Dataset.of_store(folder).scale_factor
        report(Figure("  its scale found, once", time.perf_counter() - began, "s"))
        for count in (1, 2):
            for state in ("cold", "warm"):
                if state == "cold":
                    forget(folder)
                command = [sys.executable, "-m", "benchmarks.store", name]
                running = [
                    subprocess.Popen([*command, str(i), str(count)], stdout=subprocess.PIPE, text=True)  # noqa: S603
                    for i in range(count)
                ]
                said = [json.loads(process.communicate()[0]) for process in running]
                about = f"{state}, each of {count} workers" if count > 1 else f"{state}, one worker"
                slowest = max(each["seconds"] for each in said)
                report(Figure(f"  share of a batch of 100, {about}", slowest * 1e3, "ms"))
                report(Figure(f"  read from disk for it, {about}", said[0]["disk"] / 1024, "KiB"))
                report(Figure(f"  opened, {about}", said[0]["opened"], "s"))
                report(Figure(f"  own memory, {about}", said[0]["own"] / 2**20, "MiB"))
                grown = max(each["grown"] for each in said)
                report(
                    Figure(f"  grown over the last {BATCHES // 2:,} batches, {about}", grown / 2**20, "MiB", bar="0")
                )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        worker(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
