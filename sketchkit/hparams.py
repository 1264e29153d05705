"""Hyperparameters, under their published names and with their published defaults."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sketchkit.suggest import hint

__all__ = ["CELLS", "PEN_ROWS", "HParams", "PenRows", "parse_changes"]

CELLS = ("lstm", "layer_norm", "hyper")

#: Rows whose pen state is part of the reconstruction loss: `all`, padding too, as the published training counts;
#: `real` points only, as the published evaluation does; `first_end`, real points and the end row after them.
PenRows = Literal["all", "real", "first_end"]
PEN_ROWS: tuple[PenRows, ...] = get_args(PenRows)


@dataclass(frozen=True, kw_only=True)
class HParams:
    """The settings of a model and of its training.

    Names and defaults are those of the published trainer, so that a known command line still works;
    `random_rotation`, `random_stroke_factor`, `freeze_encoder`, `skip_padding` and `tanh_code` are new.

    Attributes
    ----------
    data_set : tuple of str
        `.npz` files or names of datasets.
    num_steps : int
        Training steps.
    save_every : int
        Steps between validations, each with a checkpoint.
    max_seq_len : int
        N_max, the rows of a training batch; 0 takes the longest drawing of the data.
    dec_rnn_size, enc_rnn_size : int
        Units of the decoder and of each direction of the encoder.
    dec_model, enc_model : str
        Cell: `lstm`, `layer_norm` or `hyper`.
    z_size : int
        Numbers in a latent code.
    kl_weight, kl_weight_start, kl_decay_rate : float
        Weight of the KL loss at step k: kl_weight - (kl_weight - kl_weight_start) * kl_decay_rate ** k.
    kl_tolerance : float
        The KL loss counts as at least this much.
    batch_size : int
        Drawings a step.
    grad_clip : float
        Each element of a gradient is clipped to ± this.
    num_mixture : int
        Bivariate normals in the mixture.
    learning_rate, decay_rate, min_learning_rate : float
        Rate at step k: (learning_rate - min_learning_rate) * decay_rate ** k + min_learning_rate.
    use_recurrent_dropout, use_input_dropout, use_output_dropout : bool
        Dropout on the candidate of the cells (decoder and encoder), on the decoder's input, on its output.
    recurrent_dropout_prob, input_dropout_prob, output_dropout_prob : float
        Probability to KEEP a unit, 0 < p <= 1.
    random_scale_factor : float
        Augmentation: x and y are stretched by factors from [1 - f, 1 + f].
    augment_stroke_prob : float
        Augmentation: chance to drop a point inside a stroke.
    random_rotation : float
        Augmentation: a drawing is turned by an angle from [-a, a], in degrees.
    random_stroke_factor : float
        Augmentation: each stroke is stretched about its middle by a factor from [1 - f, 1 + f], and moved by as much.
    conditional : bool
        Encoder, latent code and decoder; otherwise the decoder alone.
    freeze_encoder : bool
        Leave the encoder as it is; for a model that goes on learning.
    skip_padding : bool
        Leave out what follows the end of a drawing, in time and in loss: batches hold drawings of like length, the
        loops end with the longest of the batch, and the pen loss counts up to and including the first end row. Sums
        over rows are still divided by `max_seq_len`. False is the published loss; a model trained without padding has
        not learnt what comes after the end, so only losses that leave it out say something about it.
    tanh_code : bool
        Make the decoder's initial state from tanh(z) instead of z, as the first published JavaScript models do.

    Raises
    ------
    ValueError
        If a value has the wrong type or lies outside its range, naming the hyperparameter.
    """

    data_set: tuple[str, ...] = ("aaron_sheep.npz",)
    num_steps: int = 10_000_000
    save_every: int = 500
    max_seq_len: int = 0
    dec_rnn_size: int = 512
    dec_model: str = "lstm"
    enc_rnn_size: int = 256
    enc_model: str = "lstm"
    z_size: int = 128
    kl_weight: float = 0.5
    kl_weight_start: float = 0.01
    kl_tolerance: float = 0.2
    batch_size: int = 100
    grad_clip: float = 1.0
    num_mixture: int = 20
    learning_rate: float = 0.001
    decay_rate: float = 0.9999
    kl_decay_rate: float = 0.99995
    min_learning_rate: float = 0.00001
    use_recurrent_dropout: bool = True
    recurrent_dropout_prob: float = 0.9
    use_input_dropout: bool = False
    input_dropout_prob: float = 0.9
    use_output_dropout: bool = False
    output_dropout_prob: float = 0.9
    random_scale_factor: float = 0.15
    augment_stroke_prob: float = 0.1
    random_rotation: float = 0.0
    random_stroke_factor: float = 0.0
    conditional: bool = True
    freeze_encoder: bool = False
    skip_padding: bool = False
    tanh_code: bool = False

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            object.__setattr__(self, each.name, _typed(each.name, getattr(self, each.name)))
        for name in ("dec_rnn_size", "enc_rnn_size", "z_size", "batch_size", "num_mixture", "save_every"):
            _require(name, getattr(self, name), 1, 1 << 20)
        _require("num_steps", self.num_steps, 0, 1 << 62)
        _require("max_seq_len", self.max_seq_len, 0, 1 << 20)
        for name in ("kl_weight", "kl_weight_start", "kl_tolerance", "learning_rate", "min_learning_rate"):
            _require(name, getattr(self, name), 0, math.inf)
        for name in (
            "decay_rate",
            "kl_decay_rate",
            "augment_stroke_prob",
            "random_scale_factor",
            "random_stroke_factor",
        ):
            _require(name, getattr(self, name), 0, 1)
        _require("random_rotation", self.random_rotation, 0, 180)
        for name in ("recurrent_dropout_prob", "input_dropout_prob", "output_dropout_prob"):
            _require(name, getattr(self, name), 1e-3, 1)
        _require("grad_clip", self.grad_clip, 1e-12, math.inf)
        for name in ("dec_model", "enc_model"):
            if getattr(self, name) not in CELLS:
                raise ValueError(_unknown(f"{name}: unknown cell", getattr(self, name), CELLS))
        if not self.data_set:
            raise ValueError("data_set: expected at least one dataset, got an empty list")

    @property
    def pen_rows(self) -> PenRows:
        """Rows on which training counts the pen loss; one of `PEN_ROWS`."""
        return "first_end" if self.skip_padding else "all"

    def updated(self, changes: str | Mapping[str, Any] | None = "", **more: Any) -> HParams:
        """Return these hyperparameters with some changed.

        Parameters
        ----------
        changes : str or mapping
            A mapping, or text: the original's syntax `key=value,key=[a,b]`, or a JSON object. None changes nothing.
        **more
            Further changes, which take precedence.

        Raises
        ------
        ValueError
            If a name is unknown (the nearest is suggested), or a value has the wrong type or range.
        """
        mapping = {**parse_changes(changes), **more}
        names = tuple(self.as_dict())
        for name in mapping:
            if name not in names:
                raise ValueError(_unknown("unknown hyperparameter", str(name)[:100], names))
        return dataclasses.replace(self, **mapping)

    @classmethod
    def parse(cls, text: str) -> HParams:
        """Return the defaults changed by text such as `dec_rnn_size=256,data_set=[cat.npz,dog.npz]`."""
        return cls().updated(text)

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that JSON can hold; `HParams().updated(d)` reads it back."""
        values = dataclasses.asdict(self)
        values["data_set"] = list(self.data_set)
        return values

    def differing(self, other: HParams | None = None) -> dict[str, Any]:
        """Return the hyperparameters whose values differ from another's (default: the published ones)."""
        base = (other or HParams()).as_dict()
        return {name: value for name, value in self.as_dict().items() if value != base[name]}


