"""The points of a sweep: sets of parameters from a grid, a file, or ranges by chance, checked against the notebook.

A name is a parameter of the notebook, or else a hyperparameter, which goes into the notebook's parameter `hparams`.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import itertools
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from sketchkit.hparams import HParams
from sketchkit.suggest import hint

__all__ = [
    "grid_points",
    "name_of",
    "notebook_parameters",
    "parameters_of",
    "plain",
    "random_points",
    "range_of",
    "read_points",
    "value_of",
    "values_of",
]

Values = dict[str, Any]

#: More points than this are taken for a slip.
MOST_POINTS = 10_000
#: A notebook or a file of points is not read if it is larger than this, in bytes.
LARGEST = 50_000_000


def plain(name: str, value: Any) -> Any:
    """Return a value as JSON and a notebook can hold it: numbers of NumPy as Python's, paths as text, tuples as lists.

    Raises
    ------
    ValueError
        If it is of another type, naming the parameter.
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(name, each) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain(name, each) for key, each in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ValueError(f"{name}: expected a number, text, a path or a list of them, got {value!r}")


def grid_points(grid: Mapping[str, Sequence[Any]]) -> list[Values]:
    """Return every combination of the values of each name, the last name's changing fastest.

    Raises
    ------
    ValueError
        If a name has no values, or there are too many points.
    """
    for name, values in grid.items():
        listed = values.ndim > 0 if isinstance(values, np.ndarray) else isinstance(values, Sequence)
        if not listed or isinstance(values, (str, bytes)) or not len(values):
            raise ValueError(f"{name}: expected a list of values, got {values!r}")
    grid = {name: [plain(name, value) for value in values] for name, values in grid.items()}
    count = math.prod(len(values) for values in grid.values())
    if count > MOST_POINTS:
        raise ValueError(f"a grid of {count:,} points; at most {MOST_POINTS:,} can be swept")
    return [dict(zip(grid, each, strict=True)) for each in itertools.product(*grid.values())] if grid else []


def random_points(ranges: Mapping[str, Any], count: int, seed: int = 0) -> list[Values]:
    """Return points drawn by chance.

    Parameters
    ----------
    ranges : mapping
        Of each name `(low, high)`, evenly from there, whole numbers if both ends are; `(low, high, "log")`, evenly in
        the logarithm; or a list to choose from.
    count : int
        The first points of a larger count are those of a smaller one.
    seed : int

    Raises
    ------
    ValueError
        If a range is not understood, or `count` is out of range.
    """
    if not 1 <= count <= MOST_POINTS:
        raise ValueError(f"count: expected 1 to {MOST_POINTS:,}, got {count}")
    chance = np.random.default_rng(seed)
    return [{name: _drawn(name, given, chance) for name, given in ranges.items()} for _ in range(count)]


def _drawn(name: str, given: Any, chance: np.random.Generator) -> Any:
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, tuple):
        given = tuple(plain(name, each) for each in given)
    if isinstance(given, list) and given:
        return plain(name, given[int(chance.integers(len(given)))])
    ends = given[:2] if isinstance(given, tuple) and len(given) in (2, 3) and given[2:] in ((), ("log",)) else ()
    if len(ends) != 2 or not all(isinstance(e, (int, float)) and math.isfinite(e) for e in ends) or ends[0] > ends[1]:
        raise ValueError(f'{name}: expected (low, high), (low, high, "log") or a list to choose from, got {given!r}')
    low, high = ends
    whole = all(isinstance(end, int) for end in ends)
    if given[2:]:
        if low <= 0:
            raise ValueError(f"{name}: expected a range above 0 to be even in the logarithm, got {given!r}")
        value = math.exp(chance.uniform(math.log(low), math.log(high)))
        return min(max(round(value), low), high) if whole else float(f"{value:.4g}")
    return int(chance.integers(low, high + 1)) if whole else float(f"{chance.uniform(low, high):.4g}")


