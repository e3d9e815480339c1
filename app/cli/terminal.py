"""Words on a terminal: texts of films and people are shown as they are, and steer nothing.

Everything that a title, a path or a person may have a part in is printed through here: no
letter of it is markup to Rich, and no control character reaches the terminal.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from itertools import chain

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.characters import clean, one_line

_WINDOWS = os.name == "nt"


def say(text: str, problem: bool = False) -> None:
    """Print a line, of a ``problem`` to the standard error."""
    print(clean(text), file=sys.stderr if problem else sys.stdout)


def say_warnings(warnings: Iterable[Iterable[str]]) -> None:
    """Print the warnings of titles, each once: a table may be beside many films."""
    for warning in dict.fromkeys(chain.from_iterable(warnings)):
        say(warning)


def tell(console: Console, text: str, style: str = "") -> None:
    """Print a line by Rich, above a bar of progress if there is one, and never wrapped."""
    console.print(Text(clean(text), style), soft_wrap=True)


def take_any_letter() -> None:
    """Let the standard output show ``?`` for letters that its encoding does not have.

    On Windows, a file or a pipe gets UTF-8, so that JSON and CSV lose nothing.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        own = _WINDOWS and not sys.stdout.isatty() and "PYTHONIOENCODING" not in os.environ
        sys.stdout.reconfigure(encoding="utf-8" if own else None, errors="replace")


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
