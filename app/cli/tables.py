"""Tables on a terminal: one line a row, and the numbers never cut."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.characters import one_line

NARROWEST = 100
"""Columns of characters where the output is no terminal, such as a file or a pipe."""


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], flexible: Sequence[str] = ()
) -> None:
    """Print rows; a ``flexible`` column is shortened where the line is too narrow for all."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        # Rich narrows the columns that may wrap first; their cells then shorten instead.
        table.add_column(column, no_wrap=column not in flexible)
    for row in rows:
        table.add_row(*(Text(one_line(cell), no_wrap=True, overflow="ellipsis") for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, NARROWEST))
    console.print(table)
