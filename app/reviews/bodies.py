"""Reviews as they are sent and shown: to programs and on pages."""

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.shortlists.bodies import Frame
from app.titles.clock import Clock

Reviewer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
ItemId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,32}$")]
Version = Annotated[int, Field(ge=1, le=10**9)]


class NewReviewLink(BaseModel):
    """A review link to make."""

    model_config = ConfigDict(extra="forbid")

    name: Reviewer = Field(description="Whom it is for.")
    days: float = Field(14, gt=0, le=365, description="How long it works.")


class ReviewLinkRow(BaseModel):
    """A review link. Its key is shown once, when it is made."""

    link_id: str
    name: str = Field(description="Whom it is for.")
    author: str = Field(description="Who made it.")
    created: datetime.datetime
    ends: datetime.datetime = Field(description="It works until then.")
    revoked: datetime.datetime | None


class MadeReviewLink(ReviewLinkRow):
    """A review link that was just made, with its key, which is stored nowhere."""

    key: str
    address: str = Field(description="Of the review page, on this server.")


class NewReviewComment(BaseModel):
    """A comment on a frame, an item or the whole list."""

    model_config = ConfigDict(extra="forbid")

    name: Reviewer = Field(description="Who says it.")
    text: Comment = Field(description="The comment.")
    version: Version = Field(description="Of the list, as it was seen.")
    item_id: ItemId | None = Field(None, description="Left out: the whole list.")
    frame: Frame | None = Field(
        None, description="A frame of the item, counted in its title. Left out: the whole item."
    )


class NewApproval(BaseModel):
    """Whether an item or the whole list is approved."""

    model_config = ConfigDict(extra="forbid")

    name: Reviewer = Field(description="Who says it. Their earlier answer is replaced.")
    version: Version = Field(description="Of the list, as it was seen.")
    item_id: ItemId | None = Field(None, description="Left out: the whole list.")
    approved: bool | None = Field(description="False: needs changes. Null takes the answer back.")


class ReviewCommentRow(BaseModel):
    """A comment. ``changed``: what it is about is no longer as the reviewer saw it."""

    comment_id: str
    item_id: str | None = Field(description="Null: the whole list.")
    frame: int | None = Field(description="Of the item's title. Null: the whole item.")
    timecode: str | None = Field(description="Of the frame, as the source counts.")
    version: int = Field(description="Of the list, as the reviewer saw it.")
    changed: bool = Field(description="The item, or the list, was changed or removed since.")
    name: str = Field(description="As the reviewer gave it.")
    link: str = Field(description="The name of the link that was used.")
    text: str
    made: datetime.datetime


class ApprovalRow(BaseModel):
    """A reviewer's answer on an item or the whole list."""

    item_id: str | None = Field(description="Null: the whole list.")
    approved: bool = Field(description="False: needs changes.")
    version: int = Field(description="Of the list, as the reviewer saw it.")
    changed: bool = Field(description="The item, or the list, was changed or removed since.")
    name: str = Field(description="As the reviewer gave it.")
    link: str = Field(description="The name of the link that was used.")
    made: datetime.datetime


class ReviewFeedback(BaseModel):
    """What reviewers say of a shortlist, oldest first."""

    comments: list[ReviewCommentRow]
    approvals: list[ApprovalRow]


class ReviewItem(BaseModel):
    """An item of a review. ``clock`` counts its timecode; it is null where it cannot be played."""

    item_id: str
    position: int = Field(description="From 1.")
    title: str
    start_frame: int
    end_frame: int = Field(description="Exclusive.")
    fps: str | None = Field(description='Rational frame rate, such as "24000/1001".')
    timecode_in: str | None
    timecode_out: str | None
    clock: Clock | None
    record_start: int = Field(description="Its first frame on the sequence.")
    record_frames: int = Field(description="Its length on the sequence.")
    problem: str | None = Field(description="Why it cannot be played.")


class ReviewBody(ReviewFeedback):
    """A shortlist as reviewers see it: no paths, notes or other parts of its titles."""

    name: str
    version: int
    ends: datetime.datetime = Field(description="The link works until then.")
    fps: str = Field(description="Frame rate of the sequence.")
    clock: Clock
    frames: int = Field(description="Length of the sequence.")
    items: list[ReviewItem]
