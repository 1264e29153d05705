"""`keras_batches`: the batches of a dataset as a `tf.data.Dataset`, for Keras methods such as `model.network.fit`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import tensorflow as tf

from sketchkit.data.augmentation import Augmentation
from sketchkit.data.dataset import Dataset
from sketchkit.formats.npz import SplitName
from sketchkit.model.evaluation import model_inputs
from sketchkit.model.noise import stream_key
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.streams import Purpose, philox_key

__all__ = ["keras_batches"]


def keras_batches(model: SketchRNN, dataset: Dataset, split: SplitName = "train", *, seed: int = 0) -> tf.data.Dataset:
    """Return the batches of one pass over a split of a dataset.

    Parameters
    ----------
    model : SketchRNN
        Model whose `network` is trained or evaluated. It determines the batch size, the maximum number of points and
        the scale factor.
    dataset : Dataset
        Drawings. Those with more points than the model's maximum are skipped.
    split : str
        `train`: random batches with the augmentation of the hyperparameters; each further pass continues with new
        batches. Without `skip_padding`, these are the batches of `sketchkit.train`, with the same noise. `valid` or
        `test`: all drawings in order.
    seed : int
        Seed of the batches, dropout and noise.

    Returns
    -------
    tf.data.Dataset
        Batches in the format of `sketchkit.model.network.Network`. Batches of `valid` and `test` have one more key,
        `drawings`: the number of drawings that are evaluated. They come first in the batch; any drawings after them
        only fill the last batch to its full size.

    Raises
    ------
    ValueError
        If the split is unknown or empty, or if there are fewer training drawings than `batch_size`.

    Examples
    --------
    >>> model.network.compile()
    >>> model.network.fit(keras_batches(model, dataset), epochs=3,
    ...                   validation_data=keras_batches(model, dataset, "valid"))   # doctest: +SKIP
    """
    h = model.hparams
    dataset = replace(dataset.limited(h.max_seq_len), scale_override=model.scale_factor)
    passes = _Training(model, dataset, seed) if split == "train" else _Evaluation(model, dataset, split, seed)
    if not passes.num_batches:
        raise ValueError(f"{dataset.name}: the {split} split is empty")
    signature = {
        "rows": tf.TensorSpec((h.batch_size, h.max_seq_len + 1, 5), tf.float32),
        "lengths": tf.TensorSpec((h.batch_size,), tf.int32),
        "key": tf.TensorSpec((), tf.uint32),
    }
    if h.conditional:
        signature["eps"] = tf.TensorSpec((h.batch_size, h.z_size), tf.float32)
    if split != "train":
        signature["drawings"] = tf.TensorSpec((), tf.int32)
    stream = tf.data.Dataset.from_generator(passes.iterate, output_signature=signature)
    return stream.apply(tf.data.experimental.assert_cardinality(passes.num_batches))


class _Training:
    """Random batches of the train split. Each pass continues where the previous one ended."""

    def __init__(self, model: SketchRNN, dataset: Dataset, seed: int) -> None:
        self._hparams, self._seed, self._step = model.hparams, seed, 0
        self._batches = dataset.batches(
            model.hparams.batch_size, seed, augmentation=Augmentation.from_hparams(model.hparams)
        )
        self.num_batches = -(-self._batches.count // model.hparams.batch_size)

    def iterate(self) -> Iterator[dict[str, Any]]:
        for _ in range(self.num_batches):
            k, self._step = self._step, self._step + 1
            eps_key, dropout_key = (stream_key(self._seed, 1), k), stream_key(self._seed, 2, k)
            yield model_inputs(self._hparams, self._batches[k], eps_key, dropout_key)


class _Evaluation:
    """All drawings of a split, in order."""

    def __init__(self, model: SketchRNN, dataset: Dataset, split: SplitName, seed: int) -> None:
        self._hparams, self._dataset, self._split, self._seed = model.hparams, dataset, split, seed
        if split not in dataset.splits:
            raise ValueError(f"split: expected train, valid or test, got {split!r}")
        self.num_batches = -(-len(dataset.usable_indices(split)) // model.hparams.batch_size)

    def iterate(self) -> Iterator[dict[str, Any]]:
        for index, (batch, count) in enumerate(self._dataset.iter_batches(self._split, self._hparams.batch_size)):
            eps_key = philox_key(self._seed, Purpose.VALIDATION, index)
            yield {**model_inputs(self._hparams, batch, eps_key), "drawings": tf.constant(count, tf.int32)}
