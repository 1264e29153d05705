"""`HParams`: the hyperparameters of a model and its training, with the published names and defaults."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sketchkit.arguments import parse_bool
from sketchkit.parser_errors import as_value_error
from sketchkit.suggest import did_you_mean

__all__ = ["CELLS", "PEN_ROWS", "HParams", "PenRows", "parse_changes", "read_changes"]

CELLS = ("lstm", "layer_norm", "hyper")

#: Rows that contribute to the pen loss: `all`, including padding, as in the published training; `real`, points only, as
#: in the published evaluation; `first_end`, points and the row that marks the end of the drawing.
PenRows = Literal["all", "real", "first_end"]
PEN_ROWS: tuple[PenRows, ...] = get_args(PenRows)


@dataclass(frozen=True, kw_only=True)
class HParams:
    """Hyperparameters of a model and its training.

    The names and defaults are those of the published trainer, so its command lines remain valid. The hyperparameters
    `random_rotation`, `random_stroke_factor`, `freeze_encoder`, `skip_padding` and `tanh_code` are additions.

    Attributes
    ----------
    data_set : tuple of str
        Paths of `.npz` files, or names of datasets.
    num_steps : int
        Number of training steps.
    save_every : int
        Number of steps between validations. Each validation saves a checkpoint.
    max_seq_len : int
        N_max, the number of rows of a training batch. 0: the length of the longest drawing in the data.
    dec_rnn_size, enc_rnn_size : int
        Number of units of the decoder, and of each direction of the encoder.
    dec_model, enc_model : str
        Cell of the decoder and of the encoder: `lstm`, `layer_norm` or `hyper`.
    z_size : int
        Size of a latent code.
    kl_weight, kl_weight_start, kl_decay_rate : float
        Weight of the KL loss at step k: kl_weight - (kl_weight - kl_weight_start) * kl_decay_rate ** k.
    kl_tolerance : float
        Minimum of the KL loss in the training loss; a smaller KL loss is replaced by this value.
    batch_size : int
        Number of drawings in a training step.
    grad_clip : float
        Maximum absolute value of the elements of a gradient; larger elements are clipped.
    num_mixture : int
        Number of bivariate normals in the mixture.
    learning_rate, decay_rate, min_learning_rate : float
        Learning rate at step k: (learning_rate - min_learning_rate) * decay_rate ** k + min_learning_rate.
    use_recurrent_dropout, use_input_dropout, use_output_dropout : bool
        Whether to use dropout on the candidate values of the cells (decoder and encoder), on the input of the decoder,
        and on the output of the decoder.
    recurrent_dropout_prob, input_dropout_prob, output_dropout_prob : float
        Probability of KEEPING a unit, 0.001 <= p <= 1.
    random_scale_factor : float
        Augmentation: x and y are scaled by random factors from [1 - f, 1 + f].
    augment_stroke_prob : float
        Augmentation: probability of dropping a point inside a stroke.
    random_rotation : float
        Augmentation: each drawing is rotated by a random angle from [-a, a], in degrees, 0 <= a <= 180.
    random_stroke_factor : float
        Augmentation: each stroke is scaled about its center by a random factor from [1 - f, 1 + f], and moved by
        at most f times half the size of the drawing.
    conditional : bool
        Whether the model has an encoder and a latent code, in addition to the decoder.
    freeze_encoder : bool
        Whether to keep the encoder's weights constant, for fine-tuning.
    skip_padding : bool
        Whether to skip the padding after the row that marks the end of a drawing. Batches then contain drawings of
        similar length, the loops over rows stop at the end of the longest drawing, and the pen loss counts the points
        and the row that marks the end. Sums over rows are still divided by `max_seq_len`. False gives the published
        loss. A model trained with True has not learned to predict padding, so it should be evaluated with losses that
        exclude padding.
    tanh_code : bool
        Whether the decoder's initial state is computed from tanh(z) instead of z, as in the first published JavaScript
        models.

    Raises
    ------
    ValueError
        If a value has the wrong type or is out of range; the message names the hyperparameter.
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
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _convert(field.name, getattr(self, field.name)))
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
                raise ValueError(_unknown_value(f"{name}: unknown cell", getattr(self, name), CELLS))
        if not self.data_set:
            raise ValueError("data_set: expected at least one dataset, got an empty list")

    @property
    def pen_rows(self) -> PenRows:
        """Rows that contribute to the pen loss in training; one of `PEN_ROWS`."""
        return "first_end" if self.skip_padding else "all"

    def replace(self, changes: str | Mapping[str, Any] | None = "", **more: Any) -> HParams:
        """Return a copy with some values changed.

        Parameters
        ----------
        changes : str, mapping or None
            New values: a mapping, or a string in the syntax of the published trainer (`key=value,key=[a,b]`) or in
            JSON. None changes nothing.
        **more
            Further changes. They take precedence over `changes`.

        Raises
        ------
        ValueError
            If a name is unknown (the message suggests similar names), or a value has the wrong type or is out of range.
        """
        mapping = {**parse_changes(changes), **more}
        names = tuple(self.as_dict())
        for name in mapping:
            if name not in names:
                raise ValueError(_unknown_value("unknown hyperparameter", str(name)[:100], names))
        return dataclasses.replace(self, **mapping)

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-compatible dictionary; `HParams().replace(d)` is the inverse."""
        values = dataclasses.asdict(self)
        values["data_set"] = list(self.data_set)
        return values

    def diff(self, other: HParams | None = None) -> dict[str, Any]:
        """Return the values that differ from those of `other` (default: the published defaults), by name."""
        base = (other or HParams()).as_dict()
        return {name: value for name, value in self.as_dict().items() if value != base[name]}


def parse_changes(changes: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the argument `changes` of `HParams.replace` as a dictionary. Names and values are not validated.

    Raises
    ------
    ValueError
        If `changes` is neither a mapping nor a string in the syntax of the published trainer or in JSON.
    """
    if isinstance(changes, str):
        return _parse(changes)
    if changes is None or isinstance(changes, Mapping):
        return dict(changes or {})
    raise ValueError(f"hyperparameters: expected key=value or a mapping, got {_short_repr(changes)}")


