"""Forced subtitles: adds lines for foreign dialogue and signs to the full text."""

from collections.abc import Iterator
from dataclasses import replace

from indexer.records import Line, TimedText

NEAR = 1.0
"""Seconds within which the same words are the same line."""


def with_forced(full: TimedText, forced: TimedText) -> TimedText:
    """Return a text with the forced lines that it does not have yet, in order of time."""
    if not full.lines:
        return forced
    known = {key for line in full.lines for key in _seconds_of(line)}
    added = [line for line in forced.lines if known.isdisjoint(_seconds_of(line, NEAR))]
    if not added:
        return full
    lines = sorted((*full.lines, *added), key=lambda line: (line.start, line.end))
    return replace(
        full,
        lines=tuple(lines),
        origin=f"{full.origin} and {forced.origin}",
        warnings=(*full.warnings, *forced.warnings),
    )


def _seconds_of(line: Line, around: float = 0.0) -> Iterator[tuple[str, int]]:
    """Return the line's words with each second that it is on screen: few, as lines are short."""
    words = "".join(character for character in line.text.casefold() if character.isalnum())
    for second in range(int(max(0.0, line.start - around)), int(line.end + around) + 1):
        yield words or line.text, second
