"""Benchmark suite: `python -m benchmarks [--only WORD] [--against REVISION]`.

Each benchmark runs in a separate process, and none needs an internet connection. If a benchmark fails, the table shows
its error and the figures that it reported before the error, the remaining benchmarks still run, and the exit status is
1. With `--against`, each benchmark runs a second time, on the code of that revision, and the table shows the ratio of
the two results.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.machine import description

ROOT = Path(__file__).parents[1]
SUITE = (
    *(("training", "cell", cell) for cell in ("lstm", "layer_norm", "hyper")),
    *(("training", "skipping", name) for name in ("sheep", "omniglot", "kanji")),
    ("peer",),
    *(("drawing", cell) for cell in ("lstm", "layer_norm", "hyper")),
    ("page",),
    ("page_workers",),
    ("pages",),
    ("component",),
    ("latent_map",),
    *(("starting", part) for part in ("interpreter", "answers", "conversion", "batches")),
    ("store",),
    ("workers",),
)
#: Comments in docs/benchmarks.md before and after the results.
MARKS = ("<!-- results -->", "<!-- end of results -->")


def measure(benchmark: tuple[str, ...], code: Path) -> list[dict]:
    """Run one benchmark on the package in `code` and return its figures, and its error if it fails."""
    command = [sys.executable, "-m", f"benchmarks.{benchmark[0]}", *benchmark[1:]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(code), str(ROOT)]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True)  # noqa: S603 - our own
    figures = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode:
        last = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
        figures.append({"name": " ".join(benchmark), "error": last})
    return figures


def row(figure: dict) -> str:
    """Return a row of the table."""
    if "error" in figure:
        error = figure["error"].replace("|", "\\|")
        return f"| {figure['name']} | failed: {error} | | |"
    ratio = f"{figure['ratio']:.2f} ({figure['to']})" if figure["ratio"] is not None else ""
    before = f" | {figure['against']:.2f}" if "against" in figure else ""
    return f"| {figure['name'].strip()} | {figure['value']:.3g} {figure['unit']} | {ratio} | {figure['bar']}{before} |"


def run(selected: list[tuple[str, ...]], against: str | None) -> tuple[list[str], list[dict]]:
    """Run benchmarks and print their table. Return its header and the figures."""
    header = ["| benchmark | result | ratio (reference) | target |" + (f" time / {against} |" if against else "")]
    header.append("|---|---|---|---|" + ("---|" if against else ""))
    print("\n".join(header), flush=True)
    figures = []
    with earlier_code(against) as other:
        for benchmark in selected:
            found = measure(benchmark, ROOT)
            if other:
                before = {figure["name"]: figure.get("value") for figure in measure(benchmark, other)}
                for figure in found:
                    if before.get(figure["name"]) and "value" in figure:
                        figure["against"] = figure["value"] / before[figure["name"]]
            for figure in found:
                print(row(figure), flush=True)
            figures += found
    return header, figures


@contextmanager
def earlier_code(revision: str | None) -> Iterator[Path | None]:
    """Check out a revision into a temporary folder that exists during the block. Yields the folder, or None."""
    if revision is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp())
    try:
        subprocess.run(["git", "worktree", "add", "--detach", folder / "code", revision], cwd=ROOT, check=True)  # noqa: S603, S607
        yield folder / "code"
    finally:
        shutil.rmtree(folder)
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)  # noqa: S607


def main() -> None:
    """Run the selected benchmarks, print the table, and save the results of a full run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="run only the benchmarks whose names contain this word")
    parser.add_argument(
        "--against", metavar="REVISION", help="also run each benchmark on the code of this git revision"
    )
    options = parser.parse_args()
    selected = [benchmark for benchmark in SUITE if options.only in " ".join(benchmark)]
    full = not options.only and not options.against
    machine = description() if full else {}
    header, figures = run(selected, options.against)
    failed = [figure["name"] for figure in figures if "error" in figure]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}{'; the results were not saved' if full else ''}")
    if full:
        keep(machine, header, figures)


def keep(machine: dict[str, str], header: list[str], figures: list[dict]) -> None:
    """Write docs/benchmarks.json, and the results between `MARKS` in docs/benchmarks.md."""
    folder = ROOT / "docs"
    text = json.dumps({"date": date.today().isoformat(), "machine": machine, "figures": figures}, indent=1)
    (folder / "benchmarks.json").write_text(text + "\n", encoding="utf-8")
    about = ", ".join(f"{name} {value}" for name, value in machine.items())
    lines = [
        f"Results of `make bench` on {date.today().isoformat()}: {about}.",
        "Times vary between machines and between runs; both times of a ratio were measured in the same process.",
        "",
        *header,
        *(row(figure) for figure in figures),
    ]
    page = folder / "benchmarks.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    page.write_text("\n".join([before + MARKS[0], *lines, MARKS[1] + after]), encoding="utf-8")


if __name__ == "__main__":
    main()
