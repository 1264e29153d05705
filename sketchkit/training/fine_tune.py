"""Teaching a model a thing from a few drawings of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sketchkit.arguments import path_of, seed_of
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import write_npz
from sketchkit.hparams import parse_changes
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.published.loading import load
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.training.run import Run
from sketchkit.training.run_control import is_occupied, occupied

__all__ = ["FEWEST", "teach"]

#: Drawings that teaching needs.
FEWEST = 5
#: Share of them that is held out, to stop in time; at least two.
HELD_OUT = 0.2
#: Widest gap between a curve and its points, as a share of the drawing's size: 2 of 255, as Quick, Draw! has it.
FINENESS = 2 / 255

#: What differs from the training of the base. So few drawings are known by heart after some hundred steps: the steps
#: are small, drawings vary a great deal, and the encoder, which overfits first, stays as it is.
LEARNING = {
    "num_steps": 300, "save_every": 5, "learning_rate": 3e-5, "min_learning_rate": 1e-5, "decay_rate": 0.995,
    "freeze_encoder": True, "skip_padding": True,
    "random_scale_factor": 0.15, "random_rotation": 10, "random_stroke_factor": 0.1, "augment_stroke_prob": 0.1,
}  # fmt: skip


def teach(
    model: str | Path | SketchRNN,
    sketches: Iterable[Sketch],
    run: str | Path = "runs/taught",
    *,
    name: str = "drawing",
    minutes: float | None = 5.0,
    patience: int | None = 6,
    seed: int | None = 0,
    progress: str = "auto",
    background: bool = False,
    hparams: str | Mapping[str, Any] | None = None,
    **changes: Any,
) -> Run:
    """Go on training a model with a few drawings of one thing, until it draws that thing as they do.

    A fifth of the drawings is held out; the model kept is the one that does best on these. What the model could draw
    before is forgotten. Interrupting it (the kernel's stop button) keeps the best so far.

    Parameters
    ----------
    model : str, Path or SketchRNN
        What to begin with, as `sketchkit.load` takes it; `quickdraw` has seen the most.
    sketches : iterable of Sketch
        At least five, better 20 to 50, all of the same thing; in any units. They are scaled as one to the size of the
        drawings that the model knows, and simplified as far as those are.
    run : str or Path
        The run directory, watched and continued as any other. The drawings are kept there first, in `drawings.npz`.
    name : str
        What the thing is called.
    minutes : float
        At most so long.
    patience : int, optional
        Stop after so many validations without a better one.
    seed : int
        Decides what is held out, and the training.
    progress : str
        As in `sketchkit.train`.
    background : bool
        Return at once; see `sketchkit.train`. The model then has to be given by name or folder.
    hparams : str or mapping, optional
        Hyperparameters that differ from those of teaching, as in `sketchkit.train`.
    **changes
        Further ones by name.

    Returns
    -------
    Run
        `run.model()` is the model that has learnt; `run.model_folder` is a model folder like any other.

    Raises
    ------
    ValueError
        If there are too few drawings, or as in `sketchkit.train`: the run directory is of another training, ...

    Examples
    --------
    >>> run = sketchkit.teach("quickdraw", pad.drawings, name="teapot")   # doctest: +SKIP
    >>> run.model().generate(8, category="teapot")                        # doctest: +SKIP
    """
    from sketchkit.training.trainer import train

    base = model if isinstance(model, SketchRNN) else load(model)
    settings = {**LEARNING, **parse_changes(hparams), **changes}
    longest = base.hparams.updated(settings).max_seq_len or None  # names and values are checked before anything is kept
    kept = fitting([sketch for sketch in iter_sketches(sketches) if np.any(sketch.offsets[:, :2])], base, longest)
    if len(kept) < FEWEST:
        raise ValueError(f"expected at least {FEWEST} drawings to learn from, better 20 to 50; got {len(kept)}")
    run, seed, name = path_of(run, "run"), seed_of(seed), str(name)
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(kept))
    held = max(round(HELD_OUT * len(kept)), 2)
    valid, learnt = [kept[i] for i in order[:held]], [kept[i] for i in order[held:]]
    settings = {"batch_size": min(len(learnt), 32), **settings}
    folder, path = run, run / "drawings.npz"
    if is_occupied(folder):
        raise occupied(folder)
    if (folder / "run.json").exists() and not path.exists():
        raise ValueError(
            f"{run}: is the run of another training (it has no drawings.npz); choose another run directory"
        )
    fresh = not path.exists()
    if fresh:
        folder.mkdir(parents=True, exist_ok=True)
        write_npz(path, {"train": learnt, "valid": valid})
    elif Dataset.open(path).fingerprint != Dataset.from_sketches(learnt, valid).fingerprint:
        raise ValueError(f"{run}: was begun with other drawings, they are in {path}; choose another run directory")
    try:
        train(
            path, run, base=model, seed=seed, minutes=minutes, patience=patience, progress=progress, classes=(name,),
            background=background, log_every=5, **settings,
        )  # fmt: skip
    except KeyboardInterrupt:
        print(f"{run}: interrupted, the best so far is kept", flush=True)
    finally:
        if fresh and not (folder / "run.json").exists():
            path.unlink(missing_ok=True)  # nothing was trained; the next call may bring other drawings
    return Run(run)


def fitting(sketches: list[Sketch], model: SketchRNN, longest: int | None = None) -> list[Sketch]:
    """Return drawings in the size and with the fineness of those that a model knows.

    Parameters
    ----------
    sketches : list of Sketch
        All are scaled by one factor, which brings their typical longer side to that of the model's drawings. Those with
        more points than the model draws are simplified further.
    model : SketchRNN
    longest : int, optional
        Points of a drawing, at most. Default: the model's `max_seq_len`.
    """
    longest = longest or model.hparams.max_seq_len
    sides = [max(right - left, bottom - top) for left, top, right, bottom in (sketch.bounds for sketch in sketches)]
    typical = float(np.median(sides)) if sides else 0.0
    if not typical > 0:
        return []
    size, fitted = model.drawing_size, []
    for sketch in sketches:
        epsilon = FINENESS * size
        drawing = sketch.scaled(size / typical)
        simple = drawing.simplified(epsilon)
        while len(simple) > longest and epsilon < size / 8:
            epsilon *= 1.25
            simple = drawing.simplified(epsilon)
        if len(simple) <= longest:
            fitted.append(simple)
    return fitted
