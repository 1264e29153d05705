"""`SketchRNN`: the public API of a model, which encodes, decodes, generates, completes and guesses drawings.

This file has more than 400 lines, because more than half of it consists of docstrings of the public methods.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchkit.argument_errors import check_type, number_array, short_errors
from sketchkit.model.candidates import nearest_samples
from sketchkit.model.code_distribution import sample_codes
from sketchkit.model.drawing import (
    Beginning,
    DecodeArguments,
    SamplingArguments,
    SamplingOptions,
    check_count,
    draw_sketches,
    num_steps,
)
from sketchkit.model.guess import Prediction, rank
from sketchkit.model.likelihood import NEAREST, NEAREST_OF_ONE, fitting_codes
from sketchkit.model.mixture import MixtureDensity
from sketchkit.model.noise import check_seed, standard_normals, stream_key
from sketchkit.model.rows import to_rows
from sketchkit.model.stored_model import StoredModel
from sketchkit.model.temperature import Convention
from sketchkit.sketch import Sketch
from sketchkit.sketches import Sketches, iter_sketches

__all__ = ["SketchRNN"]

#: Number of samples from which `drawing_size` is estimated, if the configuration does not contain it.
SIZE_SAMPLES = 256
#: Range of the longer side of a whole drawing, and of a beginning, relative to `drawing_size`. Drawings within the
#: range are not scaled, because the sizes of training drawings also vary by this much.
DRAWING_SIZE_RANGE = (0.8, 1.25)
BEGINNING_SIZE_RANGE = (0.5, 1.25)


class SketchRNN(StoredModel):
    """A sketch-rnn model, which encodes, reconstructs, generates, completes and guesses drawings.

    Models are usually created by `sketchkit.load` or by training. Small requests run in NumPy; see `engine`.

    Parameters
    ----------
    config : ModelConfig
        Hyperparameters and metadata.
    weights : dict of str to ndarray
        Weights, by the names in `sketchkit.model.weights`.
    exemplars : Exemplars, optional
        Codes of exemplars of each category, for models that draw a selected category.
    classifier : Classifier, optional
        Classifier that `guess` uses.

    Raises
    ------
    ValueError
        If the weights do not match the hyperparameters.

    Notes
    -----
    The code, the temperature and the seed determine a drawing. The noise of a seed does not depend on the code or the
    temperature, so a small change of the code or the temperature changes a drawing only slightly. The `n` drawings of
    one seed have different noise. If `seed` is None, a random seed is used. Drawings from batches of different sizes
    may differ due to rounding.

    Examples
    --------
    >>> model = sketchkit.load("kanji")            # doctest: +SKIP
    >>> z = model.encode(sketch)                   # doctest: +SKIP
    >>> model.decode(z, temperature=0.4, seed=1)   # doctest: +SKIP
    """

    # Size of drawings -----------------------------------------------------------------------------

    @cached_property
    def drawing_size(self) -> float:
        """Median of the longer side of the training drawings, in data units.

        If the configuration does not contain this value, it is estimated from samples.
        """
        return self.config.drawing_size or self.measure_size()

    def measure_size(self, n: int = SIZE_SAMPLES, *, seed: int = 0) -> float:
        """Return the median of the longer side of `n` samples with the recommended sampling settings, in data units."""
        size = float(np.median([sketch.extent for sketch in self.generate(n, seed=seed)]))
        return size if size > 0 else self.scale_factor

    # Encode ---------------------------------------------------------------------------------------

    @short_errors
    def encode(
        self, sketches: Sketch | Sequence[Sketch], *, fit: bool = True, sample: bool = False, seed: int | None = None
    ) -> NDArray[np.float32]:
        """Encode one drawing, or several as one batch.

        Parameters
        ----------
        sketches : Sketch or sequence of Sketch
            Drawings in any units; with ``fit=False``, in data units.
        fit : bool
            Whether to scale each drawing so that its longer side is between 0.8 and 1.25 times `drawing_size`.
            Drawings within this range are not scaled; others are scaled to the nearer end of the range.
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
        eps = standard_normals(stream_key(check_seed(seed), 0, 1), mean.size).reshape(mean.shape).astype(np.float32)
        return np.asarray(mean + np.exp(log_variance / 2) * eps)

    @short_errors
    def encode_distribution(
        self, sketches: Sketch | Sequence[Sketch], *, fit: bool = True
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the means and log-variances of the codes; see `encode` for parameters, shapes and errors."""
        if not self.conditional:
            raise ValueError(f"{self.name} is unconditional (it has no encoder); use generate() or complete()")
        drawings = list(iter_sketches(sketches))
        for index, drawing in enumerate(drawings):
            if not len(drawing):
                raise ValueError(f"drawing {index} is empty; expected at least one point")
        scales = [self.fit_scale(drawing, DRAWING_SIZE_RANGE) if fit else self.scale_factor for drawing in drawings]
        rows = [to_rows(drawing, scale) for drawing, scale in zip(drawings, scales, strict=True)]
        mean, log_variance = self._inference(len(rows)).encode(rows)
        return (mean[0], log_variance[0]) if isinstance(sketches, Sketch) else (mean, log_variance)

    # Decode ---------------------------------------------------------------------------------------

    @short_errors
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
        candidates: int = 1,
    ) -> Any:  # the result depends on the number of dimensions of z, which the types of most arrays do not contain
        """Decode latent codes into drawings.

        Parameters
        ----------
        z : array_like, shape (z_size,) or (m, z_size)
            One code or several. Several codes run as one batch, with the same noise.
        temperature : float, optional
            Temperature, 0 or more; 0 is greedy and uses no noise. The default values of `temperature`, `convention`
            and `pen_temperature` are those of the model's `sampling`, except that the pen states are also greedy if
            `temperature` is 0 and `pen_temperature` is not given.
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
        candidates : int
            Number of drawings to sample for each result. The drawing whose own code is nearest to `z` is kept.
            With 8 to 16, drawings resemble the encoded drawing more, but take 8 to 16 times as long.

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
        codes = number_array(z, "z").astype(np.float32)
        if codes.ndim not in (1, 2) or codes.shape[-1] != self.z_size:
            raise ValueError(f"z: expected shape ({self.z_size},) or (m, {self.z_size}), got {codes.shape}")
        if not np.isfinite(codes).all():
            raise ValueError("z: expected finite numbers, got NaN or infinity")
        many = np.atleast_2d(codes)
        count = check_count(n)
        options = SamplingOptions.resolve(self.sampling, temperature, seed, convention, pen_temperature, max_points)
        sketches = self._draw_nearest(
            np.repeat(many, count, axis=0), list(range(count)) * len(many), options, candidates
        )
        if n is None:
            return sketches[0] if codes.ndim == 1 else sketches
        groups = [sketches[i : i + count] for i in range(0, len(sketches), count)]
        return groups[0] if codes.ndim == 1 else groups

    @overload
    def generate(self, n: None = ..., *, category: str | None = ..., **options: Unpack[DecodeArguments]) -> Sketch: ...
    @overload
    def generate(self, n: int, *, category: str | None = ..., **options: Unpack[DecodeArguments]) -> Sketches: ...
    @short_errors
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
        candidates: int = 1,
    ) -> Sketch | Sketches:
        """Generate new drawings.

        A model with exemplars decodes their codes. Other conditional models decode codes that are sampled from the
        distribution of the codes of training drawings, `config.codes`, or from the prior N(0, I) if that distribution
        is unknown. An unconditional model uses no code.

        Parameters
        ----------
        n : int, optional
            Number of drawings, which run as one batch. Default: one drawing.
        category : str, optional
            Category to draw, one of `model.categories`. Default: all categories in turn.
        temperature, seed, convention, pen_temperature, max_points
            See `decode`.
        candidates : int
            See `decode`; 1 for an unconditional model.

        Returns
        -------
        Sketch, or Sketches of length n if `n` is given

        Raises
        ------
        ValueError
            If the category is unknown or the model has no categories, or if a setting is out of range.
        """
        count = check_count(n)
        options = SamplingOptions.resolve(self.sampling, temperature, seed, convention, pen_temperature, max_points)
        codes = None
        if category is not None or self.conditional:
            codes = self.new_codes(category, count, options.seed)
        sketches = self._draw_nearest(codes, range(count), options, candidates)
        return sketches[0] if n is None else sketches

    @overload
    def complete(
        self, sketch: Sketch, n: None = ..., *, z: ArrayLike | None = ..., category: str | None = ...,
        pen_down: bool = ..., fit: bool = ..., **options: Unpack[SamplingArguments],
    ) -> Sketch: ...  # fmt: skip
    @overload
    def complete(
        self, sketch: Sketch, n: int, *, z: ArrayLike | None = ..., category: str | None = ...,
        pen_down: bool = ..., fit: bool = ..., **options: Unpack[SamplingArguments],
    ) -> Sketches: ...  # fmt: skip
    @short_errors
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
            Latent code of the completed drawing (conditional models). Default: the code of the beginning or, if the
            model has exemplars, the codes of the exemplars that fit the beginning best, one for each completion; see
            `sketchkit.model.likelihood`. For an empty beginning, the codes are those of `generate`.
        category : str, optional
            Category of the completed drawing: only its exemplars are used. It cannot be combined with `z`.
        temperature, seed, convention, pen_temperature, max_points
            See `decode`. `max_points` includes the points of the beginning.
        pen_down : bool
            Whether the completion continues the last stroke of the beginning. Default: it starts a new stroke.
        fit : bool
            Whether to scale the beginning so that its longer side is between 0.5 and 1.25 times `drawing_size`, and to
            scale the result back. Beginnings within this range are not scaled; others are scaled to the nearer end of
            the range. With False, the beginning is in data units, as on the canvas of `sketchkit.widgets.Complete`.

        Returns
        -------
        Sketch, or Sketches of length n if `n` is given
            The beginning and its completion, in the units of the beginning.

        Raises
        ------
        ValueError
            If the beginning has at least as many points as the completed drawing may have, if both `z` and `category`
            are given, if the model does not support `z` or `category`, or if a setting is out of range.
        TypeError
            If `sketch` is not a Sketch.
        """
        check_type(sketch, Sketch, "sketch")
        count = check_count(n)
        # A beginning that is too long raises an error here, before it is encoded.
        num_steps(len(sketch), max_points, self.config)
        options = SamplingOptions.resolve(self.sampling, temperature, seed, convention, pen_temperature, max_points)
        scale = self.fit_scale(sketch, BEGINNING_SIZE_RANGE) if fit else self.scale_factor
        beginning = Beginning(sketch, scale, pen_down)
        codes = self._completion_codes(beginning, z, category, count, options.seed)
        sketches = self._draw(codes, range(count), options, beginning)
        return sketches[0] if n is None else sketches

    @short_errors
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
        TypeError
            If `sketch` is not a Sketch.
        """
        check_type(sketch, Sketch, "sketch")
        code = None if z is None else self._checked_code(z)
        if z is None and self.conditional:
            code = self.encode(sketch, fit=False)
        return self._inference(1).mixture(to_rows(sketch, self.scale_factor), code, self.scale_factor)

    # Guess ----------------------------------------------------------------------------------------

    @overload
    def guess(self, sketches: Sketch) -> list[Prediction]: ...
    @overload
    def guess(self, sketches: Sequence[Sketch]) -> list[list[Prediction]]: ...
    @short_errors
    def guess(self, sketches: Sketch | Sequence[Sketch]) -> list[Prediction] | list[list[Prediction]]:
        """Guess the category of a drawing, which may be unfinished.

        A model with a classifier (`model.classifier`), such as `quickdraw`, uses this classifier. Other models with
        categories compare the code of the drawing with those of their exemplars, which is less accurate.

        Parameters
        ----------
        sketches : Sketch or sequence of Sketch
            Drawings in any units.

        Returns
        -------
        list of Prediction, or a list of such lists for a sequence
            Pairs (category, probability) of all categories, the most probable first.

        Raises
        ------
        ValueError
            If the model has no categories, or a drawing is empty.
        TypeError
            If an item is not a Sketch.

        Examples
        --------
        >>> model.guess(sketch)[:3]                    # doctest: +SKIP
        [('rabbit', 0.81), ('bear', 0.092), ('dog', 0.041)]
        """
        if self.classifier is None and self.exemplars is None:
            raise ValueError(f"{self.name} cannot guess, because it has no categories; load another model: 'quickdraw'")
        drawings = list(iter_sketches(sketches))
        for index, drawing in enumerate(drawings):
            if not len(drawing):
                raise ValueError(f"drawing {index} is empty; expected at least one point")
        if self.classifier is not None:
            probabilities = self.classifier.probabilities([drawing.offsets for drawing in drawings])
        elif self.exemplars is not None:
            probabilities = self.exemplars.probabilities(self.encode(drawings))
        ranked = [rank(self.categories, each) for each in probabilities]
        return ranked[0] if isinstance(sketches, Sketch) else ranked

    # Codes and scales -----------------------------------------------------------------------------

    def new_codes(self, category: str | None, count: int, seed: int) -> NDArray[np.float32]:
        """Return codes of exemplars, or sampled codes for a model without exemplars: (count, z_size)."""
        if self.exemplars is not None:
            return self.exemplars.select(category, count, seed)
        if category is not None:
            raise ValueError(f"{self.name} has no categories; omit category")
        return sample_codes(self.config.codes, count, self.z_size, seed)

    def _completion_codes(
        self, beginning: Beginning, z: ArrayLike | None, category: str | None, count: int, seed: int
    ) -> NDArray[np.float32] | None:
        """Return the code of each completion of a beginning, (count, z_size); None for an unconditional model."""
        if z is not None:
            if category is not None:
                raise ValueError("expected either category or z, got both")
            return np.repeat(self._checked_code(z)[None], count, axis=0)
        if not self.conditional and category is None:
            return None
        if not len(beginning.sketch) or (category is not None and self.exemplars is None):
            return self.new_codes(category, count, seed)
        mean, _ = self._inference(1).encode([to_rows(beginning.sketch, beginning.scale)])  # (1, z_size)
        if self.exemplars is None:
            return np.repeat(mean, count, axis=0)
        codes = self.exemplars.nearest(mean[0], NEAREST if category is None else NEAREST_OF_ONE, category)
        return fitting_codes(self._engines.numpy, beginning.rows(), codes, count, seed)

    def _checked_code(self, z: ArrayLike) -> NDArray[np.float32]:
        """Return a latent code as an array, (z_size,)."""
        if not self.conditional:
            raise ValueError(f"{self.name} is unconditional (it has no latent code); omit z")
        code = number_array(z, "z").astype(np.float32)
        if code.shape != (self.z_size,):
            raise ValueError(f"z: expected {self.z_size} finite numbers, got shape {code.shape}")
        if not np.isfinite(code).all():
            raise ValueError(f"z: expected {self.z_size} finite numbers, got NaN or infinity")
        return code

    def fit_scale(self, sketch: Sketch, size_range: tuple[float, float]) -> float:
        """Return the scale factor (units of the drawing per model unit) that brings the size of a drawing into a range.

        The range is relative to `drawing_size`. The drawing is scaled as little as possible. A drawing of size 0 is not
        scaled.
        """
        extent = sketch.extent
        if not extent > 0:
            return self.scale_factor
        smallest, largest = (share * self.drawing_size for share in size_range)
        return self.scale_factor / (min(max(extent, smallest), largest) / extent)

    def _draw_nearest(
        self,
        codes: NDArray[np.float32] | None,
        variants: Sequence[int],
        options: SamplingOptions,
        candidates: int,
    ) -> Sketches:
        """Return one sketch for each variant, selected from `candidates` samples; see `decode`."""
        if check_count(candidates, "candidates") == 1:
            return self._draw(codes, variants, options)
        if codes is None:
            raise ValueError(f"candidates: expected 1, because {self.name} has no latent code, got {candidates}")
        others = [variant + j * (max(variants) + 1) for j in range(candidates) for variant in variants]
        samples = self._draw(np.tile(codes, (candidates, 1)), others, options)
        return nearest_samples(self._inference(len(samples)), samples, codes, self.scale_factor, candidates)

    def _draw(
        self,
        codes: NDArray[np.float32] | None,
        variants: Sequence[int],
        options: SamplingOptions,
        beginning: Beginning | None = None,
    ) -> Sketches:
        """Return one sketch for each variant, decoded from the corresponding code if there are codes."""
        beginning = beginning or Beginning(Sketch([]), self.scale_factor)
        steps = num_steps(len(beginning.sketch), options.max_points, self.config)
        return draw_sketches(self._inference(len(variants)), codes, variants, steps, options, beginning)
