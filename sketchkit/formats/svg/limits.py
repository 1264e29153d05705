"""Limits for one SVG document, so that no document takes unbounded time or memory."""

from __future__ import annotations

__all__ = ["Budget"]

MAX_BYTES = 8 << 20
MAX_ELEMENTS = 20_000  # including each copy made by a `use` element
MAX_DEPTH = 100
MAX_POINTS = 50_000
MAX_SEGMENTS = 100_000  # segments of paths, including the paths of shapes that are skipped
MAX_READ = 1 << 20  # characters of path data, styles and transforms; each repetition of an element by `use` counts
MAX_VALUE = 2048  # characters of an attribute that is read, except path data
MAX_CSS = 1 << 16  # characters of style sheets
MAX_SELECTORS = 1 << 18  # characters of selectors after nested rules are expanded
MAX_TRIED = 1_000_000  # steps of matching CSS rules to elements
MAX_ENTITIES = 100
MAX_ENTITY = 2048  # characters of one entity
MAX_EXPANDED = 1 << 20  # characters after the expansion of entities
MAX_COORDINATE = 1e9


class Budget:
    """The amount of work that is still allowed; each piece of work is subtracted from this amount.

    Parameters
    ----------
    amount : int
    message : str
        Message of the ValueError that is raised when the amount is used up.
    """

    def __init__(self, amount: int, message: str) -> None:
        self.left = amount
        self.message = message

    def spend(self, amount: int) -> None:
        """Subtract an amount. Raise ValueError if less than this amount is left."""
        self.left -= amount
        if self.left < 0:
            raise ValueError(self.message)
