"""`Engines`: the two engines of a model, NumPy and TensorFlow, and the choice between them.

The import of TensorFlow and the compilation of a network take several seconds; NumPy draws a few hundred drawings in
less time. Once the network is compiled, TensorFlow generates drawings in a third to two thirds of the time that NumPy
needs. The results of the two engines differ by rounding.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from sketchkit.hparams import HParams
from sketchkit.model.mixture import MixtureDensity
from sketchkit.model.numpy_inference import NumpyInference
from sketchkit.model.quiet_tensorflow import has_tensorflow, import_tensorflow
from sketchkit.model.temperature import TemperatureScales
from sketchkit.model.weights import Weights

if TYPE_CHECKING:
    from sketchkit.model.network import Network

__all__ = ["ENGINES", "MAX_NUMPY_DRAWINGS", "Engine", "Engines", "Inference"]

logger = logging.getLogger("sketchkit")

#: Engine of a model. `auto` selects TensorFlow for more than `MAX_NUMPY_DRAWINGS` drawings if it is installed, and
#: otherwise NumPy.
Engine = Literal["auto", "numpy", "tensorflow"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

#: Number of drawings up to which `auto` selects NumPy. The choice depends on the request alone, so that a program gives
#: the same drawings each time. Up to this number, NumPy needs less time than the import of TensorFlow and the
#: compilation of the network.
MAX_NUMPY_DRAWINGS = 256

#: Lock for the creation of networks.
_creation_lock = threading.RLock()


class Inference(Protocol):
    """What an engine computes; see `sketchkit.model.inference.BatchedInference` for the arguments."""

    def encode(self, drawings: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the means and log-variances of drawings, each (n, z_size)."""

    def draw(
        self,
        codes: NDArray[np.float32] | None,
        noise: NDArray[np.float32],
        scales: TemperatureScales,
        beginning: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Sample drawings, (n, steps, 5)."""

    def mixture(self, drawing: NDArray[np.float32], code: NDArray[np.float32] | None, scale: float) -> MixtureDensity:
        """Return the density of the next point after every row of a drawing."""


class Engines:
    """The weights of a model, and the engines that run it. An engine is created when it is first needed.

    Parameters
    ----------
    hparams : HParams
        Hyperparameters of the model.
    weights : dict of str to ndarray
        Checked weights, by the names in `sketchkit.model.weights`.

    Attributes
    ----------
    last : str or None
        Engine of the last request, `numpy` or `tensorflow`; None before the first one.
    """

    def __init__(self, hparams: HParams, weights: Weights) -> None:
        self._hparams = hparams
        self._weights = weights
        self._selected: Engine = "auto"
        self._network: Network | None = None
        self._weights_may_change = False
        self._numpy: NumpyInference | None = None
        self._tensorflow: Inference | None = None
        self.last: Engine | None = None

    @property
    def selected(self) -> Engine:
        """The engine for all requests, or `auto`.

        Raises
        ------
        ValueError
            If an unknown engine is assigned.
        """
        return self._selected

    @selected.setter
    def selected(self, engine: Engine) -> None:
        if engine not in ENGINES:
            raise ValueError(f"engine: expected {', '.join(ENGINES)}, got {engine!r}")
        self._selected = engine

    @property
    def weights(self) -> Weights:
        """The current weights by name, float32."""
        if self._network is not None and self._weights_may_change:
            self._weights = self._network.numpy_weights()
        return self._weights

    @property
    def network(self) -> Network:
        """The `keras.Model`. It can be trained, so after the first access both engines use its current weights."""
        with _creation_lock:
            self._weights_may_change = True
            return self._created_network()

    @property
    def numpy(self) -> NumpyInference:
        """The NumPy engine. If a network may have changed the weights, each access creates a new engine."""
        # This property does not take the lock, so that a small request need not wait while another thread imports
        # TensorFlow. Two threads may therefore each create an engine, with the same weights.
        engine = self._numpy
        if engine is None or self._weights_may_change:
            engine = self._numpy = NumpyInference(self._hparams, self.weights)
        return engine

    def inference(self, drawings: int) -> Inference:
        """Return the engine for a request.

        Parameters
        ----------
        drawings : int
            Number of drawings to encode or to sample.
        """
        engine = self._selected
        if engine == "auto":
            engine = "numpy" if drawings <= MAX_NUMPY_DRAWINGS or not has_tensorflow() else "tensorflow"
        self.last = engine
        logger.debug("%d drawing(s): %s", drawings, engine)
        return self.numpy if engine == "numpy" else self._tensorflow_inference()

    def _created_network(self) -> Network:
        if self._network is None:
            import_tensorflow()
            from sketchkit.model.network import Network

            self._network = Network(self._hparams, self._weights)
        return self._network

    def _tensorflow_inference(self) -> Inference:
        with _creation_lock:  # all threads share one network
            if self._tensorflow is None:
                # This imports TensorFlow with its messages hidden, so it comes before the next import.
                network = self._created_network()
                from sketchkit.model.inference import BatchedInference

                self._tensorflow = BatchedInference(network)
            return self._tensorflow

    def __getstate__(self) -> dict[str, Any]:
        # Copies and pickles contain the current weights; they create their own engines when needed.
        return {
            **self.__dict__,
            "_weights": self.weights,
            "_network": None,
            "_weights_may_change": False,
            "_numpy": None,
            "_tensorflow": None,
        }
