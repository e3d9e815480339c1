"""Extracts the words of a line, without markup."""

import html
import re
from dataclasses import dataclass

from indexer.records import Line

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|< *(?:/ *)?(?:i|b|u|s|font)\b[^<>]*>|<\d[\d:.]*>")
"""Markup, voices and karaoke times; not ``<3`` or ``a < b``."""

_LINE_BREAK = re.compile(r"< ?br ?/? ?>|\[br\]", re.IGNORECASE)

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad\0]")
"""Directions and empty characters; the joiners that scripts need stay."""

_OVERRIDES = re.compile(r"\{([^}]*)\}")
_DRAWING = re.compile(r"\\p(\d{1,4})")
_BREAK = re.compile(r"\\[Nnh]")

LONGEST_TEXT = 2_000
"""Characters kept of one line: more is no subtitle, and would be embedded as one."""

LONGEST_MARKED = 10 * LONGEST_TEXT
"""Characters of a line, markup and all, that are looked at."""

MOST_LINES = 100_000
"""Lines read of a file; a film of three hours has 3,000."""


@dataclass(frozen=True)
class Parsed:
    """Lines as a file has them, and the numbers of the file's lines that could not be read."""

    lines: tuple[Line, ...]
    skipped: tuple[int, ...] = ()


def clean(text: str) -> str:
    """Return the words of a line: no markup, entities or line breaks."""
    text = _TAG.sub("", _LINE_BREAK.sub(" ", text[:LONGEST_MARKED]))
    text = _TAG.sub("", html.unescape(text))  # markup that was saved as text
    return " ".join(_INVISIBLE.sub("", text).split())[:LONGEST_TEXT].rstrip()


def spoken(text: str) -> str:
    r"""Return the words of a SubStation event.

    Overrides in braces are left out, and what follows ``{\p1}`` is a drawing up to ``{\p0}``.
    """
    # Braces that are not closed are words; without the last of them each brace has its end, so
    # that the search takes one pass.
    end = text.rfind("}") + 1
    parts = [*_OVERRIDES.split(text[:end]), "", text[end:]]
    said = []
    drawing = False
    for words, overrides in zip(parts[::2], [*parts[1::2], ""], strict=False):
        if not drawing:
            said.append(words)
        for scale in _DRAWING.findall(overrides):
            drawing = int(scale) > 0
    return _BREAK.sub("\n", "".join(said))
