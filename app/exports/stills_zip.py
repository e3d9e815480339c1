"""Stills and a table in one zip: for spreadsheets, databases and people who mark up."""

import io
import zipfile

from app.exports.cut import Event
from app.exports.delivery import Delivery
from app.exports.spreadsheets import write_rows
from app.exports.stills import Stills, ends_of, read_stills
from app.exports.table import COLUMNS, row
from indexer.characters import ascii_letters

TABLE = "list.csv"


def zip_bytes(delivery: Delivery) -> bytes:
    """Return a zip with ``list.csv``, whose last two columns name the stills beside it."""
    stills = read_stills(delivery)
    table, content = io.StringIO(), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as file:
        rows = []
        for event in delivery.cut.events:
            names = _names(event, stills)
            for frame, name in names.items():
                file.writestr(name, stills[event.title_id, frame].jpeg)
            ends = [names.get(event.start, ""), names.get(event.end - 1, "")]
            rows.append([*row(delivery, event), *ends])
        write_rows(table, (*COLUMNS, "first_still", "last_still"), rows)
        file.writestr(TABLE, table.getvalue().encode())
    return content.getvalue()


def _names(event: Event, stills: Stills) -> dict[int, str]:
    """Return the files of an event's stills, by the frame that they stand for."""
    found = {}
    for frame in ends_of(event):
        still = stills.get((event.title_id, frame))
        if still is not None:
            end = "in" if frame == event.start else "out"
            at = ascii_letters(still.timecode(event)).translate({ord(":"): "-", ord(";"): "-"})
            found[frame] = f"stills/{event.position:03d}-{end}-{at}.jpg"
    return found
