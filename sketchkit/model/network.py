"""`Network`: encoder, latent code and decoder as a `keras.Model`.

It works with `fit`, Keras callbacks and distribution strategies. `sketchkit.SketchRNN` wraps it in the public
encode, decode and generate API.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from sketchkit.hparams import HParams, PenRows
from sketchkit.model import cells
from sketchkit.model.clipping import clip_gradients
from sketchkit.model.compiled import Compiled
from sketchkit.model.keras_training import KerasTraining
from sketchkit.model.losses import kl_loss, reconstruction_losses
from sketchkit.model.mixture import MixtureTensors, split_outputs
from sketchkit.model.noise import dropout_mask
from sketchkit.model.recurrence import Mask, scan
from sketchkit.model.schedules import kl_weight
from sketchkit.model.weights import initial_weights, subtree, weight_shapes

__all__ = ["Forward", "Network"]


class Forward(NamedTuple):
    """Results of a forward pass. Rows are time-major: row t * batch + b is step t of drawing b."""

    mixture: MixtureTensors  # (time * batch, ...)
    mean: tf.Tensor | None  # (batch, z_size), None if unconditional
    presig: tf.Tensor | None  # (batch, z_size), log-variance, None if unconditional
    z: tf.Tensor | None  # (batch, z_size), None if unconditional
    initial_state: tf.Tensor  # (batch, state_size)
    final_state: tf.Tensor  # (batch, state_size)


@keras.saving.register_keras_serializable(package="sketchkit")
class Network(KerasTraining):
    """The sketch-rnn model as a Keras model; `KerasTraining` describes its Keras methods.

    A batch is a mapping:

    rows
        (batch, time + 1, 5) float32, stroke-5 in model units; row 0 is the start token. `time` is `max_seq_len`
        (N_max), or less if all drawings end earlier.
    lengths
        (batch,) int32, number of points of each drawing.
    eps
        (batch, z_size) float32, noise of z = mean + exp(presig / 2) * eps (conditional models only).
    key
        () uint32, random key of the dropout masks of this step (training only).
    shard
        (2,) int32, only if the rows are a shard of a larger batch: index of the first row, and size of that batch.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the model.
    weights : mapping of str to ndarray, optional
        Initial values, by the names in `sketchkit.model.weights`. Default: random values.
    """

    def __init__(self, hparams: HParams, weights: Mapping[str, NDArray[np.float32]] | None = None) -> None:
        super().__init__(hparams)
        weights = initial_weights(hparams, seed=0) if weights is None else weights
        self.variables_by_name = {
            name: self.add_weight(
                name=name.replace("/", "."),
                shape=shape,
                trainable=not (hparams.freeze_encoder and name.startswith("encoder/")),
                initializer=lambda shape, dtype=None, value=weights[name]: tf.constant(value, dtype),
            )
            for name, shape in weight_shapes(hparams).items()
        }
        self._compiled_losses: dict[PenRows, Compiled] = {}
        self.built = True

    def numpy_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return a copy of all weights by name."""
        return {name: variable.numpy() for name, variable in self.variables_by_name.items()}

    def tensors(self) -> dict[str, tf.Tensor]:
        """Return all weights by name, as tensors."""
        return {name: tf.convert_to_tensor(variable) for name, variable in self.variables_by_name.items()}

    # Encoder --------------------------------------------------------------------------------------

    def encode(
        self, rows: tf.Tensor, lengths: tf.Tensor, key: tf.Tensor | None = None, shard: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the mean and the log-variance of the latent code, each (batch, z_size).

        Parameters
        ----------
        rows : tensor, (batch, time, 5)
            Stroke-5 rows without the start token.
        lengths : int tensor, (batch,)
            Number of points of each drawing.
        key : uint32 tensor, optional
            Random key of recurrent dropout. Default: no dropout.
        shard : int32 tensor (2,), optional
            Position of the rows in a larger batch; see `Network`.
        """
        h, w = self.hparams, self.tensors()
        summaries = []
        for number, direction in enumerate(("forward", "backward")):
            ordered = rows if direction == "forward" else tf.reverse_sequence(rows, lengths, seq_axis=1)
            state = cells.zero_state(h.enc_model, h.enc_rnn_size, tf.shape(rows)[0])
            _, state = scan(
                h.enc_model,
                subtree(w, f"encoder/{direction}"),
                tf.transpose(ordered, [1, 0, 2]),  # (time, batch, 5)
                None,
                state,
                lengths=lengths,
                mask=self._recurrent_mask(key, number, rows.shape[0], h.enc_rnn_size, shard),
            )
            summaries.append(cells.hidden_state(h.enc_model, state))
        summary = tf.concat(summaries, 1)  # (batch, 2 * enc_rnn_size)
        mean = summary @ w["encoder/mu/w"] + w["encoder/mu/b"]
        presig = summary @ w["encoder/presig/w"] + w["encoder/presig/b"]
        return mean, presig

    # Decoder --------------------------------------------------------------------------------------

    def initial_state(self, z: tf.Tensor | None, batch: int | tf.Tensor) -> cells.State:
        """Return the initial state of the decoder: tanh(linear(z)), or zeros without a code.

        If the hyperparameter `tanh_code` is set, tanh(z) takes the place of z.
        """
        h = self.hparams
        if z is None:
            return cells.zero_state(h.dec_model, h.dec_rnn_size, batch)
        w = self.variables_by_name
        if h.tanh_code:
            z = tf.tanh(z)
        return cells.split_state(
            h.dec_model, h.dec_rnn_size, tf.tanh(z @ w["decoder/initial/w"] + w["decoder/initial/b"])
        )

    def decode(
        self,
        rows: tf.Tensor,
        z: tf.Tensor | None,
        state: cells.State,
        *,
        key: tf.Tensor | None = None,
        lengths: tf.Tensor | None = None,
        steps: tf.Tensor | None = None,
        shard: tf.Tensor | None = None,
    ) -> tuple[MixtureTensors, cells.State]:
        """Return the mixture after every row, time-major, and the final state.

        Parameters
        ----------
        rows : tensor, (batch, time, 5)
            Stroke-5 rows with the start token.
        z : tensor (batch, z_size) or None
            Latent codes; None for an unconditional model.
        state : tuple of tensor
            State of the decoder before the first row.
        key : uint32 tensor, optional
            Random key of dropout. Default: no dropout.
        lengths : int tensor (batch,), optional
            Number of rows after which the state of a drawing no longer changes.
        steps : int tensor (), optional
            Number of rows to read. Mixtures of later rows are undefined.
        shard : int32 tensor (2,), optional
            Position of the rows in a larger batch; see `Network`.
        """  # fmt: skip
        h, w = self.hparams, self.tensors()
        batch = rows.shape[0]
        input_size = 5 + (0 if z is None else h.z_size)
        outputs, state = scan(
            h.dec_model,
            subtree(w, "decoder/cell"),
            tf.transpose(rows, [1, 0, 2]),
            z,
            state,
            lengths=lengths,
            steps=steps,
            mask=self._recurrent_mask(key, 2, batch, h.dec_rnn_size, shard),
            input_mask=self._mask(key, 3, batch, input_size, h.use_input_dropout, h.input_dropout_prob, shard),
        )  # (time, batch, units)
        if key is not None and h.use_output_dropout:
            time = outputs.shape[0]
            t = tf.repeat(tf.range(time), batch)
            number = _numbers(t, tf.tile(tf.range(batch), [time]), batch, shard)  # (time * batch,)
            mask = dropout_mask(_layer_key(key, 4), number, h.dec_rnn_size, h.output_dropout_prob)
            outputs *= tf.reshape(mask, outputs.shape)
        return self.mixture(tf.reshape(outputs, [-1, h.dec_rnn_size])), state

    def mixture(self, hidden: tf.Tensor) -> MixtureTensors:
        """Return the mixture parameters for hidden states of shape (rows, units)."""
        w = self.variables_by_name
        return split_outputs(hidden @ w["decoder/output/w"] + w["decoder/output/b"], self.hparams.num_mixture)

    def _recurrent_mask(
        self, key: tf.Tensor | None, layer: int, batch: int, units: int, shard: tf.Tensor | None
    ) -> Mask | None:
        h = self.hparams
        return self._mask(key, layer, batch, units, h.use_recurrent_dropout, h.recurrent_dropout_prob, shard)

    @staticmethod
    def _mask(
        key: tf.Tensor | None, layer: int, batch: int, units: int, used: bool, keep: float, shard: tf.Tensor | None
    ) -> Mask | None:
        if key is None or not used or keep == 1:
            return None
        return partial(_mask_at, _layer_key(key, layer), batch, units, keep, shard)

    # Training -------------------------------------------------------------------------------------

    def forward(
        self, batch: Mapping[str, tf.Tensor], *, training: bool = False, pen_rows: PenRows | None = None
    ) -> Forward:
        """Run the encoder and the decoder on a batch; see `Network` for the format of a batch.

        If `pen_rows` excludes padding, the decoder stops at the end row of the longest drawing.
        """
        rows, key, shard = batch["rows"], batch["key"] if training else None, batch.get("shard")
        mean = presig = z = None
        if self.hparams.conditional:
            mean, presig = self.encode(rows[:, 1:], batch["lengths"], key, shard)
            z = mean + tf.exp(presig / 2) * batch["eps"]
        state = self.initial_state(z, tf.shape(rows)[0])
        steps = None
        if (pen_rows or self.hparams.pen_rows) != "all":
            steps = tf.minimum(tf.reduce_max(batch["lengths"]) + 1, rows.shape[1] - 1)
        mixture, final = self.decode(rows[:, :-1], z, state, key=key, steps=steps, shard=shard)
        return Forward(mixture, mean, presig, z, cells.flatten_state(state), cells.flatten_state(final))

    def per_drawing_losses(
        self, batch: Mapping[str, tf.Tensor], *, training: bool = False, pen_rows: PenRows | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the reconstruction loss and the KL loss of each drawing, both (batch,).

        The reconstruction loss is the sum over rows, divided by N_max. `pen_rows` is one of
        `sketchkit.hparams.PEN_ROWS`; the default is the value used in training.
        """
        pen_rows = pen_rows or self.hparams.pen_rows
        forward = self.forward(batch, training=training, pen_rows=pen_rows)
        targets = tf.transpose(batch["rows"][:, 1:], [1, 0, 2])  # (time, batch, 5)
        losses = reconstruction_losses(forward.mixture, targets, pen_rows)
        recon = tf.reduce_sum(losses, axis=0) / (self.hparams.max_seq_len or targets.shape[0])
        if forward.mean is None:
            return recon, tf.zeros_like(recon)
        return recon, kl_loss(forward.mean, forward.presig)

    def loss_and_gradients(
        self, batch: Mapping[str, tf.Tensor], weight: float | tf.Tensor, *, training: bool = True
    ) -> tuple[dict[str, tf.Tensor], list[tf.Tensor]]:
        """Return the training losses and the gradient of `loss` with respect to each trainable variable.

        loss = recon + weight * max(kl, kl_tolerance), where recon and kl are means over the batch.
        """
        with tf.GradientTape() as tape:
            recon, kl = (tf.reduce_mean(values) for values in self.per_drawing_losses(batch, training=training))
            if self.hparams.conditional:
                kl = tf.maximum(kl, self.hparams.kl_tolerance)
            loss = recon + weight * kl
        gradients = tape.gradient(loss, [variable.value for variable in self.trainable_variables])
        return {"loss": loss, "recon": recon, "kl": kl}, gradients

    def shard_kl(self, batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """Return the contribution of a shard (see `shard` in `Network`) to the mean KL loss of its batch.

        Only the encoder is evaluated.
        """
        mean, presig = self.encode(batch["rows"][:, 1:], batch["lengths"], batch["key"], batch["shard"])
        return tf.reduce_sum(kl_loss(mean, presig)) / tf.cast(batch["shard"][1], tf.float32)

    def shard_gradients(
        self, batch: Mapping[str, tf.Tensor], weight: float | tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        """Return the contributions of a shard (see `shard` in `Network`) to the losses and gradients of its batch.

        The three results are the reconstruction loss, the KL loss, and the gradients of recon + weight * KL.
        """
        batch_size = tf.cast(batch["shard"][1], tf.float32)
        with tf.GradientTape() as tape:
            losses = self.per_drawing_losses(batch, training=True)
            recon, kl = (tf.reduce_sum(values) / batch_size for values in losses)
            loss = recon + weight * kl
        return recon, kl, tape.gradient(loss, [variable.value for variable in self.trainable_variables])

    def training_step(self, batch: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Clip each gradient element, and apply one Adam step.

        Return the losses before the step, and the statistics of the gradients from
        `sketchkit.model.clipping.clip_gradients`.
        """
        step = self.optimizer.iterations
        weight = kl_weight(self.hparams, tf.cast(step, tf.float32)) if self.hparams.conditional else 0.0
        losses, gradients = self.loss_and_gradients(batch, weight)
        gradients, figures = clip_gradients(gradients, self.hparams.grad_clip)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {**losses, **figures}

    def call(self, batch: Mapping[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """Return the reconstruction loss of each drawing, (batch,). Keras requires a `call` method."""
        return self.per_drawing_losses(batch, training=training)[0]

    def compiled_losses(self, pen_rows: PenRows) -> Compiled:
        """Return `per_drawing_losses` without dropout as a compiled function of a batch."""
        if pen_rows not in self._compiled_losses:
            self._compiled_losses[pen_rows] = Compiled(partial(self.per_drawing_losses, pen_rows=pen_rows))
        return self._compiled_losses[pen_rows]


def _layer_key(key: tf.Tensor, layer: int) -> tf.Tensor:
    return key + tf.constant(layer * 0x85EBCA6B & 0xFFFFFFFF, tf.uint32)


def _mask_at(key: tf.Tensor, batch: int, units: int, keep: float, shard: tf.Tensor | None, t: tf.Tensor) -> tf.Tensor:
    return dropout_mask(key, _numbers(t, tf.range(batch), batch, shard), units, keep)


def _numbers(t: tf.Tensor, row: tf.Tensor, batch: int, shard: tf.Tensor | None) -> tf.Tensor:
    """Return the row numbers t * batch + b; with a shard, `batch` and `b` refer to the whole batch."""
    return t * batch + row if shard is None else t * shard[1] + shard[0] + row
