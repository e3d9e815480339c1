"""What may be asked of a search, the same from command line, API and browser."""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from app.search.quotes import unquoted
from indexer.errors import ReelfindError
from probes.messages import shortened

Level = Literal["clip", "shot"]
RouteName = Literal["picture", "dialogue", "words", "context", "like", "still", "clip", "filter"]
SearchRoute = Literal["picture", "dialogue", "words", "context", "like", "still", "clip"]
Order = Literal["relevance", "clip-worthiness", "popularity", "time"]
Tail = Literal["cut", "keep"]
Grouping = Literal["none", "title"]

STILL_LENGTH = 16 * 2**20
"""The longest still, in base64 characters: 12 MiB of picture."""
CLIP_LENGTH = 17 * 2**20
"""The longest clip, in base64 characters: 12.75 MiB of media, within the default of a body."""
CURSOR_LENGTH = 4000
"""A cursor holds the name of a title."""

Name = Annotated[str, Field(max_length=500)]
"""A value that a filter compares with."""
Names = Annotated[list[Name], Field(max_length=1000)]
Id = Annotated[str, Field(max_length=128)]
"""Of a clip, shot or title."""
Seconds = Annotated[float, Field(ge=0, le=1e6)]
Share = Annotated[float, Field(ge=0, le=1)]

_CONDITION = re.compile(r"\s*([\w-]+?)\s*(!=|>=|<=|=)\s*(.*?)\s*")


class RequestError(ReelfindError):
    """A field of a search that is well formed and still makes no sense; ``field`` is its name."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


@dataclass(frozen=True)
class Condition:
    """One condition on a task: ``operator`` is =, !=, >= or <=; the last two take a number."""

    task: str
    operator: str
    value: str


def parse_condition(text: str) -> Condition:
    """Read a condition such as ``mood=dark`` or ``violence>=0.5``.

    Raises:
        ValueError: it is none, or compares with what is not a finite number.
    """
    found = _CONDITION.fullmatch(text)
    if found is None or not found[3]:
        said = shortened(repr(text))
        raise ValueError(
            f"{said} is not a condition; write TASK=CLASS, TASK!=CLASS or TASK>=NUMBER"
        )
    condition = Condition(found[1], found[2], found[3])
    if condition.operator in (">=", "<=") and not _is_finite(condition.value):
        raise ValueError(f"{shortened(repr(text))} needs a number after {condition.operator}")
    return condition


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


class SearchRequest(BaseModel):
    """What is looked for: words, examples, filters or all of these. See ``docs/search.md``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    q: str = Field("", max_length=1000, description="Words; empty lists what the filters leave.")
    without: str = Field("", max_length=1000, description="Words that hits should be far from.")
    then: str = Field(
        "", max_length=1000, description="Words that follow those of `q` in the same title."
    )
    within: float = Field(
        30.0, gt=0, le=36_000, description="Seconds between `q` and `then`, at most."
    )
    also: str = Field(
        "", max_length=1000, description="Words that hold for the same clip (or shot) as `q`."
    )
    like: list[Id] = Field(
        [], max_length=50, description="Ids of clips, shots or titles that hits are to be like."
    )
    unlike: list[Id] = Field(
        [], max_length=50, description="Ids of clips, shots or titles that hits are not to be like."
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
    tone: Names = Field([], description="Keep clips with any of these tones.")
    tone_all: Names = Field([], description="Keep clips with all of these tones.")
    tone_none: Names = Field([], description="Drop clips with any of these tones.")
    genre: Names = Field([], description="Keep clips of titles with any of these genres.")
    genre_all: Names = Field([], description="Keep clips of titles with all of these genres.")
    genre_none: Names = Field([], description="Drop clips of titles with any of these genres.")
    min_worthiness: Share | None = Field(
        None, description="Keep clips whose clip-worthiness is at least this."
    )
    max_worthiness: Share | None = Field(
        None, description="Keep clips whose clip-worthiness is at most this."
    )
    min_popularity: Share | None = Field(
        None, description="Keep clips whose popularity within their title is as high."
    )
    max_popularity: Share | None = Field(
        None, description="Keep clips whose popularity within their title is as low."
    )
    min_duration: Seconds | None = Field(None, description="Seconds, at least.")
    max_duration: Seconds | None = Field(None, description="Seconds, at most.")
    min_start: Seconds | None = Field(None, description="Seconds from the title's start.")
    max_start: Seconds | None = Field(None, description="Seconds from the title's start.")
    has_dialogue: bool | None = Field(None, description="Whether something is said in it.")
    ad_category: Names = Field(
        [], description="Keep clips that fit any of these ad categories (IAB tier 1)."
    )
    ad_category_all: Names = Field([], description="Keep clips that fit all of these.")
    ad_category_none: Names = Field([], description="Drop clips that fit any of these.")
    title: Names = Field([], description="Keep these titles, by id or name.")
    title_none: Names = Field([], description="Drop these titles, by id or name.")
    series: Names = Field([], description="Keep these series.")
    series_none: Names = Field([], description="Drop these series.")
    season: list[Annotated[int, Field(ge=0, le=100_000)]] = Field(
        [], max_length=1000, description="Keep these seasons."
    )
    language: Names = Field([], description="Keep titles in these languages (ISO 639-1).")
    language_none: Names = Field([], description="Drop titles in these languages.")
    where: Names = Field(
        [], description="Conditions on tasks of your own: `mood=dark`, `mood!=dark`, `risk>=0.5`."
    )
    order: Order = Field(
        "relevance", description="Without words, `relevance` is by clip-worthiness."
    )
    tail: Tail = Field("cut", description="What becomes of hits that are hardly relevant.")
    group: Grouping = Field("none", description="Bring the hits of a title together.")
    merge: bool = Field(
        False, description="Join hits that touch into one moment; not together with `then`."
    )
    diverse: bool = Field(False, description="Put hits first that differ from those before.")
    level: Level = "clip"
    limit: int = Field(20, ge=1, le=200, description="Hits on a page; titles where grouped.")
    cursor: str | None = Field(
        None,
        max_length=CURSOR_LENGTH,
        description="`next_cursor` of the answer before, for what follows.",
    )

    @field_validator("where")
    @classmethod
    def _refuse_what_is_no_condition(cls, where: list[str]) -> list[str]:
        for each in where:
            parse_condition(each)
        return where

    @field_validator("without", "then", "also")
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

    @field_validator("merge")
    @classmethod
    def _refuse_joining_what_is_joined(cls, merge: bool, info: ValidationInfo) -> bool:
        if merge and info.data.get("then", "").strip():
            raise ValueError("cannot be asked for together with then")
        return merge

    @property
    def seeks(self) -> bool:
        """Whether something is looked for, beyond what filters leave."""
        given = self.like or self.unlike or self.still or self.clip
        return bool(unquoted(self.q) or given)

    @property
    def near(self) -> list[str]:
        """What hits are to be like: examples, and hits that were right."""
        return [*self.like, *self.good]

    @property
    def far(self) -> list[str]:
        """What hits are not to be like: examples, and hits that were wrong."""
        return [*self.unlike, *self.bad]

    @property
    def only_far(self) -> bool:
        """Whether ``far`` only puts what something else finds into another order."""
        other = self.q.strip() or self.still or self.clip
        return bool(self.far and not self.near and other)

    @property
    def conditions(self) -> list[Condition]:
        """The conditions of ``where``, read."""
        return [parse_condition(each) for each in self.where]
