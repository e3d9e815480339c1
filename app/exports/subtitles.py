"""The dialogue of a cut as subtitles: SubRip (SRT) and WebVTT.

Times count from the first frame of the sequence, as in the rendered reel without a slate. A line
that a cut divides begins or ends at the cut.
"""

import html
from collections.abc import Iterator
from fractions import Fraction

from app.exports.delivery import Delivery
from app.exports.rates import nearest
from app.exports.records import ExportError
from indexer.characters import clean

Cue = tuple[int, int, str]
"""Start and end in milliseconds, and the text, of which no line is empty."""


def srt_text(delivery: Delivery) -> str:
    """Return the lines as SubRip.

    Raises:
        ExportError: nothing is said.
    """
    cues = _cues(delivery)
    blocks = [
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, start=1)
    ]
    return "\n".join(blocks)


def vtt_text(delivery: Delivery) -> str:
    """Return the lines as WebVTT.

    Raises:
        ExportError: nothing is said.
    """
    blocks = [
        f"{_time(start, '.')} --> {_time(end, '.')}\n{html.escape(text, quote=False)}\n"
        for start, end, text in _cues(delivery)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def check(delivery: Delivery) -> None:
    """Check that something is said.

    Raises:
        ExportError: nothing is.
    """
    if next(_heard(delivery), None) is None:
        raise ExportError(f"{delivery.cut.name}: no subtitles in these clips")


def _cues(delivery: Delivery) -> list[Cue]:
    check(delivery)
    return list(_heard(delivery))


def _heard(delivery: Delivery) -> Iterator[Cue]:
    """Yield the lines in the order of the sequence."""
    cut = delivery.cut
    for event in cut.events:
        fps = event.media.fps
        first, last = event.start / fps, event.end / fps
        lead, longest = event.record_start / cut.fps, event.record_end / cut.fps
        for line in sorted(delivery.lines(event), key=lambda each: each.start):
            start, end = max(Fraction(line.start), first), min(Fraction(line.end), last)
            # Of another rate, an item's length is rounded to a frame of the sequence.
            begins, ends = (_ms(min(lead + at - first, longest)) for at in (start, end))
            text = "\n".join(filter(None, map(str.strip, clean(line.text).splitlines())))
            if begins < ends and text:
                yield begins, ends, text


def _ms(seconds: Fraction) -> int:
    return nearest(seconds * 1000)


def _time(ms: int, point: str) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{point}{ms:03d}"
