"""Fine-tuning of a model on a few drawings of one subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.argument_errors import short_errors
from sketchkit.arguments import parse_path, parse_seed
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import write_npz
from sketchkit.hparams import parse_changes
from sketchkit.loading import load
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.sketch import Sketch
from sketchkit.sketches import iter_sketches
from sketchkit.training.callbacks import Callback, OnMetrics
from sketchkit.training.progress import ProgressKind
from sketchkit.training.run import Run
from sketchkit.training.run_control import in_use_error, is_locked
from sketchkit.training.train import check_changes, train

__all__ = ["MIN_DRAWINGS", "fine_tune_settings", "teach"]

#: Minimum number of drawings for fine-tuning.
MIN_DRAWINGS = 5
#: Fraction of the drawings that is held out for validation. At least two drawings are held out.
VALIDATION_FRACTION = 0.2
#: Simplification tolerance as a fraction of the drawing size. Quick, Draw! uses 2 of 255.
RELATIVE_EPSILON = 2 / 255

#: Hyperparameters that replace those of the base. If the drawings vary a lot, the model overfits after about twenty
#: steps; if they are alike, it improves for hundreds of steps. Validations are therefore frequent, augmentation is
#: strong, and the learning rate is small.
FINE_TUNE_DEFAULTS = {
    "num_steps": 400, "save_every": 5, "learning_rate": 5e-5, "min_learning_rate": 1e-5, "decay_rate": 0.998,
    "skip_padding": True,
    "random_scale_factor": 0.15, "random_rotation": 10, "random_stroke_factor": 0.1, "augment_stroke_prob": 0.1,
}  # fmt: skip


@short_errors
def teach(
    model: str | Path | SketchRNN,
    sketches: Iterable[Sketch],
    run: str | Path = "runs/taught",
    *,
    name: str = "drawing",
    keep_categories: bool = True,
    minutes: float | None = 5.0,
    patience: int | None = 6,
    seed: int | None = 0,
    progress: ProgressKind = "auto",
    background: bool = False,
    hparams: str | Mapping[str, Any] | None = None,
    callbacks: Callback | OnMetrics | Sequence[Callback | OnMetrics] | None = None,
    **changes: Any,
) -> Run:
    """Fine-tune a model on a few drawings of one subject.

    A fifth of the drawings is held out for validation; the model with the lowest validation loss is kept. If training
    is interrupted (with the kernel's stop button), the best model so far is kept.

    Parameters
    ----------
    model : str, Path or SketchRNN
        Base model, or a name or folder that `sketchkit.load` accepts. `quickdraw` was trained on the most categories.
    sketches : iterable of Sketch
        At least five drawings (20 to 50 recommended) of the same subject, in any units. All are scaled by one factor to
        the size of the base model's training drawings, and simplified with 2/255 of this size as the tolerance.
    run : str or Path
        Run directory, with the same files as in `sketchkit.train`, and with the drawings in `drawings.npz`.
    name : str
        Name of the subject; the fine-tuned model accepts it as `category`.
    keep_categories : bool
        Whether the fine-tuned model also accepts the categories of the base. It draws them from the base's exemplars.
    minutes : float, optional
        Maximum training time, in minutes.
    patience : int, optional
        Stop after this many validations without improvement.
    seed : int
        Seed of the validation split and of the training run.
    progress : str
        Type of progress report, as in `sketchkit.train`.
    background : bool
        Train in a separate process, and return once training has started; see `sketchkit.train`. `model` must then be a
        name or a folder.
    hparams : str or mapping, optional
        Hyperparameters that replace the defaults of fine-tuning, as in `sketchkit.train`.
    callbacks : Callback, function or sequence of them, optional
        Objects that report the metrics to other programs, as in `sketchkit.train`.
    **changes
        Further hyperparameters by name.

    Returns
    -------
    Run
        The run. `run.model()` returns the fine-tuned model; `run.model_folder` is its model folder.

    Raises
    ------
    ValueError
        If there are fewer than five drawings that are neither empty nor too long, or the run directory belongs to
        another run; also for the reasons given in `sketchkit.train`.

    Examples
    --------
    >>> run = sketchkit.teach("quickdraw", pad.drawings, name="teapot")   # doctest: +SKIP
    >>> run.model().generate(8, category="teapot")                        # doctest: +SKIP
    """
    check_changes(changes, teach)
    base = model if isinstance(model, SketchRNN) else load(model)
    settings = fine_tune_settings(base, hparams, changes)
    longest = base.hparams.replace(settings).max_seq_len or None
    given = list(iter_sketches(sketches))
    fitted = match_model_scale([sketch for sketch in given if np.any(sketch.offsets[:, :2])], base, longest)
    if len(fitted) < MIN_DRAWINGS:
        unusable = len(given) - len(fitted)
        reason = (
            f", and {unusable} of them cannot be used (empty, or too many points for {base.name})" if unusable else ""
        )
        expected = f"at least {MIN_DRAWINGS} drawings (20 to 50 recommended)"
        raise ValueError(f"expected {expected}, got {len(given)}{reason}")
    run, seed, name = parse_path(run, "run"), parse_seed(seed), str(name)
    train_set, valid_set = _split(fitted, seed)
    settings = {"batch_size": min(len(train_set), 32), **settings}
    kept = base.exemplars.names if keep_categories and base.exemplars else ()
    path = run / "drawings.npz"
    is_new = _save_or_compare(train_set, valid_set, path)
    try:
        train(
            path, run, base=model, seed=seed, minutes=minutes, patience=patience, progress=progress,
            categories=(name, *(other for other in kept if other != name)), background=background, log_every=5,
            callbacks=callbacks, **settings,
        )  # fmt: skip
    except KeyboardInterrupt:
        print(f"{run}: interrupted; the best model so far is kept", flush=True)
    finally:
        if is_new and not (run / "run.json").exists():
            path.unlink(missing_ok=True)  # training did not start, so the next call may use other drawings
    return Run(run)


def fine_tune_settings(
    base: SketchRNN, hparams: str | Mapping[str, Any] | None, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the hyperparameters of fine-tuning that replace those of the base.

    Raises
    ------
    ValueError
        If a hyperparameter is unknown or out of range.
    """
    settings = {**FINE_TUNE_DEFAULTS, **parse_changes(hparams), **changes}
    base.hparams.replace(settings)
    return settings


def _split(sketches: list[Sketch], seed: int) -> tuple[list[Sketch], list[Sketch]]:
    """Return the drawings for training and those for validation, chosen at random."""
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(sketches))
    n_valid = max(round(VALIDATION_FRACTION * len(sketches)), 2)
    return [sketches[i] for i in order[n_valid:]], [sketches[i] for i in order[:n_valid]]


