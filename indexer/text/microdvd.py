"""MicroDVD: ``{25}{50}words``, timed in frames."""

import re

from indexer.records import Line
from indexer.text.words import MOST_LINES, Parsed, clean

_LINE = re.compile(r"\s*\{\s*(\d{1,9})\s*\}\s*\{\s*(\d{0,9})\s*\}(.*)")
_CODES = re.compile(r"\{[^{}]*\}")
_ITALICS = re.compile(r"^\s*/", re.MULTILINE)
_RATES = (1.0, 1000.0)


def is_microdvd(text: str) -> bool:
    """Return whether one of the first lines is of this format."""
    return any(_LINE.match(line) for line in text.lstrip().split("\n", 10)[:10])


def read_frames(text: str, fps: float) -> Parsed:
    """Return the lines of a MicroDVD file.

    Args:
        text: the file.
        fps: the film's rate, for a file whose first line does not say its own.
    """
    lines: list[Line] = []
    skipped: list[int] = []
    rate = None
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.match(line)
        if match is None:
            skipped += [number] if line.strip() else []
            continue
        first, last, words = int(match[1]), int(match[2] or 0), match[3]
        if rate is None and (rate := _declared(first, last, words)):
            continue
        rate = rate or fps
        said = clean(_ITALICS.sub("", _CODES.sub("", words).replace("|", "\n")))
        if said:
            lines.append(Line(first / rate, last / rate, said))
            if len(lines) == MOST_LINES:
                break
    return Parsed(tuple(lines), tuple(skipped))


def _declared(first: int, last: int, words: str) -> float | None:
    """Return the rate that a file's first line says, None when it is an ordinary line."""
    if (first, last) not in ((0, 0), (1, 1)):
        return None
    try:
        rate = float(words.strip().replace(",", "."))
    except ValueError:
        return None
    return rate if _RATES[0] <= rate <= _RATES[1] else None
