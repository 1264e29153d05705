"""Distributed training: results match those of one device, and errors stop all workers."""

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
from sketchkit.data.augmentation import Augmentation
from sketchkit.data.dataset import Dataset
from sketchkit.training.checkpoints import Checkpoints
from sketchkit.training.distributed.cluster import Cluster
from sketchkit.training.distributed.tf_config import read_tf_config
from sketchkit.training.run import Run
from sketchkit.training.train import train

SMALL = "dec_rnn_size=16,enc_rnn_size=12,z_size=4,num_mixture=3,batch_size=11,save_every=10"


def weights(run):
    tensors, progress = Checkpoints(run / "checkpoints").latest()
    return {name: tensor for name, tensor in tensors.items() if name.startswith("weights/")}, progress


def largest_difference(a, b):
    """Return the largest absolute difference between the weights of two runs."""
    (first, first_state), (second, second_state) = weights(a), weights(b)
    assert first_state.step == second_state.step
    return max(float(np.abs(first[name] - second[name]).max()) for name in first)


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("cuts", [(0, 5, 11), (0, 3, 7, 11)])
def test_batches_of_a_shard_contain_the_drawings_of_its_part_of_the_full_batch(skip, cuts):
    drawings = [doodles.draw(name, seed) for seed in range(9) for name in ("star", "fish", "sun", "mountain")]
    dataset = Dataset.from_sketches(drawings[:30], drawings[30:])
    changes = Augmentation(random_scale_factor=0.15, augment_stroke_prob=0.3)
    options = {"augmentation": changes, "bucket_by_length": skip}
    whole = dataset.batches(11, 5, **options)
    for k in (0, 7):
        for begin, end in pairwise(cuts):
            part = dataset.batches(11, 5, **options, shard=(begin, end))[k]
            assert part.shard == (begin, 11)
            np.testing.assert_array_equal(part.lengths, whole[k].lengths[begin:end])
            np.testing.assert_array_equal(part.rows, whole[k].rows[begin:end, : part.rows.shape[1]])
            assert part.rows.shape[1] > part.lengths.max() or not skip


#: Program that compares three steps on one device and on two. Devices can be split only before TensorFlow is used.
MIRRORED = """
import sys, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from sketchkit.data import doodles
from sketchkit.data.augmentation import Augmentation
from sketchkit.data.dataset import Dataset
from sketchkit.model.evaluation import model_inputs
from sketchkit.hparams import HParams
from sketchkit.model.network import Network
from sketchkit.model.weights import initial_weights
from sketchkit.training.distributed.train_step import DistributedTrainStep
from sketchkit.training.distributed.cluster import Cluster
data = Dataset.from_sketches([doodles.draw(name, seed) for seed in range(9) for name in ("star", "fish", "sun")])
h = HParams().replace(sys.argv[1], max_seq_len=data.max_seq_len)
cluster = Cluster.start("mirrored")
assert cluster.replicas == 2
with cluster.scope():
    two = Network(h, initial_weights(h, 0)).compile_published()
one = Network(h, initial_weights(h, 0)).compile_published()
alone, together = tf.function(one.training_step, jit_compile=True), DistributedTrainStep(two, cluster)
changes = Augmentation(augment_stroke_prob=0.2)
batches = data.batches(h.batch_size, 3, augmentation=changes, bucket_by_length=h.skip_padding)
for k in range(3):
    batch = batches[k]
    expected = alone(model_inputs(h, batch, (1, k), k))
    found = together([model_inputs(h, part, (1, k), k) for part in cluster.split(batch, h.batch_size)])
    for name, figure in expected.items():
        assert abs(found[name] - float(figure)) < 1e-5, (k, name, found, expected)
for name, variable in one.variables_by_name.items():
    for copy in cluster.strategy.experimental_local_results(two.variables_by_name[name].value):
        np.testing.assert_allclose(copy.numpy(), variable.numpy(), rtol=0, atol=1e-5, err_msg=name)
"""


