"""The text of a sidecar, whatever encoding it was saved in."""

import codecs
from pathlib import Path

import charset_normalizer

from indexer.errors import ReelfindError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

LARGEST = 32 * 1024 * 1024
"""Bytes; no timed text is longer, but a film renamed to ``.srt`` is."""


def read_text(path: Path) -> str:
    """Return a text file's content: by its byte order mark, else UTF-8, else the likeliest.

    Raises:
        ReelfindError: it cannot be read, or is no text in any encoding.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ReelfindError(
            f"{path}: cannot be read ({error.strerror}); check its permissions"
        ) from error
    if len(content) > LARGEST:
        raise _not_text(path)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = _guess(path, content)
    if "\0" in text:
        raise _not_text(path)
    return text


def _guess(path: Path, content: bytes) -> str:
    # Markup and figures are ASCII in every encoding that is likely here; what tells the
    # encodings apart are the lines that are not.
    telling = b"\n".join(line for line in content.splitlines() if not line.isascii())
    best = charset_normalizer.from_bytes(telling).best()
    if best is None:
        raise _not_text(path)
    return content.decode(best.encoding, errors="replace")


def _not_text(path: Path) -> ReelfindError:
    return ReelfindError(f"{path}: not text in any known encoding; save it as UTF-8 or remove it")
