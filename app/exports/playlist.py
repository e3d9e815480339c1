"""A shortlist as it is played: its items one after the other, as on the sequence of an export.

Nothing is rendered: a player shows each span from its film. What cannot be played, such as an item
whose title was removed, takes no time and says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.exports.cut import main_rate, sequence_start
from app.exports.rates import record_frames
from app.shortlists.records import Item, Shortlist
from app.shortlists.spans import problem_of
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersions
from indexer.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Part:
    """An item as it is played: frames ``start`` to ``end`` (exclusive) of its title.

    It is the frames from ``record_start`` of the sequence. ``problem`` says why it cannot be
    played; then ``manifest`` may be None, and ``record_frames`` is 0.
    """

    item: Item
    position: int
    manifest: Manifest | None
    start: int
    end: int
    record_start: int
    record_frames: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Playlist:
    """The items of a shortlist on a sequence of ``fps`` frames a second."""

    fps: Fraction
    start_timecode: str
    parts: tuple[Part, ...]

    @property
    def frames(self) -> int:
        """The length of the sequence."""
        return sum(part.record_frames for part in self.parts)


def playlist_of(catalogue: Catalogue, shortlist: Shortlist) -> Playlist:
    """Return a shortlist as it is played; an item that ends beyond its title ends with it."""
    found = [_found(catalogue, item) for item in shortlist.items]
    played = [
        (item, manifest)
        for item, (manifest, problem) in zip(shortlist.items, found, strict=True)
        if manifest is not None and not problem
    ]
    rates = [(item, manifest.title.media.fps) for item, manifest in played]
    fps = main_rate(rates) if rates else Fraction(25)
    return Playlist(
        fps,
        sequence_start(fps, [manifest.title.media for _, manifest in played]),
        tuple(_placed(shortlist.items, found, fps)),
    )


def _found(catalogue: Catalogue, item: Item) -> tuple[Manifest | None, str]:
    """Return the title of an item, and why the item cannot be played."""
    manifest = catalogue.manifest(item.title_id)
    if manifest is None:
        earlier = EarlierVersions(catalogue).find(item.title_id)
        if earlier is not None:
            return earlier.manifest, problem_of(earlier)
        return None, "its title is no longer in the catalogue; index the film again, or remove it"
    if item.start_frame >= manifest.frame_count:
        return manifest, f"its title ends at frame {manifest.frame_count}; trim it"
    return manifest, ""


def _placed(
    items: Sequence[Item], found: Sequence[tuple[Manifest | None, str]], fps: Fraction
) -> list[Part]:
    parts: list[Part] = []
    record = 0
    for position, (item, (manifest, problem)) in enumerate(zip(items, found, strict=True), 1):
        start, end, length = item.start_frame, item.end_frame, 0
        if manifest is not None and not problem:
            end = min(end, manifest.frame_count)
            length = record_frames(end - start, manifest.title.media.fps, fps)
        parts.append(Part(item, position, manifest, start, end, record, length, problem))
        record += length
    return parts
