"""What may be asked of a search, the same from command line, API and browser.

A request has three groups of fields: what is looked for, what hits must be (``filters``), and how
the answer is arranged. It is read once, when a plan is made of it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from app.search.filters import Filters
from app.search.quotes import unquoted
from indexer.errors import ReelfindError

Level = Literal["clip", "shot"]
SearchRoute = Literal["picture", "dialogue", "words", "context", "like", "still", "clip"]
RouteName = Literal[SearchRoute, "preference", "filter"]
Order = Literal["relevance", "clip-worthiness", "popularity", "time"]
Tail = Literal["cut", "keep"]
Grouping = Literal["none", "title"]

STILL_LENGTH = 16 * 2**20
"""The longest still, in base64 characters: 12 MiB of picture."""
CLIP_LENGTH = 17 * 2**20
"""The longest clip, in base64 characters: 12.75 MiB of media, within the default of a body."""
CURSOR_LENGTH = 4000
"""A cursor holds the name of a title."""

Id = Annotated[str, Field(max_length=128)]
"""Of a clip, shot or title."""
Words = Annotated[str, Field(max_length=1000)]
"""Part of a query."""


class RequestError(ReelfindError):
    """A field of a search that is well formed and still makes no sense; ``field`` is its name."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


class Sought(BaseModel):
    """What is looked for: words, examples, or both."""

    q: str = Field("", max_length=1000, description="Words; empty lists what the filters leave.")
    then: str = Field(
        "", max_length=1000, description="Words that follow those of `q` in the same title."
    )
    within: float = Field(
        30.0, gt=0, le=36_000, description="Seconds between `q` and `then`, at most."
    )
    also: str = Field(
        "", max_length=1000, description="Words that hold for the same clip (or shot) as `q`."
    )
    as_words: list[Words] = Field(
        [],
        max_length=100,
        description="Words that are no preference, as an answer names it: `at night`.",
    )
    like: list[Id] = Field(
        [], max_length=50, description="Ids of clips, shots or titles that hits are to be like."
    )
    unlike: list[Id] = Field(
        [], max_length=50, description="Ids of clips, shots or titles that hits are not to be like."
    )
    story: float = Field(
        0.5,
        ge=0,
        le=1,
        description="With `like` or `unlike`, how much titles as a whole count: from 0, like "
        "these moments, to 1, like their stories.",
    )
    still: str | None = Field(
        None, max_length=STILL_LENGTH, description="A picture (JPEG, PNG or WebP) as base64."
    )
    clip: str | None = Field(
        None,
        max_length=CLIP_LENGTH,
        description="A media file of at most 60 seconds (MP4, WebM, MOV …) as base64.",
    )
    good: list[Id] = Field(
        [], max_length=200, description="Ids of hits of this search that were right."
    )
    bad: list[Id] = Field(
        [], max_length=200, description="Ids of hits of this search that were wrong."
    )
    routes: list[SearchRoute] = Field(
        [],
        max_length=20,
        description="Search by these routes only; empty takes those with a weight.",
    )

    @field_validator("then", "also")
    @classmethod
    def _refuse_a_second_part_without_a_first(cls, words: str, info: ValidationInfo) -> str:
        if words.strip() and not info.data.get("q", "").strip():
            raise ValueError("needs words in q beside it")
        if words.strip() and info.field_name == "also" and info.data.get("then", "").strip():
            raise ValueError("cannot be asked for together with then")
        return words

    @field_validator("good", "bad")
    @classmethod
    def _refuse_judging_nothing(cls, ids: list[str], info: ValidationInfo) -> list[str]:
        sought = any(info.data.get(name) for name in ("like", "still", "clip"))
        if ids and not sought and not info.data.get("q", "").strip():
            raise ValueError("needs what was looked for beside it: q, like, still or clip")
        return ids

    @property
    def seeks(self) -> bool:
        """Whether something is looked for, beyond what filters leave."""
        given = self.like or self.unlike or self.still or self.clip
        return bool(unquoted(self.q) or given)

    @property
    def positive_ids(self) -> list[str]:
        """What hits are to be like: examples, and hits that were right."""
        return [*self.like, *self.good]

    @property
    def negative_ids(self) -> list[str]:
        """What hits are not to be like: examples, and hits that were wrong."""
        return [*self.unlike, *self.bad]

    @property
    def only_negative(self) -> bool:
        """Whether the negative examples only reorder what something else finds."""
        other = self.q.strip() or self.still or self.clip
        return bool(self.negative_ids and not self.positive_ids and other)


class Arrangement(BaseModel):
    """How the answer is ordered, grouped and paged."""

    order: Order = Field(
        "relevance", description="Without words, `relevance` is by clip-worthiness."
    )
    tail: Tail = Field("cut", description="What becomes of weak matches.")
    group: Grouping = Field("none", description="Bring the hits of a title together.")
    merge: bool = Field(
        False, description="Join hits that touch into one moment; not together with `then`."
    )
    diverse: bool = Field(False, description="Put hits first that differ from those before.")
    level: Level = Field("clip", description="What hits are: clips, or single shots.")
    limit: int = Field(20, ge=1, le=200, description="Hits on a page; titles where grouped.")
    cursor: str | None = Field(
        None,
        max_length=CURSOR_LENGTH,
        description="`next_cursor` of the answer before, for what follows.",
    )


class SearchRequest(Arrangement, Filters, Sought):
    """What is looked for: words, examples, filters or all of these. See ``docs/search.md``."""

    # The bases stand in reverse: pydantic takes the fields of the last one first.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("merge")
    @classmethod
    def _refuse_joining_what_is_joined(cls, merge: bool, info: ValidationInfo) -> bool:
        if merge and info.data.get("then", "").strip():
            raise ValueError("cannot be asked for together with then")
        return merge
