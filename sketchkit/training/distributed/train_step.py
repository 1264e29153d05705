"""One training step taken by several devices: each has some rows of the batch, all come to the same weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from sketchkit.model.compiled import Compiled
from sketchkit.model.network import Network
from sketchkit.model.schedules import kl_weight
from sketchkit.training.distributed.cluster import Workers

__all__ = ["ParallelStep"]


class ParallelStep:
    """`Network.train_step` for a batch in parts.

    Losses and gradients are sums over the rows of a part divided by the rows of the whole batch, so that their sum over
    all parts is that of one device, whatever the parts' sizes; clipping and Adam follow on the sum.

    Parameters
    ----------
    network : Network
        Made and compiled in the scope of `workers`.
    workers : Workers
    """

    def __init__(self, network: Network, workers: Workers) -> None:
        self.network = network
        self.workers = workers
        self._kl = tf.function(lambda parts: self._on_each(network.part_kl, parts), autograph=False)
        self._parts = tf.function(
            lambda parts, weight: self._on_each(self._part, parts, weight), autograph=False
        )  # fmt: skip
        self._apply = tf.function(self._applied, autograph=False)

    def __call__(self, parts: Sequence[Mapping[str, tf.Tensor]]) -> dict[str, float]:
        """Take one step and return the losses before it, as `Network.train_step`.

        Parameters
        ----------
        parts : sequence of mappings
            A batch for each device of this process, with its `place`.
        """
        network, workers = self.network, self.workers
        h, step = network.hparams, int(network.optimizer.iterations.numpy())
        given = workers.each(lambda device: parts[device])
        weight, counted = np.float32(0), np.float32(0)
        if h.conditional:
            weight = counted = kl_weight(h, tf.constant(step, tf.float32)).numpy()
            # Whether KL lies above its tolerance is known from the whole batch, and only then is its gradient: the
            # encoder runs once more for it.
            if h.kl_tolerance > 0 and float(workers.first(workers.total(_graph(self._kl, given)))) < h.kl_tolerance:
                counted = np.float32(0)
        sums = workers.total(_graph(self._parts, given, tf.constant(counted)))
        recon, kl, finite = (float(x) for x in workers.first(_graph(self._apply, sums)))
        if h.conditional:
            kl = max(kl, h.kl_tolerance)
        return {"loss": recon + float(weight) * kl, "recon": recon, "kl": kl, "finite": finite}

    def _on_each(self, function: Any, parts: Any, *arguments: Any) -> Any:
        # Compiled for each device by itself: compiled once for all, it would read the first one's variables.
        return self.workers.strategy.run(lambda *given: Compiled(function)(*given), (parts, *arguments))

    def _part(self, batch: Mapping[str, tf.Tensor], weight: tf.Tensor) -> tf.Tensor:
        """Return recon, KL and all gradients of a part as one vector."""
        recon, kl, gradients = self.network.part_gradients(batch, weight)
        return tf.concat([tf.stack([recon, kl]), *(tf.reshape(g, [-1]) for g in gradients)], axis=0)

    def _applied(self, sums: Any) -> Any:
        """Clip the summed gradients, apply them, and return recon, KL and whether the gradients were finite."""
        variables, strategy = self.network.trainable_variables, self.workers.strategy
        clip = self.network.hparams.grad_clip

        def clipped(vector: tf.Tensor) -> Any:
            sizes = [2, *(int(np.prod(variable.shape)) for variable in variables)]
            figures, *flat = tf.split(vector, sizes)
            finite = tf.cast(tf.reduce_all(tf.math.is_finite(vector[2:])), tf.float32)
            gradients = [
                tf.clip_by_value(tf.reshape(gradient, variable.shape), -clip, clip)
                for gradient, variable in zip(flat, variables, strict=True)
            ]
            return tf.concat([figures, finite[None]], axis=0), gradients

        figures, gradients = strategy.run(clipped, (sums,))
        optimizer = self.network.optimizer
        with strategy.scope():
            rate = optimizer.learning_rate
            for variable, gradient in zip(variables, gradients, strict=True):
                # As `apply` does, which would sum the gradients over the devices before, and they are summed.
                strategy.extended.update(
                    variable.value,
                    lambda own, given, rate: optimizer.update_step(given, own, rate),
                    args=(gradient, rate),
                    group=False,
                )
            optimizer.iterations.assign_add(1)
        return figures


def _graph(function: Any, *arguments: Any) -> Any:
    """Call a `tf.function` as a graph, whatever `tf.config.run_functions_eagerly` says."""
    return function.get_concrete_function(*arguments)(*arguments)
