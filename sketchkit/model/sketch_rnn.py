"""`SketchRNN`: the public API of a model, which encodes, decodes, generates and completes drawings."""

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
from sketchkit.model.config import ModelConfig
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.mixture import MixtureDensity
from sketchkit.model.model_folder import read_folder, write_folder
from sketchkit.model.noise import decode_noise, random_seed, standard_normals, stream_key
from sketchkit.model.quiet_tensorflow import import_tensorflow
from sketchkit.model.temperature import Convention, Sampling, TemperatureScales, temperature_scales
from sketchkit.model.weights import Weights, check_weights, initial_weights
from sketchkit.sketch import Sketch, iter_sketches
from sketchkit.sketches import Sketches

if TYPE_CHECKING:
    from sketchkit.data.dataset import Dataset
    from sketchkit.model.inference import BatchedInference
    from sketchkit.model.network import Network

__all__ = ["SketchRNN"]

#: Maximum number of drawings in one batch. Larger requests are split.
MAX_BATCH = 128
#: Number of samples from which `drawing_size` is estimated, if the configuration does not contain it.
SIZE_SAMPLES = 256
#: Minimum and maximum of the longer side of a drawing, relative to `drawing_size`: of a whole drawing and of a
#: beginning. Drawings within these bounds are not scaled, since training drawings vary by as much.
DRAWING_SIZE_RANGE = (0.8, 1.25)
BEGINNING_SIZE_RANGE = (0.5, 1.25)
#: Lock for the creation of networks.
_creation_lock = threading.RLock()


