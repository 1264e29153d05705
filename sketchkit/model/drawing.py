"""Sampling of drawings in batches, with one set of options and an optional beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.config import ModelConfig
from sketchkit.model.engines import Inference
from sketchkit.model.noise import check_seed, decode_noise
from sketchkit.model.rows import stroke3, to_rows
from sketchkit.model.temperature import Convention, Sampling, TemperatureScales, temperature_scales
from sketchkit.sketch import Sketch
from sketchkit.sketches import Sketches

__all__ = [
    "MAX_BATCH",
    "Beginning",
    "DecodeArguments",
    "SamplingArguments",
    "SamplingOptions",
    "check_count",
    "draw_sketches",
    "num_steps",
]

#: Maximum number of drawings in one batch. Larger requests are split.
MAX_BATCH = 128


class SamplingArguments(TypedDict, total=False):
    """Keyword arguments that `SketchRNN.complete`, `decode` and `generate` share; see `decode`."""

    temperature: float | None
    seed: int | None
    convention: Convention | None
    pen_temperature: float | None
    max_points: int | None


class DecodeArguments(SamplingArguments, total=False):
    """Keyword arguments that `SketchRNN.decode` and `generate` share; see `decode`."""

    candidates: int


@dataclass(frozen=True)
class SamplingOptions:
    """Options of one request for drawings.

    Attributes
    ----------
    scales : TemperatureScales
        Factors that follow from the temperature.
    seed : int
        Seed of the noise.
    max_points : int or None
        Maximum number of points of a drawing, including its beginning; None for the `max_seq_len` of the model.
    """

    scales: TemperatureScales
    seed: int
    max_points: int | None

    @classmethod
    def resolve(
        cls,
        recommended: Sampling,
        temperature: float | None,
        seed: int | None,
        convention: Convention | None,
        pen_temperature: float | None,
        max_points: int | None,
    ) -> SamplingOptions:
        """Return the options for arguments of `SketchRNN.decode`. Settings that are None take the recommended values.

        Exception: with temperature 0 and no `pen_temperature`, the pen states are greedy, too.

        Raises
        ------
        ValueError
            If a temperature, the seed or the convention is out of range.
        """
        if temperature == 0 and pen_temperature is None:
            scales = temperature_scales(0, convention or recommended.convention)
        else:
            scales = temperature_scales(
                recommended.temperature if temperature is None else temperature,
                recommended.convention if convention is None else convention,
                recommended.pen_temperature if pen_temperature is None else pen_temperature,
            )
        return cls(scales, check_seed(seed), max_points)


@dataclass(frozen=True)
class Beginning:
    """The first points of a drawing, possibly none.

    Attributes
    ----------
    sketch : Sketch
        The points, in any units.
    scale : float
        Units of the sketch per model unit.
    pen_down : bool
        Whether the drawing continues the last stroke of the beginning.
    """

    sketch: Sketch
    scale: float
    pen_down: bool = False

    def rows(self) -> NDArray[np.float32]:
        """Return the stroke-3 rows in model units, shape (n, 3)."""
        rows = to_rows(self.sketch, self.scale)
        if self.pen_down and len(rows):
            rows[-1, 2] = 0
        return rows

    def joined(self, rows: NDArray[np.float32]) -> Sketch:
        """Return the drawing that consists of the beginning and the given stroke-5 rows (in model units)."""
        rows = np.concatenate([self.rows(), stroke3(rows)])
        rows[:, :2] *= self.scale
        return Sketch(rows, self.sketch.start)


def check_count(n: int | None, name: str = "n") -> int:
    """Return the number of drawings to sample: `n`, or 1 if `n` is None.

    Raises
    ------
    ValueError
        If `n` is not a whole number above 0; the message calls it `name`.
    """
    if n is None:
        return 1
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"{name}: expected a whole number of at least 1, got {n!r}")
    return int(n)


def num_steps(count: int, max_points: int | None, config: ModelConfig) -> int:
    """Return the maximum number of points after a beginning of `count` points, at least 1.

    Raises
    ------
    ValueError
        If the beginning has `max_points` points or more. If `max_points` is None, the `max_seq_len` of the model is the
        limit.
    """
    limit = config.hparams.max_seq_len if max_points is None else check_count(max_points, "max_points")
    if count < limit:
        return limit - count
    if max_points is None:
        raise ValueError(
            f"the beginning has {count} points, but {config.name} draws at most {limit} points; "
            f"simplify the beginning, or set max_points to more than {count}"
        )
    raise ValueError(f"max_points ({limit}) must be larger than the {count} points of the given beginning")


def draw_sketches(
    inference: Inference,
    codes: NDArray[np.float32] | None,
    variants: Sequence[int],
    steps: int,
    options: SamplingOptions,
    beginning: Beginning,
) -> Sketches:
    """Sample drawings, in batches of at most `MAX_BATCH`.

    Parameters
    ----------
    inference : Inference
        Engine of the model.
    codes : ndarray (n, z_size) or None
        Latent code of each drawing; None for an unconditional model.
    variants : sequence of int, length n
        Index of the noise of each drawing. Drawings with the same variant have the same noise.
    steps : int
        Maximum number of points after the beginning.
    options : SamplingOptions
        Temperature and seed.
    beginning : Beginning
        First points of every drawing.

    Returns
    -------
    Sketches
        n drawings, in the units of the beginning.
    """
    rows = beginning.rows()
    sketches = Sketches()
    for first in range(0, len(variants), MAX_BATCH):
        batch = variants[first : first + MAX_BATCH]
        noise = {variant: decode_noise(options.seed, variant, steps) for variant in set(batch)}
        samples = inference.draw(
            None if codes is None else codes[first : first + MAX_BATCH],
            np.stack([noise[variant] for variant in batch]),
            options.scales,
            rows,
        )
        sketches += map(beginning.joined, samples)
    return sketches
