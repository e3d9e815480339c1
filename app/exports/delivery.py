"""A cut on its way to an editor: with paths as their machine has them, and the notes they want."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from app.exports.cut import Cut, Event
from app.exports.sources import reel_names
from indexer.path_mapping import NO_MAPPING, PathMapping
from indexer.pipeline_sections import DecodeSettings
from indexer.records import Line

if TYPE_CHECKING:
    from indexer.library import Library


@dataclass(frozen=True)
class Delivery:
    """All that formats write.

    Args:
        cut: the sequence.
        mapping: where the editor's machine has the films.
        reasons: whether the reasons of suggested items go along with people's notes.
        library: has the dialogue and the stills of titles; None knows none.
        decoding: how frames are read that have no still.
        slot: entered while they are read; a server reads few at a time.
    """

    cut: Cut
    mapping: PathMapping = NO_MAPPING
    reasons: bool = False
    library: "Library | None" = None
    decoding: DecodeSettings = field(default_factory=DecodeSettings)
    slot: Callable[[], AbstractContextManager[object]] = nullcontext

    def path(self, event: Event) -> PurePath:
        """Return where the editor's machine has an event's film."""
        return self.mapping.path(event.media.path)

    def url(self, event: Event) -> str:
        """Return the address of an event's film, for formats that link by address.

        A drive becomes ``file:///C:/Films/a.mp4``, a share ``file://server/share/a.mp4``; an object
        of a store has its own, such as ``s3://studio/films/a.mp4``.
        """
        return self.path(event).as_uri()

    def note(self, event: Event) -> str:
        """Return what goes along with an event, a line for each thing that is said of it."""
        return "\n".join(filter(None, [event.note, event.reason if self.reasons else ""]))

    @cached_property
    def reels(self) -> Mapping[str, str]:
        """The name of each title's reel, by title id."""
        return reel_names(self.cut.events)

    @cached_property
    def _lines(self) -> Mapping[str, Sequence[Line]]:
        """The lines of dialogue of each title, by title id: a title is read once."""
        if self.library is None:
            return {}
        ids = {event.title_id for event in self.cut.events}
        titles = {title_id: self.library.title(title_id) for title_id in ids}
        return {title_id: title.lines for title_id, title in titles.items() if title is not None}

    def lines(self, event: Event) -> Sequence[Line]:
        """Return the lines of dialogue of an event's title."""
        return self._lines.get(event.title_id, ())

    def spoken(self, event: Event) -> list[str]:
        """Return the dialogue that is heard in an event, a text for each line."""
        first, last = (float(frame / event.media.fps) for frame in (event.start, event.end))
        return [each.text for each in self.lines(event) if each.start < last and each.end > first]
