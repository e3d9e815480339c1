"""Quoting foreign data in messages: enough of it to find the place, never all of it."""

from collections.abc import Iterable, Sequence

SHOWN = 20
"""Lines of one kind that are listed; the others are counted."""
LONGEST = 200
"""Characters of one value."""
LONGEST_LINE = 400
MESSAGE = 4000
"""Characters of a whole message."""


def shortened(value: object, longest: int = LONGEST) -> str:
    """Return a value as text of at most ``longest`` characters; if it is cut, with its length."""
    text = str(value)
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} letters)"


def quoted(value: object) -> str:
    """Return a value in quotes, shortened."""
    return repr(shortened(value))


def listed(values: Iterable[object]) -> str:
    """Return the first ``SHOWN`` values with commas between, and how many follow."""
    return ", ".join(first_lines(list(values)))


def first_lines(lines: Sequence[object], more: str = "more") -> list[str]:
    """Return the first ``SHOWN`` lines, each shortened, and as a last one how many follow.

    Args:
        lines: one per problem.
        more: the name of those that are left out, such as "more rows".
    """
    shown = [shortened(each, LONGEST_LINE) for each in lines[:SHOWN]]
    left = len(lines) - SHOWN
    return [*shown, f"and {left:,} {more}"] if left > 0 else shown
