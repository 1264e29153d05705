"""Suggestions of similar names for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["hint"]


def hint(name: str, known: Iterable[str], fallback: str, *, max_names: int = 1, cutoff: float = 0.6) -> str:
    """Return a "did you mean ...?" suffix for an error message, or a fallback text.

    Parameters
    ----------
    name : str
        Unknown name.
    known : iterable of str
        Known names.
    fallback : str
        Text if no known name is similar, such as the list of all.
    max_names : int
        Maximum number of suggestions.
    cutoff : float
        Minimum similarity of a suggestion, 0 to 1; see `difflib.get_close_matches`.
    """
    similar = difflib.get_close_matches(name, list(known), n=max_names, cutoff=cutoff)
    return f"did you mean {' or '.join(map(repr, similar))}?" if similar else fallback
