"""Spans of titles from users' and programs' input: ids, frames and timecodes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.problems import FieldProblem, FieldsError
from app.search.request import RequestError
from app.shortlists.bodies import ChangedItem, ChangedShortlist, NewItem
from app.shortlists.records import Item, Shortlist, ShortlistError
from indexer import timecode
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersion, EarlierVersions
from indexer.errors import ReelfindError
from indexer.manifest import Manifest
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
    """Return the item from ``first`` to ``last`` (exclusive), both frames or timecodes.

    Raises:
        ShortlistError: one of them is invalid, or lies outside the title.
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


MARK = "Made on an earlier version of this file"


def problem_of(earlier: EarlierVersion) -> str:
    """Return the problem of such an item, with the next step."""
    return (
        f"made on an earlier version of {earlier.manifest.title.media.path.name}, whose frames may "
        "be others now; choose it again in the current version, or remove it"
    )


def with_changes(now: Shortlist, sent: ChangedShortlist, runtime: "Runtime") -> Shortlist:
    """Return a shortlist with the changes in a request.

    Raises:
        FieldsError: invalid items, each with its index in the list.
    """
    given = sent.model_fields_set
    new = replace(now, name=sent.name or now.name)
    if "target_seconds" in given:
        new = replace(new, target_seconds=sent.target_seconds)
    if sent.items is not None:
        new = replace(new, items=items_of(runtime, sent.items, now.items))
    return new


def items_of(
    runtime: "Runtime", sent: Sequence[NewItem], known: Sequence[Item] = ()
) -> tuple[Item, ...]:
    """Return the items in a request.

    Args:
        runtime: of the catalogue where their titles are.
        sent: items as they came.
        known: the items that ``item_id`` may name.

    Raises:
        FieldsError: invalid items, each with its index in ``sent``.
    """
    by_id = {item.item_id: item for item in known}
    found: list[Item] = []
    wrong: list[FieldProblem] = []
    for place, each in enumerate(sent):
        try:
            item = _item(runtime, each, by_id)
            if item.item_id in {other.item_id for other in found}:
                raise ShortlistError(f"item_id {item.item_id}: stands there twice")
            found.append(item)
        except ShortlistError as error:
            wrong.append(FieldProblem(field=f"items.{place}", detail=str(error)))
    if wrong:
        raise FieldsError(wrong)
    return tuple(found)


def _item(runtime: "Runtime", sent: NewItem, known: dict[str, Item]) -> Item:
    identity = sent.item_id if isinstance(sent, ChangedItem) else None
    span = (sent.title_id, sent.start_frame, sent.end_frame)
    if identity is not None:
        if identity not in known:
            raise ShortlistError(f"item_id {identity}: is not in this version of the shortlist")
        if sent.hit_id is not None or sent.title_id is not None:
            raise ShortlistError("an item that is there keeps its title; leave item_id out instead")
        old = known[identity]
        item = replace(
            old,
            start_frame=old.start_frame if sent.start_frame is None else sent.start_frame,
            end_frame=old.end_frame if sent.end_frame is None else sent.end_frame,
            note=old.note if sent.note is None else sent.note,
            needs_check=old.needs_check and sent.start_frame is None and sent.end_frame is None,
        )
        if item.end_frame == old.end_frame:
            # An item whose title is gone can still be kept, moved and annotated.
            return item
    elif sent.hit_id is not None and span == (None, None, None):
        return item_of_hit(runtime, str(sent.hit_id), sent.note or "")
    elif (
        sent.title_id is not None
        and sent.start_frame is not None
        and sent.end_frame is not None
        and sent.hit_id is None
    ):
        item = Item(sent.title_id, sent.start_frame, sent.end_frame, sent.note or "")
    else:
        raise ShortlistError("say which span: hit_id, or title_id with start_frame and end_frame")
    catalogue = runtime.catalogue
    earlier = EarlierVersions(catalogue).find(item.title_id)
    if earlier is not None:
        raise ShortlistError(problem_of(earlier))
    manifest = catalogue.readable(item.title_id)
    if manifest is None:
        raise ShortlistError(f"title_id {item.title_id}: no such title")
    check_inside(manifest, item.end_frame)
    return item
