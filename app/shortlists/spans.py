"""Spans of titles from what people write: clip and shot ids, frames and timecodes."""

from typing import TYPE_CHECKING

from app.search.request import RequestError
from app.shortlists.earlier import problem_of
from app.shortlists.records import Item, ShortlistError
from indexer import timecode
from indexer.catalogue import Catalogue, Manifest
from indexer.earlier_versions import EarlierVersions
from indexer.errors import ReelfindError
from indexer.records import Media

if TYPE_CHECKING:
    from app.runtime import Runtime


def item_of_hit(runtime: "Runtime", identity: str, note: str = "") -> Item:
    """Return the item of a clip or a shot, by the id that a search gives it.

    Raises:
        ShortlistError: the index has no such clip or shot.
        ReelfindError: the index cannot be read.
    """
    try:
        hit = runtime.neighbours(identity, 0, 0).hit
    except RequestError as error:
        raise no_such_hit(identity) from error
    return Item(hit.title_id, hit.start_frame, hit.end_frame, note)


def no_such_hit(identity: str) -> ShortlistError:
    """Return the error of an id that the index does not know."""
    return ShortlistError(
        f"{identity}: no clip or shot has this id; `reelfind search … --json` prints the ids, and "
        "they change when a film is indexed anew"
    )


def item_of_span(manifest: Manifest, first: str, last: str, note: str = "") -> Item:
    """Return the item from ``first`` to ``last``, which is left out: frames or timecodes.

    Raises:
        ShortlistError: a place is none, or lies outside the title.
    """
    media = manifest.title.media
    item = Item(manifest.title.title_id, frame_at(media, first), frame_at(media, last), note)
    check_inside(manifest, item.end_frame)
    return item


def title_of(catalogue: Catalogue, item: Item) -> Manifest:
    """Return the title that an item is a span of.

    Raises:
        ShortlistError: it is no longer in the catalogue, or its file was replaced.
    """
    manifest = catalogue.manifest(item.title_id)
    if manifest is not None:
        return manifest
    earlier = EarlierVersions(catalogue).find(item.title_id)
    if earlier is not None:
        raise ShortlistError(f"this item was {problem_of(earlier)}")
    raise ShortlistError(f"{item.title_id}: no such title; index the film again")


def frame_at(media: Media, place: str) -> int:
    """Return the frame of a title at a number of frames, or at a timecode on its start timecode.

    Raises:
        ShortlistError: it is neither, or lies before the title's start.
    """
    if place.isdecimal():
        return int(place)
    try:
        frame = timecode.frame_at(place, media.fps, media.start_timecode)
    except ReelfindError as error:
        raise ShortlistError(str(error)) from error
    if frame < 0:
        raise ShortlistError(
            f"timecode {place}: before the title's start at {media.start_timecode}"
        )
    return frame


def check_inside(manifest: Manifest, end_frame: int) -> None:
    """Check that an exclusive end lies inside a title.

    Raises:
        ShortlistError: it does not.
    """
    if end_frame > manifest.frame_count:
        raise ShortlistError(
            f"frame {end_frame}: {manifest.title.metadata.name} ends at frame "
            f"{manifest.frame_count}; choose an earlier out frame"
        )
