"""`SketchRNN`: a model in the field's words, drawings in and drawings out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchkit.hparams import HParams, PenRows
from sketchkit.model.card import write_card
from sketchkit.model.categories import Categories
from sketchkit.model.config import ModelConfig
from sketchkit.model.mixture import MixtureDensity
from sketchkit.model.model_folder import read_folder, write_folder
from sketchkit.model.noise import decode_noise, fresh_seed, normals, stream
from sketchkit.model.quiet_tensorflow import start_tensorflow
from sketchkit.model.temperature import Convention, Sampling, TemperatureScales, temperature_scales
from sketchkit.model.weights import Weights, check_weights, initial_weights
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.sketches import Sketches

if TYPE_CHECKING:
    from sketchkit.data.dataset import Dataset
    from sketchkit.model.inference import BatchedInference
    from sketchkit.model.network import Network

__all__ = ["SketchRNN"]

#: Drawings that run as one batch; more are run in turn.
MAX_BATCH = 128
#: Samples whose median size stands for that of the training drawings, where a model does not record it.
SIZE_SAMPLES = 256
#: Longer side of a fitted drawing, as a share of the model's `drawing_size`: at least, at most. Drawings within these
#: bounds are left as they are, since training drawings vary as much.
WHOLE = (0.8, 1.25)
BEGINNING = (0.5, 1.25)
#: Held while a model's network is made.
_creation_lock = threading.RLock()


class SketchRNN:
    """A sketch-rnn model: encode drawings, redraw, generate, complete.

    Usually made by `sketchkit.load` or by training. TensorFlow is imported when the model first runs.

    Parameters
    ----------
    config : ModelConfig
    weights : dict of str to ndarray
        By the names of `sketchkit.model.weights`.
    categories : Categories, optional
        Codes of each class, if it can be asked for one.

    Notes
    -----
    Where a method draws, (code, temperature, seed) decides the drawing: the noise of a seed is the same for
    every code and every temperature, so a drawing changes smoothly as either does. Of `n` drawings made with
    one seed, each has noise of its own. A seed of None takes a fresh one. Drawings made in batches of
    different sizes may differ where rounding tips a choice.

    Examples
    --------
    >>> model = sketchkit.load("kanji")            # doctest: +SKIP
    >>> z = model.encode(sketch)                   # doctest: +SKIP
    >>> model.decode(z, temperature=0.4, seed=1)   # doctest: +SKIP
    """

    def __init__(self, config: ModelConfig, weights: Weights, categories: Categories | None = None) -> None:
        self.config = config
        self.categories = categories
        self._weights = check_weights(weights, config.hparams, config.name)
        self._card = ""
        self._network: Network | None = None
        self._batched_inference: BatchedInference | None = None

    @classmethod
    def new(cls, hparams: HParams, scale_factor: float, *, seed: int = 0, name: str = "untrained") -> SketchRNN:
        """Make a model with fresh weights, a function of hyperparameters and seed."""
        return cls(ModelConfig(hparams, scale_factor, name), initial_weights(hparams, seed))

    @classmethod
    def open(cls, folder: str | Path) -> SketchRNN:
        """Read a model folder; errors as in `sketchkit.model.model_folder.read_folder`."""
        config, weights = read_folder(folder)
        model = cls(config, weights, Categories.load(Path(folder), config.classes, config.hparams.z_size))
        card = Path(folder) / "README.md"
        if card.is_file():
            model._card = card.read_text(encoding="utf-8", errors="replace")
        return model

    def save(self, folder: str | Path, *, dtype: str = "float32", card: str | None = None) -> Path:
        """Write a model folder: `config.json`, `model.safetensors`, `README.md`.

        Parameters
        ----------
        folder : str or Path
            A model folder that is there already is replaced, anything else is an error.
        dtype : str
            `float32`, or `float16` for half the size.
        card : str, optional
            Markdown; by default written from the configuration.

        Raises
        ------
        FileExistsError, OSError, ValueError
            As in `sketchkit.model.model_folder.write_folder`; what was there is kept.
        """
        return write_folder(
            folder, self.config, self.weights, card or self.card, dtype=dtype, categories=self.categories
        )

    # What it is -----------------------------------------------------------------------------------

    @property
    def hparams(self) -> HParams:
        """The hyperparameters."""
        return self.config.hparams

    @property
    def name(self) -> str:
        """What people call it."""
        return self.config.name

    @property
    def classes(self) -> tuple[str, ...]:
        """What it draws."""
        return self.config.classes

    @property
    def scale_factor(self) -> float:
        """Data units are model units times this."""
        return self.config.scale_factor

    @cached_property
    def drawing_size(self) -> float:
        """Median of the longer side of the drawings it was trained on, in data units.

        Measured from samples where the configuration does not record it.
        """
        return self.config.drawing_size or self.measure_size()

    @property
    def sampling(self) -> Sampling:
        """The recommended settings, which `decode`, `generate` and `complete` use where the caller gives none."""
        return self.config.sampling

    def measure_size(self, n: int = SIZE_SAMPLES, *, seed: int = 0) -> float:
        """Return the median of the longer side of `n` samples with the recommended settings, in data units."""
        size = float(np.median([sketch.extent for sketch in self.generate(n, seed=seed)]))
        return size if size > 0 else self.scale_factor

    @property
    def conditional(self) -> bool:
        """Whether it has an encoder; otherwise it is a decoder alone."""
        return self.hparams.conditional

    @property
    def z_size(self) -> int:
        """Numbers in a latent code; 0 without an encoder."""
        return self.hparams.z_size if self.conditional else 0

    @property
    def card(self) -> str:
        """What is to be known about the model, as Markdown: the card of its folder, or one from its configuration."""
        return self._card or write_card(self.config)

    @card.setter
    def card(self, text: str) -> None:
        self._card = text

    @property
    def weights(self) -> Weights:
        """All weights by name, float32."""
        if self._network is not None:
            self._weights = self._network.numpy_weights()
        return self._weights

    @property
    def network(self) -> Network:
        """The `keras.Model`; made, and TensorFlow imported, when first asked for."""
        with _creation_lock:  # one for all threads
            if self._network is None:
                start_tensorflow()
                from sketchkit.model.network import Network

                self._network = Network(self.hparams, self._weights)
            return self._network

    @property
    def _inference(self) -> BatchedInference:
        with _creation_lock:
            if self._batched_inference is None:
                network = self.network  # first: it starts TensorFlow quietly, which the module would only import
                from sketchkit.model.inference import BatchedInference

                self._batched_inference = BatchedInference(network)
            return self._batched_inference

    def __getstate__(self) -> dict[str, Any]:
        # Copies and pickles hold the weights as they are now; a network is made again from these where it is needed.
        return {**self.__dict__, "_weights": self.weights, "_network": None, "_batched_inference": None}

    def __repr__(self) -> str:
        h = self.hparams
        if self.conditional:
            shape = f"{h.enc_model} {h.enc_rnn_size} → z {h.z_size} → {h.dec_model} {h.dec_rnn_size}"
        else:
            shape = f"decoder only, {h.dec_model} {h.dec_rnn_size}"
        return f"SketchRNN({self.name!r}, {shape}, up to {h.max_seq_len} points)"

    # Encode ---------------------------------------------------------------------------------------

    def encode(
        self,
        sketches: Sketch | Sequence[Sketch],
        *,
        fit: bool = True,
        sample: bool = False,
        seed: int | None = None,
    ) -> NDArray[np.float32]:
        """Encode one drawing or many, as one batch.

        Parameters
        ----------
        sketches : Sketch or sequence of Sketch
            In any units; with ``fit=False`` in those of the training data.
        fit : bool
            Scale drawings whose longer side differs from `drawing_size` by more than a fifth to the nearest size
            within that range.
        sample : bool
            Draw the code from its distribution; by default it is the mean.
        seed : int, optional
            Of that draw.

        Returns
        -------
        ndarray of float32
            (z_size,) for one drawing, (n, z_size) for a sequence.

        Raises
        ------
        ValueError
            If the model has no encoder, or a drawing is empty.
        """
        mean, log_variance = self.encode_distribution(sketches, fit=fit)
        if not sample:
            return mean
        seed = fresh_seed() if seed is None else seed
        eps = normals(stream(seed, 0, 1), mean.size).reshape(mean.shape).astype(np.float32)
        return np.asarray(mean + np.exp(log_variance / 2) * eps)

    def encode_distribution(
        self, sketches: Sketch | Sequence[Sketch], *, fit: bool = True
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return mean and log-variance of the codes; shapes and errors as in `encode`."""
        if not self.conditional:
            raise ValueError(f"{self.name} is a decoder without an encoder: it can generate and complete, not encode")
        drawings = list(iter_sketches(sketches))
        for index, drawing in enumerate(drawings):
            if not len(drawing):
                raise ValueError(f"drawing {index} is empty; there is nothing to encode")
        offsets = [self._rows(drawing, self._fit_factor(drawing, WHOLE) if fit else 1.0) for drawing in drawings]
        mean, log_variance = self._inference.encode(offsets)
        return (mean[0], log_variance[0]) if isinstance(sketches, Sketch) else (mean, log_variance)

    # Draw -----------------------------------------------------------------------------------------

    def decode(
        self,
        z: ArrayLike,
        *,
        temperature: float | None = None,
        seed: int | None = None,
        n: int | None = None,
        convention: Convention | None = None,
        pen_temperature: float | None = None,
        max_points: int | None = None,
    ) -> Any:  # its type follows the number of dimensions of z
        """Draw from latent codes.

        Parameters
        ----------
        z : array_like, shape (z_size,) or (m, z_size)
            One code or many; many run as one batch, all with the same noise.
        temperature : float, optional
            0 or more; 0 is greedy and needs no noise. See `convention`. Default: the model's `sampling`, as for
            `convention` and `pen_temperature`.
        seed : int, optional
            Of the noise.
        n : int, optional
            Drawings of each code, with different noise.
        convention : {"paper", "tf1", "js"}, optional
            Meaning of the temperature; see `sketchkit.model.temperature.Convention`.
        pen_temperature : float, optional
            Temperature of the pen states alone. Values near 1 let drawings end as the training data do, however
            low the temperature is.
        max_points : int, optional
            Stop there at the latest; by default at the model's longest drawing.

        Returns
        -------
        Sketch, Sketches or list of Sketches
            One code: a Sketch, with `n` a list of n. Many codes: a list with one of these for each.

        Raises
        ------
        ValueError
            If the model has no latent code, z has another size or is not finite, or the temperature is
            negative.
        """
        if not self.conditional:
            raise ValueError(f"{self.name} is a decoder without a latent code: use generate()")
        codes = np.asarray(z, dtype=np.float32)
        if codes.ndim not in (1, 2) or codes.shape[-1] != self.z_size:
            raise ValueError(f"z: expected shape ({self.z_size},) or (m, {self.z_size}), got {codes.shape}")
        if not np.isfinite(codes).all():
            raise ValueError("z: expected finite numbers, got NaN or infinity")
        many = np.atleast_2d(codes)
        count = _checked_count(n)
        scales = self._scales(temperature, convention, pen_temperature)
        sketches = self._draw(np.repeat(many, count, axis=0), list(range(count)) * len(many), scales, seed, max_points)
        each = [sketches[i : i + count] for i in range(0, len(sketches), count)]
        if n is None:
            return each[0][0] if codes.ndim == 1 else Sketches(drawings[0] for drawings in each)
        return each[0] if codes.ndim == 1 else each

    @overload
    def generate(
        self,
        n: None = ...,
        *,
        category: str | None = ...,
        temperature: float | None = ...,
        seed: int | None = ...,
        convention: Convention | None = ...,
        pen_temperature: float | None = ...,
        max_points: int | None = ...,
    ) -> Sketch: ...
    @overload
    def generate(
        self,
        n: int,
        *,
        category: str | None = ...,
        temperature: float | None = ...,
        seed: int | None = ...,
        convention: Convention | None = ...,
        pen_temperature: float | None = ...,
        max_points: int | None = ...,
    ) -> Sketches: ...
    def generate(
        self,
        n: int | None = None,
        *,
        category: str | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        convention: Convention | None = None,
        pen_temperature: float | None = None,
        max_points: int | None = None,
    ) -> Sketch | Sketches:
        """Draw something new.

        A model with categories draws from the codes of its exemplars, another conditional model from codes sampled
        from the prior N(0, I), and an unconditional model from the decoder alone.

        Parameters
        ----------
        n : int, optional
            How many, as one batch; by default one.
        category : str, optional
            One of `model.categories.names`. Default: all categories in turn.
        temperature, seed, convention, pen_temperature, max_points
            As in `decode`.

        Returns
        -------
        Sketch, or Sketches of length n

        Raises
        ------
        ValueError
            If the model has no such category, or none at all.
        """
        count = _checked_count(n)
        seed = fresh_seed() if seed is None else seed
        codes = None
        if category is not None or self.conditional:
            codes = self._new_codes(category, count, seed)
        scales = self._scales(temperature, convention, pen_temperature)
        sketches = self._draw(codes, list(range(count)), scales, seed, max_points)
        return sketches[0] if n is None else sketches

    @overload
    def complete(
        self,
        sketch: Sketch,
        n: None = ...,
        *,
        z: ArrayLike | None = ...,
        category: str | None = ...,
        pen_down: bool = ...,
        fit: bool = ...,
        temperature: float | None = ...,
        seed: int | None = ...,
        convention: Convention | None = ...,
        pen_temperature: float | None = ...,
        max_points: int | None = ...,
    ) -> Sketch: ...
    @overload
    def complete(
        self,
        sketch: Sketch,
        n: int,
        *,
        z: ArrayLike | None = ...,
        category: str | None = ...,
        pen_down: bool = ...,
        fit: bool = ...,
        temperature: float | None = ...,
        seed: int | None = ...,
        convention: Convention | None = ...,
        pen_temperature: float | None = ...,
        max_points: int | None = ...,
    ) -> Sketches: ...
    def complete(
        self,
        sketch: Sketch,
        n: int | None = None,
        *,
        z: ArrayLike | None = None,
        category: str | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        pen_down: bool = False,
        fit: bool = True,
        convention: Convention | None = None,
        pen_temperature: float | None = None,
        max_points: int | None = None,
    ) -> Sketch | Sketches:
        """Finish a drawing that has been begun.

        Parameters
        ----------
        sketch : Sketch
            The beginning; an empty one leaves all to the model.
        n : int, optional
            How many ways to finish it, as one batch; by default one.
        z : array_like, shape (z_size,), optional
            What to aim for; by default the code of the beginning itself (conditional models), or of an empty
            page N(0, I).
        category : str, optional
            What to aim for, by name, as in `generate`.
        temperature, seed, convention, pen_temperature, max_points
            As in `decode`; `max_points` counts the beginning.
        pen_down : bool
            The last stroke of the beginning continues, instead of having ended.
        fit : bool
            Scale a beginning whose longer side is below half of `drawing_size`, or above 1.25 times that size, to
            the nearest size within that range, and scale the result back. False: the beginning has the units of the
            training data, as on the paper of `sketchkit.widgets.Complete`.

        Returns
        -------
        Sketch, or Sketches of length n
            The beginning and what follows.

        Raises
        ------
        ValueError
            If the beginning has as many points as a drawing may have, `max_points` or else the model's
            `max_seq_len`: a larger `max_points` makes room.
        """
        count = _checked_count(n)
        self._steps(sketch, max_points)  # before the beginning is encoded
        seed = fresh_seed() if seed is None else seed
        codes = None
        factor = self._fit_factor(sketch, BEGINNING) if fit else 1.0
        if category is not None:
            if z is not None:
                raise ValueError("expected a category or z, got both")
            codes = self._new_codes(category, count, seed)
        elif self.conditional and z is not None:
            code = np.asarray(z, dtype=np.float32)
            if code.shape != (self.z_size,) or not np.isfinite(code).all():
                raise ValueError(f"z: expected {self.z_size} finite numbers, got shape {code.shape}")
            codes = np.repeat(code[None], count, axis=0)
        elif self.conditional and len(sketch):
            mean, _ = self._inference.encode([self._rows(sketch, factor)])  # (1, z_size)
            codes = np.repeat(mean, count, axis=0)
        elif self.conditional:
            codes = self._new_codes(None, count, seed)
        elif z is not None:
            raise ValueError(f"{self.name} is a decoder without a latent code: leave out z")
        scales = self._scales(temperature, convention, pen_temperature)
        sketches = self._draw(codes, list(range(count)), scales, seed, max_points, sketch, pen_down, factor)
        return sketches[0] if n is None else sketches

    def mixture(self, sketch: Sketch, z: ArrayLike | None = None) -> MixtureDensity:
        """Return the density of the next point after every row of a drawing.

        Parameters
        ----------
        sketch : Sketch
            In the units of the training data.
        z : array_like, shape (z_size,), optional
            By default the drawing's own code (conditional models).

        Returns
        -------
        MixtureDensity
            In the drawing's units; its row i is what follows the first i rows.
        """
        code = None
        if self.conditional:
            code = self.encode(sketch, fit=False) if z is None else np.asarray(z, dtype=np.float32)
            if code.shape != (self.z_size,):
                raise ValueError(f"z: expected shape ({self.z_size},), got {code.shape}")
        elif z is not None:
            raise ValueError(f"{self.name} is a decoder without a latent code: leave out z")
        return self._inference.mixture(self._rows(sketch), code, self.scale_factor)

    def losses(
        self, dataset: Dataset, split: str = "test", *, pen_rows: PenRows | None = None, seed: int = 0
    ) -> dict[str, float]:
        """Return the mean losses on a split of a dataset, every drawing counted once.

        The dataset is scaled by the model's factor and padded to the model's `max_seq_len`; drawings longer
        than that are left out.

        Parameters
        ----------
        dataset : Dataset
        split : str
            `train`, `valid` or `test`.
        pen_rows : str, optional
            Rows on which the pen loss counts: `all` `max_seq_len` rows (the published training), `real` points
            only (the published evaluation), or `first_end`, real points and the end row after them. Default: as
            in the model's training.
        seed : int
            Of the noise of the latent codes.

        Returns
        -------
        dict
            `recon`, `kl`, `loss` (recon + kl_weight * kl) and `drawings`.
        """
        from sketchkit.model.evaluation import evaluate

        batches = dataset.in_order(
            split,
            self.hparams.batch_size,
            max_seq_len=self.hparams.max_seq_len,
            scale_factor=self.scale_factor,
        )
        result = evaluate(self.network, batches, pen_rows=pen_rows, seed=seed)
        return {**result, "loss": result["recon"] + self.hparams.kl_weight * result["kl"]}

    # Inside ---------------------------------------------------------------------------------------

    def _new_codes(self, category: str | None, count: int, seed: int) -> NDArray[np.float32]:
        """Return codes of a category, of all categories in turn, or from N(0, I): (count, z_size)."""
        if self.categories is not None:
            return self.categories.of(category, count, seed)
        if category is not None:
            raise ValueError(f"{self.name} has no categories; omit category")
        return np.stack([normals(stream(seed, i, 2), self.z_size) for i in range(count)]).astype(np.float32)

    def _scales(
        self, temperature: float | None, convention: Convention | None, pen_temperature: float | None
    ) -> TemperatureScales:
        """Return the factors of a temperature; the model's recommendation stands in for what is None."""
        recommended = self.sampling
        if temperature == 0 and pen_temperature is None:
            return temperature_scales(0, convention or recommended.convention)
        return temperature_scales(
            recommended.temperature if temperature is None else temperature,
            recommended.convention if convention is None else convention,
            recommended.pen_temperature if pen_temperature is None else pen_temperature,
        )

    def _fit_factor(self, sketch: Sketch, shares: tuple[float, float]) -> float:
        """Return the smallest enlargement or reduction that brings a drawing's longer side within the shares."""
        extent = sketch.extent
        if not extent > 0:
            return 1.0
        least, most = (share * self.drawing_size for share in shares)
        return min(max(extent, least), most) / extent

    def _rows(self, sketch: Sketch, factor: float = 1.0) -> NDArray[np.float32]:
        """Return the stroke-3 rows of a drawing enlarged by `factor`, in model units, (n, 3)."""
        rows = np.array(sketch.offsets)
        rows[:, :2] /= self.scale_factor / factor
        return rows

    def _steps(self, beginning: Sketch, max_points: int | None) -> int:
        """Return how many points may follow a beginning, at least 1."""
        limit = self.hparams.max_seq_len if max_points is None else max_points
        count = len(beginning)
        if count < limit:
            return limit - count
        if max_points is None:
            raise ValueError(
                f"the beginning has {count} points and {self.name} draws up to {limit}; "
                f"simplify it, or pass max_points above {count}"
            )
        raise ValueError(f"max_points ({limit}) must be larger than the {count} points of the given beginning")

    def _draw(
        self,
        codes: NDArray[np.float32] | None,
        variants: list[int],
        scales: TemperatureScales,
        seed: int | None,
        max_points: int | None,
        beginning: Sketch | None = None,
        pen_down: bool = False,
        factor: float = 1.0,
    ) -> Sketches:
        """Draw one sketch for each variant, with its code if there are codes.

        `factor` enlarges the beginning before the model reads it; the result is in the units of the beginning.
        """
        seed = fresh_seed() if seed is None else seed
        beginning = Sketch([]) if beginning is None else beginning
        steps = self._steps(beginning, max_points)
        rows = self._rows(beginning, factor)
        if pen_down and len(rows):
            rows[-1, 2] = 0
        sketches = Sketches()
        for first in range(0, len(variants), MAX_BATCH):
            part = variants[first : first + MAX_BATCH]
            unique = {variant: decode_noise(seed, variant, steps) for variant in set(part)}
            drawn = self._inference.draw(
                None if codes is None else codes[first : first + MAX_BATCH],
                np.stack([unique[variant] for variant in part]),
                scales,
                rows,
            )
            for drawing in drawn:
                joined = np.concatenate([rows, _stroke3(drawing)])
                joined[:, :2] *= self.scale_factor / factor
                sketches.append(Sketch(joined, beginning.start))
        return sketches


def _stroke3(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return stroke-5 rows up to the end as stroke-3."""
    ended = np.flatnonzero(rows[:, 4] > 0)
    rows = rows[: ended[0]] if len(ended) else rows
    return rows[:, [0, 1, 3]]


def _checked_count(n: int | None) -> int:
    if n is None:
        return 1
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n: expected a whole number of at least 1, got {n!r}")
    return int(n)
