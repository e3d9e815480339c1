"""The vectors of what was searched for lately.

The pages of an answer, its counts and its routes embed the same words again, between the searches
of others.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from indexer.backbones.base import Vectors

FEW = 2
"""Texts that a search looks for at once: its words, and those that hits should be without."""
KEPT = 512
"""Searches whose vectors are kept: less than a megabyte."""


class RecentQueries:
    """Embeds queries, each once while it is among the last ``KEPT``. Thread-safe.

    Args:
        embed: a network's function; where two threads ask it the same at once, it is called twice.
    """

    def __init__(self, embed: Callable[[Sequence[str]], Vectors]) -> None:
        self._recent = lru_cache(KEPT)(embed)

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Return vectors as rows, which the caller may change."""
        return self._recent(tuple(texts)).copy()
