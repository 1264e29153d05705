"""Trainer: trains a model on a dataset, in a run directory.

The batch and the random numbers of a step are functions of the seed and the step number. A run that was killed and
resumed therefore ends with the same weights as an uninterrupted one.
"""

from __future__ import annotations

import json
import logging
import math
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.arguments import parse_path, parse_seed, parse_sources
from sketchkit.data.batches import Prefetcher
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplar_choice import choose_exemplars
from sketchkit.model.model_folder import check_replaceable
from sketchkit.model.noise import stream_key
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import initial_weights
from sketchkit.render.raster import raster_grid
from sketchkit.render.svg import grid
from sketchkit.storage.atomic import atomic_write
from sketchkit.training.checkpoints import Checkpoints, Tensors, TrainingState, digest
from sketchkit.training.distributed.cluster import Cluster
from sketchkit.training.distributed.failures import propagate_errors
from sketchkit.training.errors import TrainingDivergedError
from sketchkit.training.glibc import disable_malloc_trim
from sketchkit.training.metrics import MetricsLog, read_records
from sketchkit.training.progress import PROGRESS, make_progress
from sketchkit.training.run import Run
from sketchkit.training.run_control import RunLock, RunRequests

__all__ = ["TrainingDivergedError", "train"]

logger = logging.getLogger("sketchkit")

#: Drawings per row of a sample grid. Samples and reconstructions use one batch size, so that TensorFlow compiles once.
SAMPLES_PER_ROW = 8
SAMPLE_TEMPERATURE = 0.4
#: Minimum number of latent codes per validation. A smaller valid split is evaluated with several codes per drawing, so
#: that the noise of the loss has less influence on which checkpoint is the best.
MIN_VALIDATION_DRAWS = 32
#: Number of training drawings from which the exemplars of a single-class model are chosen.
EXEMPLAR_POOL = 50
#: Files and folders that a run writes into its directory after `run.json`.
OUTPUTS = ("metrics.jsonl", "samples", "model", "state.json", "control.json")
#: Interval at which a paused run checks for requests, in seconds.
POLL_SECONDS = 0.1


