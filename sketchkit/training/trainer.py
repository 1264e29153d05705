"""Training loop of one run, in a run directory.

The seed and the number of a step determine its batch and its random numbers. A run that was killed and
resumed therefore ends with the same weights as an uninterrupted one.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, astuple, replace
from pathlib import Path

from sketchkit.data.augmentation import Augmentation
from sketchkit.data.batches import Prefetcher
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import SplitName
from sketchkit.hparams import HParams
from sketchkit.model.config import ModelConfig
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import initial_weights
from sketchkit.training.best_model import add_test_losses, exported_step, save_best_model, tested_step
from sketchkit.training.callbacks import Callbacks
from sketchkit.training.checkpoints import Checkpoints, Tensors, TrainingState
from sketchkit.training.distributed.cluster import Cluster
from sketchkit.training.errors import TrainingDivergedError
from sketchkit.training.learner import Learner
from sketchkit.training.limits import Limits
from sketchkit.training.metrics import MetricsLog
from sketchkit.training.progress import ProgressKind, Reporter, make_progress
from sketchkit.training.run import Run
from sketchkit.training.run_control import RunLock, RunRequests
from sketchkit.training.run_json import check_directory, check_records, run_settings, write_run_json
from sketchkit.training.sample_quality import sample_quality
from sketchkit.training.step_timer import StepTimer
from sketchkit.training.validation import save_sample_grid, split_losses, weighted_losses

__all__ = ["Trainer"]

#: Interval at which a paused run checks for requests, in seconds.
POLL_SECONDS = 0.1


class Trainer:
    """Training loop of one run. Call `start`, then `fit`; `train` does that.

    Parameters
    ----------
    dataset : Dataset
        Training and validation drawings.
    lock : RunLock or None
        Lock of the run directory; None in a process other than the chief, because only the chief writes files.
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
        self.dataset, self.lock, self.hparams, self.seed, self.base = dataset, lock, hparams, seed, base
        self.cluster = cluster or Cluster()
        self.folder = lock.folder if lock else Path()
        self.checkpoints = Checkpoints(self.folder / "checkpoints")
        self.state = TrainingState()
        self.resumed = False
        self.batches = Prefetcher(
            dataset.batches(
                hparams.batch_size,
                seed,
                augmentation=Augmentation.from_hparams(hparams),
                bucket_by_length=hparams.skip_padding,
                shard=self.cluster.local_rows(hparams.batch_size),
            )
        )
        name = categories[0] if base and categories else dataset.name
        size = dataset.drawing_size or None
        sampling = base.sampling if base else Sampling()
        config = ModelConfig(hparams, dataset.scale_factor, name, categories, sampling=sampling, drawing_size=size)
        self.model = SketchRNN(config, base.weights if base else initial_weights(hparams, seed))
        self._metrics: MetricsLog | None = None
        self._reporter: Reporter = make_progress("none")
        self._saved_requests = 0  # number of requested checkpoints that have been saved

    def start(self, limits: Limits | None = None) -> None:
        """Start the run, or resume it from its latest checkpoint.

        Parameters
        ----------
        limits : Limits, optional
            Limits of this start, which `run.json` records.

        Raises
        ------
        ValueError
            If the directory contains another run, a damaged run, or other files that a run would overwrite.
        OSError
            If the directory cannot be written.
        """
        if self.lock:
            settings = run_settings(self.hparams, self.seed, self.dataset, self.base)
            check_directory(self.folder, settings)
            write_run_json(settings, self.folder, limits)
            self.lock.start_run()
        self.learner = Learner(self.model, self.seed, self.cluster)
        checkpoint = self._latest_checkpoint()
        self.resumed = checkpoint is not None
        if checkpoint:
            self._restore(*checkpoint)
        else:
            if self.lock:
                check_records(self.folder)
            self.learner.compile(self.state.rate_scale)
            self._checkpoint()

    # The loop -------------------------------------------------------------------------------------

    def fit(
        self,
        limits: Limits,
        log_every: int = 20,
        progress: ProgressKind = "auto",
        callbacks: Callbacks | None = None,
    ) -> None:
        """Train up to the limits, then evaluate the best model on the test split.

        Parameters
        ----------
        limits : Limits
            Limits of steps, time and patience.
        log_every : int
            Number of steps between records of the training losses.
        progress : str
            Type of progress report; see `sketchkit.training.progress`.
        callbacks : Callbacks, optional
            Callbacks of the run. They are started here; the caller ends them.
        """
        untrained = self.state.best_step is None and not self.state.step
        self._reporter = make_progress(progress, self.state.step, self.state.seconds, limits)
        try:
            begins = f"resuming from step {self.state.step:,}" if self.resumed else "training"
            self._reporter.message(f"{self.folder}: {begins}; ends after {limits}, or with ctrl-c")
            if self.lock:
                self._metrics = MetricsLog(self.folder, self.state.step, callbacks.send if callbacks else None)
                if untrained:
                    # Remove the record of an interrupted validation of the base; this validation is repeated below.
                    self._metrics.rewind(-1)
                self._metrics.log_settings(self.state.step, {**self.hparams.as_dict(), "seed": self.seed})
                if callbacks:
                    callbacks.start(Run(self.folder))
            timer = StepTimer(self.state.step, self.state.seconds)
            if self.base and untrained:
                self._validate(timer)  # the base model itself is a candidate for the best model
                self._checkpoint()
            self._export_best()
            while not self._reached(limits):
                if self._stopped_on_request(timer):
                    break
                self._advance(limits, log_every, timer)
            else:
                self._report_end(limits)
                self._test_best(timer)
            self.cluster.all_gather("done")  # wait until the chief has written all files
        except KeyboardInterrupt:
            saved = self.checkpoints.steps()
            if self.lock and saved:
                self._reporter.message(
                    f"step {self.state.step:,}: interrupted. The same command or call resumes from step {saved[-1]:,}, "
                    f"the latest checkpoint: {self.checkpoints.path(saved[-1])}"
                )
            raise
        finally:
            if self._metrics:
                self._metrics.close()
            self._reporter.close()

    def _reached(self, limits: Limits) -> str:
        """Return the limit that the run has reached, in words, or an empty string."""
        state = self.state
        waited = 0 if state.best_step is None else (state.step - state.best_step) // self.hparams.save_every
        return limits.reached(state.step, state.seconds, waited)

    def _report_end(self, limits: Limits) -> None:
        """Report the limit that has ended the run, and the best validation."""
        state, text = self.state, f"step {self.state.step:,}: reached the limit of {self._reached(limits)}"
        if state.best_step is not None:
            text += f"; best validation loss {state.best_loss:.3f} at step {state.best_step:,}"
        if limits.minutes is not None and state.seconds >= limits.seconds and state.best_step == state.step:
            text += (
                ". The validation loss still improved. To go on, repeat the call or command with more minutes, such as "
                f"{2 * limits.minutes:g}"
            )
        self._reporter.finish()
        self._reporter.message(text)

    def _advance(self, limits: Limits, log_every: int, timer: StepTimer) -> None:
        """Take a step, log it, and save a checkpoint if one is due. Roll back if the step diverged."""
        losses = self._step()
        if not math.isfinite(losses["loss"]) or not losses["finite"]:
            self._roll_back()
            timer.start_lap(self.state.step)
            return
        step = self.state.step + 1
        self.state = replace(self.state, step=step, seconds=timer.seconds)
        self._log_step(losses, log_every, timer)
        if step % self.hparams.save_every == 0 or step == limits.steps or self.state.seconds >= limits.seconds:
            self._validate(timer)
            self._checkpoint()
            self._export_best()
            timer.start_lap(step)

    def _step(self) -> dict[str, float]:
        """Take one training step and return its losses, which depend only on weights, optimizer and step number."""
        return self.learner.step(self.batches[self.state.step], self.state.step)

    def _log_step(self, losses: dict[str, float], log_every: int, timer: StepTimer) -> None:
        """Report the step that was taken last. Every `log_every` steps, write a record."""
        from sketchkit.model.schedules import learning_rate

        step, reported = self.state.step, {}
        if self._metrics and step % log_every == 0:
            figures = {name: value for name, value in losses.items() if name != "finite"}
            figures |= weighted_losses(self.hparams, losses["recon"], losses["kl"], step)
            # The schedule counts the steps from 0.
            figures["learning_rate"] = self.state.rate_scale * learning_rate(self.hparams, step - 1)
            seconds = timer.finish_lap(step)
            self._metrics.log("train", step, **figures, seconds=seconds, elapsed=timer.seconds)
            reported = {name: losses[name] for name in ("loss", "recon", "kl")}
        self._reporter.step(step, self.state.seconds, reported)

    def _validate(self, timer: StepTimer) -> None:
        """Evaluate the valid split, update the best step, and draw a sample grid."""
        step = self.state.step
        losses = self._evaluate("valid")
        if self._metrics:
            quality = sample_quality(self.model, self.dataset, self.seed)
            self._metrics.log("valid", step, **losses, **quality, elapsed=timer.seconds)
        is_best = losses["loss"] < self.state.best_loss
        if is_best:
            self.state = replace(self.state, best_step=step, best_loss=losses["loss"])
        self._reporter.validation(step, self.state.seconds, losses, is_best=is_best)
        if self._metrics:
            self._draw_samples(self._metrics)
            self._metrics.flush()

    def _evaluate(self, split: SplitName) -> dict[str, float]:
        """Return the losses of a split with the current weights, and the time of the evaluation in seconds."""
        start_time, network = time.perf_counter(), self.learner.network
        losses = split_losses(network, self.dataset, split, self.seed, self.cluster, self.state.step)
        return {**losses, "seconds": time.perf_counter() - start_time}

    def _test_best(self, timer: StepTimer) -> None:
        """Evaluate the best model on the test split, unless it has been evaluated or the split is empty.

        Afterwards, the network has the weights of the best model.
        """
        best, count = self.state.best_step, len(self.dataset.usable_indices("test"))
        tested = tested_step(self.folder) if self.lock else None
        if best is None or not count or self.cluster.all_gather(tested)[0] == best:
            return
        weights = self.cluster.broadcast_arrays(Run(self.folder).model().weights if self.lock else None)
        self.learner.set_weights(weights or {})
        losses = self._evaluate("test")
        self._reporter.message(
            f"step {best:,} (the best): test loss {losses['loss']:.3f} (recon {losses['recon']:.3f}, "
            f"KL {losses['kl']:.3f}) on {count:,} drawings"
        )
        if self._metrics:
            add_test_losses(self.folder, losses, count)
            self._metrics.log("test", self.state.step, **losses, elapsed=timer.seconds, best_step=best)
            self._metrics.flush()

    def _draw_samples(self, metrics: MetricsLog) -> None:
        """Write a grid of samples and reconstructions as SVG, and log it for TensorBoard."""
        step = self.state.step
        path = self.folder / "samples" / f"step-{step:08d}.svg"
        taught = self.model.config.categories[0] if self.base and self.model.config.categories else ""
        metrics.log_image("Samples", step, save_sample_grid(self.model, self.dataset, path, self.seed, taught))

    # Requests -------------------------------------------------------------------------------------

    def _stopped_on_request(self, timer: StepTimer) -> bool:
        """Save a checkpoint, pause or stop, if requested. Return whether the run stops."""
        while True:
            requests = self._read_requests()
            if not (requests.checkpoints > self._saved_requests or requests.pause or requests.stop):
                return False
            self._saved_requests = requests.checkpoints
            self._checkpoint()
            self._reporter.message(f"step {self.state.step:,}: checkpoint saved on request")
            if self._metrics:
                self._metrics.flush()
            if requests.stop:
                self._reporter.message(f"step {self.state.step:,}: stopped on request")
                if self.lock:
                    self.lock.final_state = "stopped"
                return True
            if not requests.pause:
                return False
            timer.exclude(self._wait_while_paused())

    def _wait_while_paused(self) -> float:
        """Wait for a request to resume or stop, and return the waiting time in seconds."""
        start_time = time.perf_counter()
        self._reporter.message(f"step {self.state.step:,}: paused on request")
        if self.lock:
            self.lock.set_status("paused")
        while (requests := self._read_requests()).pause and not requests.stop:
            time.sleep(POLL_SECONDS)
        if self.lock:
            self.lock.set_status("running")
        return time.perf_counter() - start_time

    def _read_requests(self) -> RunRequests:
        """Return the pending requests, which the chief reads and sends to all workers."""
        requests = self.lock.read_requests() if self.lock else RunRequests()
        pause, stop, checkpoints = self.cluster.broadcast_ints(tuple(map(int, astuple(requests))))
        return RunRequests(bool(pause), bool(stop), checkpoints)

    # Checkpoints ----------------------------------------------------------------------------------

    def _roll_back(self) -> None:
        """Restore the latest checkpoint and halve the learning rate.

        Raise TrainingDivergedError the second time, and if there is no valid checkpoint.
        """
        step = self.state.step + 1
        if self.state.rate_scale < 1:
            model = self.folder / "model"
            kept = f" The best model so far is in {model}." if model.is_dir() else ""
            raise TrainingDivergedError(
                f"step {step:,}: non-finite loss or gradients again, after the learning rate was halved.{kept} Try a "
                "lower learning_rate or grad_clip, and check the data with `sketchkit dataset report`."
            )
        checkpoint = self._latest_checkpoint()
        if checkpoint is None:
            raise TrainingDivergedError(
                f"step {step:,}: non-finite loss or gradients, and {self.folder} has no valid checkpoint to roll back "
                "to. Try a lower learning_rate or grad_clip, and check the data with `sketchkit dataset report`."
            )
        tensors, state = checkpoint
        self._reporter.message(
            f"step {step:,}: non-finite loss or gradients; rolling back to step {state.step:,} "
            "and halving the learning rate"
        )
        self._restore(tensors, replace(state, rate_scale=state.rate_scale / 2))
        self._checkpoint()
        if self._metrics:
            self._metrics.rewind(self.state.step)

    def _latest_checkpoint(self) -> tuple[Tensors, TrainingState] | None:
        """Return the latest valid checkpoint, which the chief reads and broadcasts."""
        checkpoint = self.checkpoints.latest() if self.lock else None
        state = self.cluster.all_gather(asdict(checkpoint[1]) if checkpoint else None)[0]
        tensors = self.cluster.broadcast_arrays(checkpoint[0] if checkpoint else None)
        return None if tensors is None or state is None else (tensors, TrainingState(**state))

    def _restore(self, tensors: Tensors, state: TrainingState) -> None:
        """Set weights, optimizer state and progress to those of a checkpoint."""
        self.state = state
        self.learner.compile(state.rate_scale)
        try:
            self.learner.restore(tensors)
        except ValueError as error:
            raise ValueError(f"{self.checkpoints.path(state.step)}: {error}") from None

    def _checkpoint(self) -> None:
        """In the chief, save a checkpoint."""
        if self.lock:
            self.checkpoints.save(self.learner.tensors(), self.state)

    def _export_best(self) -> None:
        """In the chief, write the model folder of the best checkpoint unless it is up to date."""
        best = self.state.best_step
        if best is None or not self.lock or exported_step(self.folder) == best:
            return
        checkpoint = self.checkpoints.load(best)
        save_best_model(self.folder, self.model.config, checkpoint, self.dataset, self.seed, self.base)
