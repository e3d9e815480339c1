"""The cut as a table: CSV with a row for each item, whose ends are exclusive."""

import io

from app.exports.cut import Event
from app.exports.delivery import Delivery
from app.exports.spreadsheets import write_rows

COLUMNS = (
    *("position", "title", "title_id", "file", "fps", "start_frame", "end_frame"),
    *("timecode_in", "timecode_out", "record_in", "record_out", "seconds", "note"),
)


def csv_text(delivery: Delivery) -> str:
    """Return the table, whose column names are those of `reelfind search --json`."""
    text = io.StringIO()
    write_rows(text, COLUMNS, (row(delivery, event) for event in delivery.cut.events))
    return text.getvalue()


def row(delivery: Delivery, event: Event) -> list[object]:
    """Return an event's cells, in the order of ``COLUMNS``."""
    cut, fps = delivery.cut, event.media.fps
    return [
        *(event.position, event.name, event.title_id, str(delivery.path(event))),
        *(f"{fps.numerator}/{fps.denominator}", event.start, event.end),
        *(event.timecode_in, event.timecode_out),
        *(cut.timecode(event.record_start), cut.timecode(event.record_end)),
        *(f"{float((event.end - event.start) / fps):.6f}", delivery.note(event)),
    ]
