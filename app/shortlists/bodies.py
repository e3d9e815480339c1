"""Shortlists as they are sent and shown: to programs, on the command line and on pages."""

import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_ITEMS = 1000
AGENT = "Reelfind-Agent"
"""The header with the program that acts for the caller: revisions note it beside the key's name."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Frame = Annotated[int, Field(ge=0, le=10**9)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class NewItem(BaseModel):
    """An item: a clip or shot by its id, or a span of a title in frames (end exclusive)."""

    model_config = ConfigDict(extra="forbid")

    hit_id: UUID | None = Field(None, description="`id` of a clip or shot that a search found.")
    title_id: str | None = Field(
        None,
        max_length=128,
        description="Of a span of a title, with `start_frame` and `end_frame`.",
    )
    start_frame: Frame | None = Field(None, description="The first frame, counted from 0.")
    end_frame: Frame | None = Field(None, description="Exclusive.")
    note: Note | None = Field(None, description="What to say of it.")


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

    name: Name = Field(description="No other shortlist has it.")
    target_seconds: Seconds | None = Field(None, description="The length it should have.")
    items: list[NewItem] = Field([], max_length=MOST_ITEMS, description="In their order.")


class ChangedShortlist(BaseModel):
    """A shortlist as it is to be from now on; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(None, description="Another name.")
    target_seconds: Seconds | None = Field(None, description="Null for no target any more.")
    items: list[ChangedItem] | None = Field(
        None, max_length=MOST_ITEMS, description="All items in their order; others are removed."
    )


class AddedItems(BaseModel):
    """Items to put into a shortlist as it is at that moment."""

    model_config = ConfigDict(extra="forbid")

    items: list[NewItem] = Field(min_length=1, max_length=MOST_ITEMS, description="In their order.")
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
    reason: str = Field("", description="Why Reelfind suggested it.")
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
