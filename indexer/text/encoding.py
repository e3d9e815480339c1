"""Reads a sidecar's text in whatever encoding it was saved."""

import codecs
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ReelfindError
from indexer.files import open_regular
from indexer.text.legacy import guess

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

LARGEST = 32 * 1024 * 1024
"""Bytes; no timed text is longer, but a film renamed to ``.srt`` is."""

_UTF16_NULS = 0.15
"""Share of every second byte that is zero in UTF-16: figures, blanks and line breaks are."""

_FEWEST_NULS = 8

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.01
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_BROKEN_SHARE = 0.1
"""Of the characters outside ASCII that may be broken in what is still UTF-8."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decoded:
    """A file's text; ``guessed`` is the encoding where nothing in the file says which it is."""

    text: str
    guessed: str | None = None

    def guess_of(self, path: Path) -> str | None:
        """Return a message about a guessed encoding, with the first line to check it by."""
        if self.guessed is None:
            return None
        lines = enumerate(self.text.splitlines(), 1)
        number, line = next(((i, each) for i, each in lines if not each.isascii()), (1, ""))
        return (
            f"{path}: not UTF-8, read as {self.guessed}; line {number} is then "
            f"“{line.strip()[:80]}”; save the file as UTF-8 if that is wrong"
        )


def read_text(path: Path, language: str | None = None) -> str:
    """Return a text file's content, and log the encoding if it had to be guessed.

    Args:
        path: the file.
        language: an ISO 639-1 code, if the file's name has one.

    Raises:
        ReelfindError: it cannot be read, or is no text in any encoding.
    """
    decoded = read_decoded(path, language)
    if guessed := decoded.guess_of(path):
        logger.warning("%s", guessed)
    return decoded.text


def read_decoded(path: Path, language: str | None = None) -> Decoded:
    """Return a text file's content: by its byte order mark, else UTF-8, else the likeliest.

    Raises:
        ReelfindError: it cannot be read, or is no text in any encoding.
    """
    try:
        with open_regular(path) as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ReelfindError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from error
    if len(content) > LARGEST:
        raise _not_text(path)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(content.decode(encoding, errors="replace"))
    decoded = _without_mark(content, language)
    if decoded is None:
        raise _not_text(path)
    return decoded


def _without_mark(content: bytes, language: str | None) -> Decoded | None:
    if utf16 := _utf16(content):
        return Decoded(content.decode(utf16, errors="replace"), utf16)
    if _is_binary(content):
        return None
    if b"\x1b$" in content and content.isascii():
        return Decoded(content.decode("iso2022_jp", errors="replace"), "iso2022_jp")
    try:
        return Decoded(content.decode("utf-8"))
    except UnicodeDecodeError:
        if _is_mostly_utf8(content):
            return Decoded(
                content.decode("utf-8", errors="replace"), "utf-8 with broken characters"
            )
    encoding = guess(content, language)
    return Decoded(content.decode(encoding, errors="replace"), encoding) if encoding else None


def _utf16(content: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in, None when it does not look like any."""
    first, second = content[::2].count(0), content[1::2].count(0)
    few, many = sorted((first, second))
    if many < _FEWEST_NULS or few > many / 50 or many < _UTF16_NULS * len(content) / 2:
        return None
    encoding = "utf-16-be" if first > second else "utf-16-le"
    text = content.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    return None if _is_binary(text) else encoding


def _is_binary(content: bytes) -> bool:
    """Return whether there are more control characters than one that went astray."""
    return b"\0" in content or len(_CONTROLS.findall(content)) > _MOST_CONTROLS * len(content) + 1


def _is_mostly_utf8(content: bytes) -> bool:
    whole, count = _UTF8_SEQUENCE.subn(b"", content)
    broken = sum(byte > 0x7F for byte in whole)
    return broken <= _BROKEN_SHARE * count


def _not_text(path: Path) -> ReelfindError:
    return ReelfindError(f"{path}: not text in any known encoding; save it as UTF-8 or remove it")
