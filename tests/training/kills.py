"""Kills small runs at random moments, resumes them, and checks that they end like runs that were not killed.

python -m tests.training.kills --count 20 --seed 1
python -m tests.training.kills --kinds hyper workers --count 4 --seed 7 --folder /tmp/kills

Each kind of run is trained once without kills. Then it is started again and again in another directory; each time, one
of its processes gets a SIGKILL at a random moment. A quarter of the kills happen during the start and the compilation,
and the others after a random step. The last start trains to the end. Checkpoint, records, samples and model must be the
same, bit by bit.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np

from sketchkit.training.checkpoints import Checkpoints
from sketchkit.training.run import Run
from sketchkit.training.run_control import read_status

KINDS = ("lstm", "layer_norm", "hyper", "sweep", "workers")
STEPS = 96
SIZES = "dec_rnn_size=12,enc_rnn_size=8,z_size=4,num_mixture=2,batch_size=12,save_every=12"
#: Share of the kills that happen during the first seconds of a start; the number of these seconds; and, for the other
#: kills, the mean of the exponentially distributed delay after a random step, in seconds.
START_SHARE, START_SECONDS, STEP_SECONDS = 0.25, 10.0, 0.5
#: Maximum number of kills before a run is finished and compared.
KILLS_PER_RUN = 4
#: Maximum time of one start, in seconds.
TIMEOUT = 1800


@dataclass
class Case:
    """The runs of one kind in a directory, and the kills so far.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    folder : Path
        Directory of the runs.
    kills : list of str
        Description of each kill.
    """

    kind: str
    folder: Path
    kills: list[str] = field(default_factory=list)

    @property
    def runs(self) -> list[Path]:
        """Directories of the runs that have been started."""
        return sorted(path.parent for path in self.folder.glob("**/run.json"))

    @property
    def step(self) -> int:
        """Number of recorded steps of all runs together."""
        return sum(Run(run).step for run in self.runs)

    @property
    def total(self) -> int:
        """Number of steps that all runs together have to take."""
        return STEPS * (2 if self.kind == "sweep" else 1)

    def start(self) -> list[subprocess.Popen[bytes]]:
        """Start the processes; a second call resumes the runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "sketchkit"]
        hparams = f"{SIZES},num_steps={STEPS}"
        if self.kind == "sweep":
            _write_notebook(self.folder.parent / "small.ipynb", hparams)
            arguments = [*command, "sweep", str(self.folder.parent / "small.ipynb"), "--grid", "seed=1,2"]
            return [self._popen([*arguments, "--out", str(self.folder / "sweep")], {})]
        if self.kind == "workers":
            hparams += ",kl_tolerance=0"
            names = _free_addresses(2)
        else:
            hparams += f",dec_model={self.kind},enc_model={self.kind}"
        train = [*command, "train", "doodles", "--run", str(self.folder / "run"), "--hparams", hparams]
        train += ["--log-every", "1", "--progress", "lines"]
        if self.kind != "workers":
            return [self._popen(train, {})]
        tasks = [{"cluster": {"worker": names}, "task": {"type": "worker", "index": index}} for index in (0, 1)]
        return [self._popen([*train, "--strategy", "multiworker"], {"TF_CONFIG": json.dumps(task)}) for task in tasks]

    def _popen(self, command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)

    def finish(self) -> None:
        """Train to the end."""
        codes = [process.wait(TIMEOUT) for process in self.start()]
        assert codes == [0] * len(codes), f"{self.kind}: exit codes {codes}; see {self.folder / 'log.txt'}"

    def kill_once(self, random: np.random.Generator) -> None:
        """Start or resume, and kill one of the processes at a random moment, unless the runs end earlier."""
        before, now = self.step, time.time()
        processes = self.start()
        victim = processes[random.integers(len(processes))]
        self._wait(processes, lambda run: read_status(run).since >= now)
        if random.random() < START_SHARE:
            target, delay = before, random.uniform(0, START_SECONDS)
        else:
            target, delay = int(random.integers(before, self.total)), random.exponential(STEP_SECONDS)
            self._wait(processes, lambda run: _last_time(run) >= now and self.step >= target)
        try:
            victim.wait(delay)
        except subprocess.TimeoutExpired:
            os.kill(victim.pid, signal.SIGKILL)
        for process in processes:
            # A worker whose peer was killed exits, and so does the kernel of a killed sweep.
            process.wait(TIMEOUT)
        if victim.returncode == -signal.SIGKILL:
            moment = f"{delay:.2f} s after {f'step {target}' if target > before else 'the start'}"
            self.kills.append(f"process {processes.index(victim)} {moment}, steps {before} to {self.step}")

    def _wait(self, processes: Sequence[subprocess.Popen[bytes]], condition: Callable[[Path], bool]) -> None:
        """Wait until a condition holds for a run, or all steps are taken. Raise RuntimeError if a process fails."""
        deadline = time.monotonic() + TIMEOUT
        while not any(condition(run) for run in self.runs) and self.step < self.total:
            if time.monotonic() > deadline or any(process.poll() for process in processes):
                reason = "a process failed, or the runs did not continue in time"
                raise RuntimeError(f"{self.kind}: {reason}; see {self.folder / 'log.txt'}")
            threading.Event().wait(0.02)  # the processes send no notification


