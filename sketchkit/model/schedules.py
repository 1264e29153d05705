"""The schedules of the learning rate and the KL weight, as in the original sketch-rnn code."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from sketchkit.hparams import HParams

__all__ = ["LearningRate", "kl_weight", "learning_rate"]


def kl_weight(hparams: HParams, step: float | tf.Tensor) -> Any:  # the result has the type of step
    """Return the weight of the KL loss at a step: w - (w - w_start) * kl_decay_rate ** step."""
    h = hparams
    return h.kl_weight - (h.kl_weight - h.kl_weight_start) * h.kl_decay_rate**step


def learning_rate(hparams: HParams, step: float | tf.Tensor) -> Any:  # the result has the type of step
    """Return the learning rate at a step: (lr - min_lr) * decay_rate ** step + min_lr."""
    h = hparams
    return (h.learning_rate - h.min_learning_rate) * h.decay_rate**step + h.min_learning_rate


@keras.saving.register_keras_serializable(package="sketchkit")
class LearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """`learning_rate` as a Keras schedule.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters, which include the parameters of the schedule.
    scale : float
        Factor by which the learning rate is multiplied.
    """

    def __init__(self, hparams: HParams, scale: float = 1.0) -> None:
        self.hparams = hparams
        self.scale = scale

    def __call__(self, step: float | tf.Tensor) -> Any:  # the result has the type of step
        """Return the learning rate at a step."""
        return self.scale * learning_rate(self.hparams, tf.cast(step, tf.float32))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of `from_config`."""
        return {"hparams": self.hparams.as_dict(), "scale": self.scale}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRate:
        """Create a schedule from the result of `get_config`."""
        return cls(HParams().replace(config["hparams"]), config["scale"])