@pytest.mark.long
@pytest.mark.parametrize(
    "changes",
    [
        "conditional=false,grad_clip=0.001",
        "kl_tolerance=0.2",  # the initial KL is below the tolerance
        "kl_tolerance=0.0001,use_input_dropout=1,use_output_dropout=1",
        "skip_padding=1,dec_model=layer_norm",
    ],
)
def test_mirrored_step_equals_single_device_step(changes):
    subprocess.run([sys.executable, "-c", MIRRORED, f"{SMALL},{changes}"], check=True, timeout=300)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected TF_CONFIG in the environment, such as"),
        ("{", "expected TF_CONFIG"),
        ('{"cluster": {"worker": ["a:1"], "ps": ["b:1"]}, "task": {"type": "worker", "index": 0}}', "of type worker"),
        ('{"cluster": {"worker": ["a:1", "a:1"]}, "task": {"type": "worker", "index": 0}}', "a different address"),
        ('{"cluster": {"worker": ["a:1", "b"]}, "task": {"type": "worker", "index": 0}}', "host:port"),
        ('{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}', "index must be from 0 to 0"),
        ('{"cluster": {"worker": 5}, "task": {"type": "worker", "index": "0"}}', "expected TF_CONFIG"),
    ],
)
def test_read_tf_config_raises_when_it_is_invalid(text, message, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match=message):
        read_tf_config()


def test_read_tf_config_returns_addresses_and_index(monkeypatch):
    monkeypatch.setenv(
        "TF_CONFIG", '{"cluster": {"worker": {"0": "a:1", "1": "[::1]:2"}}, "task": {"type": "worker", "index": "1"}}'
    )
    assert read_tf_config() == (("a:1", "[::1]:2"), 1)


def test_train_raises_when_strategy_cannot_be_used(tmp_path):
    class Three:
        num_replicas_in_sync = 3

    with pytest.raises(ValueError, match="batch_size=2 is too small for 3 devices; set it to at least 3"):
        Cluster(Three()).local_rows(2)
    with pytest.raises(ValueError, match="strategy: expected none, mirrored, multiworker, got 'both'"):
        train("doodles", tmp_path, SMALL, strategy="both")
    with pytest.raises(ValueError, match="background=True cannot be combined with strategy='multiworker'"):
        train("doodles", tmp_path, SMALL, strategy="multiworker", background=True)


# Two processes ----------------------------------------------------------------------------------------