def _save_or_compare(train_set: list[Sketch], valid_set: list[Sketch], path: Path) -> bool:
    """In a new run, save the drawings and return True. Otherwise, compare them with the saved ones; return False."""
    run = path.parent
    if is_locked(run):
        raise in_use_error(run)
    if not path.exists():
        if (run / "run.json").exists():
            raise ValueError(f"{run}: not a fine-tuning run ({path.name} is missing); choose another run directory")
        run.mkdir(parents=True, exist_ok=True)
        write_npz({"train": train_set, "valid": valid_set}, path)
        return True
    if Dataset.open(path).fingerprint != Dataset.from_sketches(train_set, valid_set).fingerprint:
        raise ValueError(f"{run}: started with different drawings (saved in {path}); choose another run directory")
    return False


def match_model_scale(sketches: list[Sketch], model: SketchRNN, longest: int | None = None) -> list[Sketch]:
    """Scale and simplify drawings to match those on which a model was trained.

    Parameters
    ----------
    sketches : list of Sketch
        Drawings in any units. All are scaled by one factor, which makes the median of their longer sides equal to the
        drawing size of the model.
    model : SketchRNN
        Model with the drawing size to match.
    longest : int, optional
        Maximum number of points per drawing. Default: `max_seq_len` of the model. Drawings with more points are
        simplified with a larger tolerance, up to an eighth of the drawing size, and omitted if they are still too long.

    Returns
    -------
    list of Sketch
        Empty if the median of the longer sides is zero.
    """
    longest = longest or model.hparams.max_seq_len
    sides = [max(right - left, bottom - top) for left, top, right, bottom in (sketch.bounds for sketch in sketches)]
    median_side = float(np.median(sides)) if sides else 0.0
    if not median_side > 0:
        return []
    size, fitted = model.drawing_size, []
    for sketch in sketches:
        epsilon = RELATIVE_EPSILON * size
        scaled = sketch.scaled(size / median_side)
        simplified = scaled.simplified(epsilon)
        while len(simplified) > longest and epsilon < size / 8:
            epsilon *= 1.25
            simplified = scaled.simplified(epsilon)
        if len(simplified) <= longest:
            fitted.append(simplified)
    return fitted
