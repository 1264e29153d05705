"""`KerasTraining`: the Keras methods of the network, such as `compile` and `fit`, and its `.keras` files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import keras
import tensorflow as tf

from sketchkit.hparams import HParams
from sketchkit.model.schedules import LearningRate

__all__ = ["KerasTraining"]

#: End of the error messages about unsupported input: what to pass instead.
SUPPORTED_INPUT = (
    "pass sketchkit.model.keras_batches.keras_batches(model, dataset), or train with sketchkit.train, which also "
    "saves checkpoints"
)


class KerasTraining(keras.Model):
    """Base class of `sketchkit.model.network.Network`: what Keras expects of a model that computes its own loss.

    `fit`, `evaluate`, `predict`, `train_on_batch` and `test_on_batch` take batches of
    `sketchkit.model.keras_batches.keras_batches`. Their results, except those of `predict`, are means over all batches
    so far: `recon`, `kl` and `loss`. In training, `loss` is the training loss. In evaluation, it is recon + kl_weight *
    max(kl, kl_tolerance), with the hyperparameter `kl_weight`.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the model.
    """

    def __init__(self, hparams: HParams) -> None:
        # An explicit dtype overrides global Keras settings, such as a mixed-precision policy.
        super().__init__(name="sketch_rnn", dtype="float32")
        self.hparams = hparams
        self._means = {name: keras.metrics.Mean(name=name, dtype="float32") for name in ("loss", "recon", "kl")}

    # Defined by the network -----------------------------------------------------------------------

    def training_step(self, batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Take one training step, and return at least the losses `loss`, `recon` and `kl` before the step."""
        raise NotImplementedError

    def per_drawing_losses(self, batch: Mapping[str, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the reconstruction loss and the KL loss of each drawing, both (batch,)."""
        raise NotImplementedError

    # Steps ----------------------------------------------------------------------------------------

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """Metrics that Keras resets at the start of an epoch."""
        return list(self._means.values())

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Take one training step, and return the mean training losses of the epoch so far."""
        losses = self.training_step(_to_batch(data))
        for name, mean in self._means.items():
            mean.update_state(losses[name])
        return {name: mean.result() for name, mean in self._means.items()}

    def test_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Evaluate a batch, and return the mean losses over the drawings so far. Each drawing counts once."""
        batch, h, means = _to_batch(data), self.hparams, self._means
        recon, kl = self.per_drawing_losses(batch)
        counted = tf.cast(tf.range(tf.shape(recon)[0]) < batch.get("drawings", tf.shape(recon)[0]), tf.float32)
        means["recon"].update_state(recon, sample_weight=counted)
        means["kl"].update_state(kl, sample_weight=counted)
        loss = means["recon"].result()
        if h.conditional:
            loss += h.kl_weight * tf.maximum(means["kl"].result(), h.kl_tolerance)
        means["loss"].reset_state()  # the tolerance applies to the mean KL, so the loss is not a mean over batches
        means["loss"].update_state(loss)
        return {name: mean.result() for name, mean in means.items()}

    def predict_step(self, data: Any) -> tf.Tensor:
        """Return the reconstruction loss of each drawing of a batch, (batch,)."""
        return self.per_drawing_losses(_to_batch(data))[0]

    # Methods of `keras.Model` that accept only batches of `keras_batches` -------------------------

    def fit(self, x: Any = None, *arguments: Any, **options: Any) -> keras.callbacks.History:
        """Train on batches, like `keras.Model.fit`."""
        _check_input(x)
        if options.get("validation_data") is not None:
            _check_input(options["validation_data"])
        return super().fit(x, *arguments, **options)

    def evaluate(self, x: Any = None, *arguments: Any, **options: Any) -> Any:
        """Return the mean losses over batches, like `keras.Model.evaluate`."""
        _check_input(x)
        return super().evaluate(x, *arguments, **options)

    def predict(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """Return the reconstruction loss of each drawing, like `keras.Model.predict`."""
        _check_input(x)
        return super().predict(x, *arguments, **options)

    def train_on_batch(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """Take one training step, like `keras.Model.train_on_batch`."""
        _check_input(x)
        return super().train_on_batch(x, *arguments, **options)

    def test_on_batch(self, x: Any, *arguments: Any, **options: Any) -> Any:
        """Return the losses of one batch, like `keras.Model.test_on_batch`."""
        _check_input(x)
        return super().test_on_batch(x, *arguments, **options)

    # Compilation and configuration ----------------------------------------------------------------

    def compile(self, optimizer: Any = None, loss: Any = None, *, metrics: Any = None, **options: Any) -> None:
        """Set the optimizer, like `keras.Model.compile`.

        Parameters
        ----------
        optimizer : str or keras.optimizers.Optimizer, optional
            Default: the optimizer and the learning rate schedule of `sketchkit.train`.
        loss, metrics : None
            Not supported: the network computes its own loss and metrics.
        **options
            Further arguments of `keras.Model.compile`.

        Raises
        ------
        ValueError
            If a loss or metrics are given.
        """
        if loss is not None or metrics is not None or options.get("weighted_metrics") is not None:
            raise ValueError(
                "the network computes its own loss and metrics (loss, recon, kl); pass only an optimizer to compile(), "
                "and weight the KL loss with the hyperparameters kl_weight and kl_weight_start"
            )
        super().compile(optimizer=self._published_optimizer() if optimizer is None else optimizer, **options)
        self.optimizer.build(self.trainable_variables)

    def compile_published(self, rate_scale: float = 1.0) -> Self:
        """Compile the network with the optimizer and the learning rate schedule of sketch-rnn, and return it.

        Parameters
        ----------
        rate_scale : float
            Factor by which the learning rate is multiplied.
        """
        self.compile(self._published_optimizer(rate_scale), jit_compile=True)
        return self

    def _published_optimizer(self, rate_scale: float = 1.0) -> keras.optimizers.Optimizer:
        return keras.optimizers.Adam(LearningRate(self.hparams, rate_scale), epsilon=1e-8)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile the network with the settings that were saved with it."""
        config = keras.saving.deserialize_keras_object(config)
        self.compile(config["optimizer"], jit_compile=config.get("jit_compile", "auto"))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of `from_config`: the hyperparameters. Weights are not included."""
        return {"hparams": self.hparams.as_dict()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Create a network with new initial weights from the result of `get_config`."""
        return cls(HParams().replace(config["hparams"]))


def _to_batch(data: Any) -> Mapping[str, tf.Tensor]:
    """Return the batch from the data that Keras passes to a step. Raises ValueError if the data contain no batch."""
    batch, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    if not isinstance(batch, Mapping) or not {"rows", "lengths"} <= batch.keys():
        raise ValueError(f"expected batches with rows and lengths, got {_describe(batch)}; {SUPPORTED_INPUT}")
    return batch


def _check_input(x: Any) -> None:
    """Raise ValueError if the input cannot consist of batches, for example if it is an array."""
    given = x[0] if isinstance(x, tuple) and x else x
    is_stream = isinstance(given, (tf.data.Dataset, keras.utils.PyDataset)) or hasattr(given, "__next__")
    if not is_stream and not isinstance(given, Mapping):
        raise ValueError(f"expected batches with rows and lengths, got {_describe(given)}; {SUPPORTED_INPUT}")


def _describe(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a mapping with the keys {', '.join(map(str, value))}"[:120]
    return f"{type(value).__module__.split('.')[0]}.{type(value).__name__}"
