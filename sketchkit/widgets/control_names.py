"""Names of the controls of the widgets, from the table of their labels and translations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache

from sketchkit.suggest import did_you_mean
from sketchkit.widgets.export.bundle import STATIC

__all__ = ["check_control_names"]

#: Table that contains every label in English, and its translation.
LABELS = "ui/german.js"
#: Maximum number of characters of a suggested name. Longer strings of the table are tooltips and messages.
MAX_LENGTH = 30


def check_control_names(trait: str, names: Iterable[str], own: Iterable[str]) -> None:
    """Check names of controls that are hidden or locked.

    A name that belongs only to a control of another widget is accepted here; the page reports it.

    Parameters
    ----------
    trait : str
        Name of the trait, for the error message.
    names : iterable of str
        Names to check; case is ignored.
    own : iterable of str
        Names that are not labels, such as those of models.

    Raises
    ------
    ValueError
        If a name is neither a label nor a translation of one.
    """
    labels, pattern = _labels()
    known = {name.lower() for name in own}
    for name in names:
        wanted = name.strip().lower()
        if wanted not in known and not pattern.fullmatch(wanted):
            hint = did_you_mean(name, labels, "use the label or the tooltip of the control, as it is shown in the page")
            raise ValueError(f"{trait}: no control is named {name!r}; {hint}")


@cache
def _labels() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Return the labels that can be suggested, and a pattern that matches every string of the table in lower case."""
    string = r'"((?:[^"\\]|\\.)*)"'
    source = (STATIC / LABELS).read_text(encoding="utf-8")
    pairs = [[json.loads(f'"{text}"') for text in pair] for pair in re.findall(rf"{string}:\s*{string}", source)]
    labels = tuple(sorted(english for english, _ in pairs if "{" not in english and len(english) <= MAX_LENGTH))
    patterns = {re.sub(r"\\\{\w+\\\}", ".+", re.escape(text.lower())) for pair in pairs for text in pair}
    return labels, re.compile("|".join(sorted(patterns)))
