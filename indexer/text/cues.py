"""SubRip and WebVTT: cues of a line of times and the words under it."""

from indexer.records import Line
from indexer.text.times import broken_span, span
from indexer.text.words import MOST_LINES, Parsed, clean, spoken

_FURNITURE = ("NOTE", "STYLE", "REGION")


def read_cues(text: str, webvtt: bool) -> Parsed:
    """Return the lines of a SubRip or WebVTT file.

    In WebVTT a blank line ends a cue; in SubRip the next cue does, since words with a blank line
    between them are common there. What follows a line of times that cannot be read is skipped.
    """
    found: list[tuple[float, float, list[str]]] = []
    skipped: list[int] = []
    words: list[str] = []  # of the cue in hand; of no cue at first
    block, inside = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        blank = not line.strip()
        block, inside = ("", 0) if blank else (block or line.strip(), inside + 1)
        if webvtt and inside > 2 and block.startswith(_FURNITURE):
            continue
        if times := span(line):
            start, end, first = times
            _drop_number(words)
            words = [first] if first else []
            found.append((start, end, words))
            if len(found) > MOST_LINES:
                break
        elif broken_span(line):
            _drop_number(words)
            words = []
            skipped.append(number)
        elif webvtt and blank:
            words = []
        else:
            words.append(line)
    lines = (Line(start, end, _said(part)) for start, end, part in found[:MOST_LINES])
    return Parsed(tuple(line for line in lines if line.text), tuple(skipped))


def _drop_number(words: list[str]) -> None:
    """Take the number of the following cue off the end of a cue's words."""
    blanks = 0
    while blanks < len(words) and not words[-1 - blanks].strip():
        blanks += 1
    del words[len(words) - blanks :]
    if not words or not words[-1].strip().isdigit():
        return
    alone = len(words) > 1 and not words[-2].strip()
    if not blanks or alone:
        del words[-1]


def _said(words: list[str]) -> str:
    text = "\n".join(words)
    return clean(spoken(text) if "{\\" in text or "\\N" in text else text)