def train(
    data_set: str | Path | Sequence[str | Path] | Dataset | None = None,
    run: str | Path = "runs/sketch-rnn",
    hparams: str | Mapping[str, Any] | HParams | None = "",
    *,
    data_dir: str | Path = ".",
    seed: int | None = 0,
    base: str | Path | SketchRNN | None = None,
    patience: int | None = None,
    minutes: float | None = None,
    log_every: int = 20,
    progress: str = "auto",
    categories: Sequence[str] = (),
    background: bool = False,
    strategy: str = "none",
    **changes: Any,
) -> Run | None:
    """Train a model, or resume training.

    The same call again resumes the run from its latest checkpoint.

    Parameters
    ----------
    data_set : str, Path, sequence of them, or Dataset, optional
        Training data: a name such as `doodles`, one or more files that `Dataset.open` accepts (as a sequence or
        separated by commas), or a dataset. Default: `data_set` of the hyperparameters.
    run : str or Path
        Run directory; see `sketchkit.training.run`.
    hparams : str, mapping or HParams
        Hyperparameters. A string is JSON or has the syntax of the original implementation, `key=value,key=[a,b]`. If
        `max_seq_len` is above 0, longer drawings are dropped, also from a `Dataset`. 0 means the length of the longest
        drawing or, in an `HParams` object, the `max_seq_len` of the base model, if there is one.
    data_dir : str or Path
        Directory to which relative paths in `data_set` refer.
    seed : int
        Seed of the initial weights, batches, augmentation, dropout and noise, 0 to 2^63 - 1. None means 0.
    base : str, Path or SketchRNN, optional
        Model to start from, or a name or folder that `sketchkit.load` accepts. The run starts from its weights, scale
        factor and hyperparameters (including `max_seq_len`), except for hyperparameters that are passed. The drawings
        should have the same units as its training data.
    patience : int, optional
        Stop after this many validations without improvement. Default: train for all `num_steps`.
    minutes : float, optional
        Maximum training time in minutes, summed over all starts of the run.
    log_every : int
        Number of steps between records of the training losses.
    progress : str
        Type of progress report: `auto`, `bar`, `lines` or `none`; see `sketchkit.training.progress`.
    categories : sequence of str
        Names of the drawn subjects, for the model card. If a conditional model is trained from a base and has one
        category, `generate` and `complete` of the trained model also accept this name as `category`.
    background : bool
        Train in a separate process, which continues when this one ends, and return once it has started. `Run.status` is
        its status, `Run.stop()` and similar methods control it, and `log.txt` contains its output. `data_set` and
        `base` must then be names or paths.
    strategy : str
        `none`: this process and one device; `mirrored`: all devices of this machine; `multiworker`: all processes
        listed in the environment variable TF_CONFIG (docs/distributed.md). The devices share every batch. The resulting
        weights are those of a single device, up to rounding. Only the first process, the chief, uses the run directory.
    **changes
        Further hyperparameters by name; None leaves a hyperparameter unchanged.

    Returns
    -------
    Run or None
        The run; None on a worker without access to the chief's disk. `Run.model()` returns the model of the best
        checkpoint, which has the lowest validation loss recon + kl_weight * KL, at the configured `kl_weight`. (The
        original implementation weights KL by 0.01 in this comparison.)

    Raises
    ------
    ValueError
        If a hyperparameter is unknown or out of range, the data are unusable, a split is empty, the run directory is
        damaged, in use by another process or was started with different settings, or the workers were started with
        different settings.
    TrainingDivergedError
        If the loss or the gradients become non-finite again after one rollback with half the learning rate.
    WorkerLostError
        If another worker failed or cannot be reached. The same command on every worker resumes from the latest
        checkpoint.
    OSError
        If a file cannot be written, for example because the disk is full. Earlier checkpoints are kept.
    """
    base_argument, base = base, _load_base(base)
    defaults = base.hparams if base else HParams()
    settings = hparams if isinstance(hparams, HParams) else defaults.replace(hparams)
    settings = settings.replace({name: value for name, value in changes.items() if value is not None})
    if base and isinstance(hparams, HParams) and not settings.max_seq_len:
        settings = settings.replace(max_seq_len=base.hparams.max_seq_len)
    run, seed = parse_path(run, "run"), parse_seed(seed)
    log_every, progress, strategy = log_every or 20, progress or "auto", strategy or "none"
    if progress not in PROGRESS:
        raise ValueError(f"progress: expected {', '.join(PROGRESS[:-1])} or {PROGRESS[-1]}, got {progress!r}")
    if data_set is not None and not isinstance(data_set, Dataset):
        data_set = parse_sources(data_set, "data_set", Path(data_dir))
    if background:
        if strategy == "multiworker":
            raise ValueError(
                "background=True cannot be combined with strategy='multiworker'; start every worker in the foreground "
                "with your launcher (docs/distributed.md)"
            )
        if isinstance(data_set, Dataset):
            raise ValueError("background=True: expected a name or path as data_set, got a Dataset")
        if isinstance(base_argument, SketchRNN):
            raise ValueError("background=True: expected a name or folder as base, got a SketchRNN")
        from sketchkit.training.background import start

        sources = settings.data_set if data_set is None else data_set
        return start(
            run,
            data_set=[str(source) for source in parse_sources(sources, "data_set", Path(data_dir))],
            hparams=settings.as_dict(), data_dir=str(data_dir), seed=seed, patience=patience, minutes=minutes,
            log_every=log_every, categories=list(categories), strategy=strategy,
            base=None if base_argument is None else str(base_argument),
        )  # fmt: skip
    cluster = Cluster.start(strategy)
    with propagate_errors(cluster):
        dataset, settings = _open_dataset(data_set, settings, data_dir, base)
        if cluster.count > 1:
            if minutes is not None:
                raise ValueError("minutes: not supported with several workers, whose clocks differ; use num_steps")
            data = {"data_set": dataset.name, "fingerprint": dataset.fingerprint, "scale_factor": dataset.scale_factor}
            data["base"] = base and digest(base.weights)
            cluster.check_same_settings({**settings.as_dict(), **data, "seed": seed, "patience": patience})
        if not cluster.is_chief:
            trainer = Trainer(dataset, None, settings, seed, tuple(categories), cluster, base)
            trainer.fit(settings.num_steps, patience, log_every, "none")
            return Run(run) if (run / "run.json").exists() else None
        with RunLock(run) as lock:
            trainer = Trainer(dataset, lock, settings, seed, tuple(categories), cluster, base)
            trainer.fit(settings.num_steps, patience, log_every, progress, minutes)
    return Run(run)


