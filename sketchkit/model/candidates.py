"""Choice between several samples of one latent code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.engines import Inference
from sketchkit.model.rows import to_rows
from sketchkit.sketches import Sketches

__all__ = ["nearest_samples"]


def nearest_samples(
    inference: Inference, samples: Sketches, codes: NDArray[np.float32], scale: float, candidates: int
) -> Sketches:
    """Return, for each given code, the sample whose own code is nearest to the given code.

    Parameters
    ----------
    inference : Inference
        Engine of the model.
    samples : Sketches
        candidates * n drawings in data units; drawing j * n + i is candidate j of code i.
    codes : ndarray, shape (n, z_size)
        Latent codes from which the samples were decoded.
    scale : float
        Data units per model unit.
    candidates : int
        Number of samples of each code.

    Returns
    -------
    Sketches
        n drawings. A sample without points is returned only if all samples of a code have no points.
    """
    distances = np.full(len(samples), np.inf)
    drawn = [i for i, sample in enumerate(samples) if len(sample)]
    if drawn:
        means, _ = inference.encode([to_rows(samples[i], scale) for i in drawn])  # (drawn, z_size)
        distances[drawn] = np.square(means - np.tile(codes, (candidates, 1))[drawn]).sum(axis=1)
    nearest = distances.reshape(candidates, len(codes)).argmin(axis=0)  # (n,)
    return Sketches(samples[int(j) * len(codes) + i] for i, j in enumerate(nearest))
