"""`SmallProduct`: products of a few rows with a weight matrix, on one thread.

OpenBLAS, the linear algebra library of NumPy, needs more time to wake and to join its threads than to multiply one row
by a recurrent matrix. On a busy machine, a joining thread waits for a whole time slice, and one product takes
milliseconds instead of microseconds. OpenBLAS uses several threads if the operands exceed a certain size, and the
number of threads is a setting of the whole process. A `SmallProduct` therefore divides the columns of the matrix into
blocks below that size. One call of NumPy multiplies all blocks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SmallProduct"]

#: Number of elements above which OpenBLAS uses several threads to multiply a matrix by a vector.
VECTOR_LIMIT = 2304 * 4
#: Number of multiplications above which OpenBLAS uses several threads to multiply two matrices.
MATRIX_LIMIT = 65536 * 4
#: Maximum number of rows of one product of matrices.
MAX_ROWS = MATRIX_LIMIT // VECTOR_LIMIT
#: Two or more rows are padded to a multiple of this number, which is the number of rows in OpenBLAS's innermost loops.
ROW_MULTIPLE = 4
MAX_WIDTH = 64


class SmallProduct:
    """The function x -> x @ matrix, for x with a few rows.

    Parameters
    ----------
    matrix : ndarray of float32, (..., inputs, outputs)
        Matrix, or a stack of matrices.
    """

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        *stack, inputs, self._outputs = matrix.shape
        width = 1
        while width < MAX_WIDTH and 2 * width * inputs < VECTOR_LIMIT:
            width *= 2
        blocks = -(-self._outputs // width)
        padded = np.zeros((*stack, inputs, blocks * width), dtype=np.float32)
        padded[..., : self._outputs] = matrix
        by_block = padded.reshape(*stack, inputs, blocks, width).swapaxes(-3, -2)
        self._blocks = np.ascontiguousarray(by_block)  # (..., blocks, inputs, width)

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the product, (..., rows, outputs), for x of shape (..., rows, inputs)."""
        *stack, count, inputs = x.shape
        if count > 1 and count % ROW_MULTIPLE:
            x = np.concatenate([x, np.zeros((*stack, -count % ROW_MULTIPLE, inputs), dtype=np.float32)], axis=-2)
        rows = x.shape[-2]
        *_, blocks, _, width = self._blocks.shape
        product = np.empty((*stack, rows, blocks * width), dtype=np.float32)
        by_block = product.reshape(*stack, rows, blocks, width).swapaxes(-3, -2)  # (..., blocks, rows, width)
        for first in range(0, rows, MAX_ROWS):
            part = slice(first, first + MAX_ROWS)
            np.matmul(x[..., None, part, :], self._blocks, out=by_block[..., part, :])
        return product[..., :count, : self._outputs]
