"""CMX 3600 edit decision lists: the oldest hand-over, which every editing system reads.

A list counts at one rate, so titles of other rates are refused: a source timecode counted at the
list's rate would name another frame. Reels are cut to the eight letters of CMX 3600; the file
name stands in full in the comments, in UTF-8. The title is ASCII, as CMX 3600 has it.
"""

import re
from collections.abc import Sequence

from app.exports.cut import Cut, Event
from app.exports.rates import rate_words, whole_rate
from app.exports.records import ExportError
from indexer.characters import ascii_letters, one_line

MOST_EVENTS = 999
"""An event's number has three digits."""

_REEL = 8
_FASTEST = 60


def edl_text(cut: Cut) -> str:
    """Return the list.

    Raises:
        ExportError: titles of several rates, a rate that timecode cannot count, or too many
            events.
    """
    _check(cut)
    reels = reel_names(cut.events)
    lines = [f"TITLE: {ascii_letters(one_line(cut.name))}"]
    lines.append(f"FCM: {'' if cut.drop_frame else 'NON-'}DROP FRAME")
    for event in cut.events:
        record_in, record_out = cut.timecode(event.record_start), cut.timecode(event.record_end)
        lines += [
            "",
            f"{event.position:03d}  {reels[event.title_id]:<8} {_channels(event):<5} C        "
            f"{event.timecode_in} {event.timecode_out} {record_in} {record_out}",
            *_further_channels(event),
            f"* FROM CLIP NAME:  {one_line(event.media.path.name)}",
            f"* FROM FILE: {one_line(str(event.media.path.absolute()))}",
        ]
        if event.note:
            lines.append(f"* COMMENT: {one_line(event.note)}")
    return "\n".join(lines) + "\n"


def reel_names(events: Sequence[Event]) -> dict[str, str]:
    """Return a reel for each title id: of its file's name, and different for each title."""
    reels: dict[str, str] = {}
    for event in events:
        if event.title_id in reels:
            continue
        letters = re.sub(r"[^A-Z0-9]", "", event.media.path.stem.upper()) or "REEL"
        reel, number = letters[:_REEL], 2
        while reel in reels.values():
            reel = f"{letters[: _REEL - len(str(number))]}{number}"
            number += 1
        reels[event.title_id] = reel
    return reels


def _channels(event: Event) -> str:
    """CMX 3600's letters for picture alone, and with the first two channels of sound."""
    first, second = (channel in event.channels for channel in (1, 2))
    return {(1, 0): "B", (0, 1): "A2/V", (1, 1): "AA/V"}.get((first, second), "V")


def _further_channels(event: Event) -> list[str]:
    """The line below an event that names its channels of sound from the third on."""
    others = [f"{channel:>5}" for channel in event.channels if channel > 2]
    return [f"AUD{''.join(others)}"] if others else []


def _check(cut: Cut) -> None:
    others = {rate: names for rate, names in cut.rates.items() if rate != cut.fps}
    if others:
        rates = "; ".join(
            f"{', '.join(names)} at {rate_words(rate)}" for rate, names in cut.rates.items()
        )
        raise ExportError(
            f"{cut.name}: an EDL counts at one frame rate, here {rate_words(cut.fps)}, and this "
            f"shortlist has {rates}; export OTIO, FCP7 XML or FCPXML, or one EDL for each rate"
        )
    if whole_rate(cut.fps) is None or cut.fps > _FASTEST:
        raise ExportError(
            f"{cut.name}: an EDL cannot count {rate_words(cut.fps)} frames a second; export OTIO, "
            "FCPXML or CSV"
        )
    if len(cut.events) > MOST_EVENTS:
        raise ExportError(
            f"{cut.name}: an EDL holds {MOST_EVENTS} events and this shortlist has "
            f"{len(cut.events)}; split it, or export OTIO, FCP7 XML or FCPXML"
        )
