"""Latent codes and losses of many drawings: computed in batches, with progress, and kept in the cache."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchkit.argument_errors import short_errors
from sketchkit.data.batches import iter_batches
from sketchkit.data.labeled import DrawingSource, LabeledDrawings
from sketchkit.data.measures import Measures
from sketchkit.data.store import Split
from sketchkit.formats.npz import SplitName
from sketchkit.loading import load
from sketchkit.model.engines import MAX_NUMPY_DRAWINGS
from sketchkit.model.sketch_rnn import DRAWING_SIZE_RANGE, SketchRNN
from sketchkit.storage.atomic import atomic_write
from sketchkit.storage.cache import cache_folder

__all__ = ["embed_codes", "reconstruction_losses"]

logger = logging.getLogger("sketchkit")

#: Codes are computed in NumPy if the number of drawings times the number of encoder units is at most this. Up to this
#: product, NumPy (2 s for 10,000 drawings and 128 units) is faster than the import of TensorFlow and the compilation of
#: the encoder alone.
MAX_NUMPY_WORK = 1_500_000
#: Number of drawings in a batch that is encoded by TensorFlow.
TENSORFLOW_BATCH = 1024
#: Results for at most this many drawings take a fraction of a second and are not kept in the cache.
MIN_CACHED = MAX_NUMPY_DRAWINGS
#: Version of the files in the cache; change it when the results change.
VERSION = 1


@short_errors
def embed_codes(
    drawings: DrawingSource | LabeledDrawings,
    model: str | Path | SketchRNN,
    *,
    split: SplitName | None = None,
    progress: bool = True,
) -> NDArray[np.float32]:
    """Return the latent codes of all drawings of a dataset.

    If there are more than 256 drawings, their codes are kept in the cache. The codes are identified by the content of
    the drawings and the weights of the encoder, and are found even if the dataset or the model has been renamed.

    Parameters
    ----------
    drawings : Dataset, str, Path, sequence of Sketch, or mapping
        A dataset, its name or file, sketches, or a mapping from names of categories to any of these. Each drawing is
        scaled to the size of the model's drawings, as in `SketchRNN.encode`.
    model : str, Path or SketchRNN
        A model with a latent code.
    split : str, optional
        Split of the datasets: `train`, `valid` or `test`. Default: all three, in this order.
    progress : bool
        Whether to show a progress bar for more than 256 drawings.

    Returns
    -------
    ndarray of float32, shape (n, z_size)
        The mean code of each drawing, in the order of the drawings. Empty drawings cannot be encoded: their codes are
        NaN, and a warning with the number of empty drawings is logged.

    Raises
    ------
    ValueError
        If the model has no encoder, or there are no drawings.

    Examples
    --------
    >>> codes = sketchkit.embed_codes("kanji", "kanji", split="test")       # doctest: +SKIP
    >>> sketchkit.render.latent_scatter(codes)                              # doctest: +SKIP
    """
    model = model if isinstance(model, SketchRNN) else load(model)
    if not model.conditional:
        raise ValueError(f"{model.name} is unconditional (it has no encoder), so its drawings have no latent codes")
    given = LabeledDrawings.collect(drawings, split=split)
    codes = _kept(f"codes-{_digest(model, 'encoder/')}", given, lambda: _encode(given.split, model, progress))
    empty = int(np.isnan(codes[:, 0]).sum())
    if empty:
        logger.warning("%d of %d drawings are empty and have no latent code", empty, len(codes))
    return codes


def reconstruction_losses(
    drawings: DrawingSource | LabeledDrawings,
    model: str | Path | SketchRNN,
    *,
    split: SplitName | None = None,
    seed: int = 0,
    progress: bool = True,
) -> NDArray[np.float32]:
    """Return the reconstruction loss of each drawing of a dataset, computed as in training. Requires TensorFlow.

    Parameters
    ----------
    drawings, model, split, progress
        As in `embed_codes`.
    seed : int
        Seed of the noise of the codes, which are sampled as in training.

    Returns
    -------
    ndarray of float32, shape (n,)
        NaN for drawings that are empty or longer than the `max_seq_len` of the model.

    Raises
    ------
    ValueError
        If there are no drawings.
    """
    model = model if isinstance(model, SketchRNN) else load(model)
    given = LabeledDrawings.collect(drawings, split=split)
    name = f"losses-{_digest(model, '')}-{seed}"
    return _kept(name, given, lambda: _losses(given.split, model, seed, progress)[:, None])[:, 0]


def _encode(drawings: Split, model: SketchRNN, progress: bool) -> NDArray[np.float32]:
    codes = np.full((len(drawings), model.z_size), np.nan, dtype=np.float32)
    lengths = drawings.lengths
    # Batches of drawings of similar length need little padding.
    order = np.argsort(lengths, kind="stable")[np.count_nonzero(lengths == 0) :]
    in_numpy = len(order) * model.hparams.enc_rnn_size <= MAX_NUMPY_WORK
    batch = MAX_NUMPY_DRAWINGS if in_numpy else TENSORFLOW_BATCH
    with _bar(len(order), progress, f"Encoding with {model.name}") as bar:
        for begin in range(0, len(order), batch):
            chosen = order[begin : begin + batch]
            codes[chosen] = model.encode([drawings[int(index)] for index in chosen])
            bar.update(len(chosen))
    return codes


def _losses(drawings: Split, model: SketchRNN, seed: int, progress: bool) -> NDArray[np.float32]:
    losses = np.full(len(drawings), np.nan, dtype=np.float32)
    network = model.network  # this access hides TensorFlow's messages, so it must precede the next import
    from sketchkit.model.evaluation import drawing_losses

    size, longest = model.hparams.batch_size, model.hparams.max_seq_len
    usable = drawings.usable_indices(longest)
    batches = iter_batches(_fitted(drawings, model), usable, batch_size=size, max_seq_len=longest,
                           scale_factor=model.scale_factor)  # fmt: skip
    with _bar(len(usable), progress, f"Losses of {model.name}") as bar:
        done = 0
        for recon in drawing_losses(network, batches, seed=seed):
            losses[usable[done : done + len(recon)]] = recon
            done += len(recon)
            bar.update(len(recon))
    return losses


def _fitted(drawings: Split, model: SketchRNN) -> Split:
    """Return the drawings, scaled as `SketchRNN.encode` scales them."""
    sizes = Measures.of(drawings).sizes
    least, most = (share * model.drawing_size for share in DRAWING_SIZE_RANGE)
    factors = np.where(sizes > 0, sizes.clip(least, most) / np.where(sizes > 0, sizes, 1), 1)
    points = np.array(drawings.points, dtype=np.float32)
    points[:, :2] *= np.repeat(factors, drawings.lengths)[:, None]
    return Split(points, drawings.starts)


def _digest(model: SketchRNN, prefix: str) -> str:
    """Return a digest of the weights whose names begin with `prefix`, and of the settings that scale drawings."""
    h = model.hparams
    settings = [VERSION, model.scale_factor, model.drawing_size, h.enc_model, h.dec_model, h.pen_rows, h.max_seq_len]
    digest = hashlib.sha256(repr(settings if not prefix else settings[:4]).encode())
    for name, value in sorted(model.weights.items()):
        if name.startswith(prefix):
            digest.update(name.encode() + np.ascontiguousarray(value).tobytes())
    return digest.hexdigest()[:16]


def _kept(name: str, drawings: LabeledDrawings, compute: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the cached result. If it is missing or damaged, compute the result and store it."""
    if len(drawings) <= MIN_CACHED:
        return compute()
    path = cache_folder() / "codes" / f"{name}-{drawings.digest()[:24]}.npy"
    with suppress(OSError, ValueError, EOFError):
        found = np.load(path, allow_pickle=False)
        if found.ndim == 2 and len(found) == len(drawings) and found.dtype == np.float32:
            return np.asarray(found)
    result = compute()
    with suppress(OSError), atomic_write(path) as part, part.open("wb") as file:  # the cache may be read-only
        np.save(file, result)
    return result


def _bar(total: int, progress: bool, text: str) -> Any:
    from tqdm.auto import tqdm

    return tqdm(total=total, unit="drawing", desc=text, leave=False, disable=not progress or total <= MIN_CACHED)
