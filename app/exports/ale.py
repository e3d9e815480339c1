"""Avid Log Exchange: a bin of the items as clips, by tape name and source timecode.

A log counts at one rate, which its heading names. Cells are divided by tabs. ``End`` is the frame
after the last, as in Avid's own logs. Written here: the format is three lists, and OTIO's adapter
writes drop-frame timecode for every rate of 30000/1001.
"""

from app.exports.cut import Cut, Event
from app.exports.delivery import Delivery
from app.exports.one_rate import check_one_rate
from app.exports.rates import rate_words
from app.exports.sources import source_of
from indexer.characters import one_line
from indexer.timecode import timecode

COLUMNS = (
    *("Name", "Tracks", "Start", "End", "Duration", "Tape", "FPS"),
    *("Source File", "Source Path", "UMID", "Comments"),
)
_HEIGHTS = {1080: "1080", 720: "720", 576: "PAL", 486: "NTSC"}
"""The video formats that Avid has a name for, by the height of the picture."""


def check(delivery: Delivery) -> None:
    """Check that a log can hold the cut.

    Raises:
        ExportError: titles of several rates, or a rate that timecode cannot count.
    """
    check_one_rate(delivery.cut, "an ALE")


def ale_text(delivery: Delivery) -> str:
    """Return the log.

    Raises:
        ExportError: as ``check``.
    """
    check(delivery)
    cut = delivery.cut
    heading = {
        "FIELD_DELIM": "TABS",
        "VIDEO_FORMAT": _HEIGHTS.get(cut.height, "CUSTOM"),
        "AUDIO_FORMAT": "48khz",
        "FPS": _rate(cut),
    }
    lines = [
        "Heading",
        *("\t".join(pair) for pair in heading.items()),
        *("", "Column", "\t".join(COLUMNS)),
        *("", "Data"),
        *("\t".join(_row(delivery, event)) for event in cut.events),
    ]
    return "\n".join(lines) + "\n"


def _row(delivery: Delivery, event: Event) -> list[str]:
    media, path = event.media, delivery.path(event)
    packages = source_of(media).packages
    zero = "00:00:00;00" if ";" in (media.start_timecode or "") else "00:00:00:00"
    tracks = ["V", *(f"A{number}" for number in range(1, len(event.channels) + 1))]
    cells = [
        *(event.name, "".join(tracks), event.timecode_in, event.timecode_out),
        *(timecode(event.end - event.start, media.fps, zero), delivery.reels[event.title_id]),
        *(_rate(delivery.cut), path.name, str(path)),
        *(packages.material.hex() if packages else "", delivery.note(event)),
    ]
    return [one_line(cell) for cell in cells]


def _rate(cut: Cut) -> str:
    """Return the rate as Avid writes it: ``23.976``, ``25``, ``29.97``."""
    return rate_words(cut.fps)
