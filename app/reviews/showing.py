"""A review for display: the list, and what reviewers say of it."""

from collections.abc import Mapping
from typing import Any

from app.exports.playlist import Part, playlist_of
from app.problems import FieldProblem, FieldsError
from app.reviews.bodies import (
    ApprovalRow,
    NewApproval,
    NewReviewComment,
    ReviewBody,
    ReviewCommentRow,
    ReviewFeedback,
    ReviewItem,
)
from app.reviews.store import Link, ReviewStore
from app.shortlists.records import Item, Shortlist
from app.shortlists.store import ShortlistStore
from app.titles.clock import clock_of
from indexer.catalogue import Catalogue
from indexer.timecode import timecode


def review_of(
    catalogue: Catalogue, link: Link, now: Shortlist, feedback: ReviewFeedback
) -> ReviewBody:
    """Return a shortlist as those see it who have a link."""
    playlist = playlist_of(catalogue, now)
    return ReviewBody(
        name=now.name,
        version=now.version,
        ends=link.ends,
        fps="{}/{}".format(*playlist.fps.as_integer_ratio()),
        clock=clock_of(playlist.fps, playlist.start_timecode),
        frames=playlist.frames,
        items=[_item(part) for part in playlist.parts],
        **dict(feedback),
    )


def feedback_on(
    catalogue: Catalogue, shortlists: ShortlistStore, reviews: ReviewStore, now: Shortlist
) -> ReviewFeedback:
    """Return what reviewers say of a shortlist, and what of it was changed since."""
    comments = reviews.comments(now.shortlist_id)
    approvals = reviews.approvals(now.shortlist_id)
    versions = {int(row["version"]) for row in (*comments, *approvals)}
    then = {each.version: each for each in shortlists.at(now.shortlist_id, versions)}

    def shared(row: Mapping[Any, Any]) -> dict[str, Any]:
        item_id, seen = row["item_id"] or None, then.get(row["version"])
        changed = seen is None or _content(seen, item_id) != _content(now, item_id)
        return {**row, "item_id": item_id, "changed": changed}

    def comment(row: Mapping[Any, Any]) -> ReviewCommentRow:
        item = _find(then.get(row["version"], now), row["item_id"])
        return ReviewCommentRow(**shared(row), timecode=_timecode(catalogue, item, row["frame"]))

    return ReviewFeedback(
        comments=[comment(row) for row in comments],
        approvals=[ApprovalRow(**shared(row)) for row in approvals],
    )


def check_about(
    shortlists: ShortlistStore, now: Shortlist, said: NewReviewComment | NewApproval
) -> None:
    """Check that what a reviewer speaks of was there in the version that they saw.

    Raises:
        FieldsError: it was not.
    """
    seen = next(iter(shortlists.at(now.shortlist_id, {said.version})), None)
    if seen is None:
        raise _wrong("version", f"the list has no version {said.version}; load it again")
    item = _find(seen, said.item_id)
    if said.item_id is not None and item is None:
        raise _wrong("item_id", "no such item in this version of the list")
    frame = said.frame if isinstance(said, NewReviewComment) else None
    if frame is None:
        return
    if item is None:
        raise _wrong("frame", "name the item, too")
    if not item.start_frame <= frame < item.end_frame:
        raise _wrong("frame", f"the item has frames {item.start_frame} to {item.end_frame - 1}")


def _item(part: Part) -> ReviewItem:
    media = part.manifest.title.media if part.manifest is not None and not part.problem else None
    name = part.manifest.title.metadata.name if part.manifest is not None else ""

    def at(frame: int) -> str | None:
        return None if media is None else timecode(frame, media.fps, media.start_timecode)

    return ReviewItem(
        item_id=part.item.item_id,
        position=part.position,
        title=name or "Unavailable title",
        start_frame=part.start,
        end_frame=part.end,
        fps=None if media is None else "{}/{}".format(*media.fps.as_integer_ratio()),
        timecode_in=at(part.start),
        timecode_out=at(part.end),
        clock=None if media is None else clock_of(media.fps, media.start_timecode),
        record_start=part.record_start,
        record_frames=part.record_frames,
        problem="it cannot be played at the moment" if part.problem else None,
    )


def _content(shortlist: Shortlist, item_id: str | None) -> object:
    """Return what reviewers see of an item, or of the whole list; notes are not seen."""
    spans = {
        item.item_id: (item.title_id, item.start_frame, item.end_frame) for item in shortlist.items
    }
    return list(spans.values()) if item_id is None else spans.get(item_id, shortlist.version)


def _find(shortlist: Shortlist, item_id: str | None) -> Item | None:
    return next((item for item in shortlist.items if item.item_id == item_id), None)


def _timecode(catalogue: Catalogue, item: Item | None, frame: int | None) -> str | None:
    manifest = catalogue.manifest(item.title_id) if item and frame is not None else None
    if manifest is None or frame is None:
        return None
    media = manifest.title.media
    return timecode(frame, media.fps, media.start_timecode)


def _wrong(field: str, detail: str) -> FieldsError:
    return FieldsError([FieldProblem(field=field, detail=detail)])