def addresses(count):
    """Return loopback addresses with free ports."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    names = [f"127.0.0.1:{server.getsockname()[1]}" for server in servers]
    for server in servers:
        server.close()
    return names


class TrainProcesses:
    """Processes of `sketchkit train` on loopback, one for each list of arguments."""

    def __init__(self, *arguments, names=None):
        names = addresses(len(arguments)) if names is None else names
        self.output = [[] for _ in arguments]
        self.processes, self.readers = [], []
        for index, options in enumerate(arguments):
            task = {"cluster": {"worker": names}, "task": {"type": "worker", "index": index}}
            process = subprocess.Popen(
                [sys.executable, "-m", "sketchkit", "train", *map(str, options), "--strategy", "multiworker"],
                env={**os.environ, "TF_CONFIG": json.dumps(task)}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            self.processes.append(process)
            reader = threading.Thread(target=self._read, args=(index,))
            reader.start()
            self.readers.append(reader)

    def _read(self, index):
        for line in self.processes[index].stdout:
            self.output[index].append(line.rstrip())
        self.processes[index].stdout.close()

    def wait_for_output(self, index, text, seconds=240):
        """Wait until the output of a worker contains a string."""
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.output[index]):
            assert time.monotonic() < deadline, self.output
            assert self.processes[index].poll() is None, self.output
            threading.Event().wait(0.02)

    def exit_codes(self, seconds=240):
        """Wait for all processes and return their exit codes."""
        try:
            return [process.wait(seconds) for process in self.processes]
        finally:
            for process in self.processes:
                process.kill()
            for reader in self.readers:
                reader.join()

    def last_message(self, index):
        """Return the last message that a worker itself printed, without the log lines of TensorFlow."""
        lines = self.output[index]
        return next((line for line in reversed(lines) if line.startswith("sketchkit: ")), lines)


def arguments(run, steps, *more, hparams=SMALL):
    return ["doodles", "--run", run, "--hparams", f"{hparams},num_steps={steps}", "--progress", "lines",
            "--log-every", 1, "--seed", 5, *more]  # fmt: skip


@pytest.mark.long
def test_two_workers_train_the_same_weights_as_one_process_and_only_the_chief_writes(tmp_path):
    train("doodles", tmp_path / "one", SMALL, num_steps=50, log_every=1, progress="none", seed=5)
    two = TrainProcesses(arguments(tmp_path / "two", 50), arguments(tmp_path / "other disk", 50))
    assert two.exit_codes() == [0, 0], two.output
    assert largest_difference(tmp_path / "one", tmp_path / "two") < 1e-5
    assert not (tmp_path / "other disk").exists()
    assert (
        Run(tmp_path / "two").model().config.training["step"] == Run(tmp_path / "one").model().config.training["step"]
    )
    # One process can resume a run of two workers, and two workers a run of one process.
    train("doodles", tmp_path / "two", SMALL, num_steps=60, progress="none", seed=5)
    two = TrainProcesses(*[arguments(tmp_path / name, 60) for name in ("one", "elsewhere")])
    assert two.exit_codes() == [0, 0], two.output
    assert "resuming from step 50" in "\n".join(two.output[0])
    assert largest_difference(tmp_path / "one", tmp_path / "two") < 1e-5


@pytest.mark.long
@pytest.mark.parametrize("victim", [0, 1])
def test_workers_stop_with_a_message_when_one_is_killed_and_resume_when_restarted(tmp_path, victim):
    whole, run = tmp_path / "whole", tmp_path / "run"
    assert TrainProcesses(arguments(whole, 40), arguments(whole, 40)).exit_codes() == [0, 0]
    pair = TrainProcesses(arguments(run, 40), arguments(run, 40))
    pair.wait_for_output(0, f"step {4 * np.random.default_rng().integers(3, 10)} of")
    os.kill(pair.processes[victim].pid, signal.SIGKILL)
    began = time.monotonic()
    exit_codes = pair.exit_codes(60)
    assert time.monotonic() - began < 30
    assert exit_codes[victim] == -signal.SIGKILL
    assert exit_codes[1 - victim] == 1
    message = pair.last_message(1 - victim)
    assert message.startswith(f"sketchkit: lost contact with worker {victim} (127.0.0.1:")
    assert message.endswith("Run the same command on every worker again to resume from the latest checkpoint")
    assert Run(run).status.state == ("killed" if victim == 0 else "failed")
    pair = TrainProcesses(arguments(run, 40), arguments(run, 40))
    assert pair.exit_codes() == [0, 0], pair.output
    assert largest_difference(whole, run) == 0


@pytest.mark.long
def test_all_workers_report_the_error_when_settings_differ_or_the_chief_fails(tmp_path):
    larger = SMALL.replace("z_size=4", "z_size=5")
    other = TrainProcesses(arguments(tmp_path / "run", 20), arguments(tmp_path, 20, hparams=larger))
    assert other.exit_codes() == [1, 1], other.output
    for index in (0, 1):
        assert "was started with z_size=5, worker 0 (127.0.0.1:" in other.last_message(index)
    assert not (tmp_path / "run/run.json").exists()
    # The other worker reports an error that only the chief can detect.
    train("doodles", tmp_path / "run", SMALL, num_steps=1, progress="none", seed=4)
    started = TrainProcesses(arguments(tmp_path / "run", 20), arguments(tmp_path, 20))
    assert started.exit_codes() == [1, 1], started.output
    assert "was started with seed 4, now 5" in started.last_message(0)
    assert "worker 0 (127.0.0.1:" in started.last_message(1)
    assert "was started with seed 4, now 5" in started.last_message(1)
    assert json.loads((tmp_path / "run/run.json").read_text())["seed"] == 4


@pytest.mark.long
def test_other_worker_reports_the_signal_when_one_is_terminated(tmp_path):
    pair = TrainProcesses(arguments(tmp_path / "run", 10**6), arguments(tmp_path / "run", 10**6))
    pair.wait_for_output(0, "step 1 of")
    pair.processes[1].terminate()
    exit_codes = pair.exit_codes(60)
    assert exit_codes[0] == 1
    assert exit_codes[1] != 0
    assert re.fullmatch(
        r"sketchkit: worker 1 \(127.0.0.1:\d+\) failed: KeyboardInterrupt: terminated by SIGTERM", pair.last_message(0)
    )


@pytest.mark.long
def test_worker_exits_after_a_timeout_when_a_reachable_worker_does_not_join(tmp_path):
    names = addresses(1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        names.append(f"127.0.0.1:{server.getsockname()[1]}")
        alone = TrainProcesses(arguments(tmp_path / "run", 10), names=names)
        assert alone.exit_codes(120) == [-signal.SIGKILL]
    assert "timed out after 25 s waiting for a worker that was reachable but did not join" in alone.last_message(0)
