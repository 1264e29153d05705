"""`Exemplars`: latent codes of example drawings (exemplars) for each category of a model.

A sketch-rnn model has no category input. To draw a category, the decoder starts from the code of an exemplar: a drawing
of that category that the model reconstructs well. `categories.safetensors` in the model folder stores a few such codes
for each category. The mean code of a category is not used, because it often decodes to a drawing that belongs to no
category.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketchkit.parser_errors import as_value_error
from sketchkit.published.catalog import model_entry
from sketchkit.storage.atomic import atomic_write, save_tensors
from sketchkit.suggest import did_you_mean, listed

__all__ = ["Exemplars"]

FILE = "categories.safetensors"
#: Sharpness of the probabilities of categories. This value gives the best calibrated probabilities for drawings by
#: people.
SHARPNESS = 3.0


@dataclass(frozen=True)
class Exemplars:
    """Names of categories and latent codes of their exemplars.

    Attributes
    ----------
    names : tuple of str
        Names of the n categories.
    codes : ndarray of float32, shape (n, exemplars, z_size)
        Codes of the exemplars of each category, finite.

    Raises
    ------
    ValueError
        If `codes` has another shape or contains a value that is not finite.
    """

    names: tuple[str, ...]
    codes: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.codes.ndim != 3 or len(self.codes) != len(self.names) or not np.isfinite(self.codes).all():
            expected = f"finite numbers of shape ({len(self.names)}, exemplars, z_size)"
            raise ValueError(f"codes: expected {expected}, got {self.codes.shape}")

    def index(self, name: str) -> int:
        """Return the index of a category.

        Raises
        ------
        ValueError
            If the name is unknown. The message suggests similar names, and the published model of the category, if
            there is one.
        """
        if name in self.names:
            return self.names.index(name)
        message = f"no category {name!r}; {did_you_mean(name, self.names, f'known categories: {listed(self.names)}')}"
        published = f"quickdraw/{name.replace(' ', '_')}"
        if model_entry(published) is not None:
            message += f"; the published model {published!r} draws this category"
        raise ValueError(message)

    def select(self, name: str | None, count: int, seed: int) -> NDArray[np.float32]:
        """Return codes of exemplars of one category, or of all categories in turn.

        The JavaScript engine selects the same codes for the same seed; see `categoryCode` in `engine/model.js`.

        Parameters
        ----------
        name : str or None
            Name of the category; None selects all categories in turn.
        count : int
            Number of codes.
        seed : int
            Seed of the selection, 0 or more.

        Returns
        -------
        ndarray of float32, shape (count, z_size)
        """
        names, exemplars = self.codes.shape[:2]
        order = [(int(seed) + i) % (names * exemplars) for i in range(count)]
        if name is None:
            return np.stack([self.codes[i % names, i // names] for i in order])
        return np.stack([self.codes[self.index(name), i % exemplars] for i in order])

    def nearest(self, code: NDArray[np.float32], count: int, name: str | None = None) -> NDArray[np.float32]:
        """Return the codes of the exemplars nearest to a code, in order of distance.

        The JavaScript engine selects the same codes; see `nearestCodes` in `engine/model.js`.

        Parameters
        ----------
        code : ndarray, shape (z_size,)
        count : int
            Maximum number of codes. All codes are returned if there are fewer.
        name : str, optional
            Name of the category of the exemplars. Default: all categories.

        Returns
        -------
        ndarray of float32, shape (count, z_size)
        """
        codes = self.codes if name is None else self.codes[self.index(name)]
        codes = codes.reshape(-1, self.codes.shape[2])  # (exemplars, z_size)
        order = np.argsort(np.square(codes.astype(np.float64) - code).sum(axis=1), kind="stable")
        return codes[order[:count]]

    def probabilities(self, codes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability of each category, (m, n), for m codes, from their nearest exemplars.

        The logit of a category is -`SHARPNESS` times the squared distance of its nearest exemplar, divided by the
        smallest of these squared distances. `guess` in `engine/model.js` computes the same probabilities.

        Parameters
        ----------
        codes : ndarray, shape (m, z_size)
        """
        offsets = self.codes[None].astype(np.float64) - codes[:, None, None]  # (m, names, exemplars, z_size)
        squares = np.square(offsets).sum(axis=3).min(axis=2)  # (m, names)
        least = np.maximum(squares.min(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        weights = np.exp(SHARPNESS * (1 - squares / least))
        return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the codes to a model folder, as float16."""
        with atomic_write(folder / FILE) as path:
            save_tensors({"codes": self.codes.astype(np.float16)}, path)

    @classmethod
    def load(cls, folder: Path, names: tuple[str, ...], z_size: int) -> Exemplars | None:
        """Read the codes in a model folder; None if the folder contains no codes.

        Raises
        ------
        ValueError
            If the file is damaged, or its codes do not match `names` and `z_size`.
        """
        from safetensors.numpy import load_file

        path = folder / FILE
        if not path.is_file():
            return None
        with as_value_error(str(path), "damaged, or not a categories file"):
            codes = load_file(path)["codes"].astype(np.float32)
        try:
            if codes.shape[2:] != (z_size,):
                raise ValueError(f"codes: expected shape ({len(names)}, exemplars, {z_size}), got {codes.shape}")
            return cls(names, codes)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
