"""Points of a sweep: sets of parameters from a grid, a file or random sampling, checked against the notebook.

A name in a point is either a parameter of the notebook or a hyperparameter. Hyperparameters are merged into the
notebook's parameter `hparams`.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import itertools
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from sketchkit.hparams import HParams, parse_changes
from sketchkit.suggest import did_you_mean

__all__ = [
    "Distribution",
    "Values",
    "grid_search",
    "notebook_parameters",
    "parse_range",
    "parse_value",
    "parse_values",
    "random_search",
    "read_points",
    "resolve_parameters",
    "to_json_value",
    "trial_name",
]

#: Largest finite float. `abs(x) <= LARGEST` is false for NaN, infinity and larger integers.
LARGEST = sys.float_info.max

#: Parameters by name, with values of JSON types.
Values = dict[str, Any]
#: Distribution of a parameter: (low, high), (low, high, "log") or a list of choices.
Distribution = tuple[float, float] | tuple[float, float, str] | Sequence[Any]

#: Maximum number of points in a sweep.
MAX_POINTS = 10_000
#: Maximum size, in bytes, of a notebook or a file of points.
MAX_FILE_BYTES = 50_000_000


def to_json_value(name: str, value: Any) -> Any:
    """Convert a value to JSON types: NumPy values to Python numbers and lists, paths to strings, tuples to lists.

    Raises
    ------
    ValueError
        If the value has another type; the message names the parameter.
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [to_json_value(name, item) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: to_json_value(name, item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"{name}: expected a number, a string, a path or a list of these, got {value!r}")


def grid_search(grid: Mapping[str, Sequence[Any]]) -> list[Values]:
    """Return all combinations of the values in a grid. The values of the last name change fastest.

    Raises
    ------
    ValueError
        If a name has no values, or there are too many points.
    """
    for name, values in grid.items():
        is_list = values.ndim > 0 if isinstance(values, np.ndarray) else isinstance(values, Sequence)
        if not is_list or isinstance(values, (str, bytes)) or not len(values):
            raise ValueError(f"{name}: expected a list of values, got {values!r}")
    grid = {name: [to_json_value(name, value) for value in values] for name, values in grid.items()}
    count = math.prod(len(values) for values in grid.values())
    if count > MAX_POINTS:
        raise ValueError(f"the grid has {count:,} points; at most {MAX_POINTS:,} are allowed")
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())] if grid else []


def random_search(ranges: Mapping[str, Distribution], count: int, seed: int = 0) -> list[Values]:
    """Return random points.

    Parameters
    ----------
    ranges : mapping
        Distribution of each name: `(low, high)` is uniform, over integers if both ends are integers;
        `(low, high, "log")` is log-uniform; a list is sampled uniformly.
    count : int
        Number of points, 1 to 10,000. A larger count with the same seed gives the same points, followed
        by new ones.
    seed : int
        Seed of the random numbers.

    Raises
    ------
    ValueError
        If a range is invalid, or `count` is out of range.
    """
    if not 1 <= count <= MAX_POINTS:
        raise ValueError(f"count: expected 1 to {MAX_POINTS:,}, got {count}")
    rng = np.random.default_rng(seed)
    return [
        {name: _sample_value(name, distribution, rng) for name, distribution in ranges.items()} for _ in range(count)
    ]


def _sample_value(name: str, spec: Any, rng: np.random.Generator) -> Any:
    if isinstance(spec, np.ndarray):
        spec = spec.tolist()
    if isinstance(spec, tuple):
        spec = tuple(to_json_value(name, item) for item in spec)
    if isinstance(spec, list) and spec:
        return to_json_value(name, spec[int(rng.integers(len(spec)))])
    ends = spec[:2] if isinstance(spec, tuple) and len(spec) in (2, 3) and spec[2:] in ((), ("log",)) else ()
    if len(ends) != 2 or not all(isinstance(e, (int, float)) and abs(e) <= LARGEST for e in ends) or ends[0] > ends[1]:
        raise ValueError(f'{name}: expected (low, high), (low, high, "log") or a list of choices, got {spec!r}')
    low, high = ends
    is_integer = all(isinstance(end, int) for end in ends)
    if spec[2:]:
        if low <= 0:
            raise ValueError(f"{name}: expected positive bounds for a log-uniform range, got {spec!r}")
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        return min(max(round(value), low), high) if is_integer else float(f"{value:.4g}")
    return int(rng.integers(low, high + 1)) if is_integer else float(f"{rng.uniform(low, high):.4g}")