def _open_dataset(
    data_set: Any, settings: HParams, data_dir: str | Path, base: SketchRNN | None
) -> tuple[Dataset, HParams]:
    """Open the dataset, set `data_set` and `max_seq_len` of the hyperparameters from it, and return both."""
    if isinstance(data_set, Dataset):
        dataset = data_set.limited(settings.max_seq_len) if settings.max_seq_len else data_set
        settings = settings.replace(data_set=[dataset.name])
    else:
        sources = settings.data_set if data_set is None else data_set
        dataset = Dataset.open(sources, max_seq_len=settings.max_seq_len or None, folder=data_dir)
        # Names only: the model card names the training data, but not their location.
        settings = settings.replace(data_set=[Path(source).name for source in sources])
    if base:
        dataset = replace(dataset, scale_override=base.scale_factor)
    settings = settings.replace(max_seq_len=dataset.max_seq_len)
    if not len(dataset.usable_indices("valid")):
        raise ValueError(f"{dataset.name}: the valid split is empty, so the best checkpoint cannot be determined")
    return dataset, settings


def _load_base(base: str | Path | SketchRNN | None) -> SketchRNN | None:
    """Return the base model, loading it if it is a name or a folder; None if there is no base."""
    if base is None or isinstance(base, SketchRNN):
        return base
    from sketchkit.loading import load

    return load(base)


