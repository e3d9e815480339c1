"""Lines out of the text of a SubRip, WebVTT or SubStation file."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pysubs2

from indexer.records import Line

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")
"""Markup, voices and karaoke times; not ``<3`` or ``a < b``."""

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad\0]")
"""Directions and empty characters; the joiners that scripts need stay."""

_NEGATIVE = re.compile(r"(?<![\d-])-\s*(?=\d+:\d)[\d:.,]+")
_BROKEN_CUE = re.compile(r"(\n\s*\d+[ \t]*)?\n[^\n]*$")
"""What is left, at the end of a line's text, of a cue whose times are not times."""

_BLANK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Parsed:
    """Lines as the file has them, and how many had times that could not be read."""

    lines: tuple[Line, ...]
    unreadable: int


def parse(text: str) -> Parsed:
    """Return the lines of a timed text file; the format is told from the content.

    Times are as written: they may be out of order or end before they start. Markup, positions
    and entities are gone, descriptions of sounds such as ``[MUSIC]`` are kept.
    """
    text = text.lstrip("\ufeff \t\r\n").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("WEBVTT"):
        return _read(_cues_only(text), "vtt")
    if re.search(r"^\[(Script Info|Events)\]", text, re.MULTILINE | re.IGNORECASE):
        return _read(text, "ass")
    return _read(_without_negatives(text), "srt")


def clean(text: str) -> str:
    """Return the words of a line: no markup, entities or line breaks."""
    text = html.unescape(_TAG.sub("", text))
    return " ".join(_INVISIBLE.sub("", text).split())


def _read(text: str, kind: str) -> Parsed:
    try:
        events = pysubs2.SSAFile.from_string(text, format_=kind)
    except (pysubs2.Pysubs2Error, ValueError, KeyError, IndexError):
        return Parsed((), text.count("-->") + text.count("Dialogue:"))
    lines, unreadable = [], 0
    for event in events:
        if event.is_comment or event.is_drawing:
            continue
        # A time that cannot be read leaves its cue in the text of the one before.
        words, *rest = event.plaintext.split("-->")
        unreadable += len(rest)
        words = clean(_BROKEN_CUE.sub("", words) if rest else words)
        if words:
            lines.append(Line(event.start / 1000, event.end / 1000, words))
    return Parsed(tuple(lines), unreadable)


def _cues_only(text: str) -> str:
    """Return a WebVTT file without notes, styles, regions and the names of cues."""
    return "WEBVTT\n\n" + "\n\n".join(_cues(text))


def _cues(text: str) -> Iterator[str]:
    for block in _BLANK.split(text)[1:]:
        lines = block.strip("\n").split("\n")
        for number, line in enumerate(lines[:2]):  # a cue may have a name of one line
            if "-->" in line:
                yield "\n".join([_without_negatives(line), *lines[number + 1 :]])
                break


def _without_negatives(text: str) -> str:
    """Return the text with times before zero set to zero, on lines that hold times."""
    return "\n".join(
        _NEGATIVE.sub("00:00:00,000", line) if "-->" in line else line for line in text.split("\n")
    )
