"""Quoted phrases in a query, and their places in a text."""

import re
import unicodedata

_QUOTED = re.compile(r'["“„«]([^"“”„«»]+)["”“»]')
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def phrases(text: str) -> list[str]:
    """Return the phrases in double quotes in a query, in order, without those that have no word."""
    return [found.strip() for found in _QUOTED.findall(text) if _WORD.search(found)]


def outside_quotes(text: str) -> str:
    """Return a query without its phrases in quotes."""
    return _QUOTED.sub(" ", text)


def unquoted(text: str) -> str:
    """Return a query without its double quotes."""
    return " ".join(re.sub(r'["“”„«»]', " ", text).split())


def find_phrase(text: str, phrase: str) -> tuple[int, int] | None:
    """Return the place of ``phrase`` in ``text`` (start, end), or None.

    Its words must follow each other in this order; case, accents, apostrophes and characters
    between words are ignored.
    """
    words = list(_WORD.finditer(text))
    folded, wanted = [_fold(word[0]) for word in words], [_fold(w) for w in _WORD.findall(phrase)]
    for first in range(len(words) - len(wanted) + 1):
        if wanted and folded[first : first + len(wanted)] == wanted:
            return words[first].start(), words[first + len(wanted) - 1].end()
    return None


def _fold(word: str) -> str:
    """Return a word's form for comparison: without case, accents and apostrophes."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in letters if each.isalnum() or each == "_")
