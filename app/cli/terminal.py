"""Words on a terminal: texts of films and people are shown as they are, and steer nothing.

Everything that a title, a path or a person may have a part in is printed through here: no
letter of it is markup to Rich, and no control character reaches the terminal.
"""

import sys
from collections.abc import Iterable
from io import TextIOWrapper
from itertools import chain

from rich.console import Console
from rich.text import Text

from indexer.characters import clean


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
    """Let the standard output show ``?`` for letters that its encoding does not have."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