def parse_changes(changes: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """Return changes to hyperparameters by name; see `HParams.updated`. Names and values are not checked.

    Raises
    ------
    ValueError
        If it is neither a mapping nor text in the original's syntax or in JSON.
    """
    if isinstance(changes, str):
        return _parse(changes)
    if changes is None or isinstance(changes, Mapping):
        return dict(changes or {})
    raise ValueError(f"hyperparameters: expected key=value or a mapping, got {_shown(changes)}")


_TYPES = get_type_hints(HParams)
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


def _typed(name: str, value: Any) -> Any:
    """Return `value` as the type of hyperparameter `name`, from itself or from text."""
    kind = _TYPES[name]
    if get_origin(kind) is tuple:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, (list, tuple)) and all(isinstance(item, get_args(kind)[0]) for item in items):
            return tuple(items)
        raise ValueError(f"{name}: expected a list of names, got {_shown(value)}")
    if kind is bool:
        if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
            return bool(value)
        if isinstance(value, str) and value.lower() in _TRUE + _FALSE:
            return value.lower() in _TRUE
    elif isinstance(value, bool):
        pass
    elif kind is int:
        if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,30}", value):
            return int(value)
    elif kind is float:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    elif isinstance(value, str):
        return value
    raise ValueError(f"{name}: expected {kind.__name__}, got {_shown(value)}")


def _shown(value: Any) -> str:
    """Return a value for an error message, cut where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # numbers of more than 4,300 digits, lists nested too deeply
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= 100 else f"{text[:100]}..."


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        bounds = f"at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        shown = f"{value:g}" if abs(value) < 1e300 else _shown(value)
        raise ValueError(f"{name}: expected {bounds}, got {shown}")


def _unknown(what: str, given: str, known: tuple[str, ...]) -> str:
    return f"{what} {given!r}; {hint(given, known, 'known are ' + ', '.join(known))}"


def _parse(text: str) -> dict[str, Any]:
    """Parse `key=value,key=[a,b]`, whose values stay text without quotes and white space around them, or JSON."""
    if text.lstrip().startswith("{"):
        try:
            mapping = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"hyperparameters: expected a JSON object, got {text[:40]!r} ({error})") from None
        return dict(mapping)
    pair = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(\[[^\]]*\]|[^,\[\]]*)\s*(?:,|$)")
    values: dict[str, Any] = {}
    at = 0
    while at < len(text.rstrip()):
        match = pair.match(text, at)
        if not match:
            raise ValueError(f"hyperparameters: expected key=value or key=[a,b] at {text[at : at + 40]!r}")
        name, value = match.groups()
        if value.startswith("["):
            values[name] = [item for part in value[1:-1].split(",") if (item := part.strip(" '\""))]
        else:
            values[name] = value.strip(" '\"")
        if match.end() == at:
            break
        at = match.end()
    return values