def read_changes(path: str | Path) -> dict[str, Any]:
    """Return the hyperparameters in a YAML or JSON file, for the argument `changes` of `HParams.replace`.

    Names and values are not validated.

    Parameters
    ----------
    path : str or Path
        A `.yaml`, `.yml` or `.json` file with names and values of hyperparameters. If it has an entry `hparams`, like
        the `config.json` of a model folder and the `run.json` of a run directory, the values of this entry are
        returned.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file has another ending, is larger than 1 MB or invalid, or contains a name twice.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if path.suffix.lower() not in (".yaml", ".yml", ".json"):
        raise ValueError(f"expected a file of hyperparameters ending in .yaml, .yml or .json, got {path.name!r}")
    if path.stat().st_size > _MAX_FILE_BYTES:
        size = path.stat().st_size
        raise ValueError(f"{path}: expected hyperparameters of at most {_MAX_FILE_BYTES:,} bytes, got {size:,} bytes")
    with as_value_error(str(path), "not a file of hyperparameters"):
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            values = json.loads(text, object_pairs_hook=_unique_names)
        else:
            values = _parse_yaml(text)
    if isinstance(values, dict) and isinstance(values.get("hparams"), dict):
        values = values["hparams"]
    if not isinstance(values, dict):
        raise ValueError(
            f"{path}: expected names and values of hyperparameters, such as `z_size: 64`, got {_short_repr(values)}"
        )
    return values


_MAX_FILE_BYTES = 1_000_000
_TYPES = get_type_hints(HParams)
_TYPE_NAMES = {int: "a whole number", float: "a finite number", bool: "true or false", str: "a string"}


def _convert(name: str, value: Any) -> Any:
    """Convert a value, or a string that represents it, to the type of the hyperparameter `name`."""
    expected = _TYPES[name]
    if get_origin(expected) is tuple:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, (list, tuple)) and all(isinstance(item, get_args(expected)[0]) for item in items):
            return tuple(items)
        raise ValueError(f"{name}: expected a list of names, got {_short_repr(value)}")
    if expected is bool:
        if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
            return bool(value)
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                return parse_bool(value)
    elif isinstance(value, bool):
        pass
    elif expected is int:
        if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,30}", value):
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"[+-]?[\d.]{1,30}(e[+-]?\d{1,3})?", value.lower()):  # "1e4"
            with contextlib.suppress(ValueError, OverflowError):
                if float(value).is_integer():
                    return int(float(value))
    elif expected is float:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    elif isinstance(value, str):
        return value
    raise ValueError(f"{name}: expected {_TYPE_NAMES[expected]}, got {_short_repr(value)}")


def _short_repr(value: Any) -> str:
    """Return the repr of a value for an error message, truncated to 100 characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # raised for a number of more than 4,300 digits or for deeply nested lists
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= 100 else f"{text[:100]}..."


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        bounds = f"at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        shown = f"{value:g}" if abs(value) < 1e300 else _short_repr(value)
        raise ValueError(f"{name}: expected {bounds}, got {shown}")


def _unknown_value(problem: str, value: str, choices: tuple[str, ...]) -> str:
    return f"{problem} {value!r}; {did_you_mean(value, choices, 'expected one of ' + ', '.join(choices))}"


def _parse(text: str) -> dict[str, Any]:
    """Parse a JSON object, or `key=value,key=[a,b]`; in the latter, strip quotes and spaces around the values."""
    if text.lstrip().startswith("{"):
        try:
            mapping = json.loads(text, object_pairs_hook=_unique_names)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"hyperparameters: expected a JSON object, got {text[:40]!r} ({error})") from None
        return dict(mapping)
    pair = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(\[[^\]]*\]|[^,\[\]]*)\s*(?:,|$)")
    values: dict[str, Any] = {}
    position = 0
    while position < len(text.rstrip()):
        match = pair.match(text, position)
        if not match:
            raise ValueError(f"hyperparameters: expected key=value or key=[a,b] at {text[position : position + 40]!r}")
        name, value = match.groups()
        if name in values:
            raise ValueError(f"hyperparameters: {name} is given twice")
        if value.startswith("["):
            values[name] = [item for part in value[1:-1].split(",") if (item := part.strip(" '\""))]
        else:
            values[name] = value.strip(" '\"")
        if match.end() == position:
            break
        position = match.end()
    return values


def _unique_names(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return the pairs of a JSON object as a dictionary; raise ValueError if a name occurs twice."""
    values: dict[Any, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"{name} is given twice")
        values[name] = value
    return values


def _parse_yaml(text: str) -> Any:
    """Parse YAML with standard types; raise ValueError if it is invalid, has aliases, or has a name twice."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Loader that rejects aliases, because a small file can define a huge value with them."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError(f"line {self.peek_event().start_mark.line + 1}: aliases (*name) are not supported")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            return _unique_names(
                [(self.construct_object(k, True), self.construct_object(v, True)) for k, v in node.value]
            )

    try:
        return yaml.load(text, Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