class SketchRNN:
    """A sketch-rnn model, which encodes, reconstructs, generates and completes drawings.

    Models are usually created by `sketchkit.load` or by training. TensorFlow is imported when the model first runs.

    Parameters
    ----------
    config : ModelConfig
        Hyperparameters and metadata.
    weights : dict of str to ndarray
        Weights, by the names in `sketchkit.model.weights`.
    exemplars : Exemplars, optional
        Codes of exemplars of each category, for models that draw a selected category.

    Raises
    ------
    ValueError
        If the weights do not match the hyperparameters.

    Notes
    -----
    The code, the temperature and the seed determine a drawing. The noise of a seed does not depend on the code or the
    temperature, so a drawing changes gradually with either. The `n` drawings of one seed have different noise. If
    `seed` is None, a random seed is used. Drawings from batches of different sizes may differ due to rounding.

    Examples
    --------
    >>> model = sketchkit.load("kanji")            # doctest: +SKIP
    >>> z = model.encode(sketch)                   # doctest: +SKIP
    >>> model.decode(z, temperature=0.4, seed=1)   # doctest: +SKIP
    """

    def __init__(self, config: ModelConfig, weights: Weights, exemplars: Exemplars | None = None) -> None:
        self.config = config
        self.exemplars = exemplars
        self._weights = check_weights(weights, config.hparams, config.name)
        self._card = ""
        self._network: Network | None = None
        self._batched_inference: BatchedInference | None = None

    @classmethod
    def new(cls, hparams: HParams, scale_factor: float, *, seed: int = 0, name: str = "untrained") -> SketchRNN:
        """Create an untrained model. The hyperparameters and the seed determine its weights."""
        return cls(ModelConfig(hparams, scale_factor, name), initial_weights(hparams, seed))

    @classmethod
    def open(cls, folder: str | Path) -> SketchRNN:
        """Read a model folder; raises the errors of `sketchkit.model.model_folder.read_folder`."""
        config, weights = read_folder(folder)
        model = cls(config, weights, Exemplars.load(Path(folder), config.categories, config.hparams.z_size))
        card = Path(folder) / "README.md"
        if card.is_file():
            model._card = card.read_text(encoding="utf-8", errors="replace")
        return model

    def save(self, folder: str | Path, *, dtype: str = "float32", card: str | None = None) -> Path:
        """Write a model folder: `config.json`, `model.safetensors`, `README.md`.

        Parameters
        ----------
        folder : str or Path
            Path of the folder. An existing model folder is replaced.
        dtype : str
            Type of the saved weights: `float32`, or `float16` for half the size.
        card : str, optional
            Model card, Markdown. Default: `self.card`.

        Returns
        -------
        Path
            The path of the folder.

        Raises
        ------
        FileExistsError, OSError, ValueError
            See `sketchkit.model.model_folder.write_folder`. The existing folder is left unchanged.
        """
        return write_folder(self.config, self.weights, card or self.card, folder, dtype=dtype, exemplars=self.exemplars)

    # Properties -----------------------------------------------------------------------------------

    @property
    def hparams(self) -> HParams:
        """The hyperparameters."""
        return self.config.hparams

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.config.name

    @property
    def categories(self) -> tuple[str, ...]:
        """The names of the categories that the model draws."""
        return self.config.categories

    @property
    def scale_factor(self) -> float:
        """Data units per model unit."""
        return self.config.scale_factor

    @cached_property
    def drawing_size(self) -> float:
        """Median of the longer side of the training drawings, in data units.

        If the configuration does not contain it, it is estimated from samples.
        """
        return self.config.drawing_size or self.measure_size()

    @property
    def sampling(self) -> Sampling:
        """The recommended sampling settings, the defaults of `decode`, `generate` and `complete`."""
        return self.config.sampling

    def measure_size(self, n: int = SIZE_SAMPLES, *, seed: int = 0) -> float:
        """Return the median of the longer side of `n` samples with the recommended sampling settings, in data units."""
        size = float(np.median([sketch.extent for sketch in self.generate(n, seed=seed)]))
        return size if size > 0 else self.scale_factor

    @property
    def conditional(self) -> bool:
        """Whether the model has an encoder and a latent code."""
        return self.hparams.conditional

    @property
    def z_size(self) -> int:
        """Size of a latent code; 0 for an unconditional model."""
        return self.hparams.z_size if self.conditional else 0

    @property
    def card(self) -> str:
        """The model card, as Markdown: README.md of the model folder, or a card generated from the configuration."""
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
        """The `keras.Model`, created on first access, which imports TensorFlow."""
        with _creation_lock:  # all threads share one network
            if self._network is None:
                import_tensorflow()
                from sketchkit.model.network import Network

                self._network = Network(self.hparams, self._weights)
            return self._network

    @property
    def _inference(self) -> BatchedInference:
        with _creation_lock:
            if self._batched_inference is None:
                network = self.network  # before the import below, since it imports TensorFlow without its messages
                from sketchkit.model.inference import BatchedInference

                self._batched_inference = BatchedInference(network)
            return self._batched_inference

    def __getstate__(self) -> dict[str, Any]:
        # Copies and pickles contain the current weights; they create their own networks when needed.
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
        """Encode one drawing, or several as one batch.

        Parameters
        ----------
        sketches : Sketch or sequence of Sketch
            Drawings in any units; with ``fit=False``, in data units.
        fit : bool
            Whether to scale each drawing so that its longer side is between 0.8 and 1.25 times `drawing_size`.
            Drawings within this range are not scaled; others are scaled to its nearer end.
        sample : bool
            Whether to sample the code from its distribution. Default: the code is the mean.
        seed : int, optional
            Seed of the sample.

        Returns
        -------
        ndarray of float32
            Shape (z_size,) for one drawing, (n, z_size) for a sequence.

        Raises
        ------
        ValueError
            If the model has no encoder, or a drawing is empty.
        TypeError
            If an item is not a Sketch.
        """
        mean, log_variance = self.encode_distribution(sketches, fit=fit)
        if not sample:
            return mean
        seed = random_seed() if seed is None else seed
        eps = standard_normals(stream_key(seed, 0, 1), mean.size).reshape(mean.shape).astype(np.float32)
        return np.asarray(mean + np.exp(log_variance / 2) * eps)

    def encode_distribution(
        self, sketches: Sketch | Sequence[Sketch], *, fit: bool = True
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the means and log-variances of the codes; for parameters, shapes and errors see `encode`."""
        if not self.conditional:
            raise ValueError(f"{self.name} is unconditional (it has no encoder); use generate() or complete()")
        drawings = list(iter_sketches(sketches))
        for index, drawing in enumerate(drawings):
            if not len(drawing):
                raise ValueError(f"drawing {index} is empty; expected at least one point")
        factors = [self._fit_factor(drawing, DRAWING_SIZE_RANGE) if fit else 1.0 for drawing in drawings]
        rows = [self._rows(drawing, factor) for drawing, factor in zip(drawings, factors, strict=True)]
        mean, log_variance = self._inference.encode(rows)
        return (mean[0], log_variance[0]) if isinstance(sketches, Sketch) else (mean, log_variance)

    # Decode ---------------------------------------------------------------------------------------

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
    ) -> Any:  # the type depends on the number of dimensions of z
        """Decode latent codes into drawings.

        Parameters
        ----------
        z : array_like, shape (z_size,) or (m, z_size)
            One code or several. Several codes run as one batch, with the same noise.
        temperature : float, optional
            Temperature, 0 or more; 0 is greedy and uses no noise. The default values of `temperature`, `convention`
            and `pen_temperature` are those of the model's `sampling`.
        seed : int, optional
            Seed of the noise.
        n : int, optional
            Number of drawings for each code, with different noise.
        convention : {"paper", "tf1", "js"}, optional
            Convention of the temperature; see `sketchkit.model.temperature.Convention`.
        pen_temperature : float, optional
            Temperature of the pen states. With values close to 1, drawings end as in the training data, even at low
            temperatures.
        max_points : int, optional
            Maximum number of points of a drawing. Default: `max_seq_len` of the model.

        Returns
        -------
        Sketch, Sketches or list of Sketches
            For one code, a Sketch, or Sketches of length `n` if `n` is given. For m codes, Sketches of length m, or a
            list of m Sketches if `n` is given.

        Raises
        ------
        ValueError
            If the model has no latent code, `z` has another size or is not finite, or a setting is out of range.
        """
        if not self.conditional:
            raise ValueError(f"{self.name} is unconditional (it has no latent code); use generate()")
        codes = np.asarray(z, dtype=np.float32)
        if codes.ndim not in (1, 2) or codes.shape[-1] != self.z_size:
            raise ValueError(f"z: expected shape ({self.z_size},) or (m, {self.z_size}), got {codes.shape}")
        if not np.isfinite(codes).all():
            raise ValueError("z: expected finite numbers, got NaN or infinity")
        many = np.atleast_2d(codes)
        count = _checked_count(n)
        scales = self._scales(temperature, convention, pen_temperature)
        sketches = self._draw(np.repeat(many, count, axis=0), list(range(count)) * len(many), scales, seed, max_points)
        if n is None:
            return sketches[0] if codes.ndim == 1 else sketches
        groups = [sketches[i : i + count] for i in range(0, len(sketches), count)]
        return groups[0] if codes.ndim == 1 else groups

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
        """Generate new drawings.

        A model with exemplars decodes their codes. Other conditional models decode codes sampled from
        the prior N(0, I). An unconditional model uses no code.

        Parameters
        ----------
        n : int, optional
            Number of drawings, which run as one batch. Default: one drawing.
        category : str, optional
            Category to draw, one of `model.categories`. Default: all categories in turn.
        temperature, seed, convention, pen_temperature, max_points
            See `decode`.

        Returns
        -------
        Sketch, or Sketches of length n if `n` is given

        Raises
        ------
        ValueError
            If the category is unknown, the model has no exemplars, or a setting is out of range.
        """
        count = _checked_count(n)
        seed = random_seed() if seed is None else seed
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
        """Complete an unfinished drawing.

        Parameters
        ----------
        sketch : Sketch
            The beginning of the drawing. If it is empty, the model generates a whole drawing.
        n : int, optional
            Number of completions, which run as one batch. Default: one completion.
        z : array_like, shape (z_size,), optional
            Latent code of the completed drawing (conditional models). Default: the code of the beginning, or in a model
            with exemplars the codes of those nearest to it, one for each completion; for an empty beginning,
            a code as in `generate`.
        category : str, optional
            Category of the completed drawing, as in `generate`. It excludes `z`.
        temperature, seed, convention, pen_temperature, max_points
            See `decode`. `max_points` includes the points of the beginning.
        pen_down : bool
            Whether the completion continues the last stroke of the beginning. Default: it starts a new stroke.
        fit : bool
            Whether to scale the beginning so that its longer side is between 0.5 and 1.25 times `drawing_size`, and to
            scale the result back. Beginnings within this range are not scaled; others are scaled to its nearer end.
            With False, the beginning is in data units, as on the canvas of `sketchkit.widgets.Complete`.

        Returns
        -------
        Sketch, or Sketches of length n if `n` is given
            The beginning and its completion, in the units of the beginning.

        Raises
        ------
        ValueError
            If the beginning has `max_points` points or more (default: `max_seq_len` of the model), if both `z` and
            `category` are given, if the model does not accept the given one, or if a setting is out of range.
        """
        count = _checked_count(n)
        self._num_steps(sketch, max_points)  # raises before the beginning is encoded
        seed = random_seed() if seed is None else seed
        codes = None
        factor = self._fit_factor(sketch, BEGINNING_SIZE_RANGE) if fit else 1.0
        if category is not None:
            if z is not None:
                raise ValueError("expected either category or z, got both")
            codes = self._new_codes(category, count, seed)
        elif self.conditional and z is not None:
            code = np.asarray(z, dtype=np.float32)
            if code.shape != (self.z_size,) or not np.isfinite(code).all():
                raise ValueError(f"z: expected {self.z_size} finite numbers, got shape {code.shape}")
            codes = np.repeat(code[None], count, axis=0)
        elif self.conditional and len(sketch):
            mean, _ = self._inference.encode([self._rows(sketch, factor)])  # (1, z_size)
            codes = self.exemplars.nearest(mean[0], count) if self.exemplars else np.repeat(mean, count, axis=0)
        elif self.conditional:
            codes = self._new_codes(None, count, seed)
        elif z is not None:
            raise ValueError(f"{self.name} is unconditional (it has no latent code); omit z")
        scales = self._scales(temperature, convention, pen_temperature)
        sketches = self._draw(codes, list(range(count)), scales, seed, max_points, sketch, pen_down, factor)
        return sketches[0] if n is None else sketches

    def mixture(self, sketch: Sketch, z: ArrayLike | None = None) -> MixtureDensity:
        """Return the density of the next point after every row of a drawing.

        Parameters
        ----------
        sketch : Sketch
            The drawing, in data units.
        z : array_like, shape (z_size,), optional
            Latent code (conditional models). Default: the code of the drawing.

        Returns
        -------
        MixtureDensity
            Density in data units. Row i is the distribution of the point after the first i rows.

        Raises
        ------
        ValueError
            If `z` has another shape, or is given for an unconditional model.
        """
        code = None
        if self.conditional:
            code = self.encode(sketch, fit=False) if z is None else np.asarray(z, dtype=np.float32)
            if code.shape != (self.z_size,):
                raise ValueError(f"z: expected shape ({self.z_size},), got {code.shape}")
        elif z is not None:
            raise ValueError(f"{self.name} is unconditional (it has no latent code); omit z")
        return self._inference.mixture(self._rows(sketch), code, self.scale_factor)

    def losses(
        self, dataset: Dataset, split: str = "test", *, pen_rows: PenRows | None = None, seed: int = 0
    ) -> dict[str, float]:
        """Return the mean losses on a split of a dataset; each drawing counts once.

        The drawings are scaled by the model's scale factor and padded to its `max_seq_len`. Longer drawings are
        skipped.

        Parameters
        ----------
        dataset : Dataset
            Dataset to evaluate on.
        split : str
            Split of the dataset: `train`, `valid` or `test`.
        pen_rows : str, optional
            Rows that contribute to the pen loss: `all` (all `max_seq_len` rows, as in the published training), `real`
            (points only, as in the published evaluation), or `first_end` (points and the first end row). Default: the
            rows counted in the training of the model.
        seed : int
            Seed of the latent codes' noise.

        Returns
        -------
        dict
            `recon`, `kl`, `loss` (recon + kl_weight * kl) and `drawings`, the number of drawings.

        Raises
        ------
        ValueError
            If the split contains no drawing.
        """
        from sketchkit.model.evaluation import evaluate

        batches = dataset.iter_batches(
            split,
            self.hparams.batch_size,
            max_seq_len=self.hparams.max_seq_len,
            scale_factor=self.scale_factor,
        )
        result = evaluate(self.network, batches, pen_rows=pen_rows, seed=seed)
        return {**result, "loss": result["recon"] + self.hparams.kl_weight * result["kl"]}

    # Private methods ------------------------------------------------------------------------------

    def _new_codes(self, category: str | None, count: int, seed: int) -> NDArray[np.float32]:
        """Return codes of exemplars, or codes sampled from N(0, I) for a model without exemplars: (count, z_size)."""
        if self.exemplars is not None:
            return self.exemplars.select(category, count, seed)
        if category is not None:
            raise ValueError(f"{self.name} has no exemplars of categories; omit category")
        return np.stack([standard_normals(stream_key(seed, i, 2), self.z_size) for i in range(count)]).astype(
            np.float32
        )

    def _scales(
        self, temperature: float | None, convention: Convention | None, pen_temperature: float | None
    ) -> TemperatureScales:
        """Return the factors for a temperature. Settings that are None take the recommended values."""
        recommended = self.sampling
        if temperature == 0 and pen_temperature is None:
            return temperature_scales(0, convention or recommended.convention)
        return temperature_scales(
            recommended.temperature if temperature is None else temperature,
            recommended.convention if convention is None else convention,
            recommended.pen_temperature if pen_temperature is None else pen_temperature,
        )

    def _fit_factor(self, sketch: Sketch, size_range: tuple[float, float]) -> float:
        """Return the factor closest to 1 that scales a drawing to the size range (relative to `drawing_size`)."""
        extent = sketch.extent
        if not extent > 0:
            return 1.0
        smallest, largest = (share * self.drawing_size for share in size_range)
        return min(max(extent, smallest), largest) / extent

    def _rows(self, sketch: Sketch, factor: float = 1.0) -> NDArray[np.float32]:
        """Return the stroke-3 rows, (n, 3), of a drawing scaled by `factor`, in model units."""
        rows = np.array(sketch.offsets)
        rows[:, :2] /= self.scale_factor / factor
        return rows

    def _num_steps(self, beginning: Sketch, max_points: int | None) -> int:
        """Return the maximum number of points after a beginning, at least 1."""
        limit = self.hparams.max_seq_len if max_points is None else max_points
        count = len(beginning)
        if count < limit:
            return limit - count
        if max_points is None:
            raise ValueError(
                f"the beginning has {count} points, but {self.name} draws at most {limit}; "
                f"simplify the beginning, or set max_points to more than {count}"
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
        """Return one sketch for each variant, with the corresponding code if there are codes.

        The beginning is scaled by `factor` before the model reads it. The sketches are in the units of the beginning.
        """
        seed = random_seed() if seed is None else seed
        beginning = Sketch([]) if beginning is None else beginning
        steps = self._num_steps(beginning, max_points)
        rows = self._rows(beginning, factor)
        if pen_down and len(rows):
            rows[-1, 2] = 0
        sketches = Sketches()
        for first in range(0, len(variants), MAX_BATCH):
            batch = variants[first : first + MAX_BATCH]
            noise = {variant: decode_noise(seed, variant, steps) for variant in set(batch)}
            samples = self._inference.draw(
                None if codes is None else codes[first : first + MAX_BATCH],
                np.stack([noise[variant] for variant in batch]),
                scales,
                rows,
            )
            for sampled_rows in samples:
                joined = np.concatenate([rows, _stroke3(sampled_rows)])
                joined[:, :2] *= self.scale_factor / factor
                sketches.append(Sketch(joined, beginning.start))
        return sketches


def _stroke3(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert stroke-5 rows before the first end row to stroke-3 rows."""
    end_rows = np.flatnonzero(rows[:, 4] > 0)
    rows = rows[: end_rows[0]] if len(end_rows) else rows
    return rows[:, [0, 1, 3]]


def _checked_count(n: int | None) -> int:
    if n is None:
        return 1
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n: expected a whole number of at least 1, got {n!r}")
    return int(n)
