"""The trainer: from a dataset and hyperparameters to a model folder.

Training is a function of (hyperparameters, data, seed, step): what step k sees depends on the seed and k
alone, so a run that was killed and goes on ends with the same weights as one that was not.
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

from sketchkit.arguments import path_of, seed_of, sources_of
from sketchkit.data.batches import Ahead
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.model.categories import Categories
from sketchkit.model.model_folder import ModelConfig, check_replaceable
from sketchkit.model.noise import stream
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.model.weights import initial_weights
from sketchkit.render.raster import raster_grid
from sketchkit.render.svg import grid
from sketchkit.storage.atomic import replacing
from sketchkit.training.checkpoints import Checkpoints, Progress, Tensors, digest
from sketchkit.training.distributed.cluster import Workers
from sketchkit.training.errors import TrainingDivergedError
from sketchkit.training.glibc import keep_freed_memory
from sketchkit.training.metrics import Records, read_records
from sketchkit.training.progress import PROGRESS, reporter
from sketchkit.training.run import Run
from sketchkit.training.run_control import Occupation, Wishes

__all__ = ["TrainingDivergedError", "train"]

logger = logging.getLogger("sketchkit")

#: Drawings in each row of a sheet; new ones and redrawn ones run at one batch size, compiled once.
SAMPLES = 8
SAMPLE_TEMPERATURE = 0.4
#: Where fewer drawings than this validate, each is measured with several codes: chance is not to choose the best.
MEASURED = 32
#: Drawings among which those are chosen whose codes stand for the one thing that a model draws.
EXEMPLARS_OF = 50
#: What a run writes into its directory after `run.json`.
OUTPUTS = ("metrics.jsonl", "samples", "model", "state.json", "control.json")
#: Seconds from one look to the next whether a paused run is to go on.
REST = 0.1


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
    classes: Sequence[str] = (),
    background: bool = False,
    strategy: str = "none",
    **changes: Any,
) -> Run | None:
    """Train a model, or go on training it.

    Running the same command again continues where the newest checkpoint left off.

    Parameters
    ----------
    data_set : str, Path, sequence of them, or Dataset, optional
        What to learn: a name such as `doodles`, files as `Dataset.open` takes them (several in a sequence, or with
        commas between them), or a dataset. Default: `data_set` of the hyperparameters.
    run : str or Path
        The run directory; see `sketchkit.training.run`.
    hparams : str, mapping or HParams
        Hyperparameters; text is in the original's syntax, `key=value,key=[a,b]`, or JSON. A `max_seq_len` above 0 drops
        longer drawings, of a `Dataset` too; 0 takes the longest of the data, and in an `HParams` that of the base.
    data_dir : str or Path
        Where relative paths of `data_set` begin.
    seed : int
        0 to 2^63 - 1; decides first weights, batches, augmentation, dropout and noise. None is 0.
    base : str, Path or SketchRNN, optional
        A model to begin from, as `sketchkit.load` takes it: its weights, hyperparameters (those that are not changed,
        `max_seq_len` among them) and scale. Drawings should be in the units that it was trained on.
    patience : int, optional
        Stop after so many validations without a better one. Default: train all `num_steps`.
    minutes : float, optional
        Stop when so much time has gone into training, over all the times the run was started.
    log_every : int
        Steps between records of the training losses.
    progress : str
        `auto`, `bar`, `lines` or `none`; see `sketchkit.training.progress`.
    classes : sequence of str
        What the model draws, for its card. A model with an encoder that goes on from a base, with one thing, can also
        be asked for it by name.
    background : bool
        Return at once; a process of its own trains, and goes on when this one ends. `Run.state` tells how it stands,
        `Run.stop()` and the like reach it, and what it prints is in `log.txt`. Data then have to be given by name or
        file.
    strategy : str
        `none`, this process and one device; `mirrored`, all devices of this machine; `multiworker`, all processes that
        the environment variable TF_CONFIG names (docs/distributed.md). They share every batch, and come to the weights
        that one would come to, up to rounding. Of several processes only the first, the chief, has the run directory.
    **changes
        Further hyperparameters by name; None leaves one as it is.

    Returns
    -------
    Run or None
        None on a worker that does not see the chief's disk. Its `model()` is that of the best checkpoint: the lowest
        validation recon + kl_weight * KL, at the configured `kl_weight` (the original weighs KL by 0.01 there).

    Raises
    ------
    ValueError
        If a hyperparameter is unknown or out of range, the data are unusable, a split is empty, the run directory
        was begun with other settings or is damaged, another process trains in it, or workers were started with
        different settings.
    TrainingDivergedError
        If loss or gradients stop being finite, again after one roll-back at half the learning rate.
    WorkerLostError
        If another worker failed or does not answer; started again, all go on from the newest checkpoint.
    OSError
        If the disk is full; the checkpoints before that are kept.
    """
    given_base, base = base, loaded(base)
    begun = base.hparams if base else HParams()
    settings = hparams if isinstance(hparams, HParams) else begun.updated(hparams)
    settings = settings.updated({name: value for name, value in changes.items() if value is not None})
    if base and isinstance(hparams, HParams) and not settings.max_seq_len:
        settings = settings.updated(max_seq_len=base.hparams.max_seq_len)
    run, seed = path_of(run, "run"), seed_of(seed)
    log_every, progress, strategy = log_every or 20, progress or "auto", strategy or "none"
    if progress not in PROGRESS:
        raise ValueError(f"progress: expected {', '.join(PROGRESS[:-1])} or {PROGRESS[-1]}, got {progress!r}")
    if data_set is not None and not isinstance(data_set, Dataset):
        data_set = sources_of(data_set, "data_set", Path(data_dir))
    if background:
        if strategy == "multiworker":
            raise ValueError("background=True: workers end together, so each is left to what started it; see docs")
        if isinstance(data_set, Dataset):
            raise ValueError("background=True: expected the data by name or file, for another process to open")
        if isinstance(given_base, SketchRNN):
            raise ValueError("background=True: expected the base by name or folder, for another process to open")
        from sketchkit.training.background import start

        sources = settings.data_set if data_set is None else data_set
        return start(
            run,
            data_set=[str(source) for source in sources_of(sources, "data_set", Path(data_dir))],
            hparams=settings.as_dict(), data_dir=str(data_dir), seed=seed, patience=patience, minutes=minutes,
            log_every=log_every, classes=list(classes), base=None if given_base is None else str(given_base),
            strategy=strategy,
        )  # fmt: skip
    workers = Workers.start(strategy)
    with workers.together():
        dataset, settings = _opened(data_set, settings, data_dir, base)
        if workers.count > 1:
            if minutes is not None:
                raise ValueError("minutes: each worker has a clock of its own; give num_steps instead")
            about = {"data_set": dataset.name, "fingerprint": dataset.fingerprint, "scale_factor": dataset.scale_factor}
            about["base"] = base and digest(base.weights)
            workers.compare({**settings.as_dict(), **about, "seed": seed, "patience": patience})
        if not workers.chief:
            trainer = Trainer(dataset, None, settings, seed, tuple(classes), workers, base)
            trainer.run_to(settings.num_steps, patience, log_every, "none")
            return Run(run) if (run / "run.json").exists() else None
        with Occupation(run) as occupation:
            trainer = Trainer(dataset, occupation, settings, seed, tuple(classes), workers, base)
            trainer.run_to(settings.num_steps, patience, log_every, progress, minutes)
    return Run(run)


def _opened(data_set: Any, settings: HParams, data_dir: str | Path, base: SketchRNN | None) -> tuple[Dataset, HParams]:
    """Return the data, and the hyperparameters with what follows from them."""
    if isinstance(data_set, Dataset):
        dataset = data_set.limited(settings.max_seq_len) if settings.max_seq_len else data_set
        settings = settings.updated(data_set=[dataset.name])
    else:
        sources = settings.data_set if data_set is None else data_set
        dataset = Dataset.open(sources, max_seq_len=settings.max_seq_len or None, folder=data_dir)
        # Names only: a model says what it was trained on, not where that lay.
        settings = settings.updated(data_set=[Path(source).name for source in sources])
    if base:
        dataset = replace(dataset, given_scale=base.scale_factor)
    settings = settings.updated(max_seq_len=dataset.max_seq_len)
    if not len(dataset.usable("valid")):
        raise ValueError(f"{dataset.name}: the valid split is empty, so no checkpoint could be chosen as the best")
    return dataset, settings


def loaded(base: str | Path | SketchRNN | None) -> SketchRNN | None:
    """Return the model to begin from, None for none."""
    if base is None or isinstance(base, SketchRNN):
        return base
    from sketchkit.published.loading import load

    return load(base)


class Trainer:
    """One run; `train` is how it is usually made and used.

    Parameters
    ----------
    dataset : Dataset
    occupation : Occupation or None
        Of the run directory; None in a process that is not the chief.
    hparams : HParams
        With `max_seq_len` set.
    seed : int
    classes : tuple of str
    base : SketchRNN, optional
        Whose weights to begin with.
    workers : Workers, optional
        Who trains; by default this process alone.
    """

    def __init__(
        self,
        dataset: Dataset,
        occupation: Occupation | None,
        hparams: HParams,
        seed: int,
        classes: tuple[str, ...] = (),
        workers: Workers | None = None,
        base: SketchRNN | None = None,
    ) -> None:
        self.dataset = dataset
        self.base = base
        self.occupation = occupation
        self.workers = workers or Workers()
        self.folder = occupation.folder if occupation else Path()
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
            like_length=h.skip_padding,
            share=self.workers.rows(h.batch_size),
        )
        self.batches = Ahead(batches)
        self.checkpoints = Checkpoints(self.folder / "checkpoints")
        self.metrics = self.folder / "metrics.jsonl"
        if occupation:
            self._claim()
            occupation.begin()
        name = classes[0] if base and len(classes) == 1 else self.dataset.name
        size = self.dataset.drawing_size or None
        config = ModelConfig(h, self.dataset.scale_factor, name, classes, drawing_size=size)
        self.model = SketchRNN(config, base.weights if base else initial_weights(h, self.seed))
        with self.workers.scope():
            self.network = self.model.network
        self.progress = Progress()
        found = self._newest()
        self.resumed = found is not None
        if occupation and not found and (lost := max((r["step"] for r in read_records(self.metrics)), default=0)):
            raise ValueError(
                f"{self.folder}: there are records up to step {lost:,} but no whole checkpoint to go on from; put "
                "checkpoints/ back, or remove the run directory to begin anew"
            )
        if found:
            self._restore(*found)
        else:
            self._compile()
            self._checkpoint()

    # The loop -------------------------------------------------------------------------------------

    def run_to(
        self, steps: int, patience: int | None, log_every: int, progress: str, minutes: float | None = None
    ) -> None:
        """Train until `steps` steps or `minutes` were taken in all, or `patience` validations brought nothing."""
        if minutes is not None and not minutes > 0:
            raise ValueError(f"minutes: expected more than 0, got {minutes}")
        seconds = math.inf if minutes is None else 60 * minutes
        if patience is not None and patience < 1:
            raise ValueError(f"patience: expected at least 1, got {patience}")
        if log_every < 1:
            raise ValueError(f"log_every: expected at least 1, got {log_every}")
        reports = reporter(progress, self.progress.step, steps)
        if self.resumed:
            reports.say(f"{self.folder}: going on from step {self.progress.step:,}")
        records = Records(self.folder, self.progress.step) if self.occupation else None
        if records and self.progress.best_step is None and not self.progress.step:
            records.rewind(-1)  # a validation of the base whose checkpoint was not written: it is measured again
        began, spent = time.perf_counter(), self.progress.seconds
        lap_step, lap = self.progress.step, began
        told = 0  # checkpoints that were asked for and made
        try:
            if self.base and self.progress.best_step is None and not self.progress.step:
                self._validate(records, reports)  # the base itself, to compare with
                self._checkpoint()
            self._export_best()
            while self.progress.step < steps and self.progress.seconds < seconds and not self._weary(patience):
                wishes = self._wishes()
                if wishes.checkpoints > told or wishes.pause or wishes.stop:
                    told = wishes.checkpoints
                    self._checkpoint()
                    reports.say(f"step {self.progress.step:,}: checkpoint, as told")
                    if records:
                        records.flush()
                    if wishes.pause and not wishes.stop:
                        rested = self._rest(reports)
                        began, lap = began + rested, lap + rested
                        continue
                    if wishes.stop:
                        reports.say(f"step {self.progress.step:,}: stopped, as told")
                        if self.occupation:
                            self.occupation.end = "stopped"
                        break
                figures = self._step()
                if not math.isfinite(figures["loss"]) or not figures["finite"]:
                    self._roll_back(reports)
                    if records:
                        records.rewind(self.progress.step)
                    lap_step, lap = self.progress.step, time.perf_counter()
                    continue
                step = self.progress.step + 1
                self.progress = replace(self.progress, step=step, seconds=spent + time.perf_counter() - began)
                shown = {}
                if records and step % log_every == 0:
                    now = time.perf_counter()
                    shown = {name: figures[name] for name in ("loss", "recon", "kl")}
                    records.write(
                        "train", step, **shown, learning_rate=self._rate(step), kl_weight=self._kl_weight(step),
                        seconds=(now - lap) / (step - lap_step),
                    )  # fmt: skip
                    lap_step, lap = step, now
                reports.step(step, shown)
                if step % self.hparams.save_every == 0 or step == steps or self.progress.seconds >= seconds:
                    self._validate(records, reports)
                    self._checkpoint()
                    self._export_best()
                    lap_step, lap = step, time.perf_counter()
            self.workers.exchange("done")  # no one leaves before the chief has written what there is to write
        finally:
            if records:
                records.close()
            reports.close()

    def _rest(self, reports: Any) -> float:
        """Wait until the run is told to go on or to stop, and return for how many seconds."""
        began = time.perf_counter()
        reports.say(f"step {self.progress.step:,}: paused, as told")
        if self.occupation:
            self.occupation.say("paused")
        while (wishes := self._wishes()).pause and not wishes.stop:
            time.sleep(REST)
        if self.occupation:
            self.occupation.say("running")
        return time.perf_counter() - began

    def _wishes(self) -> Wishes:
        """Return what the run is told, the same on all workers."""
        told = self.occupation.wishes() if self.occupation else Wishes()
        pause, stop, checkpoints = self.workers.agree(tuple(map(int, astuple(told))))
        return Wishes(bool(pause), bool(stop), checkpoints)

    def _step(self) -> dict[str, float]:
        """Take one step and return its losses; no state but weights, optimiser and step goes in."""
        from sketchkit.model.evaluation import inputs

        k, h = self.progress.step, self.hparams
        made = partial(inputs, h, eps_key=(stream(self.seed, 1), k), dropout_key=stream(self.seed, 2, k))
        batch = self.batches[k]
        if self.workers.strategy is None:
            return {name: float(value) for name, value in self._compiled_step(made(batch)).items()}
        return self._compiled_step([made(part) for part in self.workers.split(batch, h.batch_size)])

    def _validate(self, records: Records | None, reports: Any) -> None:
        """Measure the valid split, note the best, draw a sheet of samples."""
        from sketchkit.model.evaluation import loss_sums, means

        began, h, step = time.perf_counter(), self.hparams, self.progress.step
        draws = -(-MEASURED // len(self.dataset.usable("valid"))) if h.conditional else 1
        index, count = self.workers.index, self.workers.count
        batches = self.dataset.in_order("valid", h.batch_size, first=index, every=count)
        sums = loss_sums(self.network, batches, seed=self.seed, first=index, every=count, draws=draws)
        found = means(self.workers.exchange(sums))
        loss = found["recon"] + (h.kl_weight * max(found["kl"], h.kl_tolerance) if h.conditional else 0.0)
        seconds = time.perf_counter() - began
        if records:
            records.write("valid", step, loss=loss, recon=found["recon"], kl=found["kl"], seconds=seconds)
        better = loss < self.progress.best_loss
        if better:
            self.progress = replace(self.progress, best_step=step, best_loss=loss)
        note = ", the best so far" if better else ""
        reports.say(f"step {step:,}: validation recon {found['recon']:.3f}, KL {found['kl']:.3f}{note}")
        if records:
            self._draw_samples(records)
            records.flush()

    def _draw_samples(self, records: Records) -> None:
        sketches = self.model.generate(SAMPLES, temperature=SAMPLE_TEMPERATURE, seed=self.seed)
        labels = [""] * SAMPLES
        if self.hparams.conditional:
            given = [self.dataset.valid[int(i)] for i in self.dataset.usable("valid")[:SAMPLES]]
            redrawn = self.model.decode(self.model.encode(given), temperature=SAMPLE_TEMPERATURE, seed=self.seed)
            sketches += [*given, *redrawn]
            labels += ["given"] * len(given) + ["redrawn"] * len(given)
        step = self.progress.step
        path = self.folder / "samples" / f"step-{step:08d}.svg"
        with replacing(path) as part:
            part.write_text(grid(sketches, columns=SAMPLES, labels=labels).text, encoding="utf-8")
        records.picture("Samples", step, raster_grid(sketches, SAMPLES, 96))

    def _weary(self, patience: int | None) -> bool:
        if patience is None or self.progress.best_step is None:
            return False
        return self.progress.step - self.progress.best_step >= patience * self.hparams.save_every

    # Trouble --------------------------------------------------------------------------------------

    def _roll_back(self, reports: Any) -> None:
        """Go back to the last checkpoint at half the learning rate; give up the second time."""
        step = self.progress.step + 1
        if self.progress.rate_scale < 1:
            raise TrainingDivergedError(
                f"step {step:,}: loss or gradients are not finite again, at half the learning rate; the best model "
                f"so far is in {self.folder / 'model'}. Try a lower learning_rate or grad_clip, and look at the "
                "dataset's report."
            )
        found = self._newest()
        if found is None:
            raise TrainingDivergedError(f"step {step:,}: loss or gradients are not finite, and no checkpoint is whole")
        tensors, progress = found
        reports.say(
            f"step {step:,}: loss or gradients are not finite; going back to step {progress.step:,} "
            "and on with half the learning rate"
        )
        self._restore(tensors, replace(progress, rate_scale=progress.rate_scale / 2))
        self._checkpoint()

    # State ----------------------------------------------------------------------------------------

    def _compile(self) -> None:
        from sketchkit.model.compiled import Compiled

        keep_freed_memory()
        with self.workers.scope():
            self.network.use_published_optimizer(self.progress.rate_scale)
        if self.workers.strategy is None:
            self._compiled_step: Any = Compiled(self.network.train_step)
        else:
            from sketchkit.training.distributed.train_step import ParallelStep

            self._compiled_step = ParallelStep(self.network, self.workers)

    def _newest(self) -> tuple[Tensors, Progress] | None:
        """Return the newest checkpoint, which the chief reads for all."""
        found = self.checkpoints.newest() if self.occupation else None
        told = self.workers.exchange(asdict(found[1]) if found else None)[0]
        tensors = self.workers.hand_out(found[0] if found else None)
        return None if tensors is None else (tensors, Progress(**told))

    def _restore(self, tensors: Tensors, progress: Progress) -> None:
        self.progress = progress
        self._compile()
        for name, variable in self._variables().items():
            if name not in tensors or tensors[name].shape != tuple(variable.shape):
                raise ValueError(
                    f"{self.checkpoints.path(progress.step)}: {name!r} is missing or has another shape; "
                    "the run directory holds another model"
                )
            variable.assign(tensors[name])

    def _checkpoint(self) -> None:
        if not self.occupation:
            return
        tensors = {name: np.asarray(variable.numpy()) for name, variable in self._variables().items()}
        self.checkpoints.save(tensors, self.progress)

    def _variables(self) -> dict[str, Any]:
        """Return all that a checkpoint holds, by name."""
        variables = {f"weights/{name}": variable for name, variable in self.network.by_name.items()}
        optimizer = self.network.optimizer
        # Keras numbers its optimisers ("adam_3/..."); the number says nothing about the state.
        return variables | {f"optimizer/{v.path.split('/', 1)[-1]}": v for v in optimizer.variables}

    def _export_best(self) -> None:
        """Write the model folder of the best checkpoint, unless it is there."""
        from sketchkit.model.model_folder import read_folder

        best = self.progress.best_step
        if best is None or not self.occupation:
            return
        folder = self.folder / "model"
        try:
            if read_folder(folder)[0].training.get("step") == best:
                return
        except (FileNotFoundError, ValueError):
            pass
        tensors, progress = self.checkpoints.load(best)
        weights = {n.removeprefix("weights/"): t for n, t in tensors.items() if n.startswith("weights/")}
        record = {
            "step": best,
            "seed": self.seed,
            "seconds": round(progress.seconds, 1),
            "data": {
                "name": self.dataset.name,
                "fingerprint": self.dataset.fingerprint,
                "size": round(self.dataset.drawing_size, 2),
                **{split: len(self.dataset.usable(split)) for split in self.dataset.splits},
            },
            "losses": {"valid": self._valid_losses(best)},
        }
        if self.base:
            record["base"] = self.base.name
        best_model = SketchRNN(replace(self.model.config, training=record), weights)
        if self.base and best_model.conditional and len(best_model.classes) == 1:
            # Of all that the base could draw, this is what it was taught.
            some = [self.dataset.train[int(index)] for index in self.dataset.usable("train")[:EXEMPLARS_OF]]
            best_model.categories = Categories.measured(best_model, {best_model.classes[0]: some})
        best_model.save(folder)

    def _valid_losses(self, step: int) -> dict[str, Any]:
        for record in reversed(read_records(self.metrics)):
            if record["kind"] == "valid" and record["step"] == step:
                return {
                    "recon": record["recon"], "kl": record["kl"], "drawings": len(self.dataset.usable("valid")),
                }  # fmt: skip
        return {}

    def _claim(self) -> None:
        """Write what this run is, or check that the directory is this run's."""
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
                f"{self.folder}: there are checkpoints but no run.json to say what of; the run directory is damaged. "
                "Choose another, or remove it"
            )
        if not path.exists() and (others := [name for name in OUTPUTS if (self.folder / name).exists()]):
            raise ValueError(
                f"{self.folder} holds {', '.join(others)} but no run.json, so it is not a run directory; choose another"
            )
        check_replaceable(self.folder / "model")
        if path.exists():
            before = Run(self.folder).settings
            # A run that is older than a hyperparameter was begun with its default.
            begun = {**HParams().as_dict(), **before["hparams"]}
            free = ("num_steps", "save_every", "data_set")  # may differ: training on goes on the same way
            for key, value in settings["hparams"].items():
                if key not in free and begun[key] != value:
                    raise ValueError(
                        f"{self.folder} was begun with {key}={begun[key]}, now {key}={value}; "
                        "choose another run directory, or the settings it was begun with"
                    )
            for key in ("seed", "data", "base"):
                if before.get(key) != settings[key]:
                    raise ValueError(
                        f"{self.folder} was begun with {key} {before.get(key)}, now {settings[key]}; "
                        "choose another run directory"
                    )
        with replacing(path) as part:
            versions = {"python": platform.python_version(), "numpy": np.__version__}
            part.write_text(json.dumps({**settings, "versions": versions}, indent=1), encoding="utf-8")

    def _rate(self, step: int) -> float:
        from sketchkit.model.schedules import learning_rate

        return self.progress.rate_scale * learning_rate(self.hparams, step - 1)

    def _kl_weight(self, step: int) -> float:
        from sketchkit.model.schedules import kl_weight

        return kl_weight(self.hparams, step - 1) if self.hparams.conditional else 0.0
