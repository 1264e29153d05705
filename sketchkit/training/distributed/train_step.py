"""Training step that is distributed over several devices, each of which processes some rows of the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from sketchkit.model.clipping import GRADIENT_FIGURES, clip_gradients
from sketchkit.model.compiled import Compiled
from sketchkit.model.network import Network
from sketchkit.model.schedules import kl_weight
from sketchkit.training.distributed.cluster import Cluster, PerReplica

__all__ = ["DistributedTrainStep"]


class DistributedTrainStep:
    """`Network.training_step` for a batch that is split into shards.

    The losses and gradients of a shard are sums over its rows, divided by the number of rows of the whole batch. Summed
    over all shards, they therefore equal the result of a single device, for shards of any size. Clipping and Adam are
    applied to the sum.

    Parameters
    ----------
    network : Network
        Network created and compiled in the scope of `cluster`.
    cluster : Cluster
        Processes and devices that share the batch.
    """

    def __init__(self, network: Network, cluster: Cluster) -> None:
        self.network = network
        self.cluster = cluster
        self._kl = tf.function(lambda shards: self._run_on_replicas(network.shard_kl, shards), autograph=False)
        self._gradients = tf.function(
            lambda shards, weight: self._run_on_replicas(self._shard_gradients, shards, weight), autograph=False
        )  # fmt: skip
        self._apply = tf.function(self._apply_gradients, autograph=False)

    def __call__(self, shards: Sequence[Mapping[str, tf.Tensor]]) -> dict[str, float]:
        """Take one step, and return the losses and gradient statistics of `Network.training_step`.

        Parameters
        ----------
        shards : sequence of mappings
            One shard for each device of this process: a batch as described in `Network`, with the entry `shard`.

        Returns
        -------
        dict of str to float
            `loss`, `recon`, `kl`, and the statistics in `sketchkit.model.clipping.GRADIENT_FIGURES`.
        """
        network, cluster = self.network, self.cluster
        h, step = network.hparams, int(network.optimizer.iterations.numpy())
        values = cluster.per_replica(lambda device: shards[device])
        weight, gradient_weight = np.float32(0), np.float32(0)
        if h.conditional:
            weight = gradient_weight = kl_weight(h, tf.constant(step, tf.float32)).numpy()
            # KL has a gradient only if the KL of the whole batch exceeds the tolerance. Computing that KL first costs
            # an additional run of the encoder.
            if h.kl_tolerance > 0:
                kl_sum = cluster.all_reduce_sum(_as_graph(self._kl, values))
                if float(cluster.first(kl_sum)) < h.kl_tolerance:
                    gradient_weight = np.float32(0)
        sums = cluster.all_reduce_sum(_as_graph(self._gradients, values, tf.constant(gradient_weight)))
        recon, kl, *figures = (float(x) for x in cluster.first(_as_graph(self._apply, sums)))
        if h.conditional:
            kl = max(kl, h.kl_tolerance)
        losses = {"loss": recon + float(weight) * kl, "recon": recon, "kl": kl}
        return losses | dict(zip(GRADIENT_FIGURES, figures, strict=True))

    def _run_on_replicas(
        self, function: Callable[..., tf.Tensor], shards: PerReplica, *arguments: tf.Tensor
    ) -> PerReplica:
        # Compile separately for each device: a shared compiled function would read the variables of the first device.
        return self.cluster.strategy.run(lambda *inputs: Compiled(function)(*inputs), (shards, *arguments))

    def _shard_gradients(self, batch: Mapping[str, tf.Tensor], weight: tf.Tensor) -> tf.Tensor:
        """Return recon, KL and all gradients of a shard, concatenated to one vector."""
        recon, kl, gradients = self.network.shard_gradients(batch, weight)
        return tf.concat([tf.stack([recon, kl]), *(tf.reshape(g, [-1]) for g in gradients)], axis=0)

    def _apply_gradients(self, sums: PerReplica) -> PerReplica:
        """Clip and apply the summed gradients. Return recon, KL and the gradient statistics as a vector."""
        variables, strategy = self.network.trainable_variables, self.cluster.strategy

        def split_and_clip(vector: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
            sizes = [2, *(int(np.prod(variable.shape)) for variable in variables)]
            metrics, *flat = tf.split(vector, sizes)
            gradients = [tf.reshape(g, variable.shape) for g, variable in zip(flat, variables, strict=True)]
            gradients, figures = clip_gradients(gradients, self.network.hparams.grad_clip)
            return tf.concat([metrics, tf.stack([figures[name] for name in GRADIENT_FIGURES])], axis=0), gradients

        metrics, gradients = strategy.run(split_and_clip, (sums,))
        optimizer = self.network.optimizer
        with strategy.scope():
            rate = optimizer.learning_rate
            for variable, gradient in zip(variables, gradients, strict=True):
                # `optimizer.apply` would sum the gradients over the devices again.
                strategy.extended.update(
                    variable.value,
                    lambda value, gradient, rate: optimizer.update_step(gradient, value, rate),
                    args=(gradient, rate),
                    group=False,
                )
            optimizer.iterations.assign_add(1)
        return metrics


def _as_graph(function: Any, *arguments: Any) -> Any:
    """Call a `tf.function` as a graph, even if `tf.config.run_functions_eagerly` is set."""
    return function.get_concrete_function(*arguments)(*arguments)
