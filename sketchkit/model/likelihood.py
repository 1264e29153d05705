"""Choice of latent codes by how well they fit the beginning of a drawing.

A completion needs the code of a whole drawing, but the code that the encoder computes from a beginning is unlike the
codes of whole drawings. The exemplars with the nearest codes are therefore compared: the higher the likelihood of the
beginning under the code of an exemplar, the better the model continues the beginning with this code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sketchkit.model.numpy_inference import NumpyInference

__all__ = ["NEAREST", "NEAREST_OF_ONE", "fitting_codes"]

#: Number of nearest exemplars whose codes are compared: among all categories, and within a given category.
NEAREST, NEAREST_OF_ONE = 24, 8
#: Maximum number of points of a beginning whose likelihood is computed. This maximum limits the time until the page
#: draws.
POINTS = 32
#: Number of best codes that the completions use in turn. The seed selects the first one, so that seeds give different
#: completions.
BEST = 4


def fitting_codes(
    inference: NumpyInference, beginning: NDArray[np.float32], codes: NDArray[np.float32], count: int, seed: int
) -> NDArray[np.float32]:
    """Return the codes under which a beginning is most likely, one for each completion.

    The completions use the four best codes in turn; the seed determines which of them comes first. `fittingCodes` in
    `engine/likelihood.js` selects the same codes.

    Parameters
    ----------
    inference : NumpyInference
        The model.
    beginning : ndarray, shape (points, 3)
        Stroke-3 rows in model units.
    codes : ndarray, shape (n, z_size)
        Codes to choose from.
    count : int
        Number of completions.
    seed : int
        Seed of the completions, 0 or more.

    Returns
    -------
    ndarray of float32, shape (count, z_size)
    """
    order = np.argsort(-inference.log_likelihoods(beginning[:POINTS], codes), kind="stable")
    best = codes[order[:BEST]]
    return best[[(int(seed) + i) % len(best) for i in range(count)]]
