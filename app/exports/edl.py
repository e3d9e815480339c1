"""CMX 3600 edit decision lists: the oldest hand-over, which every editing system reads.

A list counts at one rate, so titles of other rates are refused: a source timecode counted at the
list's rate would name another frame. Reels are the files' own names, as long as Avid, Premiere Pro
and Resolve read them; file names and paths stand in full in the comments, in UTF-8. The title is
ASCII, as CMX 3600 has it. A note is a comment, and a locator at the clip's first frame.
"""

from app.exports.cut import Event
from app.exports.delivery import Delivery
from app.exports.one_rate import check_one_rate
from app.exports.records import ExportError
from indexer.characters import ascii_letters, one_line

MOST_EVENTS = 999
"""An event's number has three digits."""


def edl_text(delivery: Delivery) -> str:
    """Return the list.

    Raises:
        ExportError: titles of several rates, a rate that timecode cannot count, or too many
            events.
    """
    check_events(delivery)
    cut, reels = delivery.cut, delivery.reels
    lines = [f"TITLE: {ascii_letters(one_line(cut.name))}"]
    lines.append(f"FCM: {'' if cut.drop_frame else 'NON-'}DROP FRAME")
    for event in cut.events:
        record_in, record_out = cut.timecode(event.record_start), cut.timecode(event.record_end)
        lines += [
            "",
            f"{event.position:03d}  {reels[event.title_id]:<8} {_channels(event):<5} C        "
            f"{event.timecode_in} {event.timecode_out} {record_in} {record_out}",
            *_further_channels(event),
            f"* FROM CLIP NAME:  {one_line(delivery.path(event).name)}",
            f"* SOURCE FILE: {one_line(delivery.path(event).name)}",
            f"* FROM FILE: {one_line(str(delivery.path(event)))}",
        ]
        note = one_line(delivery.note(event))
        if note:
            lines += [f"* COMMENT: {note}", f"* LOC: {record_in} GREEN   {note}"]
    return "\n".join(lines) + "\n"


def _channels(event: Event) -> str:
    """CMX 3600's letters for picture alone, and with the first two channels of sound."""
    first, second = (channel in event.channels for channel in (1, 2))
    return {(1, 0): "B", (0, 1): "A2/V", (1, 1): "AA/V"}.get((first, second), "V")


def _further_channels(event: Event) -> list[str]:
    """The line below an event that names its channels of sound from the third on."""
    others = [f"{channel:>5}" for channel in event.channels if channel > 2]
    return [f"AUD{''.join(others)}"] if others else []


def check_events(delivery: Delivery) -> None:
    """Check that a list can hold all events.

    Raises:
        ExportError: titles of several rates, a rate that timecode cannot count, or too many
            events.
    """
    cut = delivery.cut
    check_one_rate(cut, "an EDL")
    if len(cut.events) > MOST_EVENTS:
        raise ExportError(
            f"{cut.name}: an EDL holds {MOST_EVENTS} events and this shortlist has "
            f"{len(cut.events)}; split it, or export OTIO, FCP7 XML or FCPXML"
        )
