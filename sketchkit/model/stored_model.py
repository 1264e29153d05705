"""`StoredModel`: the configuration, weights, card, folder and network of a model, and its losses on a dataset."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sketchkit.hparams import HParams, PenRows
from sketchkit.model.card import write_card
from sketchkit.model.classifier import Classifier
from sketchkit.model.config import ModelConfig
from sketchkit.model.engines import Engine, Engines, Inference
from sketchkit.model.exemplars import Exemplars
from sketchkit.model.model_folder import WeightType, read_folder, write_folder
from sketchkit.model.temperature import Sampling
from sketchkit.model.weights import Weights, check_weights, initial_weights

if TYPE_CHECKING:
    from sketchkit.data.dataset import Dataset
    from sketchkit.formats.npz import SplitName
    from sketchkit.model.network import Network

__all__ = ["StoredModel"]


class StoredModel:
    """Base class of `SketchRNN` with everything except encoding and drawing.

    Parameters
    ----------
    config : ModelConfig
        Hyperparameters and metadata.
    weights : dict of str to ndarray
        Weights, by the names in `sketchkit.model.weights`.
    exemplars : Exemplars, optional
        Codes of exemplars of each category.
    classifier : Classifier, optional
        Classifier of the categories.

    Raises
    ------
    ValueError
        If the weights do not match the hyperparameters.
    """

    def __init__(
        self,
        config: ModelConfig,
        weights: Weights,
        exemplars: Exemplars | None = None,
        classifier: Classifier | None = None,
    ) -> None:
        self.config = config
        self.exemplars = exemplars
        self.classifier = classifier
        self._engines = Engines(config.hparams, check_weights(weights, config.hparams, config.name))
        self._card = ""

    @classmethod
    def new(cls, hparams: HParams, scale_factor: float, *, seed: int = 0, name: str = "untrained") -> Self:
        """Create an untrained model. The hyperparameters and the seed determine its weights."""
        return cls(ModelConfig(hparams, scale_factor, name), initial_weights(hparams, seed))

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Read a model folder; raises the errors of `sketchkit.model.model_folder.read_folder`."""
        config, weights = read_folder(folder)
        folder = Path(folder)
        exemplars = Exemplars.load(folder, config.categories, config.hparams.z_size)
        model = cls(config, weights, exemplars, Classifier.load(folder, len(config.categories)))
        card = folder / "README.md"
        if card.is_file():
            model._card = card.read_text(encoding="utf-8", errors="replace")
        return model

    def save(self, folder: str | Path, *, dtype: WeightType = "float32", card: str | None = None) -> Path:
        """Write a model folder; `sketchkit.model.model_folder` lists its files.

        Parameters
        ----------
        folder : str or Path
            Path of the folder. An existing model folder is replaced.
        dtype : str
            Type of the saved weights: `float32`, or `float16` for half the size.
        card : str, optional
            Model card, Markdown. Default: `self.card`.

        Returns
        -------
        Path
            The path of the folder.

        Raises
        ------
        FileExistsError, OSError, ValueError
            See `sketchkit.model.model_folder.write_folder`. The existing folder is left unchanged.
        """
        return write_folder(
            self.config,
            self.weights,
            card or self.card,
            folder,
            dtype=dtype,
            exemplars=self.exemplars,
            classifier=self.classifier,
        )

    # Properties -----------------------------------------------------------------------------------

    @property
    def hparams(self) -> HParams:
        """The hyperparameters."""
        return self.config.hparams

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.config.name

    @property
    def categories(self) -> tuple[str, ...]:
        """The names of the categories that the model draws."""
        return self.config.categories

    @property
    def scale_factor(self) -> float:
        """Data units per model unit."""
        return self.config.scale_factor

    @property
    def sampling(self) -> Sampling:
        """The recommended sampling settings, the defaults of `decode`, `generate` and `complete`."""
        return self.config.sampling

    @property
    def conditional(self) -> bool:
        """Whether the model has an encoder and a latent code."""
        return self.hparams.conditional

    @property
    def z_size(self) -> int:
        """Size of a latent code; 0 for an unconditional model."""
        return self.hparams.z_size if self.conditional else 0

    @property
    def card(self) -> str:
        """The model card, as Markdown: README.md of the model folder, or a card generated from the configuration."""
        return self._card or write_card(self.config)

    @card.setter
    def card(self, text: str) -> None:
        self._card = text

    @property
    def weights(self) -> Weights:
        """All weights by name, float32."""
        return self._engines.weights

    @property
    def network(self) -> Network:
        """The `keras.Model`. The first access creates it, and imports TensorFlow."""
        return self._engines.network

    @property
    def engine(self) -> Engine:
        """The engine that encodes and draws: `numpy`, `tensorflow`, or `auto` (the default).

        `auto` selects TensorFlow for more than 256 drawings if it is installed, and otherwise NumPy. The results of the
        two engines differ by rounding, which rarely changes a drawing.
        """
        return self._engines.selected

    @engine.setter
    def engine(self, engine: Engine) -> None:
        self._engines.selected = engine

    @property
    def last_engine(self) -> Engine | None:
        """The engine of the last request, `numpy` or `tensorflow`; None before the first one."""
        return self._engines.last

    def _inference(self, drawings: int) -> Inference:
        """Return the engine for a request that encodes or draws this number of drawings."""
        return self._engines.inference(drawings)

    def losses(
        self, dataset: Dataset, split: SplitName = "test", *, pen_rows: PenRows | None = None, seed: int = 0
    ) -> dict[str, float]:
        """Return the mean losses on a split of a dataset; each drawing counts once.

        The drawings are scaled by the model's scale factor and padded to its `max_seq_len`. Longer drawings are
        skipped.

        Parameters
        ----------
        dataset : Dataset
            Dataset to evaluate on.
        split : str
            Split of the dataset: `train`, `valid` or `test`.
        pen_rows : str, optional
            Rows that contribute to the pen loss: `all` (all `max_seq_len` rows, as in sketch-rnn's training), `real`
            (points only, as in sketch-rnn's evaluation), or `first_end` (points and the row that marks the end).
            Default: the rows counted in the training of the model.
        seed : int
            Seed of the latent codes' noise.

        Returns
        -------
        dict
            `recon`, `kl`, `loss` (recon + kl_weight * kl) and `drawings`, the number of drawings.

        Raises
        ------
        ValueError
            If the split contains no drawing.
        """
        from sketchkit.model.evaluation import evaluate

        batches = dataset.iter_batches(
            split,
            self.hparams.batch_size,
            max_seq_len=self.hparams.max_seq_len,
            scale_factor=self.scale_factor,
        )
        result = evaluate(self.network, batches, pen_rows=pen_rows, seed=seed)
        return {**result, "loss": result["recon"] + self.hparams.kl_weight * result["kl"]}

    def __getstate__(self) -> dict[str, Any]:
        # `copy.copy` also copies the engines, so that the copy of a model has its own network.
        return {**self.__dict__, "_engines": copy(self._engines)}

    def __repr__(self) -> str:
        h = self.hparams
        if self.conditional:
            shape = f"{h.enc_model} {h.enc_rnn_size} → z {h.z_size} → {h.dec_model} {h.dec_rnn_size}"
        else:
            shape = f"decoder only, {h.dec_model} {h.dec_rnn_size}"
        return f"SketchRNN({self.name!r}, {shape}, up to {h.max_seq_len} points)"
