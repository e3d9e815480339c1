"""SubStation files (``.ass``, ``.ssa``): events of a style, with overrides in braces."""

from indexer.records import Line
from indexer.text.times import clock
from indexer.text.words import MOST_LINES, Parsed, clean, spoken

_FIELDS = ("layer", "start", "end", "style", "name", "l", "r", "v", "effect", "text")
"""What an event holds unless the file says otherwise."""


def read_events(text: str) -> Parsed:
    """Return the dialogue of a SubStation file; comments and drawings are none."""
    fields: tuple[str, ...] = _FIELDS
    lines: list[Line] = []
    skipped: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        kind, _, values = line.partition(":")
        if kind.strip().lower() == "format":
            named = tuple(part.strip().lower() for part in values.split(","))
            # Styles have a format as well, without times.
            fields = named if {"start", "end", "text"} <= set(named) else fields
        elif kind.strip().lower() == "dialogue":
            parts = dict(zip(fields, values.split(",", len(fields) - 1), strict=False))
            start, end = clock(parts.get("start", "")), clock(parts.get("end", ""))
            if start is None or end is None or "text" not in parts:
                skipped.append(number)
            elif words := clean(spoken(parts["text"])):
                lines.append(Line(start, end, words))
                if len(lines) == MOST_LINES:
                    break
    return Parsed(tuple(lines), tuple(skipped))
