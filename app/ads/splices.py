"""Breaks as SCTE-35 times: a CSV with a row for each break, and its cues in base64."""

import io
import zlib
from fractions import Fraction

from app.ads.lists import BreakList
from app.ads.records import AdBreak
from app.ads.scte35 import PLACEMENT_OPPORTUNITY_START, URI, splice_insert, ticks, time_signal
from app.exports.spreadsheets import write_rows

COLUMNS = (
    *("title", "title_id", "break_id", "roll", "frame", "fps", "timecode", "seconds", "pts_time"),
    *("duration_seconds", "break_duration", "splice_event_id", "segmentation_type_id"),
    *("upid_type", "upid", "splice_insert", "time_signal"),
)


def splices_text(breaks: BreakList) -> str:
    """Return the table, in order of titles and time."""
    text = io.StringIO()
    write_rows(text, COLUMNS, (_row(each, breaks.seconds) for each in breaks.in_order))
    return text.getvalue()


def _row(found: AdBreak, seconds: float) -> list[object]:
    break_id = found.break_id
    event_id = zlib.crc32(break_id.encode())
    pts, duration = ticks(found.frame / Fraction(found.fps)), ticks(Fraction(seconds))
    uri = f"reelfind:{break_id}"
    return [
        *(found.title, found.title_id, break_id, found.roll, found.frame, found.fps),
        *(found.timecode, f"{found.seconds:.6f}", pts, f"{seconds:g}", duration),
        *(event_id, PLACEMENT_OPPORTUNITY_START, URI, uri),
        splice_insert(event_id, pts, duration),
        time_signal(event_id, pts, duration, uri),
    ]
