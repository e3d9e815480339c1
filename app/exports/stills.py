"""Stills of a cut: the first and the last frame of each item, right to the frame."""

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.exports.cut import Event, check_film
from app.exports.delivery import Delivery
from indexer.decoding import STILL_NAME, extract_stills
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle
from indexer.timecode import timecode


@dataclass(frozen=True)
class Still:
    """A JPEG of a frame of a title."""

    frame: int
    jpeg: bytes

    def timecode(self, event: Event) -> str:
        """Return the source timecode of its frame, in an event of its title."""
        return timecode(self.frame, event.media.fps, event.media.start_timecode)


Stills = Mapping[tuple[str, int], Still]
"""The stills of frames, by title id and frame."""


def ends_of(event: Event) -> list[int]:
    """Return the first and the last frame of an event; one, if they are the same."""
    return sorted({event.start, event.end - 1})


def read_stills(delivery: Delivery) -> Stills:
    """Return the stills of the ends of all events.

    Where a film is not there to be read, the nearest still of the item stands for a frame that has
    none; an item without any still has none.
    """
    found: dict[tuple[str, int], Still] = {}
    for title_id in dict.fromkeys(event.title_id for event in delivery.cut.events):
        title = delivery.library.title(title_id) if delivery.library is not None else None
        if title is not None:
            events = [event for event in delivery.cut.events if event.title_id == title_id]
            found |= _of_title(delivery, title, events)
    return found


def _of_title(
    delivery: Delivery, title: IndexedTitle, events: list[Event]
) -> dict[tuple[str, int], Still]:
    wanted = dict.fromkeys(frame for event in events for frame in ends_of(event))
    jpegs = {frame: path.read_bytes() for frame in wanted if (path := title.still(frame))}
    jpegs |= _decoded(delivery, events[0], [frame for frame in wanted if frame not in jpegs])
    found = {frame: Still(frame, jpeg) for frame, jpeg in jpegs.items()}
    for event in events:
        for frame in ends_of(event):
            near = _nearest(title, event, frame) if frame not in found else None
            if near is not None:
                found[frame] = near
    return {(title.title_id, frame): still for frame, still in found.items()}


def _decoded(delivery: Delivery, event: Event, frames: Iterable[int]) -> dict[int, bytes]:
    """Return the frames that the film gives; none if it is away, was replaced or is damaged."""
    wanted, media = list(frames), event.media
    with tempfile.TemporaryDirectory(prefix="reelfind-") as made:
        folder = Path(made)
        with suppress(ReelfindError, OSError):
            if wanted and media.path.is_file():
                check_film(event)
                with delivery.slot():
                    extract_stills(media, wanted, folder, delivery.decoding, event.breaks)
        paths = {frame: folder / STILL_NAME.format(frame) for frame in wanted}
        return {frame: path.read_bytes() for frame, path in paths.items() if path.is_file()}


def _nearest(title: IndexedTitle, event: Event, frame: int) -> Still | None:
    kept = title.still_frames(event.start, event.end)
    near = min(kept, key=lambda each: abs(each - frame), default=None)
    path = title.still(near) if near is not None else None
    return Still(near, path.read_bytes()) if near is not None and path is not None else None
