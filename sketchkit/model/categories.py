"""Categories: codes of drawings of each kind that a model has seen.

Nothing in a sketch-rnn model says "cat", but the code of a cat that it redraws well draws a cat. A few such codes of
every category, kept beside the weights in `categories.safetensors`, let a model that has seen many kinds be asked for
one. (The mean of a category's codes would not do: between its drawings lies much that is none of them.)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchkit.parser_errors import reported
from sketchkit.storage.atomic import replacing, save_tensors
from sketchkit.suggest import hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sketchkit.model.sketch_rnn import SketchRNN
    from sketchkit.sketch import Sketch

__all__ = ["Categories"]

FILE = "categories.safetensors"


@dataclass(frozen=True)
class Categories:
    """Names of categories and codes of their drawings.

    Attributes
    ----------
    names : tuple of str
    codes : ndarray of float32, shape (n, exemplars, z_size)
    """

    names: tuple[str, ...]
    codes: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.codes.ndim != 3 or len(self.codes) != len(self.names) or not np.isfinite(self.codes).all():
            expected = f"finite numbers of shape ({len(self.names)}, exemplars, z_size)"
            raise ValueError(f"codes: expected {expected}, got {self.codes.shape}")

    @classmethod
    def measured(cls, model: SketchRNN, drawings: Mapping[str, Sequence[Sketch]], exemplars: int = 16) -> Categories:
        """Keep the codes of the drawings of each category with the best reconstructions, by `Sketch.distance`.

        Only drawings with at least the median number of points compete, since plain ones are the easiest to
        reconstruct and show the least.
        """
        chosen = []
        for given in drawings.values():
            median = np.median([len(sketch) for sketch in given])
            sketches = [sketch for sketch in given if len(sketch) >= median]
            codes = model.encode(sketches)  # (drawings, z_size)
            redrawn = model.decode(codes, seed=0)
            far = [sketch.distance(other) for sketch, other in zip(sketches, redrawn, strict=True)]
            best = np.argsort(np.nan_to_num(far, nan=np.inf))[:exemplars]
            chosen.append(np.resize(codes[best], (exemplars, codes.shape[1])))
        return cls(tuple(drawings), np.stack(chosen).astype(np.float16).astype(np.float32))

    def index(self, name: str) -> int:
        """Return the place of a category; a ValueError names the nearest if there is none."""
        if name in self.names:
            return self.names.index(name)
        known = ", ".join(self.names[:8])
        raise ValueError(f"no category {name!r}; {hint(name, self.names, f'known are {known} ...')}")

    def of(self, name: str | None, count: int, seed: int) -> NDArray[np.float32]:
        """Return codes of a category, or of one category after the other if `name` is None.

        The page chooses the same codes for the same seed; see `categoryCode` in `engine/model.js`.

        Returns
        -------
        ndarray of float32, shape (count, z_size)
        """
        names, exemplars = self.codes.shape[:2]
        order = [(int(seed) + i) % (names * exemplars) for i in range(count)]
        if name is None:
            return np.stack([self.codes[i % names, i // names] for i in order])
        return np.stack([self.codes[self.index(name), i % exemplars] for i in order])

    def save(self, folder: Path) -> None:
        """Write the file into a model folder."""
        with replacing(folder / FILE) as path:
            save_tensors(path, {"codes": self.codes.astype(np.float16)})

    @classmethod
    def of_folder(cls, folder: Path, names: tuple[str, ...], z_size: int) -> Categories | None:
        """Read the file of a model folder, if it has one; a ValueError says what does not fit."""
        from safetensors.numpy import load_file

        path = folder / FILE
        if not path.is_file():
            return None
        with reported(str(path), "damaged or not a file of categories"):
            codes = load_file(path)["codes"].astype(np.float32)
        try:
            if codes.shape[2:] != (z_size,):
                raise ValueError(f"codes: expected shape ({len(names)}, exemplars, {z_size}), got {codes.shape}")
            return cls(names, codes)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
