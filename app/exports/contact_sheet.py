"""A contact sheet: one HTML file with all pictures in it, for people who sign off.

It needs no server and no network, and prints to paper or PDF from any browser.
"""

import base64
from pathlib import Path
from typing import Any

import jinja2

from app.exports.cut import Event
from app.exports.delivery import Delivery
from app.exports.rates import rate_words
from app.exports.stills import Stills, ends_of, read_stills
from indexer.characters import clean, one_line

_TEMPLATE = Path(__file__).parent / "contact_sheet.html"


def html_text(delivery: Delivery) -> str:
    """Return the sheet."""
    cut, stills = delivery.cut, read_stills(delivery)
    page = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        _TEMPLATE.read_text("utf-8")
    )
    return page.render(
        name=one_line(cut.name),
        clips=len(cut.events),
        seconds=f"{float(cut.frames / cut.fps):.2f}",
        rate=rate_words(cut.fps),
        starts=cut.start_timecode,
        items=[_item(delivery, event, stills) for event in cut.events],
    )


def _item(delivery: Delivery, event: Event, stills: Stills) -> dict[str, Any]:
    cut = delivery.cut
    found = [stills.get((event.title_id, frame)) for frame in ends_of(event)]
    return {
        "position": event.position,
        "title": one_line(event.name),
        "file": one_line(delivery.path(event).name),
        "source": (event.timecode_in, event.timecode_out),
        "record": (cut.timecode(event.record_start), cut.timecode(event.record_end)),
        "seconds": f"{float((event.end - event.start) / event.media.fps):.2f}",
        "note": clean(delivery.note(event)),
        "dialogue": " ".join(one_line(text) for text in delivery.spoken(event)),
        "stills": [
            {"timecode": still.timecode(event), "data": base64.b64encode(still.jpeg).decode()}
            for still in found
            if still is not None
        ],
    }
