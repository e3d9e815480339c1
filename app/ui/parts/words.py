"""Texts of films and people, made safe to show; the words of a search marked in them."""

import re
from html import escape

from indexer.characters import clean

SHORTEST = 3
"""Letters: shorter words ("a", "of") would mark half the line."""
SHORTEST_STEM = 4
"""Letters that two words must share from the start to count as forms of one."""


def mark_words(line: str, words: str) -> str:
    """Return ``line`` as escaped HTML with ``<mark>`` around the words of the search.

    A word counts in its other forms too, by its beginning: "search" marks "searching".
    """
    wanted = [word for word in re.findall(r"\w+", words.casefold()) if len(word) >= SHORTEST]
    return "".join(
        f"<mark>{escape(part)}</mark>" if _is_wanted(part.casefold(), wanted) else escape(part)
        for part in re.split(r"(\w+)", line)
    )


def _is_wanted(word: str, wanted: list[str]) -> bool:
    return word in wanted or any(
        min(len(word), len(each)) >= SHORTEST_STEM
        and (word.startswith(each) or each.startswith(word))
        for each in wanted
    )


def plain(text: str) -> str:
    """Return ``text`` with what Streamlit would read as Markdown escaped."""
    return "".join(
        f"\\{char}" if char in r"\`*_{}[]()#+-.!:$~<>|" else char for char in clean(text)
    )


def counted(count: int, thing: str) -> str:
    """Return how many of a thing there are, such as "1 clip" or "1,204 clips"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
