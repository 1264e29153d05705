"""Suggestions of similar names, and lists of names, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean", "listed"]

#: Names are suggested together if their similarities differ by at most this number.
TIE = 0.05
#: Maximum number of names in a list.
MAX_LISTED = 30


def did_you_mean(name: str, known: Iterable[str], fallback: str, *, max_names: int = 1, cutoff: float = 0.6) -> str:
    """Return a "did you mean ...?" suffix for an error message, or `fallback`.

    Parameters
    ----------
    name : str
        Unknown name.
    known : iterable of str
        Known names.
    fallback : str
        Suffix if no known name is similar, such as a list of all names.
    max_names : int
        Maximum number of suggestions: the most similar name, and those that are about as similar.
    cutoff : float
        Minimum similarity of a suggestion, 0 to 1; see `difflib.get_close_matches`.
    """
    names = list(known)
    similar = difflib.get_close_matches(name, names, n=max(len(names), 1), cutoff=cutoff)
    if not similar:
        return fallback
    similarity = {candidate: _similarity(name, candidate) for candidate in similar}
    nearest = [each for each in similar if similarity[each] >= max(similarity.values()) - TIE]
    nearest.sort(key=lambda candidate: similarity[candidate], reverse=True)
    return f"did you mean {' or '.join(map(repr, nearest[:max_names]))}?"


def listed(names: Iterable[str]) -> str:
    """Return at most `MAX_LISTED` names, separated by commas, and the number of further names."""
    known = list(names)
    more = f" and {len(known) - MAX_LISTED:,} more" if len(known) > MAX_LISTED else ""
    return ", ".join(known[:MAX_LISTED]) + more


def _similarity(name: str, candidate: str) -> float:
    """Return the mean of two similarities: that of the strings, and that of their sorted letters.

    difflib alone rates swapped letters as a large difference: it prefers "circle" to "bicycle" for "bycicle".
    """
    pairs = ((name, candidate), (sorted(name), sorted(candidate)))
    return sum(difflib.SequenceMatcher(None, b, a).ratio() for a, b in pairs) / len(pairs)