def read_points(path: str | Path) -> list[Values]:
    """Read points from a `.json` file, a list of objects, or a `.csv` file with names in its first line.

    An empty field of a CSV file leaves a parameter as the notebook has it.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path}: {path.stat().st_size / 1e6:,.0f} MB is too large for a list of points")
    points: list[Any]
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            rows = csv.DictReader(text.splitlines(), strict=True)
            points = []
            for number, row in enumerate(rows, 2):
                if None in row or None in row.values():
                    raise ValueError(f"line {number} has {'more' if None in row else 'fewer'} fields than names")
                points.append({name: value_of(value) for name, value in row.items() if value.strip()})
        else:
            points = json.loads(text)
    except (ValueError, csv.Error, RecursionError) as error:
        raise ValueError(f"{path}: not a list of points ({error})") from None
    if not isinstance(points, list) or not points or not all(isinstance(point, dict) for point in points):
        raise ValueError(f'{path}: expected a list of sets of parameters, such as [{{"learning_rate": 0.001}}]')
    if len(points) > MOST_POINTS:
        raise ValueError(f"{path}: {len(points):,} points; at most {MOST_POINTS:,} can be swept")
    return points


def value_of(text: str) -> Any:
    """Return what a word on the command line or in a CSV file means: a number, true or false, a [list], or text."""
    text = text.strip()
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text.startswith("[") and text.endswith("]"):
        return [value_of(part) for part in text[1:-1].split(",") if part.strip()]
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    return text


def values_of(text: str) -> list[Any]:
    """Return the values of `a,b,[c,d]`: three, the last a list."""
    return [value_of(part) for part in re.findall(r"\[[^\]]*\]|[^,]+", text) if part.strip()]


def range_of(text: str) -> Any:
    """Return the range of `low..high` or `low..high:log`, or the values of `a,b,c` to choose from."""
    match = re.fullmatch(r"(.+?)\.\.(.+?)(:log)?", text.strip())
    if not match:
        return values_of(text)
    low, high, log = match.groups()
    return (value_of(low), value_of(high), *(["log"] if log else []))


def notebook_parameters(notebook: str | Path) -> Values:
    """Return the parameters of a notebook and their values there; None where that is more than a literal.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such notebook, it is none, or it has no cell tagged `parameters`.
    """
    notebook = Path(notebook)
    if not notebook.is_file():
        raise FileNotFoundError(f"{notebook}: no such notebook")
    if notebook.stat().st_size > LARGEST:
        raise ValueError(f"{notebook}: {notebook.stat().st_size / 1e6:,.0f} MB is too large for a notebook")
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
        source = "".join(tagged[0]["source"]) if tagged else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{notebook}: not a notebook ({type(error).__name__}: {error})") from None
    if source is None:
        raise ValueError(f"{notebook}: no cell is tagged `parameters`, so there is nothing to sweep over")
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # the last for what is nested too deeply
        raise ValueError(f"{notebook}: the `parameters` cell is not valid Python ({error})") from None
    found: Values = {}
    for line in body:
        if isinstance(line, (ast.Assign, ast.AnnAssign)):
            for target in line.targets if isinstance(line, ast.Assign) else [line.target]:
                if isinstance(target, ast.Name):
                    found[target.id] = _literal(line.value)
    return found


def _literal(value: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(value) if value is not None else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def parameters_of(values: Mapping[str, Any], known: Values, fixed: Mapping[str, Any]) -> Values:
    """Return the notebook's parameters for a point.

    Parameters
    ----------
    values : mapping
        The point: parameters and hyperparameters by name.
    known : mapping
        The notebook's parameters, from `notebook_parameters`.
    fixed : mapping
        The same for all points.

    Raises
    ------
    ValueError
        If a name is neither a parameter nor a hyperparameter, or a value is not of its kind.
    """
    given = {**fixed, **values}
    if "run" in given:
        raise ValueError("run: a sweep gives every point a run directory of its own; leave it out")
    asked, settings = {}, {}
    names = tuple(HParams().as_dict())
    for name, value in given.items():
        if name in known:
            asked[name] = _of_kind(name, value, known[name])
        elif name in names and "hparams" in known:
            settings[name] = value
        else:
            either = "neither a parameter of the notebook nor a hyperparameter"
            why = either if "hparams" in known else "not a parameter of the notebook, and it takes no hparams"
            parameters = f"its parameters are {', '.join(known)}"
            raise ValueError(f"{name!r} is {why}; {hint(name, [*known, *names], parameters)}")
    if "hparams" in known:
        base = asked.get("hparams", known["hparams"]) or ""
        HParams().updated(base, **settings)  # the values are looked at before anything runs
        if settings:
            asked["hparams"] = {**base, **settings} if isinstance(base, dict) else _text(base, settings)
    return asked


def name_of(values: Mapping[str, Any]) -> str:
    """Return the name of a point's folder: readable, and another for every other point."""
    told = "-".join(f"{name}={_word(value)}" for name, value in values.items()) or "as-it-is"
    stamp = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:6]
    return f"{re.sub(r'[^A-Za-z0-9_.=+-]+', '_', told)[:80]}-{stamp}"


def _of_kind(name: str, value: Any, default: Any) -> Any:
    """Return a value if a number stands for a number, and a switch for a switch; the notebook knows the rest."""
    switch, number = isinstance(default, bool), isinstance(value, (int, float))
    if isinstance(default, (int, float)) and (not number or isinstance(value, bool) != switch):
        raise ValueError(f"{name}: expected a value like the notebook's {default!r}, got {value!r}")
    return value


def _text(base: str, settings: Values) -> str:
    """Return hyperparameters as text; the last of a name counts."""
    return ",".join([*filter(None, [base.strip().rstrip(",")]), *(f"{n}={_word(v)}" for n, v in settings.items())])


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{','.join(map(_word, value))}]" if isinstance(value, (list, tuple)) else str(value)
