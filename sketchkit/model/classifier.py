"""`Classifier`: a small convolutional network that names the category of a drawing.

It reads a picture of 32 x 32 pixels, not the latent code, because the code of an unfinished drawing is often similar to
the codes of another category. The layers are 3 x 3 convolutions, each followed by ReLU and, except for the last, by max
pooling; a linear layer maps the result of the last convolution to the categories. The engine of the page computes the
same probabilities; see `engine/classifier.js`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.weights import Weights
from sketchkit.parser_errors import as_value_error
from sketchkit.storage.atomic import atomic_write, save_tensors

__all__ = ["SIDE", "Classifier", "pictures"]

FILE = "classifier.safetensors"
#: Width and height of a picture, and the empty margin around the drawing, in pixels.
SIDE, MARGIN = 32, 2
#: Maximum distance between neighboring samples on a line, and the length of a line that adds as much gray as the
#: dot at the start of a stroke, in pixels.
SPACING, DOT = 0.25, 0.5
#: Number of convolutions.
LAYERS = 4


@dataclass(frozen=True)
class Classifier:
    """Weights of the network, float32.

    Attributes
    ----------
    weights : dict of str to ndarray
        `conv0/w` to `conv3/w`, shape (3, 3, channels before, channels); `dense/w`, shape (4 * 4 * channels,
        categories); and the biases `conv0/b` to `conv3/b` and `dense/b`.
    num_categories : int
        Number of categories.

    Raises
    ------
    ValueError
        If a tensor is missing, has another shape, or is not finite.
    """

    weights: Weights
    num_categories: int

    def __post_init__(self) -> None:
        expected: dict[str, tuple[int, ...]] = {}
        channels = 1
        for layer in range(LAYERS):
            width = self.weights.get(f"conv{layer}/b", np.zeros(0)).size
            expected |= {f"conv{layer}/w": (3, 3, channels, width), f"conv{layer}/b": (width,)}
            channels = width
        inputs = (SIDE >> (LAYERS - 1)) ** 2 * channels
        expected |= {"dense/w": (inputs, self.num_categories), "dense/b": (self.num_categories,)}
        for name, shape in expected.items():
            tensor = self.weights.get(name)
            if tensor is None or tensor.shape != shape or not tensor.size or not np.isfinite(tensor).all():
                got = "none" if tensor is None else f"shape {tensor.shape}"
                raise ValueError(f"{name}: expected finite numbers of shape {shape}, got {got}")
        if extra := set(self.weights) - set(expected):
            raise ValueError(f"expected the tensors of {LAYERS} convolutions, also got {', '.join(sorted(extra))}")

    def probabilities(self, drawings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the probability of each category, (n, categories), for stroke-3 drawings in any units."""
        x = pictures(drawings)[..., None]  # (n, side, side, channels)
        for layer in range(LAYERS):
            x = np.maximum(_convolve(x, self.weights[f"conv{layer}/w"]) + self.weights[f"conv{layer}/b"], 0)
            if layer < LAYERS - 1:
                count, side, _, channels = x.shape
                x = x.reshape(count, side // 2, 2, side // 2, 2, channels).max(axis=(2, 4))
        logits = x.reshape(len(x), -1) @ self.weights["dense/w"] + self.weights["dense/b"]
        exps = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(exps / exps.sum(axis=1, keepdims=True), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the weights to a model folder, as float16."""
        with atomic_write(folder / FILE) as path:
            save_tensors({name: value.astype(np.float16) for name, value in self.weights.items()}, path)

    @classmethod
    def load(cls, folder: Path, num_categories: int) -> Classifier | None:
        """Read the classifier in a model folder; None if the folder contains no classifier.

        Raises
        ------
        ValueError
            If the file is damaged, or does not match the number of categories.
        """
        from safetensors.numpy import load_file

        path = folder / FILE
        if not path.is_file():
            return None
        with as_value_error(str(path), "damaged, or not a safetensors file"):
            weights = {name: value.astype(np.float32) for name, value in load_file(path).items()}
        try:
            return cls(weights, num_categories)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None


def pictures(drawings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return gray pictures, (n, side, side), of stroke-3 drawings of one or more points.

    A drawing fills the picture up to the margin. The gray value of a pixel, at most 1, is the length of the lines near
    the pixel, weighted by a tent function of their distance from the pixel.
    """
    size = SIDE * SIDE
    flat = np.zeros(len(drawings) * size)
    for index, rows in enumerate(drawings):
        points = np.cumsum(rows[:, :2], axis=0, dtype=np.float64)  # (n, 2)
        low, high = points.min(axis=0), points.max(axis=0)
        extent = (high - low).max()
        scale = (SIDE - 1 - 2 * MARGIN) / extent if extent > 0 else 0.0
        points = (points - (low + high) / 2) * scale + (SIDE - 1) / 2
        lifted = rows[:, 2] > 0.5
        drawn = ~lifted[:-1]  # whether a line connects a point with the next one
        starts, steps = points[:-1][drawn], np.diff(points, axis=0)[drawn]
        lengths = np.hypot(*steps.T)
        counts = np.maximum(np.ceil(lengths / SPACING), 1).astype(int)
        # Sample k of a segment with n samples is at (k + 1/2) / n of its length.
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        share = (within + 0.5) / np.repeat(counts, counts)
        samples = np.repeat(starts, counts, axis=0) + share[:, None] * np.repeat(steps, counts, axis=0)
        dots = points[np.concatenate([[True], lifted[:-1]])]
        x, y = np.concatenate([samples, dots]).T
        ink = np.concatenate([np.repeat(lengths / counts, counts), np.full(len(dots), DOT)])
        column, row = np.floor(x), np.floor(y)
        right, below = x - column, y - row
        first = (row * SIDE + column).astype(int)
        places = np.concatenate([first, first + 1, first + SIDE, first + SIDE + 1])
        shares = ((1 - below) * (1 - right), (1 - below) * right, below * (1 - right), below * right)
        flat[index * size : (index + 1) * size] = np.bincount(places, np.concatenate([s * ink for s in shares]), size)
    return np.minimum(flat, 1).astype(np.float32).reshape(-1, SIDE, SIDE)


def _convolve(x: NDArray[np.float32], w: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the 3 x 3 convolution of pictures (n, side, side, channels) with zeros around them."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    side = x.shape[1]
    patches = [padded[:, r : r + side, c : c + side] for r in range(3) for c in range(3)]
    return np.concatenate(patches, axis=-1) @ w.reshape(-1, w.shape[-1])
