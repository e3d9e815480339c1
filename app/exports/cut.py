"""A shortlist as a cut: the sequence that every export writes, with all times resolved.

A cut has one frame rate, that of its *sequence*. An item of a title at this rate lasts as many
frames there as in its title. An item at another rate keeps its speed: its length in seconds is
rounded to the nearest frame of the sequence, and is at least one. The sequence begins at one
hour, as is the custom.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from app.exports.rates import record_frames
from app.exports.records import ExportError
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersions
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
from indexer.named_roots import check_root
from indexer.records import UNBROKEN, Breaks, Media
from indexer.timecode import DROP_RATES, frames_of, timecode
from indexer.unchanged import ChangedError, check_unchanged


@dataclass(frozen=True, slots=True)
class Event:
    """One item on the sequence.

    ``start`` and ``end`` are frames of the title's grid, ``record_start`` and ``record_end``
    frames of the sequence, from 0; both ends are exclusive. ``frame_count`` is the length of
    the whole title, and ``breaks`` are those of its file. ``position`` counts from 1. ``note``
    is a person's, ``reason`` says why Reelfind suggested the item.
    """

    position: int
    name: str
    title_id: str
    media: Media
    frame_count: int
    start: int
    end: int
    record_start: int
    record_end: int
    note: str
    breaks: Breaks = UNBROKEN
    reason: str = field(default="", repr=False)  # A reel's id is made of the rest.

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels of its sound among those of the file, counted from 1; none if silent."""
        found: list[int] = []
        before = 0
        for track in self.media.audio_tracks:
            if track in self.media.heard:
                found += range(before + 1, before + track.channels + 1)
            before += track.channels
        return tuple(found)

    @property
    def first_frame(self) -> int:
        """The title's start timecode, in frames from ``00:00:00:00``."""
        start = self.media.start_timecode
        return frames_of(start, self.media.fps) if start else 0

    @property
    def timecode_in(self) -> str:
        """The source timecode of the first frame."""
        return timecode(self.start, self.media.fps, self.media.start_timecode)

    @property
    def timecode_out(self) -> str:
        """The source timecode of the frame after the last."""
        return timecode(self.end, self.media.fps, self.media.start_timecode)


@dataclass(frozen=True, slots=True)
class Cut:
    """A shortlist's events in order, on a sequence of ``fps`` frames a second.

    ``start_timecode`` is that of the sequence: drop-frame where a title at its rate is.
    ``width`` and ``height`` are those of the largest picture, in pixels, both even.
    """

    name: str
    fps: Fraction
    start_timecode: str
    width: int
    height: int
    events: tuple[Event, ...]

    @property
    def frames(self) -> int:
        """The length of the sequence."""
        return self.events[-1].record_end

    @property
    def drop_frame(self) -> bool:
        """Whether the sequence counts drop-frame."""
        return ";" in self.start_timecode

    @property
    def first_frame(self) -> int:
        """The sequence's start timecode, in frames from ``00:00:00:00``."""
        return frames_of(self.start_timecode, self.fps)

    def timecode(self, frame: int) -> str:
        """Return the record timecode of a frame of the sequence."""
        return timecode(frame, self.fps, self.start_timecode)

    @property
    def channels(self) -> int:
        """The most channels that an event has; 0 where all are silent."""
        return max(len(event.channels) for event in self.events)

    @property
    def rates(self) -> dict[Fraction, list[str]]:
        """The names of the titles at each frame rate."""
        found: defaultdict[Fraction, list[str]] = defaultdict(list)
        for event in self.events:
            if event.name not in found[event.media.fps]:
                found[event.media.fps].append(event.name)
        return dict(found)


