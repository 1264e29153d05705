"""`CodeDistribution`: the distribution from which a model samples latent codes of new drawings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchkit.model.noise import standard_normals, stream_key

__all__ = ["CodeDistribution", "sample_codes"]

#: Largest magnitude of the mean, and range of the standard deviation, of a component.
MAX_MEAN, STD_RANGE = 100.0, (0.002, 100.0)


@dataclass(frozen=True)
class CodeDistribution:
    """A normal distribution with independent components, fitted to the codes of training drawings.

    The prior of the model is N(0, I) (Ha & Eck 2017, section 3.2). With a small weight of the KL loss, the codes of
    drawings do not follow the prior: the decoder is then not trained for most codes that are sampled from the prior.

    Attributes
    ----------
    mean, std : tuple of float, length z_size
        Mean, -100 to 100, and standard deviation, 0.002 to 100, of each component. They are rounded to float16, so that
        a page with weights in float16 samples the same codes.

    Raises
    ------
    ValueError
        If the lengths differ, or a number is out of range.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.mean) != len(self.std):
            raise ValueError(f"codes: expected as many means as deviations, got {len(self.mean)} and {len(self.std)}")
        for name, values, (low, high) in (("mean", self.mean, (-MAX_MEAN, MAX_MEAN)), ("std", self.std, STD_RANGE)):
            for index, value in enumerate(values):
                if not low <= value <= high:  # this condition is also true for NaN
                    raise ValueError(f"codes: {name}[{index}]: expected a number from {low} to {high}, got {value!r}")
            object.__setattr__(self, name, tuple(float(value) for value in _half(values)))

    @classmethod
    def fitted_to(cls, codes: ArrayLike) -> CodeDistribution:
        """Return the distribution of the rows of `codes`, (n, z_size); n is at least 2."""
        rows = np.asarray(codes, dtype=np.float64)
        mean = rows.mean(0).clip(-MAX_MEAN, MAX_MEAN)
        return cls(tuple(mean), tuple(rows.std(0).clip(*STD_RANGE)))

    def as_json(self) -> dict[str, list[float]]:
        """Return the value of the key "codes" in `config.json`."""
        # `str` gives the shortest decimal number that rounds to the same float16.
        mean, std = ([float(str(value)) for value in _half(values)] for values in (self.mean, self.std))
        return {"mean": mean, "std": std}

    @classmethod
    def from_json(cls, value: Any, z_size: int) -> CodeDistribution:
        """Parse the value of the key "codes" in `config.json`.

        Raises
        ------
        ValueError
            If the value is not valid; the message names the key.
        """
        if not isinstance(value, dict):
            raise ValueError(f"key 'codes': expected an object with mean and std, got {value!r:.40}")
        lists = []
        for name in ("mean", "std"):
            numbers = value.get(name)
            if not isinstance(numbers, list) or len(numbers) != z_size or not all(map(_is_number, numbers)):
                expected = f"{z_size} numbers from {-MAX_MEAN:g} to {MAX_MEAN:g}"
                raise ValueError(f"key 'codes': {name}: expected {expected}, got {numbers!r:.40}")
            lists.append(tuple(map(float, numbers)))
        return cls(*lists)


def sample_codes(distribution: CodeDistribution | None, count: int, z_size: int, seed: int) -> NDArray[np.float32]:
    """Return codes sampled from a distribution, or from N(0, I) if it is None: (count, z_size)."""
    normals = [standard_normals(stream_key(seed, variant, 2), z_size) for variant in range(count)]
    codes = np.stack(normals).astype(np.float32)
    if distribution is None:
        return codes
    mean, std = (np.array(values, dtype=np.float32) for values in (distribution.mean, distribution.std))
    return codes * std + mean


def _half(values: tuple[float, ...]) -> NDArray[np.float16]:
    return np.array(values, dtype=np.float16)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= MAX_MEAN
