"""The cut as a table: CSV with a row for each item, whose ends are exclusive."""

import io

from app.exports.cut import Cut, Event
from app.exports.spreadsheets import write_rows

COLUMNS = (
    *("position", "title", "title_id", "file", "fps", "start_frame", "end_frame"),
    *("timecode_in", "timecode_out", "record_in", "record_out", "seconds", "note"),
)


def csv_text(cut: Cut) -> str:
    """Return the table, whose column names are those of `reelfind search --json`."""
    text = io.StringIO()
    write_rows(text, COLUMNS, (_row(cut, event) for event in cut.events))
    return text.getvalue()


def _row(cut: Cut, event: Event) -> list[object]:
    fps = event.media.fps
    return [
        *(event.position, event.name, event.title_id, str(event.media.path.absolute())),
        *(f"{fps.numerator}/{fps.denominator}", event.start, event.end),
        *(event.timecode_in, event.timecode_out),
        *(cut.timecode(event.record_start), cut.timecode(event.record_end)),
        *(f"{float((event.end - event.start) / fps):.6f}", event.note),
    ]