def differences(expected: Case, found: Case) -> list[str]:
    """Return the names of the results that differ between the runs of two cases."""
    different = []
    if len(expected.runs) != len(found.runs):
        return [f"{len(found.runs)} runs, expected {len(expected.runs)}"]
    for a, b in zip(expected.runs, found.runs, strict=True):
        first, second = Checkpoints(a / "checkpoints").load(STEPS)[0], Checkpoints(b / "checkpoints").load(STEPS)[0]
        different += [f"{b}: {name}" for name in first if not np.array_equal(first[name], second[name])]
        if _records(a) != _records(b):
            different.append(f"{b}: metrics.jsonl")
        samples = [{path.name: path.read_bytes() for path in Run(run).samples} for run in (a, b)]
        if samples[0] != samples[1]:
            different.append(f"{b}: samples")
        if (a / "model/model.safetensors").read_bytes() != (b / "model/model.safetensors").read_bytes():
            different.append(f"{b}: model")
    return different


def check(kind: str, count: int, seed: int, folder: Path) -> list[str]:
    """Kill runs of a kind a number of times, finish them, and return what differs from a run without kills."""
    random = np.random.default_rng([seed, KINDS.index(kind)])
    whole, different, kills = Case(kind, folder / kind / "whole"), [], 0
    whole.finish()
    for number in itertools.count():
        if kills == count:
            break
        case = Case(kind, folder / kind / f"killed-{number}")
        while kills + len(case.kills) < count and len(case.kills) < KILLS_PER_RUN and case.step < case.total:
            case.kill_once(random)
        case.finish()
        kills += len(case.kills)
        found = differences(whole, case)
        different += found
        for kill in case.kills:
            print(f"{kind}: killed {kill}", flush=True)
        print(f"{kind}, seed {seed}: {'; '.join(found) or 'bit-identical'}", flush=True)
    return different


def _last_time(run: Path) -> float:
    records = Run(run).records
    return float(records[-1]["time"]) if records else 0.0


def _records(run: Path) -> list[dict[str, object]]:
    return [{k: v for k, v in record.items() if k not in ("seconds", "elapsed", "time")} for record in Run(run).records]


def _write_notebook(path: Path, hparams: str) -> None:
    cells = [
        nbformat.v4.new_code_cell('seed = 0\nrun = "run"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            f"import sketchkit\nsketchkit.train('doodles', run, '{hparams}', seed=seed, log_every=1, progress='none')"
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index}"  # a fixed id, so that the file does not change and the sweep does not warn
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def _free_addresses(count: int) -> list[str]:
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    names = [f"127.0.0.1:{server.getsockname()[1]}" for server in servers]
    for server in servers:
        server.close()
    return names


def main() -> None:
    """Check the kinds of runs one after the other; exit with status 1 if a result differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.training.kills", description="Kill and resume small runs.")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="kinds of runs (default: all)")
    parser.add_argument("--count", type=int, default=20, help="number of kills, over all kinds (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed that selects the kills (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="directory of the runs (default: a temporary directory)")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    folder = options.folder or Path(tempfile.mkdtemp(prefix="kills-"))
    counts = [len(part) for part in np.array_split(np.arange(options.count), len(options.kinds))]
    failed = []
    for kind, count in zip(options.kinds, counts, strict=True):
        failed += check(kind, count, options.seed, folder)
    sys.exit("; ".join(failed) if failed else 0)


if __name__ == "__main__":
    main()
