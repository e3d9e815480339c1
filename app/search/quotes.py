"""Words of a search that stand in double quotes, and where a text has them."""

import re
import unicodedata

_QUOTED = re.compile(r'["“„«]([^"“”„«»]+)["”“»]')
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def phrases(text: str) -> list[str]:
    """Return what stands in double quotes in the words of a search, in order, if it has a word."""
    return [found.strip() for found in _QUOTED.findall(text) if _WORD.search(found)]


def unquoted(text: str) -> str:
    """Return the words of a search without their double quotes."""
    return " ".join(re.sub(r'["“”„«»]', " ", text).split())


def find_phrase(text: str, phrase: str) -> tuple[int, int] | None:
    """Return where ``phrase`` stands in ``text`` (start, end), or None.

    Its words have to follow each other as they are written; case, accents, apostrophes and what
    stands between words do not count.
    """
    words = list(_WORD.finditer(text))
    folded, wanted = [_fold(word[0]) for word in words], [_fold(w) for w in _WORD.findall(phrase)]
    for first in range(len(words) - len(wanted) + 1):
        if wanted and folded[first : first + len(wanted)] == wanted:
            return words[first].start(), words[first + len(wanted) - 1].end()
    return None


def _fold(word: str) -> str:
    """Return a word as it is compared: without case, accents and apostrophes."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in letters if each.isalnum() or each == "_")
