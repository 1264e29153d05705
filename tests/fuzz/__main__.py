"""Command line of the fuzzers; see the package."""

from __future__ import annotations

import argparse
import json
import queue
import resource
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.run import MEMORY, SECONDS, Outcome, fuzz
from tests.fuzz.targets import TARGETS

#: Timeout of a process, in seconds. It is longer than the limit on processor time, because other programs may
#: occupy the processor.
PATIENCE = 12 * SECONDS
#: Maximum time for the import of the modules of a reader, in seconds.
STARTING = 600.0


def main() -> None:
    """Fuzz a reader, or all of them, and exit with 1 if a file failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("reader", choices=[*TARGETS, "all"])
    parser.add_argument("--count", type=int, default=1000, help="number of files for each reader")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first file; it increases by one for each file")
    parser.add_argument("--keep", type=Path, help="read only the file of --seed, and keep it in this directory")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _work(options.reader, options.seed, options.count)
        return
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        print(fuzz(options.reader, options.seed, options.keep))
        return
    failed = 0
    for reader in TARGETS if options.reader == "all" else [options.reader]:
        kinds, slowest = Counter[str](), 0.0
        for outcome in _outcomes(reader, options.seed, options.count):
            kinds[outcome.kind] += 1
            slowest = max(slowest, outcome.seconds)
            if outcome.kind == "failure":
                print(f"{reader}, seed {outcome.seed}: {outcome.detail}", flush=True)
        failed += kinds["failure"]
        counts = f"{kinds['read']:,} read, {kinds['error']:,} documented errors, {kinds['failure']:,} failures"
        print(f"{reader}: {sum(kinds.values()):,} files: {counts}; the slowest took {slowest:.2f} s", flush=True)
    sys.exit(1 if failed else 0)


def _outcomes(reader: str, seed: int, count: int) -> Iterator[Outcome]:
    """Yield the outcomes of files. A separate process reads them, and is restarted after a crash or timeout."""
    end = seed + count
    while seed < end:
        command = [sys.executable, "-m", "tests.fuzz", reader, "--worker", f"--seed={seed}", f"--count={end - seed}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            lines: queue.Queue[str] = queue.Queue()
            threading.Thread(target=_forward, args=(process, lines), daemon=True).start()
            lines.get(timeout=STARTING)
            while seed < end:
                try:
                    line = lines.get(timeout=PATIENCE)
                except queue.Empty:
                    line = ""
                if not line:
                    process.kill()
                    why = "took too long" if process.poll() is None else f"ended the process ({process.wait()})"
                    yield Outcome(seed, "failure", why)
                    seed += 1
                    break
                yield Outcome(**json.loads(line))
                seed += 1


def _forward(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put("")


def _work(reader: str, seed: int, count: int) -> None:
    """Read files under a limit on memory, and print the outcomes as JSON."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # only the outcomes are printed to stdout, not the output of the readers
    fuzz(reader, -1)  # imports the modules of the reader before the memory is measured
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    print("ready", file=answers, flush=True)
    for number in range(seed, seed + count):
        print(json.dumps(asdict(fuzz(reader, number))), file=answers, flush=True)


if __name__ == "__main__":
    main()
