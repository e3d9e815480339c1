"""Times as subtitle files have them, in all the ways that people wrote them."""

import re

_COLON, _BLANKS = "[:：]", "[ \\t]*"
_TIME = (
    rf"(-?){_BLANKS}(?:(\d{{1,4}}){_BLANKS}{_COLON}{_BLANKS})?(\d{{1,3}}){_BLANKS}{_COLON}"
    rf"{_BLANKS}(\d{{1,3}})(?:{_BLANKS}(?:[.,;，]|:(?=\d{{3}})){_BLANKS}(\d{{1,9}}))?"
)
_FULL = r"(-?)(\d{1,4}):(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_ARROW = r"[-–—=]{0,4}[ \t]?[-–—=]{0,4}[ \t]?(?:>|&gt;|→)"
_SPAN = re.compile(rf"\s*(?:\d+[ \t]+)?{_TIME}{_BLANKS}{_ARROW}{_BLANKS}{_TIME}")
_BARE_SPAN = re.compile(rf"\s*{_FULL}[ \t]*[-–,; \t][ \t]*{_FULL}")
_ONE = re.compile(rf"\s*{_TIME}\s*$")
_SETTINGS = re.compile(r"(\s*[A-Za-z]\w*:\S+)*\s*$")
_ARROW_LEFT = re.compile("--(?:>|&gt;)")
_BEGINS = re.compile(rf"\s*{_FULL}")

LONGEST_LINE = 300
"""Characters of a line that are looked at for times."""


def span(line: str) -> tuple[float, float, str] | None:
    """Return the start and end in seconds that a line holds, and the words behind them.

    Hours and fractions may be missing, blanks may stand anywhere, a fraction may begin with a
    comma, a point, a colon or a semicolon, and a time before zero is zero. None for any other line.
    """
    if ":" not in line and "：" not in line:
        return None
    match = _SPAN.match(line[:LONGEST_LINE]) or _BARE_SPAN.match(line[:LONGEST_LINE])
    if match is None:
        return None
    rest = line[match.end() :].strip()
    words = "" if _SETTINGS.match(rest[:LONGEST_LINE]) else rest
    groups = match.groups()
    return _seconds(*groups[:5]), _seconds(*groups[5:]), words


def clock(text: str) -> float | None:
    """Return the seconds of one time, such as ``0:01:02.50``; None when it is none."""
    match = _ONE.match(text[:LONGEST_LINE])
    return _seconds(*match.groups()) if match else None


def broken_span(line: str) -> bool:
    """Return whether a line that is no span was meant to be one."""
    start = line[:LONGEST_LINE]
    arrow = _ARROW_LEFT.search(start) and any(character.isdigit() for character in start)
    return bool(arrow or _BEGINS.match(start))


def _seconds(sign: str, hours: str | None, minutes: str, seconds: str, part: str | None) -> float:
    if sign:
        return 0.0
    milliseconds = int((part or "0")[:3].ljust(3, "0"))
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + milliseconds) / 1000
