"""Makes texts from films and people safe to show, and marks the query's words in them."""

from collections.abc import Sequence
from html import escape

from indexer.characters import clean


def marked(line: str, marks: Sequence[tuple[int, int]]) -> str:
    """Return ``line`` as escaped HTML with ``<mark>`` around each of ``marks`` (start, end)."""
    parts, place = [], 0
    for start, end in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        # A phrase may begin inside another one.
        begin = max(start, place)
        if begin < end:
            parts += [escape(line[place:begin]), f"<mark>{escape(line[begin:end])}</mark>"]
            place = end
    return "".join([*parts, escape(line[place:])])


def plain(text: str) -> str:
    """Return ``text`` with Markdown escaped."""
    return "".join(
        f"\\{char}" if char in r"\`*_{}[]()#+-.!:$~<>|" else char for char in clean(text)
    )


def counted(count: int, thing: str, several: str = "") -> str:
    """Return a number with a noun, such as "1 clip" or "1,204 clips"."""
    return f"{count:,} {thing if count == 1 else several or thing + 's'}"
