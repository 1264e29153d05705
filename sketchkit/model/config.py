"""`ModelConfig`: the hyperparameters and metadata of a model, stored in `config.json`."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from sketchkit.hparams import HParams
from sketchkit.model.code_distribution import CodeDistribution
from sketchkit.model.temperature import Sampling

__all__ = ["FORMAT", "ModelConfig"]

FORMAT, VERSION = "sketchkit-model", 1
#: The items of a list of numbers in indented JSON; `ModelConfig.as_json` joins them to one line.
NUMBERS = re.compile(r"(?<=\[)\s+[-\d.e]+(,\s+[-\d.e]+)*\s+(?=\])")


@dataclass(frozen=True)
class ModelConfig:
    """The content of `config.json`.

    Attributes
    ----------
    hparams : HParams
        Hyperparameters. `max_seq_len` is the number of points of the longest training drawing, at least 1.
    scale_factor : float
        Data units per model unit, > 0.
    name : str
        Name of the model.
    categories : tuple of str
        Names of the categories that the model draws.
    training : dict
        Training record (step, seed, data, losses), for users. The model does not read it.
    drawing_size : float or None
        Median of the longer side of the training drawings, in data units, > 0. None if unknown.
    sampling : Sampling
        Recommended sampling settings.
    codes : CodeDistribution or None
        Distribution of the codes of the training drawings. None if unknown, or if the model has no encoder.

    Raises
    ------
    ValueError
        If a value is out of range.
    """

    hparams: HParams
    scale_factor: float
    name: str = "model"
    categories: tuple[str, ...] = ()
    training: dict[str, Any] = field(default_factory=dict)
    drawing_size: float | None = None
    sampling: Sampling = field(default_factory=Sampling)
    codes: CodeDistribution | None = None

    def __post_init__(self) -> None:
        if not _is_positive(self.scale_factor):
            raise ValueError(f"scale_factor: expected a finite number > 0, got {self.scale_factor!r:.40}")
        object.__setattr__(self, "scale_factor", float(self.scale_factor))
        if self.drawing_size is not None and not _is_positive(self.drawing_size):
            raise ValueError(f"drawing_size: expected a finite number > 0, got {self.drawing_size!r}")
        if self.hparams.max_seq_len < 1:
            raise ValueError("max_seq_len: expected the number of points of the longest drawing (at least 1), got 0")

    def as_json(self) -> str:
        """Return the text of `config.json`."""
        codes = {} if self.codes is None else {"codes": self.codes.as_json()}
        text = json.dumps(
            {
                "format": FORMAT,
                "version": VERSION,
                "name": self.name,
                "classes": list(self.categories),
                "scale_factor": self.scale_factor,
                "drawing_size": self.drawing_size,
                "sampling": self.sampling.as_json(),
                **codes,
                "hparams": self.hparams.as_dict(),
                "training": self.training,
            },
            indent=2,
        )
        return NUMBERS.sub(lambda numbers: " ".join(numbers[0].split()), text)

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Parse the text of `config.json`.

        Raises
        ------
        ValueError
            If the text is not a valid configuration; the message names the key.
        """
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("expected a JSON object, got lists or objects nested too deeply") from None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError(f'expected "format": "{FORMAT}"')
        if data.get("version") != VERSION:
            raise ValueError(f"expected version {VERSION}, got {data.get('version')!r:.40}")
        for key, expected_type in (
            ("hparams", dict),
            ("scale_factor", (int, float)),
            ("name", str),
            ("classes", list),
        ):
            if not isinstance(data.get(key), expected_type) or isinstance(data.get(key), bool):
                raise ValueError(f"key {key!r} is missing or has the wrong type")
        if not all(isinstance(item, str) for item in data["classes"]):
            raise ValueError("key 'classes': expected a list of names")
        training = data.get("training", {})
        training = training if isinstance(training, dict) else {}
        size = data.get("drawing_size", _recorded_size(training))
        hparams = HParams().replace(data["hparams"])
        codes = data.get("codes")
        return cls(
            hparams,
            data["scale_factor"],
            data["name"],
            tuple(data["classes"]),
            training,
            size,
            Sampling.from_json(data["sampling"]) if "sampling" in data else Sampling(),
            None if codes is None else CodeDistribution.from_json(codes, hparams.z_size if hparams.conditional else 0),
        )


def _is_positive(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 < value <= sys.float_info.max  # an int may be too large for a float


def _recorded_size(training: dict[str, Any]) -> float | None:
    """Return the drawing size that version 0.1 stored in the training record, or None."""
    record = training.get("data")
    size = record.get("size") if isinstance(record, dict) else None
    return float(size) if size is not None and _is_positive(size) else None
