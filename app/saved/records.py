"""Saved searches and what is sent of them, as they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field

from app.echo import AsAsked
from app.records import Hit
from app.search.parts import Part, parts_of
from app.search.request import SearchRequest
from indexer.errors import ReelfindError


class SavedError(ReelfindError):
    """A saved search cannot be kept as asked. ``field`` names what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownSavedError(ReelfindError):
    """There is no such saved search."""


class SavedSearch(BaseModel):
    """A search with a name. Its webhook's secret is told once, when it is made."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    request: AsAsked[SearchRequest] | None = Field(
        description="Null where an earlier version saved what this one refuses; `problem` says why."
    )
    problem: str = Field("", description="Why it cannot be run; empty where it can.")
    author: str
    created: datetime
    seen: datetime = Field(description="When somebody last looked at what it finds.")
    seen_number: int | None = Field(
        None, description="The number of the last title that was there then."
    )
    webhook: str | None = Field(None, description="The address that is told of new matches.")

    def runnable(self) -> SearchRequest:
        """Return what is searched for.

        Raises:
            SavedError: it cannot be run.
        """
        if self.request is None:
            raise SavedError(
                "request",
                f"{self.name}: cannot be run ({self.problem}); save it again and remove this one",
            )
        return self.request


class Delivery(BaseModel):
    """One message to a webhook, and how it went so far."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Its `webhook-id`: the same at every attempt.")
    saved_id: str
    title_id: str
    created: datetime
    attempts: int
    due: datetime | None = Field(description="When it is tried next; null once that is over.")
    delivered: datetime | None
    error: str | None = Field(description="Why the last attempt failed.")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state(self) -> Literal["waiting", "delivered", "given up"]:
        """Whether it arrived."""
        if self.delivered is not None:
            return "delivered"
        return "waiting" if self.due is not None else "given up"


class NewHits(BaseModel):
    """What a saved search finds in titles that were indexed since a moment."""

    since: datetime
    until: datetime = Field(description="When it was asked: what comes later is not in it.")
    number: int = Field(
        0, description="The number of the last title that was there then; numbers only grow."
    )
    titles: int = Field(description="Titles indexed since then, whether they match or not.")
    hits: list[Hit]


class Match(BaseModel):
    """What a webhook is told: the best hits of a title that was newly indexed."""

    saved_id: str
    name: str
    title_id: str
    title: str
    found: int = Field(description="Hits in this title, of which the best are below.")
    hits: list[Hit]


class Message(BaseModel):
    """The body that a webhook receives."""

    type: Literal["saved_search.matched"] = "saved_search.matched"
    timestamp: datetime = Field(description="When the title was indexed.")
    data: Match


class NewSavedSearch(BaseModel):
    """A search to save."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = (
        Field(description="No other saved search has it.")
    )
    request: SearchRequest = Field(description="The search.")
    webhook: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = Field(
        None, description="An https address that is told of newly indexed titles that match."
    )


class MadeSavedSearch(SavedSearch):
    """A saved search, with what is told once."""

    secret: str | None = Field(
        None, description="What its webhook's messages are signed with. It is not shown again."
    )


class Looked(BaseModel):
    """Until when somebody has seen what a saved search finds."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime | None = Field(
        None, description="`until` of what was looked at; now when left out."
    )
    number: int | None = Field(
        None,
        ge=0,
        le=2**31 - 1,
        description="`number` of what was looked at; without it, titles go by `until`, which a "
        "clock that is set back makes uncertain.",
    )


class FeedItem(BaseModel):
    """One title that matched."""

    id: str
    url: str
    title: str
    content_text: str
    date_published: datetime


class Feed(BaseModel):
    """The titles that matched, newest first."""

    version: Literal["https://jsonfeed.org/version/1.1"] = "https://jsonfeed.org/version/1.1"
    title: str
    home_page_url: str
    feed_url: str
    items: list[FeedItem]


def summary(saved: SavedSearch) -> str:
    """Return what a saved search looks for, or why it cannot be run, in a line."""
    if saved.request is None:
        return f"cannot be run: {saved.problem}"
    return describe(saved.request) or "Everything in the catalogue"


def describe(request: SearchRequest) -> str:
    """Return what a search looks for, in a line; empty where it looks for everything."""
    files = {"still": "similar to an image", "clip": "similar to a clip"}
    parts = [
        request.q.strip(),
        *(said for field, said in files.items() if getattr(request, field)),
        *_labels(each for each in parts_of(request) if each.field != "limit"),
        "shots" if request.level == "shot" else "",
        f"by {request.order}" if request.order != "relevance" else "",
    ]
    return " · ".join(part for part in parts if part)


def _labels(parts: Iterable[Part]) -> list[str]:
    """Return what parts say, the values of one field together."""
    labels: dict[str, str] = {}
    for each in parts:
        known = labels.get(each.field)
        labels[each.field] = each.label if known is None else f"{known}, {each.value}"
    return list(labels.values())
