"""A network with its optimizer and compiled training step, on one device or on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sketchkit.data.batches import Batch
from sketchkit.model.noise import stream_key
from sketchkit.model.sketch_rnn import SketchRNN
from sketchkit.training.checkpoints import Tensors
from sketchkit.training.distributed.cluster import Cluster

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["Learner"]


class Learner:
    """The network of a model, its optimizer and its compiled training step. Call `compile` before anything else.

    Parameters
    ----------
    model : SketchRNN
        Model to train. Its weights change with every step.
    seed : int
        Seed of the dropout and of the noise of the latent codes.
    cluster : Cluster
        Processes and devices that train.
    """

    def __init__(self, model: SketchRNN, seed: int, cluster: Cluster) -> None:
        self.hparams, self.seed, self.cluster = model.hparams, seed, cluster
        with cluster.scope():
            self.network = model.network

    def compile(self, rate_scale: float) -> None:
        """Create a new optimizer, and the compiled training step. `rate_scale` multiplies the learning rate."""
        from sketchkit.model.compiled import Compiled

        with self.cluster.scope():
            self.network.compile_published(rate_scale)
        self._compiled_step: Callable[[Any], dict[str, Any]]
        if self.cluster.strategy is None:
            self._compiled_step = Compiled(self.network.training_step)
        else:
            from sketchkit.training.distributed.train_step import DistributedTrainStep

            self._compiled_step = DistributedTrainStep(self.network, self.cluster)

    def step(self, batch: Batch, number: int) -> dict[str, float]:
        """Take one training step.

        Parameters
        ----------
        batch : Batch
            The rows of this process in the batch of the step.
        number : int
            Number of earlier steps. It determines dropout and noise.

        Returns
        -------
        dict of str to float
            `loss`, `recon` and `kl` before the step, and the statistics of `sketchkit.model.clipping.clip_gradients`.
        """
        from sketchkit.model.evaluation import model_inputs

        eps_key, dropout_key = (stream_key(self.seed, 1), number), stream_key(self.seed, 2, number)
        make_inputs = partial(model_inputs, self.hparams, eps_key=eps_key, dropout_key=dropout_key)
        if self.cluster.strategy is None:
            losses = self._compiled_step(make_inputs(batch))
        else:
            shards = self.cluster.split(batch, self.hparams.batch_size)
            losses = self._compiled_step([make_inputs(shard) for shard in shards])
        return {name: float(value) for name, value in losses.items()}

    def set_weights(self, weights: Tensors) -> None:
        """Set the weights, by the names in `sketchkit.model.weights`. The optimizer state does not change."""
        for name, variable in self.network.variables_by_name.items():
            variable.assign(weights[name])

    def tensors(self) -> Tensors:
        """Return copies of the weights and the optimizer state, by name."""
        return {name: np.asarray(variable.numpy()) for name, variable in self._variables().items()}

    def restore(self, tensors: Tensors) -> None:
        """Set the weights and the optimizer state.

        Raises
        ------
        ValueError
            If a tensor is missing or has another shape.
        """
        for name, variable in self._variables().items():
            if name not in tensors or tensors[name].shape != tuple(variable.shape):
                raise ValueError(f"{name!r} is missing or has another shape; the checkpoint belongs to another model")
            variable.assign(tensors[name])

    def _variables(self) -> dict[str, tf.Variable]:
        variables = {f"weights/{name}": variable for name, variable in self.network.variables_by_name.items()}
        optimizer = self.network.optimizer
        # Keras numbers its optimizers ("adam_3/..."); the number is not part of the state.
        return variables | {f"optimizer/{v.path.split('/', 1)[-1]}": v for v in optimizer.variables}
