"""Tables as text."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

__all__ = ["terminal_width", "text_table"]

#: Width of tables that are not printed in a terminal, in characters.
DEFAULT_WIDTH = 100
GAP = "  "
MIN_WRAPPED = 16


def terminal_width() -> int:
    """Return the width of the terminal in characters, or `DEFAULT_WIDTH` if the output is not a terminal."""
    return shutil.get_terminal_size((DEFAULT_WIDTH, 0)).columns


def text_table(rows: Sequence[Sequence[str]], width: int | None = None, *, wrap: bool = False) -> list[str]:
    """Return the lines of a table with aligned columns, two spaces apart.

    Parameters
    ----------
    rows : sequence of sequence of str
        Cells of each row.
    width : int, optional
        Maximum number of characters of a line. Longer cells of the last column are shortened, with an ellipsis.
    wrap : bool
        Whether longer cells of the last column continue on the next lines instead. The column is at least
        `MIN_WRAPPED` wide.
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    if width is not None:
        room = width - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)
        widths[-1] = min(widths[-1], max(room, MIN_WRAPPED if wrap else 1))
        if wrap:
            rows = [line for row in rows for line in _wrapped(row, widths[-1])]
        rows = [[*row[:-1], row[-1] if len(row[-1]) <= widths[-1] else f"{row[-1][: widths[-1] - 1]}…"] for row in rows]
    return [GAP.join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows]


def _wrapped(row: Sequence[str], width: int) -> list[list[str]]:
    """Return a row, followed by rows that continue its last cell."""
    first, *others = textwrap.wrap(row[-1], width) or [""]
    return [[*row[:-1], first], *([*[""] * (len(row) - 1), other] for other in others)]
