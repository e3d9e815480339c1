"""How much of somebody else's data a message repeats: enough to find it, never all of it."""

from collections.abc import Sequence

SHOWN = 20
"""Lines of one kind that are told; the others are counted."""
LONGEST = 200
"""Letters of one value or line."""


def shortened(value: object, longest: int = LONGEST) -> str:
    """Return a value as text of at most ``longest`` letters, and how long it was if it was cut."""
    text = str(value)
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} letters)"


def first_lines(lines: Sequence[object], more: str = "more") -> list[str]:
    """Return the first ``SHOWN`` lines, each shortened, and as a last one how many follow.

    Args:
        lines: one a problem.
        more: what is said of those that are left out, such as "more rows".
    """
    told = [shortened(each, 2 * LONGEST) for each in lines[:SHOWN]]
    left = len(lines) - SHOWN
    return [*told, f"and {left:,} {more}"] if left > 0 else told
