"""Shortlists as they travel: what is sent, what is answered, and items made of what was sent."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.problems import FieldProblem, FieldsError
from app.shortlists.earlier import problem_of
from app.shortlists.records import Item, Shortlist, ShortlistError
from app.shortlists.spans import check_inside, item_of_hit
from indexer.earlier_versions import EarlierVersions

if TYPE_CHECKING:
    from app.runtime import Runtime

MOST_ITEMS = 1000

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Frame = Annotated[int, Field(ge=0, le=10**9)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class NewItem(BaseModel):
    """An item: a clip or shot by its id, or a span of a title in frames (end exclusive)."""

    model_config = ConfigDict(extra="forbid")

    hit_id: UUID | None = Field(None, description="`id` of a clip or shot that a search found.")
    title_id: str | None = Field(None, max_length=128)
    start_frame: Frame | None = None
    end_frame: Frame | None = Field(None, description="Exclusive.")
    note: Note | None = None


class ChangedItem(NewItem):
    """An item of a whole list: one that is there, by `item_id`, or a new one."""

    item_id: str | None = Field(
        None,
        max_length=32,
        description="Of an item that is there: it stays the same item, and what is not said of it "
        "stays as it is.",
    )


class NewShortlist(BaseModel):
    """A shortlist to make."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    target_seconds: Seconds | None = Field(None, description="The length it should have.")
    items: list[NewItem] = Field([], max_length=MOST_ITEMS)


class ChangedShortlist(BaseModel):
    """A shortlist as it is to be from now on; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    target_seconds: Seconds | None = Field(None, description="Null for no target any more.")
    items: list[ChangedItem] | None = Field(
        None, max_length=MOST_ITEMS, description="All items in their order; others are removed."
    )


class AddedItems(BaseModel):
    """Items to put into a shortlist as it is at that moment."""

    model_config = ConfigDict(extra="forbid")

    items: list[NewItem] = Field(min_length=1, max_length=MOST_ITEMS)
    position: int | None = Field(
        None, ge=1, le=10**6, description="Of the first of them, from 1; the end where left out."
    )


class ShortlistItem(BaseModel):
    """An item. Times and timecodes are null where its title is no longer in the catalogue."""

    item_id: str
    position: int = Field(description="From 1.")
    title_id: str
    title: str | None
    start_frame: int
    end_frame: int = Field(description="Exclusive.")
    fps: str | None = Field(None, description='Rational frame rate, such as "24000/1001".')
    start_seconds: float | None = None
    end_seconds: float | None = None
    seconds: float | None = None
    timecode_in: str | None = None
    timecode_out: str | None = None
    note: str
    problem: str | None = Field(description="What is wrong with it, and what to do.")
    needs_check: bool = Field(
        False, description="Moved to another frame count, and not sure: check its in and out."
    )
    earlier_version: bool = Field(
        False, description="Made on an earlier version of this file: its times are those of then."
    )
    current_title_id: str | None = Field(
        None, description="With `earlier_version`: the title that the file is now."
    )


class ItemOverlap(BaseModel):
    """Two items, by position, that share frames."""

    first: int
    second: int
    frames: int
    duplicate: bool = Field(description="Whether they are the very same span.")


class ShortlistBody(BaseModel):
    """A shortlist as it is now. `ETag` is its version in quotes."""

    shortlist_id: str
    name: str
    version: int
    target_seconds: float | None
    total_seconds: float
    items: list[ShortlistItem]
    overlaps: list[ItemOverlap]


class ShortlistRow(BaseModel):
    """A shortlist in the list of all."""

    shortlist_id: str
    name: str
    version: int
    target_seconds: float | None
    total_seconds: float
    items: int = Field(description="How many.")


class RevisionRow(BaseModel):
    """What a shortlist was at one version."""

    version: int
    author: str
    made: datetime.datetime
    name: str
    items: int = Field(description="How many.")
    changes: list[str] = Field(description="What changed from the version before.")


def changed(now: Shortlist, asked: ChangedShortlist, runtime: "Runtime") -> Shortlist:
    """Return a shortlist with what is asked for changed.

    Raises:
        FieldsError: items that cannot be, each by its place in the list from 0.
    """
    said = asked.model_fields_set
    new = replace(now, name=asked.name or now.name)
    if "target_seconds" in said:
        new = replace(new, target_seconds=asked.target_seconds)
    if asked.items is not None:
        new = replace(new, items=items_of(runtime, asked.items, now.items))
    return new


def items_of(
    runtime: "Runtime", asked: Sequence[NewItem], known: Sequence[Item] = ()
) -> tuple[Item, ...]:
    """Return items from what was sent.

    Args:
        runtime: of the catalogue where their titles are.
        asked: what was sent.
        known: the items that ``item_id`` may name.

    Raises:
        FieldsError: items that cannot be, each by its place in ``asked`` from 0.
    """
    by_id = {item.item_id: item for item in known}
    found: list[Item] = []
    wrong: list[FieldProblem] = []
    for place, each in enumerate(asked):
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


def _item(runtime: "Runtime", asked: NewItem, known: dict[str, Item]) -> Item:
    identity = asked.item_id if isinstance(asked, ChangedItem) else None
    span = (asked.title_id, asked.start_frame, asked.end_frame)
    if identity is not None:
        if identity not in known:
            raise ShortlistError(f"item_id {identity}: is not in this version of the shortlist")
        if asked.hit_id is not None or asked.title_id is not None:
            raise ShortlistError("an item that is there keeps its title; leave item_id out instead")
        old = known[identity]
        item = replace(
            old,
            start_frame=old.start_frame if asked.start_frame is None else asked.start_frame,
            end_frame=old.end_frame if asked.end_frame is None else asked.end_frame,
            note=old.note if asked.note is None else asked.note,
            needs_check=old.needs_check and asked.start_frame is None and asked.end_frame is None,
        )
        if item.end_frame == old.end_frame:
            # Its title may have gone: it can be kept, moved and annotated all the same.
            return item
    elif asked.hit_id is not None and span == (None, None, None):
        return item_of_hit(runtime, str(asked.hit_id), asked.note or "")
    elif (
        asked.title_id is not None
        and asked.start_frame is not None
        and asked.end_frame is not None
        and asked.hit_id is None
    ):
        item = Item(asked.title_id, asked.start_frame, asked.end_frame, asked.note or "")
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
