"""Categories: where the codes of each kind of drawing lie in a model's latent space.

Nothing in a sketch-rnn model says "cat", but the codes of cats lie near each other. Their mean and deviation, kept
beside the weights in `categories.safetensors`, let a model that has seen many kinds of drawings be asked for one.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.noise import normals, stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sketchkit.model.sketch_rnn import SketchRNN
    from sketchkit.sketch import Sketch

__all__ = ["Categories"]

FILE = "categories.safetensors"


@dataclass(frozen=True)
class Categories:
    """Names of categories and the normal distributions of their codes.

    Attributes
    ----------
    names : tuple of str
    mean, deviation : ndarray of float32, shape (n, z_size)
    """

    names: tuple[str, ...]
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("mean", "deviation"):
            array = getattr(self, name)
            if array.ndim != 2 or len(array) != len(self.names) or not np.isfinite(array).all():
                raise ValueError(
                    f"{name}: expected finite numbers of shape ({len(self.names)}, z_size), got {array.shape}"
                )
        if self.mean.shape != self.deviation.shape:
            raise ValueError(f"mean and deviation differ in shape: {self.mean.shape}, {self.deviation.shape}")

    @classmethod
    def measured(cls, model: SketchRNN, drawings: Mapping[str, Sequence[Sketch]]) -> Categories:
        """Encode drawings of each category and keep mean and deviation of their codes."""
        means, deviations = [], []
        for sketches in drawings.values():
            codes = model.encode(list(sketches))  # (n, z_size)
            means.append(codes.mean(axis=0))
            deviations.append(codes.std(axis=0))
        return cls(tuple(drawings), np.stack(means).astype(np.float32), np.stack(deviations).astype(np.float32))

    def index(self, name: str) -> int:
        """Return the place of a category; a ValueError names the nearest if there is none."""
        if name in self.names:
            return self.names.index(name)
        near = difflib.get_close_matches(name, self.names, n=1)
        known = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self.names[:8])} ..."
        raise ValueError(f"no category {name!r}; {known}")

    def codes(self, name: str, count: int, seed: int) -> NDArray[np.float32]:
        """Return codes of a category, (count, z_size): the same ones for the same seed, here and in the page."""
        at = self.index(name)
        noise = np.stack([normals(stream(seed, i, 2), self.mean.shape[1]) for i in range(count)]).astype(np.float32)
        return np.asarray(self.mean[at] + self.deviation[at] * noise)

    def save(self, folder: Path) -> None:
        """Write the file into a model folder."""
        from safetensors.numpy import save_file

        half = {"mean": self.mean.astype(np.float16), "deviation": self.deviation.astype(np.float16)}
        save_file(half, folder / FILE)

    @classmethod
    def of_folder(cls, folder: Path, names: tuple[str, ...], z_size: int) -> Categories | None:
        """Read the file of a model folder, if it has one; a ValueError says what does not fit."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = folder / FILE
        if not path.is_file():
            return None
        try:
            tensors = load_file(path)
            mean, deviation = (tensors[name].astype(np.float32) for name in ("mean", "deviation"))
        except (SafetensorError, OSError, TypeError, KeyError) as error:
            raise ValueError(f"{path}: damaged or not a file of categories ({error})") from None
        try:
            if mean.shape[1:] != (z_size,):
                raise ValueError(f"mean: expected shape ({len(names)}, {z_size}), got {mean.shape}")
            return cls(names, mean, deviation)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
