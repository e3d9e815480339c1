"""Cleans text for files, databases, HTTP, editing systems and terminals.

A file name may hold bytes that are no UTF-8, which Python keeps as lone surrogates, and control
characters, which steer a terminal and which XML 1.0 cannot hold.
"""

import re
import unicodedata

REPLACEMENT = "\ufffd"

_UNWRITABLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]"
)
_WINDOWS_REFUSES = re.compile(
    r'[<>:"/\\|?*\x00-\x1f]|[ .]$|^(con|prn|aux|nul|com[0-9]|lpt[0-9]) *(\.|$)', re.IGNORECASE
)
"""Letters, ends and names of devices; see *Naming Files, Paths, and Namespaces* by Microsoft."""
_BLANKS = re.compile(r"[\x0b\x0c\x1c-\x1f\x85]")
"""Control characters that stand for a blank."""


def clean(text: str) -> str:
    """Return a text without control characters and lone surrogates; line ends and tabs stay.

    Bidirectional overrides count as control characters; marks for mixed directions stay.
    """
    return _BLANKS.sub(" ", _UNWRITABLE.sub(REPLACEMENT, text))


def one_line(text: str) -> str:
    """Return a clean text on one line, with single blanks."""
    return " ".join(clean(text).split())


def ascii_letters(text: str) -> str:
    """Return a text in ASCII: without accents, and ``?`` for other letters."""
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.encode("ascii", "replace").decode()


def fits_windows(name: str) -> bool:
    """Return whether Windows lets a file have this name."""
    return not _WINDOWS_REFUSES.search(name)


def excerpt(value: object, length: int = 60) -> str:
    """Return a value as a message quotes it: on one line and shortened."""
    try:
        text = one_line(repr(value[: length + 1] if isinstance(value, str) else value))
    except (ValueError, RecursionError):  # a number of thousands of digits, a list without end
        text = f"this {type(value).__name__}"
    return text if len(text) <= length else f"{text[: length - 1]}…"
