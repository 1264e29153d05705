"""`ModelConfig`: the hyperparameters and the description of a model, as `config.json` stores them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from sketchkit.hparams import HParams
from sketchkit.model.temperature import Sampling

__all__ = ["FORMAT", "ModelConfig"]

FORMAT, VERSION = "sketchkit-model", 1


@dataclass(frozen=True)
class ModelConfig:
    """What `config.json` holds.

    Attributes
    ----------
    hparams : HParams
        `max_seq_len` is the longest drawing seen in training, never 0.
    scale_factor : float
        Data units are model units times this; > 0.
    name : str
    classes : tuple of str
        What the model draws.
    training : dict
        Step, seed, data, losses: a record for people, not read back by the model.
    drawing_size : float or None
        Median of the longer side of the training drawings, in data units; > 0. None: not known.
    sampling : Sampling
        Recommended settings for drawing.
    """

    hparams: HParams
    scale_factor: float
    name: str = "model"
    classes: tuple[str, ...] = ()
    training: dict[str, Any] = field(default_factory=dict)
    drawing_size: float | None = None
    sampling: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        if not _is_positive(self.scale_factor):
            raise ValueError(f"scale_factor: expected a finite number > 0, got {self.scale_factor!r}")
        if self.drawing_size is not None and not _is_positive(self.drawing_size):
            raise ValueError(f"drawing_size: expected a finite number > 0, got {self.drawing_size!r}")
        if self.hparams.max_seq_len < 1:
            raise ValueError("max_seq_len: a model needs the length of its longest drawing, got 0")

    def as_json(self) -> str:
        """Return the text of `config.json`."""
        return json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "name": self.name,
                "classes": list(self.classes),
                "scale_factor": self.scale_factor,
                "drawing_size": self.drawing_size,
                "sampling": self.sampling.as_json(),
                "hparams": self.hparams.as_dict(),
                "training": self.training,
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read the text of `config.json`; a ValueError names the key that is wrong."""
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("expected a JSON object, got lists or objects nested too deeply") from None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError(f'expected "format": "{FORMAT}"')
        if data.get("version") != VERSION:
            raise ValueError(f"expected version {VERSION}, got {data.get('version')!r:.40}")
        for key, kind in (
            ("hparams", dict),
            ("scale_factor", (int, float)),
            ("name", str),
            ("classes", list),
        ):
            if not isinstance(data.get(key), kind) or isinstance(data.get(key), bool):
                raise ValueError(f"key {key!r} is missing or of the wrong type")
        if not all(isinstance(item, str) for item in data["classes"]):
            raise ValueError("key 'classes' must hold names")
        training = data.get("training", {})
        try:
            scale_factor = float(data["scale_factor"])
        except OverflowError:
            raise ValueError("scale_factor: expected a finite number > 0, got a larger one") from None
        training = training if isinstance(training, dict) else {}
        size = data.get("drawing_size", _recorded_size(training))
        return cls(
            HParams().updated(data["hparams"]),
            scale_factor,
            data["name"],
            tuple(data["classes"]),
            training,
            size,
            Sampling.from_json(data["sampling"]) if "sampling" in data else Sampling(),
        )


def _is_positive(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and value > 0


def _recorded_size(training: dict[str, Any]) -> float | None:
    """Return the size that version 0.1 kept in the training record, if there is one."""
    record = training.get("data")
    size = record.get("size") if isinstance(record, dict) else None
    return float(size) if size is not None and _is_positive(size) else None
