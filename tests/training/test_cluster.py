"""Several devices or processes come to what one comes to, and fail together."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from itertools import pairwise

import numpy as np
import pytest

from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.training.checkpoints import Checkpoints
from sketchkit.training.distributed.cluster import Workers, read_cluster
from sketchkit.training.run import Run
from sketchkit.training.trainer import train

SMALL = "dec_rnn_size=16,enc_rnn_size=12,z_size=4,num_mixture=3,batch_size=11,save_every=10"


def weights(run):
    tensors, progress = Checkpoints(run / "checkpoints").newest()
    return {name: tensor for name, tensor in tensors.items() if name.startswith("weights/")}, progress


def apart(a, b):
    """Return the largest difference of two runs' weights."""
    (first, at), (second, there) = weights(a), weights(b)
    assert at.step == there.step
    return max(float(np.abs(first[name] - second[name]).max()) for name in first)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("cuts", [(0, 5, 11), (0, 3, 7, 11)])
def test_the_shares_of_a_batch_are_the_batch(skip, cuts):
    drawings = [doodles.draw(name, seed) for seed in range(9) for name in ("star", "fish", "sun", "mountain")]
    dataset = Dataset.from_sketches(drawings[:30], drawings[30:])
    options = {"random_scale_factor": 0.15, "augment_stroke_prob": 0.3, "like_length": skip}
    whole = dataset.batches(11, 5, **options)
    for k in (0, 7):
        for begin, end in pairwise(cuts):
            part = dataset.batches(11, 5, **options, share=(begin, end))[k]
            assert part.place == (begin, 11)
            np.testing.assert_array_equal(part.lengths, whole[k].lengths[begin:end])
            np.testing.assert_array_equal(part.rows, whole[k].rows[begin:end, : part.rows.shape[1]])
            assert part.rows.shape[1] > part.lengths.max() or not skip


#: Takes three steps on one device and on two, and compares; devices can be split only before TensorFlow has run.
MIRRORED = """
import sys, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from sketchkit.data import doodles
from sketchkit.data.dataset import Dataset
from sketchkit.model.evaluation import inputs
from sketchkit.hparams import HParams
from sketchkit.model.network import Network
from sketchkit.model.weights import initial_weights
from sketchkit.training.distributed.train_step import ParallelStep
from sketchkit.training.distributed.cluster import Workers
data = Dataset.from_sketches([doodles.draw(name, seed) for seed in range(9) for name in ("star", "fish", "sun")])
h = HParams().updated(sys.argv[1], max_seq_len=data.max_seq_len)
workers = Workers.start("mirrored")
assert workers.replicas == 2
with workers.scope():
    two = Network(h, initial_weights(h, 0)).use_published_optimizer()
one = Network(h, initial_weights(h, 0)).use_published_optimizer()
alone, together = tf.function(one.train_step, jit_compile=True), ParallelStep(two, workers)
batches = data.batches(h.batch_size, 3, augment_stroke_prob=0.2, like_length=h.skip_padding)
for k in range(3):
    batch = batches[k]
    expected = alone(inputs(h, batch, (1, k), k))
    found = together([inputs(h, part, (1, k), k) for part in workers.split(batch, h.batch_size)])
    for name, figure in expected.items():
        assert abs(found[name] - float(figure)) < 1e-5, (k, name, found, expected)
for name, variable in one.by_name.items():
    for copy in workers.strategy.experimental_local_results(two.by_name[name].value):
        np.testing.assert_allclose(copy.numpy(), variable.numpy(), rtol=0, atol=1e-5, err_msg=name)
"""