def read_points(path: str | Path) -> list[Values]:
    """Read points from a `.json` file (a list of objects) or a `.csv` file (with the names in the first line).

    An empty field in a CSV file stands for the value in the notebook.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist or is invalid.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if path.stat().st_size > MAX_FILE_BYTES:
        size = path.stat().st_size
        raise ValueError(f"{path}: expected a list of points of at most {MAX_FILE_BYTES:,} bytes, got {size:,} bytes")
    points: list[Any]
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            rows = csv.DictReader(text.splitlines(), strict=True)
            points = []
            for number, row in enumerate(rows, 2):
                if None in row or None in row.values():
                    raise ValueError(f"line {number} has {'more' if None in row else 'fewer'} fields than names")
                points.append({name: parse_value(value) for name, value in row.items() if value.strip()})
        else:
            points = json.loads(text)
    except (ValueError, csv.Error, RecursionError) as error:
        raise ValueError(f"{path}: not a list of points ({error})") from None
    if not isinstance(points, list) or not points or not all(isinstance(point, dict) for point in points):
        expected = 'a list of sets of parameters, such as [{"learning_rate": 0.001}]'
        given = f"a list of {len(points)} items" if isinstance(points, list) else type(points).__name__
        raise ValueError(f"{path}: expected {expected}, got {given}")
    if len(points) > MAX_POINTS:
        raise ValueError(f"{path}: found {len(points):,} points; at most {MAX_POINTS:,} are allowed")
    return points


def parse_value(text: str) -> Any:
    """Parse a value from the command line or a CSV file: a number, true or false, a list in brackets, or a string."""
    text = text.strip()
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.startswith("[") and text.endswith("]"):
        return [parse_value(part) for part in text[1:-1].split(",") if part.strip()]
    for number_type in (int, float):
        try:
            number = number_type(text)
        except ValueError:
            continue
        if abs(number) <= LARGEST:
            return number
    return text


def parse_values(text: str) -> list[Any]:
    """Parse comma-separated values. For example, `a,b,[c,d]` has three values, the last of which is a list."""
    return [parse_value(part) for part in re.findall(r"\[[^\]]*\]|[^,]+", text) if part.strip()]


def parse_range(text: str) -> Distribution:
    """Parse a range, `low..high` or `low..high:log`, or a list of choices, `a,b,c`."""
    match = re.fullmatch(r"(.+?)\.\.(.+?)(:log)?", text.strip())
    if not match:
        return parse_values(text)
    low, high, log = match.groups()
    return (parse_value(low), parse_value(high), *(["log"] if log else []))


def notebook_parameters(notebook: str | Path) -> Values:
    """Return the parameters of a notebook with their values; None for values that are not literals.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist, is not a notebook, or has no valid cell tagged `parameters`.
    """
    notebook = Path(notebook)
    if not notebook.is_file():
        raise FileNotFoundError(f"{notebook}: no such notebook")
    if notebook.stat().st_size > MAX_FILE_BYTES:
        size = notebook.stat().st_size
        raise ValueError(f"{notebook}: expected a notebook of at most {MAX_FILE_BYTES:,} bytes, got {size:,} bytes")
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
        source = "".join(tagged[0]["source"]) if tagged else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{notebook}: not a notebook ({type(error).__name__}: {error})") from None
    if source is None:
        raise ValueError(f"{notebook}: no cell is tagged `parameters`")
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # MemoryError if nested too deeply
        raise ValueError(f"{notebook}: the `parameters` cell is not valid Python ({error})") from None
    parameters: Values = {}
    for statement in body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name):
                    parameters[target.id] = _literal(statement.value)
    return parameters


def _literal(value: ast.expr | None) -> Any:
    """Return the value of a literal expression; None for other expressions."""
    try:
        return ast.literal_eval(value) if value is not None else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def resolve_parameters(values: Mapping[str, Any], known: Values, fixed: Mapping[str, Any]) -> Values:
    """Return the values that the notebook's parameters have at a point.

    Parameters
    ----------
    values : mapping
        Parameters and hyperparameters of the point, by name.
    known : mapping
        Parameters of the notebook, from `notebook_parameters`.
    fixed : mapping
        Parameters and hyperparameters that are the same for all points, by name.

    Raises
    ------
    ValueError
        If a name is neither a parameter nor a hyperparameter, or a value has the wrong type.
    """
    requested = {**fixed, **values}
    if "run" in requested:
        raise ValueError("run: a sweep sets the run directory of every point; omit this parameter")
    resolved, settings = {}, {}
    names = tuple(HParams().as_dict())
    for name, value in requested.items():
        if name in known:
            resolved[name] = _check_type(name, value, known[name])
        elif name in names and "hparams" in known:
            settings[name] = value
        else:
            unknown = "neither a parameter of the notebook nor a hyperparameter"
            reason = unknown if "hparams" in known else "not a parameter of the notebook, which has no hparams"
            parameters = f"its parameters are {', '.join(known)}"
            raise ValueError(f"{name!r} is {reason}; {did_you_mean(name, [*known, *names], parameters)}")
    if "hparams" in known:
        base = resolved.get("hparams", known["hparams"]) or ""
        HParams().replace(base, **settings)  # invalid values raise an error before the sweep starts
        if settings:
            resolved["hparams"] = {**base, **settings} if isinstance(base, dict) else _merge_settings(base, settings)
    return resolved


def trial_name(values: Mapping[str, Any]) -> str:
    """Return a readable folder name for a point, which differs from those of other points."""
    text = "-".join(f"{name}={_format_value(value)}" for name, value in values.items()) or "as-it-is"
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:6]
    return f"{re.sub(r'[^A-Za-z0-9_.=+-]+', '_', text)[:80]}-{digest}"


def _check_type(name: str, value: Any, default: Any) -> Any:
    """Return a value; raise ValueError if its type does not match the notebook's default.

    If the default is a bool, only a bool matches; if it is a number, only a number. Other defaults match any value.
    """
    is_bool, is_number = isinstance(default, bool), isinstance(value, (int, float))
    if isinstance(default, (int, float)) and (not is_number or isinstance(value, bool) != is_bool):
        raise ValueError(f"{name}: expected a value like the notebook's {default!r}, got {value!r}")
    return value


def _merge_settings(base: str, settings: Values) -> str:
    """Return a string of hyperparameters in which some values are replaced or added."""
    return ",".join(f"{name}={_format_value(value)}" for name, value in {**parse_changes(base), **settings}.items())


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{','.join(map(_format_value, value))}]" if isinstance(value, (list, tuple)) else str(value)
