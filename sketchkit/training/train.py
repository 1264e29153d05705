"""`train`: checks its arguments, and starts training in this process or in the background."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sketchkit.argument_errors import short_errors
from sketchkit.arguments import parse_path, parse_seed, parse_sources
from sketchkit.data.dataset import Dataset
from sketchkit.hparams import HParams
from sketchkit.loading import load
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.suggest import did_you_mean
from sketchkit.training.background import start_in_background
from sketchkit.training.callbacks import Callback, Callbacks, OnMetrics
from sketchkit.training.checkpoints import digest
from sketchkit.training.distributed.cluster import Cluster, StrategyName
from sketchkit.training.distributed.failures import propagate_errors
from sketchkit.training.glibc import keep_freed_memory
from sketchkit.training.limits import Limits
from sketchkit.training.progress import ProgressKind, check_progress
from sketchkit.training.run import Run
from sketchkit.training.run_control import RunLock
from sketchkit.training.trainer import Trainer

__all__ = ["check_changes", "train"]


@short_errors
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
    progress: ProgressKind = "auto",
    categories: Sequence[str] = (),
    background: bool = False,
    strategy: StrategyName = "none",
    callbacks: Callback | OnMetrics | Sequence[Callback | OnMetrics] | None = None,
    **changes: Any,
) -> Run | None:
    """Train a model, or resume training.

    A repeated call resumes the run from its latest checkpoint.

    Parameters
    ----------
    data_set : str, Path, sequence of them, or Dataset, optional
        Training data: a name such as `doodles`, one or more files that `Dataset.open` accepts (as a sequence or
        separated by commas), or a dataset. Default: `data_set` of the hyperparameters.
    run : str or Path
        Run directory; see `sketchkit.training.run`.
    hparams : str, mapping or HParams
        Hyperparameters. A string is JSON or has the syntax of the original implementation, `key=value,key=[a,b]`. If
        `max_seq_len` is above 0, longer drawings are dropped, even from a `Dataset`. If it is 0, the length of the
        longest drawing is used. Exception: with a base model, 0 in an `HParams` object stands for the `max_seq_len` of
        the base model.
    data_dir : str or Path
        Directory to which relative paths in `data_set` refer.
    seed : int
        Seed of the initial weights, batches, augmentation, dropout and noise, 0 to 2^63 - 1. None means 0.
    base : str, Path or SketchRNN, optional
        Model to start from, or a name or folder that `sketchkit.load` accepts. The run starts from its weights, scale
        factor and hyperparameters (including `max_seq_len`), except for hyperparameters that are passed. The drawings
        should have the same units as the training data of the base.
    patience : int, optional
        Stop after this many validations without improvement. Default: train for all `num_steps`.
    minutes : float, optional
        Maximum training time in minutes, summed over all starts of the run.
    log_every : int
        Number of steps between records of the training losses.
    progress : str
        Type of progress report: `auto`, `bar`, `lines` or `none`; see `sketchkit.training.progress`.
    categories : sequence of str
        Names of the drawn subjects, for the model card. If a conditional model is trained from a base, the first name
        is the subject of the drawings, and the others are categories of the base. `generate` and `complete` of the
        trained model then accept all of them as `category`.
    background : bool
        Train in a separate process, which continues when this process ends, and return once training has started.
        `Run.status` is the status of training, `Run.stop()` and similar methods control it, and `log.txt` contains the
        output. `data_set` and `base` must then be names or paths.
    strategy : str
        `none`: this process and one device; `mirrored`: all devices of this machine; `multiworker`: all processes
        listed in the environment variable TF_CONFIG (docs/distributed.md). The devices share every batch. The resulting
        weights are those of a single device, up to rounding. Only the first process, the chief, uses the run directory.
    callbacks : Callback, function or sequence of them, optional
        `sketchkit.Callback` objects, or functions ``f(step, metrics)``, that report the metrics to other programs; see
        `sketchkit.training.callbacks`. Only the chief calls them.
    **changes
        Further hyperparameters by name; None leaves a hyperparameter unchanged.

    Returns
    -------
    Run or None
        The run; None on a worker without access to the chief's disk. `Run.model()` returns the model of the best
        checkpoint, which has the lowest validation loss recon + kl_weight * max(KL, kl_tolerance), at the configured
        `kl_weight`. (To choose the best checkpoint, the original implementation uses a KL weight of 0.01 instead.)

    Raises
    ------
    ValueError
        If a hyperparameter in `hparams` is unknown, or any is out of range; if the data are unusable, or the train
        or valid split is empty; if the run directory is damaged, is in use by another process, or was started with
        different settings; or if the workers were started with different settings.
    TypeError
        If a keyword argument is neither an option nor a hyperparameter, or a callback is neither a `Callback` nor a
        function.
    TrainingDivergedError
        If the loss or the gradients become non-finite again after one rollback with half the learning rate, or if there
        is no valid checkpoint for the rollback.
    WorkerLostError
        If another worker failed or cannot be reached. The same command on every worker resumes from the latest
        checkpoint.
    OSError
        If a file cannot be written, for example because the disk is full. Earlier checkpoints are kept.
    """
    check_changes(changes, train)
    model = load(base) if isinstance(base, (str, Path)) else base
    settings = _resolve_hparams(hparams, changes, model)
    run, seed, log_every = parse_path(run, "run"), parse_seed(seed), log_every or 20
    progress, strategy = check_progress(progress or "auto"), strategy or "none"
    limits, listeners = Limits(settings.num_steps, minutes, patience), Callbacks(callbacks)
    if log_every < 1:
        raise ValueError(f"log_every: expected at least 1, got {log_every}")
    if data_set is not None and not isinstance(data_set, Dataset):
        data_set = parse_sources(data_set, "data_set", Path(data_dir))
    if background:
        _check_background(data_set, base, strategy, listeners)
        sources = parse_sources(settings.data_set if data_set is None else data_set, "data_set", Path(data_dir))
        return start_in_background(
            run,
            data_set=[str(source) for source in sources],
            hparams=settings.as_dict(), data_dir=str(data_dir), seed=seed, patience=patience, minutes=minutes,
            log_every=log_every, categories=list(categories), strategy=strategy,
            base=None if base is None else str(base),
        )  # fmt: skip
    cluster = Cluster.start(strategy)
    with propagate_errors(cluster), keep_freed_memory():
        dataset, settings = _open_dataset(data_set, settings, data_dir, model)
        if cluster.count > 1:
            _check_workers(cluster, dataset, settings, seed, limits, model)
        if not cluster.is_chief:
            trainer = Trainer(dataset, None, settings, seed, tuple(categories), cluster, model)
            trainer.start(limits)
            trainer.fit(limits, log_every, "none")
            return Run(run) if (run / "run.json").exists() else None
        try:
            with RunLock(run) as lock:
                trainer = Trainer(dataset, lock, settings, seed, tuple(categories), cluster, model)
                trainer.start(limits)
                trainer.fit(limits, log_every, progress, listeners)
        finally:
            listeners.end()  # called after the status of the run has become final
    return Run(run)


def check_changes(names: Iterable[str], function: Callable[..., Any]) -> None:
    """Raise TypeError if a keyword argument of `train` or `teach` is neither an option nor a hyperparameter."""
    hyperparameters = tuple(HParams().as_dict())
    known = [*inspect.signature(function).parameters, *hyperparameters]
    for name in names:
        if name not in hyperparameters:
            suggestion = did_you_mean(name, known, "sketchkit.HParams lists the hyperparameters")
            raise TypeError(f"{function.__name__}() has no option or hyperparameter {name!r}; {suggestion}")


def _resolve_hparams(
    hparams: str | Mapping[str, Any] | HParams | None, changes: Mapping[str, Any], base: SketchRNN | None
) -> HParams:
    """Return the hyperparameters.

    Hyperparameters that were not passed have the values of the base model, or the defaults if there is no base model.
    """
    defaults = base.hparams if base else HParams()
    settings = hparams if isinstance(hparams, HParams) else defaults.replace(hparams)
    settings = settings.replace({name: value for name, value in changes.items() if value is not None})
    if base and isinstance(hparams, HParams) and not settings.max_seq_len:
        settings = settings.replace(max_seq_len=base.hparams.max_seq_len)
    return settings


def _check_background(
    data_set: Sequence[str | Path] | Dataset | None,
    base: str | Path | SketchRNN | None,
    strategy: StrategyName,
    callbacks: Callbacks,
) -> None:
    """Check that the arguments can be passed to a background process."""
    if strategy == "multiworker":
        raise ValueError(
            "background=True cannot be combined with strategy='multiworker'; start every worker in the foreground "
            "with your launcher (docs/distributed.md)"
        )
    if callbacks:
        raise ValueError(
            "background=True cannot be combined with callbacks, which another process cannot call; train in the "
            "foreground, or read metrics.jsonl with Run.records"
        )
    if isinstance(data_set, Dataset):
        raise ValueError("background=True: expected a name or path as data_set, got a Dataset")
    if isinstance(base, SketchRNN):
        raise ValueError("background=True: expected a name or folder as base, got a SketchRNN")


def _open_dataset(
    data_set: Sequence[str | Path] | Dataset | None, settings: HParams, data_dir: str | Path, base: SketchRNN | None
) -> tuple[Dataset, HParams]:
    """Return the opened dataset, and the hyperparameters with `data_set` and `max_seq_len` set from it."""
    if isinstance(data_set, Dataset):
        dataset = data_set.limited(settings.max_seq_len) if settings.max_seq_len else data_set
        settings = settings.replace(data_set=[dataset.name])
    else:
        sources = settings.data_set if data_set is None else data_set
        dataset = Dataset.open(sources, max_seq_len=settings.max_seq_len or None, folder=data_dir)
        # Keep only the file names, because the model card names the training data but not their folders.
        settings = settings.replace(data_set=[Path(source).name for source in sources])
    if base:
        dataset = replace(dataset, scale_override=base.scale_factor)
    settings = settings.replace(max_seq_len=dataset.max_seq_len)
    if not len(dataset.usable_indices("valid")):
        raise ValueError(f"{dataset.name}: the valid split is empty, so the best checkpoint cannot be determined")
    return dataset, settings


def _check_workers(
    cluster: Cluster, dataset: Dataset, settings: HParams, seed: int, limits: Limits, base: SketchRNN | None
) -> None:
    """Check that all workers were started with the same settings and data."""
    if limits.minutes is not None:
        raise ValueError("minutes: not supported with several workers, whose clocks differ; use num_steps")
    data = {"data_set": dataset.name, "fingerprint": dataset.fingerprint, "scale_factor": dataset.scale_factor}
    data["base"] = base and digest(base.weights)
    cluster.check_same_settings({**settings.as_dict(), **data, "seed": seed, "patience": limits.patience})