@pytest.mark.parametrize(
    "changes",
    [
        "conditional=false,grad_clip=0.001",
        pytest.param("kl_tolerance=0.2", marks=pytest.mark.long),  # KL is less at first, and not counted
        pytest.param("kl_tolerance=0.0001,use_input_dropout=1,use_output_dropout=1", marks=pytest.mark.long),
        pytest.param("skip_padding=1,dec_model=layer_norm", marks=pytest.mark.long),
    ],
)
def test_two_devices_take_the_step_of_one(changes):
    subprocess.run([sys.executable, "-c", MIRRORED, f"{SMALL},{changes}"], check=True, timeout=300)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected TF_CONFIG in the environment, such as"),
        ("{", "expected TF_CONFIG"),
        ('{"cluster": {"worker": ["a:1"], "ps": ["b:1"]}, "task": {"type": "worker", "index": 0}}', "of type worker"),
        ('{"cluster": {"worker": ["a:1", "a:1"]}, "task": {"type": "worker", "index": 0}}', "another address"),
        ('{"cluster": {"worker": ["a:1", "b"]}, "task": {"type": "worker", "index": 0}}', "host:port"),
        ('{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}', "an index from 0 to 0"),
        ('{"cluster": {"worker": 5}, "task": {"type": "worker", "index": "0"}}', "expected TF_CONFIG"),
    ],
)
def test_a_cluster_that_makes_no_sense_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        read_cluster(text)


def test_what_cannot_be_shared_is_refused(tmp_path):
    class Three:
        num_replicas_in_sync = 3

    with pytest.raises(ValueError, match="batch_size=2 is shared by 3 devices; set it to at least 3"):
        Workers(Three()).rows(2)
    with pytest.raises(ValueError, match="strategy: expected none, mirrored, multiworker, got 'both'"):
        train("doodles", tmp_path, SMALL, strategy="both")
    with pytest.raises(ValueError, match="background"):
        train("doodles", tmp_path, SMALL, strategy="multiworker", background=True)


# Two processes ----------------------------------------------------------------------------------------


def addresses(count):
    """Return addresses of this machine that are free at the moment."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    names = [f"127.0.0.1:{server.getsockname()[1]}" for server in held]
    for server in held:
        server.close()
    return names


class Cluster:
    """`sketchkit train` on loopback, as many processes as there are lists of arguments."""

    def __init__(self, *arguments, names=None):
        names = addresses(len(arguments)) if names is None else names
        self.said = [[] for _ in arguments]
        self.processes, self.readers = [], []
        for index, words in enumerate(arguments):
            task = {"cluster": {"worker": names}, "task": {"type": "worker", "index": index}}
            process = subprocess.Popen(
                [sys.executable, "-m", "sketchkit", "train", *map(str, words), "--strategy", "multiworker"],
                env={**os.environ, "TF_CONFIG": json.dumps(task)}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            self.processes.append(process)
            reader = threading.Thread(target=self._read, args=(index,))
            reader.start()
            self.readers.append(reader)

    def _read(self, index):
        for line in self.processes[index].stdout:
            self.said[index].append(line.rstrip())
        self.processes[index].stdout.close()

    def until(self, index, word, seconds=240):
        """Wait until a worker says something."""
        deadline = time.monotonic() + seconds
        while not any(word in line for line in self.said[index]):
            assert time.monotonic() < deadline, self.said
            assert self.processes[index].poll() is None, self.said
            threading.Event().wait(0.02)

    def codes(self, seconds=240):
        """Wait for all and return their exit codes."""
        try:
            return [process.wait(seconds) for process in self.processes]
        finally:
            for process in self.processes:
                process.kill()
            for reader in self.readers:
                reader.join()

    def last(self, index):
        """Return what a worker said of itself at the end; TensorFlow's own log lines begin with a letter and a date."""
        return next((line for line in reversed(self.said[index]) if line.startswith("sketchkit: ")), self.said[index])


def arguments(run, steps, *more, hparams=SMALL):
    return ["doodles", "--run", run, "--hparams", f"{hparams},num_steps={steps}", "--progress", "lines",
            "--log-every", 1, "--seed", 5, *more]  # fmt: skip


