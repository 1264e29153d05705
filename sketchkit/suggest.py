"""What was meant by a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["hint"]


def hint(given: str, known: Iterable[str], otherwise: str, *, most: int = 1, cutoff: float = 0.6) -> str:
    """Return the end of an error's sentence: the names that are near, or else what to say instead.

    Parameters
    ----------
    given : str
    known : iterable of str
    otherwise : str
        For when none is near, such as the list of all.
    most : int
        Names to suggest, at most.
    cutoff : float
        How near they have to be, 0 to 1; see `difflib.get_close_matches`.
    """
    near = difflib.get_close_matches(given, list(known), n=most, cutoff=cutoff)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else otherwise