class Trainer:
    """Training loop of one run. Use `train` to create and run it.

    Parameters
    ----------
    dataset : Dataset
        Training and validation drawings.
    lock : RunLock or None
        Lock of the run directory; None in a process that is not the chief.
    hparams : HParams
        Hyperparameters, with `max_seq_len` set.
    seed : int
        Seed of the initial weights, batches, augmentation, dropout and noise.
    categories : tuple of str
        Names of the drawn subjects, for the model card.
    cluster : Cluster, optional
        Processes and devices that train. Default: one device of this process.
    base : SketchRNN, optional
        Model whose weights are the initial weights.
    """

    def __init__(
        self,
        dataset: Dataset,
        lock: RunLock | None,
        hparams: HParams,
        seed: int,
        categories: tuple[str, ...] = (),
        cluster: Cluster | None = None,
        base: SketchRNN | None = None,
    ) -> None:
        self.dataset = dataset
        self.base = base
        self.lock = lock
        self.cluster = cluster or Cluster()
        self.folder = lock.folder if lock else Path()
        self.hparams = hparams
        self.seed = seed
        h = hparams
        batches = self.dataset.batches(
            h.batch_size,
            self.seed,
            random_scale_factor=h.random_scale_factor,
            augment_stroke_prob=h.augment_stroke_prob,
            random_rotation=h.random_rotation,
            random_stroke_factor=h.random_stroke_factor,
            bucket_by_length=h.skip_padding,
            shard=self.cluster.local_rows(h.batch_size),
        )
        self.batches = Prefetcher(batches)
        self.checkpoints = Checkpoints(self.folder / "checkpoints")
        self.metrics_path = self.folder / "metrics.jsonl"
        if lock:
            self._check_or_write_run_json()
            lock.start_run()
        name = categories[0] if base and len(categories) == 1 else self.dataset.name
        size = self.dataset.drawing_size or None
        config = ModelConfig(h, self.dataset.scale_factor, name, categories, drawing_size=size)
        self.model = SketchRNN(config, base.weights if base else initial_weights(h, self.seed))
        with self.cluster.scope():
            self.network = self.model.network
        self.state = TrainingState()
        checkpoint = self._latest_checkpoint()
        self.resumed = checkpoint is not None
        if lock and not checkpoint and (last := max((r["step"] for r in read_records(self.metrics_path)), default=0)):
            raise ValueError(
                f"{self.folder}: metrics.jsonl goes up to step {last:,}, but there is no valid checkpoint. "
                "Restore checkpoints/, or delete the run directory to start over"
            )
        if checkpoint:
            self._restore(*checkpoint)
        else:
            self._compile()
            self._checkpoint()

    # The loop -------------------------------------------------------------------------------------

    def fit(
        self, steps: int, patience: int | None, log_every: int, progress: str, minutes: float | None = None
    ) -> None:
        """Train up to step `steps`, for `minutes` in total, or until `patience` validations bring no improvement."""
        if minutes is not None and not minutes > 0:
            raise ValueError(f"minutes: expected a positive number, got {minutes}")
        seconds = math.inf if minutes is None else 60 * minutes
        if patience is not None and patience < 1:
            raise ValueError(f"patience: expected at least 1, got {patience}")
        if log_every < 1:
            raise ValueError(f"log_every: expected at least 1, got {log_every}")
        reporter = make_progress(progress, self.state.step, steps)
        if self.resumed:
            reporter.message(f"{self.folder}: resuming from step {self.state.step:,}")
        metrics_log = MetricsLog(self.folder, self.state.step) if self.lock else None
        if metrics_log and self.state.best_step is None and not self.state.step:
            metrics_log.rewind(-1)  # a validation of the base that has no checkpoint is removed and repeated below
        start_time, previous_seconds = time.perf_counter(), self.state.seconds
        lap_step, lap_time = self.state.step, start_time
        saved_on_request = 0  # number of requested checkpoints that have been saved
        try:
            if self.base and self.state.best_step is None and not self.state.step:
                self._validate(metrics_log, reporter)  # the base model itself is a candidate for the best model
                self._checkpoint()
            self._export_best()
            while self.state.step < steps and self.state.seconds < seconds and not self._out_of_patience(patience):
                requests = self._read_requests()
                if requests.checkpoints > saved_on_request or requests.pause or requests.stop:
                    saved_on_request = requests.checkpoints
                    self._checkpoint()
                    reporter.message(f"step {self.state.step:,}: checkpoint saved on request")
                    if metrics_log:
                        metrics_log.flush()
                    if requests.pause and not requests.stop:
                        pause_seconds = self._wait_while_paused(reporter)
                        start_time, lap_time = start_time + pause_seconds, lap_time + pause_seconds
                        continue
                    if requests.stop:
                        reporter.message(f"step {self.state.step:,}: stopped on request")
                        if self.lock:
                            self.lock.final_state = "stopped"
                        break
                metrics = self._step()
                if not math.isfinite(metrics["loss"]) or not metrics["finite"]:
                    self._roll_back(reporter)
                    if metrics_log:
                        metrics_log.rewind(self.state.step)
                    lap_step, lap_time = self.state.step, time.perf_counter()
                    continue
                step = self.state.step + 1
                self.state = replace(self.state, step=step, seconds=previous_seconds + time.perf_counter() - start_time)
                losses = {}
                if metrics_log and step % log_every == 0:
                    now = time.perf_counter()
                    losses = {name: metrics[name] for name in ("loss", "recon", "kl")}
                    metrics_log.log(
                        "train", step, **losses,
                        learning_rate=self._learning_rate(step), kl_weight=self._kl_weight(step),
                        seconds=(now - lap_time) / (step - lap_step),
                    )  # fmt: skip
                    lap_step, lap_time = step, now
                reporter.step(step, losses)
                if step % self.hparams.save_every == 0 or step == steps or self.state.seconds >= seconds:
                    self._validate(metrics_log, reporter)
                    self._checkpoint()
                    self._export_best()
                    lap_step, lap_time = step, time.perf_counter()
            self.cluster.all_gather("done")  # wait until the chief has written all files
        finally:
            if metrics_log:
                metrics_log.close()
            reporter.close()

    def _wait_while_paused(self, reporter: Any) -> float:
        """Wait for a request to resume or stop, and return the waiting time in seconds."""
        start_time = time.perf_counter()
        reporter.message(f"step {self.state.step:,}: paused on request")
        if self.lock:
            self.lock.set_status("paused")
        while (requests := self._read_requests()).pause and not requests.stop:
            time.sleep(POLL_SECONDS)
        if self.lock:
            self.lock.set_status("running")
        return time.perf_counter() - start_time

    def _read_requests(self) -> RunRequests:
        """Return the chief's pending requests, on all workers."""
        requests = self.lock.read_requests() if self.lock else RunRequests()
        pause, stop, checkpoints = self.cluster.broadcast_ints(tuple(map(int, astuple(requests))))
        return RunRequests(bool(pause), bool(stop), checkpoints)

    def _step(self) -> dict[str, float]:
        """Take one training step and return its losses. They depend only on weights, optimizer and step number."""
        from sketchkit.model.evaluation import model_inputs

        k, h = self.state.step, self.hparams
        eps_key, dropout_key = (stream_key(self.seed, 1), k), stream_key(self.seed, 2, k)
        make_inputs = partial(model_inputs, h, eps_key=eps_key, dropout_key=dropout_key)
        batch = self.batches[k]
        if self.cluster.strategy is None:
            return {name: float(value) for name, value in self._compiled_step(make_inputs(batch)).items()}
        losses: dict[str, float] = self._compiled_step(
            [make_inputs(shard) for shard in self.cluster.split(batch, h.batch_size)]
        )
        return losses

    def _validate(self, metrics_log: MetricsLog | None, reporter: Any) -> None:
        """Evaluate the valid split, update the best step, and draw a sample grid."""
        from sketchkit.model.evaluation import loss_sums, mean_losses

        start_time, h, step = time.perf_counter(), self.hparams, self.state.step
        num_codes = -(-MIN_VALIDATION_DRAWS // len(self.dataset.usable_indices("valid"))) if h.conditional else 1
        index, count = self.cluster.index, self.cluster.count
        batches = self.dataset.iter_batches("valid", h.batch_size, first=index, every=count)
        sums = loss_sums(self.network, batches, seed=self.seed, first=index, every=count, num_codes=num_codes)
        losses = mean_losses(self.cluster.all_gather(sums))
        loss = losses["recon"] + (h.kl_weight * max(losses["kl"], h.kl_tolerance) if h.conditional else 0.0)
        seconds = time.perf_counter() - start_time
        if metrics_log:
            metrics_log.log("valid", step, loss=loss, recon=losses["recon"], kl=losses["kl"], seconds=seconds)
        is_best = loss < self.state.best_loss
        if is_best:
            self.state = replace(self.state, best_step=step, best_loss=loss)
        note = ", best so far" if is_best else ""
        reporter.message(f"step {step:,}: validation recon {losses['recon']:.3f}, KL {losses['kl']:.3f}{note}")
        if metrics_log:
            self._draw_samples(metrics_log)
            metrics_log.flush()

    def _draw_samples(self, metrics_log: MetricsLog) -> None:
        """Write a grid of samples and reconstructions as SVG, and log it for TensorBoard."""
        sketches = self.model.generate(SAMPLES_PER_ROW, temperature=SAMPLE_TEMPERATURE, seed=self.seed)
        labels = [""] * SAMPLES_PER_ROW
        if self.hparams.conditional:
            originals = [self.dataset.valid[int(i)] for i in self.dataset.usable_indices("valid")[:SAMPLES_PER_ROW]]
            codes = self.model.encode(originals)
            reconstructions = self.model.decode(codes, temperature=SAMPLE_TEMPERATURE, seed=self.seed)
            sketches += [*originals, *reconstructions]
            labels += ["original"] * len(originals) + ["reconstruction"] * len(originals)
        step = self.state.step
        path = self.folder / "samples" / f"step-{step:08d}.svg"
        with atomic_write(path) as part:
            part.write_text(grid(sketches, columns=SAMPLES_PER_ROW, labels=labels).text, encoding="utf-8")
        metrics_log.log_image("Samples", step, raster_grid(sketches, SAMPLES_PER_ROW, 96))

    def _out_of_patience(self, patience: int | None) -> bool:
        """Return whether `patience` validations have passed since the best one."""
        if patience is None or self.state.best_step is None:
            return False
        return self.state.step - self.state.best_step >= patience * self.hparams.save_every

    # Rollback -------------------------------------------------------------------------------------

    def _roll_back(self, reporter: Any) -> None:
        """Restore the latest checkpoint and halve the learning rate. Raise TrainingDivergedError the second time."""
        step = self.state.step + 1
        if self.state.rate_scale < 1:
            raise TrainingDivergedError(
                f"step {step:,}: non-finite loss or gradients again, after the learning rate was halved. The best "
                f"model so far is in {self.folder / 'model'}. Try a lower learning_rate or grad_clip, and "
                "check the report of the dataset."
            )
        checkpoint = self._latest_checkpoint()
        if checkpoint is None:
            raise TrainingDivergedError(
                f"step {step:,}: non-finite loss or gradients, and no valid checkpoint to roll back to"
            )
        tensors, state = checkpoint
        reporter.message(
            f"step {step:,}: non-finite loss or gradients; rolling back to step {state.step:,} "
            "and halving the learning rate"
        )
        self._restore(tensors, replace(state, rate_scale=state.rate_scale / 2))
        self._checkpoint()

    # Checkpoints and files ----------------------------------------------------------------------------------------

    def _compile(self) -> None:
        """Create the optimizer and the compiled training step."""
        from sketchkit.model.compiled import Compiled

        disable_malloc_trim()
        with self.cluster.scope():
            self.network.compile_published(self.state.rate_scale)
        if self.cluster.strategy is None:
            self._compiled_step: Any = Compiled(self.network.train_step)
        else:
            from sketchkit.training.distributed.train_step import DistributedTrainStep

            self._compiled_step = DistributedTrainStep(self.network, self.cluster)

    def _latest_checkpoint(self) -> tuple[Tensors, TrainingState] | None:
        """Return the latest valid checkpoint, which the chief reads and broadcasts."""
        checkpoint = self.checkpoints.latest() if self.lock else None
        state = self.cluster.all_gather(asdict(checkpoint[1]) if checkpoint else None)[0]
        tensors = self.cluster.broadcast_arrays(checkpoint[0] if checkpoint else None)
        return None if tensors is None else (tensors, TrainingState(**state))

    def _restore(self, tensors: Tensors, state: TrainingState) -> None:
        """Set weights, optimizer state and progress to those of a checkpoint."""
        self.state = state
        self._compile()
        for name, variable in self._variables().items():
            if name not in tensors or tensors[name].shape != tuple(variable.shape):
                raise ValueError(
                    f"{self.checkpoints.path(state.step)}: {name!r} is missing or has another shape; "
                    "the checkpoint belongs to another model"
                )
            variable.assign(tensors[name])

    def _checkpoint(self) -> None:
        """Save a checkpoint, if this process is the chief."""
        if not self.lock:
            return
        tensors = {name: np.asarray(variable.numpy()) for name, variable in self._variables().items()}
        self.checkpoints.save(tensors, self.state)

    def _variables(self) -> dict[str, Any]:
        """Return the variables that a checkpoint stores, by name."""
        variables = {f"weights/{name}": variable for name, variable in self.network.variables_by_name.items()}
        optimizer = self.network.optimizer
        # Keras numbers its optimizers ("adam_3/..."); the number is not part of the state.
        return variables | {f"optimizer/{v.path.split('/', 1)[-1]}": v for v in optimizer.variables}

    def _export_best(self) -> None:
        """Write the model folder of the best checkpoint, unless it is up to date."""
        from sketchkit.model.model_folder import read_folder

        best = self.state.best_step
        if best is None or not self.lock:
            return
        folder = self.folder / "model"
        try:
            if read_folder(folder)[0].training.get("step") == best:
                return
        except (FileNotFoundError, ValueError):
            pass
        tensors, state = self.checkpoints.load(best)
        weights = {n.removeprefix("weights/"): t for n, t in tensors.items() if n.startswith("weights/")}
        record = {
            "step": best,
            "seed": self.seed,
            "seconds": round(state.seconds, 1),
            "data": {
                "name": self.dataset.name,
                "fingerprint": self.dataset.fingerprint,
                "size": round(self.dataset.drawing_size, 2),
                **{split: len(self.dataset.usable_indices(split)) for split in self.dataset.splits},
            },
            "losses": {"valid": self._valid_losses(best)},
        }
        if self.base:
            record["base"] = self.base.name
        best_model = SketchRNN(replace(self.model.config, training=record), weights)
        if self.base and best_model.conditional and len(best_model.categories) == 1:
            # The fine-tuned model draws one class only, so it needs new exemplars.
            indices = self.dataset.usable_indices("train")[:EXEMPLAR_POOL]
            drawings = [self.dataset.train[int(index)] for index in indices]
            best_model.exemplars = choose_exemplars(best_model, {best_model.categories[0]: drawings})
        best_model.save(folder)

    def _valid_losses(self, step: int) -> dict[str, Any]:
        """Return the validation losses of a step for the model card; empty if there are none."""
        for record in reversed(read_records(self.metrics_path)):
            if record["kind"] == "valid" and record["step"] == step:
                return {
                    "recon": record["recon"], "kl": record["kl"], "drawings": len(self.dataset.usable_indices("valid")),
                }  # fmt: skip
        return {}

    def _check_or_write_run_json(self) -> None:
        """Check that the directory is empty or belongs to this run, and write `run.json`."""
        settings: dict[str, Any] = {
            "hparams": self.hparams.as_dict(),
            "seed": self.seed,
            "scale_factor": self.dataset.scale_factor,
            "data": {"name": self.dataset.name, "fingerprint": self.dataset.fingerprint},
            "base": self.base and {"name": self.base.name, "weights": digest(self.base.weights)},
        }
        path = self.folder / "run.json"
        if not path.exists() and self.checkpoints.steps():
            raise ValueError(
                f"{self.folder}: found checkpoints but no run.json; the run directory is damaged. Delete it, or choose "
                "another run directory"
            )
        if not path.exists() and (others := [name for name in OUTPUTS if (self.folder / name).exists()]):
            raise ValueError(
                f"{self.folder} contains {', '.join(others)} but no run.json, so it is not a run directory; "
                "choose another"
            )
        check_replaceable(self.folder / "model")
        if path.exists():
            saved = Run(self.folder).settings
            # A hyperparameter that did not exist when the run was started has its default value.
            saved_hparams = {**HParams().as_dict(), **saved["hparams"]}
            changeable = ("num_steps", "save_every", "data_set")  # these do not change the training steps
            for key, value in settings["hparams"].items():
                if key not in changeable and saved_hparams[key] != value:
                    raise ValueError(
                        f"{self.folder} was started with {key}={saved_hparams[key]}, now {key}={value}; "
                        "choose another run directory, or the original settings"
                    )
            for key in ("seed", "data", "base"):
                if saved.get(key) != settings[key]:
                    raise ValueError(
                        f"{self.folder} was started with {key} {saved.get(key)}, now {settings[key]}; "
                        "choose another run directory"
                    )
        with atomic_write(path) as part:
            versions = {"python": platform.python_version(), "numpy": np.__version__}
            part.write_text(json.dumps({**settings, "versions": versions}, indent=1), encoding="utf-8")

    def _learning_rate(self, step: int) -> float:
        """Return the learning rate with which a step is taken; steps count from 1."""
        from sketchkit.model.schedules import learning_rate

        rate: float = self.state.rate_scale * learning_rate(self.hparams, step - 1)
        return rate

    def _kl_weight(self, step: int) -> float:
        """Return the KL weight of a step; 0 for an unconditional model. Steps count from 1."""
        from sketchkit.model.schedules import kl_weight

        return kl_weight(self.hparams, step - 1) if self.hparams.conditional else 0.0