def make_cut(catalogue: Catalogue, shortlist: Shortlist, fps: Fraction | None = None) -> Cut:
    """Place a shortlist's items on a sequence.

    Args:
        catalogue: where the items' titles are.
        shortlist: what is cut together.
        fps: the sequence's rate; None is the rate at which most of the shortlist runs.

    Raises:
        ExportError: it is empty, or an item lies outside its title, has none, or was made on an
            earlier version of its file, or a film was replaced since it was indexed.
        ReelfindError: a film lies under a root that is not set on this machine.
    """
    if not shortlist.items:
        raise ExportError(f"{shortlist.name}: has no items to export; add some first")
    found = {item.title_id: catalogue.manifest(item.title_id) for item in shortlist.items}
    manifests = [
        _checked(catalogue, shortlist, position, item, found[item.title_id])
        for position, item in enumerate(shortlist.items, start=1)
    ]
    fps = fps or main_rate(
        [
            (item, manifest.title.media.fps)
            for item, manifest in zip(shortlist.items, manifests, strict=True)
        ]
    )
    events: list[Event] = []
    record = 0
    for item, manifest in zip(shortlist.items, manifests, strict=True):
        media = manifest.title.media
        length = record_frames(item.frames, media.fps, fps)
        events.append(
            Event(
                position=len(events) + 1,
                name=manifest.title.metadata.name,
                title_id=item.title_id,
                media=media,
                frame_count=manifest.frame_count,
                start=item.start_frame,
                end=item.end_frame,
                record_start=record,
                record_end=record + length,
                note=item.note,
                breaks=manifest.breaks,
                reason=item.reason,
            )
        )
        record += length
    for event in {event.media: event for event in reversed(events)}.values():
        check_root(event.media.path)
        if _is_there(event.media.path):  # Lists are written for films on disks that are away, too.
            check_film(event)
    largest = max((event.media for event in events), key=lambda each: each.width * each.height)
    return Cut(
        name=shortlist.name,
        fps=fps,
        start_timecode=sequence_start(fps, [event.media for event in events]),
        width=largest.width + largest.width % 2,
        height=largest.height + largest.height % 2,
        events=tuple(events),
    )


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except ReelfindError:  # An object store that cannot be asked.
        return False


def check_film(event: Event, read: bool = False) -> None:
    """Check that an event's film, where it is there, is the one that its frames were chosen in.

    Args:
        event: of a cut.
        read: compare the content although size and times are as they were at the last check.

    Raises:
        ExportError: it is another.
    """
    try:
        check_unchanged(event.media, read)
    except ChangedError as error:
        raise ExportError(f"item {event.position} ({event.name}): {error}") from error


def _checked(
    catalogue: Catalogue,
    shortlist: Shortlist,
    position: int,
    item: Item,
    manifest: Manifest | None,
) -> Manifest:
    where = f"{shortlist.name}: item {position}"
    if manifest is None:
        earlier = EarlierVersions(catalogue).find(item.title_id)
        if earlier is not None:
            raise ExportError(
                f"{where}: made on an earlier version of {earlier.manifest.title.media.path}, "
                "whose frames may be others now; choose it again in the current version, or "
                "remove the item"
            )
        raise ExportError(
            f"{where}: its title {item.title_id} is no longer in the catalogue; index the film "
            "again, or remove the item"
        )
    if item.end_frame > manifest.frame_count:
        raise ExportError(
            f"{where}: ends at frame {item.end_frame} of {manifest.title.metadata.name}, which "
            f"has {manifest.frame_count}; trim the item"
        )
    return manifest


def main_rate(items: Iterable[tuple[Item, Fraction]]) -> Fraction:
    """Return the rate at which most of the time runs; the first of equals.

    Args:
        items: of a shortlist, each with its title's rate; at least one.
    """
    lengths: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for item, rate in items:
        lengths[rate] += item.frames / rate
    return max(lengths, key=lambda rate: lengths[rate])


def sequence_start(fps: Fraction, films: Iterable[Media]) -> str:
    """Return the start timecode of a sequence: drop-frame where a film at its rate is."""
    drop = any(
        media.fps == fps in DROP_RATES and ";" in (media.start_timecode or "") for media in films
    )
    return "01:00:00;00" if drop else "01:00:00:00"