@pytest.mark.long
def test_two_workers_come_to_the_weights_of_one_and_only_the_chief_writes(tmp_path):
    train("doodles", tmp_path / "one", SMALL, num_steps=50, log_every=1, progress="none", seed=5)
    two = Cluster(arguments(tmp_path / "two", 50), arguments(tmp_path / "other disk", 50))
    assert two.codes() == [0, 0], two.said
    assert apart(tmp_path / "one", tmp_path / "two") < 1e-5
    assert not (tmp_path / "other disk").exists()
    assert (
        Run(tmp_path / "two").model().config.training["step"] == Run(tmp_path / "one").model().config.training["step"]
    )
    # A single process goes on with what two have begun, and the other way round.
    train("doodles", tmp_path / "two", SMALL, num_steps=60, progress="none", seed=5)
    two = Cluster(*[arguments(tmp_path / name, 60) for name in ("one", "elsewhere")])
    assert two.codes() == [0, 0], two.said
    assert "going on from step 50" in "\n".join(two.said[0])
    assert apart(tmp_path / "one", tmp_path / "two") < 1e-5


@pytest.mark.long
@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_worker_stops_the_other_with_a_word_and_the_pair_goes_on(tmp_path, victim):
    whole, run = tmp_path / "whole", tmp_path / "run"
    assert Cluster(arguments(whole, 40), arguments(whole, 40)).codes() == [0, 0]
    pair = Cluster(arguments(run, 40), arguments(run, 40))
    pair.until(0, f"step {np.random.default_rng().integers(11, 37)} of")
    os.kill(pair.processes[victim].pid, signal.SIGKILL)
    began = time.monotonic()
    codes = pair.codes(60)
    assert time.monotonic() - began < 30
    assert codes[victim] == -signal.SIGKILL
    assert codes[1 - victim] == 1
    word = pair.last(1 - victim)
    assert word.startswith(f"sketchkit: worker {victim} (127.0.0.1:")
    assert word.endswith("start the same command on every worker again, and the run goes on from its newest checkpoint")
    assert Run(run).state.state == ("killed" if victim == 0 else "failed")
    pair = Cluster(arguments(run, 40), arguments(run, 40))
    assert pair.codes() == [0, 0], pair.said
    assert apart(whole, run) == 0


@pytest.mark.long
def test_workers_that_do_not_fit_together_or_fail_say_so_on_all(tmp_path):
    other = Cluster(arguments(tmp_path / "run", 20), arguments(tmp_path, 20, hparams=f"{SMALL},z_size=5"))
    assert other.codes() == [1, 1], other.said
    for index in (0, 1):
        assert "was started with z_size=5, worker 0 (127.0.0.1:" in other.last(index)
    assert not (tmp_path / "run/run.json").exists()
    # What only the chief finds out, the other hears.
    train("doodles", tmp_path / "run", SMALL, num_steps=1, progress="none", seed=4)
    begun = Cluster(arguments(tmp_path / "run", 20), arguments(tmp_path, 20))
    assert begun.codes() == [1, 1], begun.said
    assert "was begun with seed 4, now 5" in begun.last(0)
    assert "worker 0 (127.0.0.1:" in begun.last(1)
    assert "was begun with seed 4, now 5" in begun.last(1)
    assert json.loads((tmp_path / "run/run.json").read_text())["seed"] == 4


@pytest.mark.long
def test_who_is_told_to_end_says_so_to_the_other(tmp_path):
    pair = Cluster(arguments(tmp_path / "run", 10**6), arguments(tmp_path / "run", 10**6))
    pair.until(0, "step 3 of")
    pair.processes[1].terminate()
    codes = pair.codes(60)
    assert codes[0] == 1
    assert codes[1] != 0
    assert re.fullmatch(
        r"sketchkit: worker 1 \(127.0.0.1:\d+\) stopped all: KeyboardInterrupt: told to end", pair.last(0)
    )


@pytest.mark.long
def test_a_worker_that_comes_but_does_not_join_is_not_waited_for_without_an_end(tmp_path):
    names = addresses(1)
    with socket.create_server(("127.0.0.1", 0)) as door:
        names.append(f"127.0.0.1:{door.getsockname()[1]}")
        alone = Cluster(arguments(tmp_path / "run", 10), names=names)
        assert alone.codes(120) == [-signal.SIGKILL]
    assert "waited 25 s for another that was there and has not joined" in alone.last(0)
