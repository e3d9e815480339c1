"""What an advertiser asks for, in OpenRTB's names where it has them.

``cat``, ``bcat`` and ``cattax`` are those of OpenRTB 2.6 (sections 3.2.1 and 3.2.16,
github.com/InteractiveAdvertisingBureau/openrtb2.x, 2.6.md), with the ids of AdCOM's list of
category taxonomies. In a bid request ``bcat`` blocks categories of advertisers; here it names
what the film may not show beside the ad.
"""

from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.ads.openrtb import OpenRtb, Roll
from app.echo import AsAsked
from app.records import Hit
from indexer.records import Transition

MOST_BRIEFS = 50
"""Briefs in one batch."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[list[Word], Field(max_length=100)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]

USUAL = " If left out, that of the settings (`[ads]`)."


class Never(BaseModel):
    """What is never beside a break, and never in a clip that is offered: brand safety."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tones: Words = Field([], description="Tones.")
    genres: Words = Field([], description="Genres of the title.")
    words: Words = Field(
        [], description="Words or phrases in what is said in the clips before and after the break."
    )
    score: Score = Field(
        0.15,
        description="From this score on a tone or a category of `bcat` counts as there, even where "
        "it is not among the few that a clip carries.",
    )


class AdBrief(BaseModel):
    """One brief. Everything may be left out; what is asked for more than once adds up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(
        "", max_length=1000, description="What the ad should stand beside, in free words."
    )
    cat: Words = Field(
        [], description="Content categories to seek: ids of the taxonomy, or our names of them."
    )
    bcat: Words = Field([], description="Content categories that are never beside the break.")
    cattax: int | None = Field(
        None,
        ge=0,
        le=1000,
        description="The taxonomy of `cat` and `bcat`, by AdCOM's list: 9 is IAB Content Taxonomy "
        "3.1, the only one here. OpenRTB reads 1.0 (1) where it is left out, so say it.",
    )
    tones: Words = Field([], description="Tones to seek.")
    avoid: Words = Field([], description="Tones to avoid where possible; `never` forbids them.")
    never: Never = Never()
    title: Words = Field([], description="Only these titles, by id or name.")
    title_none: Words = Field([], description="Not these titles.")
    series: Words = Field([], description="Only these series.")
    series_none: Words = Field([], description="Not these series.")
    genre: Words = Field([], description="Only titles with any of these genres.")
    language: Words = Field([], description="Only titles in these languages (ISO 639-1).")
    rolls: list[Roll] = Field(
        ["mid-roll"], min_length=1, max_length=3, description="Where in a title breaks may be."
    )
    earliest: Seconds | None = Field(
        None, description="Seconds at the start of a title without mid-rolls." + USUAL
    )
    latest: Seconds | None = Field(
        None, description="Seconds into the title after which no mid-roll comes."
    )
    clear_end: Seconds | None = Field(
        None, description="Seconds at the end of a title without mid-rolls." + USUAL
    )
    min_distance: Seconds | None = Field(
        None, description="Seconds between two breaks of a title, at least." + USUAL
    )
    max_per_hour: int | None = Field(
        None, ge=1, le=3600, description="The most breaks within any hour of a title." + USUAL
    )
    max_load: float | None = Field(
        None, ge=1, le=3600, description="The most seconds of ads in any hour of a title." + USUAL
    )
    break_seconds: float | None = Field(
        None, ge=1, le=3600, description="Seconds that a break lasts." + USUAL
    )
    per_title: int | None = Field(None, ge=1, le=200, description="The most breaks in a title.")
    limit: int = Field(10, ge=0, le=200, description="The most breaks in all.")
    clips: int = Field(10, ge=0, le=100, description="The most candidate clips.")

    @model_validator(mode="after")
    def _refuse_an_empty_span(self) -> "AdBrief":
        if self.latest is not None and self.latest < (self.earliest or 0):
            raise ValueError("latest lies before earliest")
        return self


class Pacing(BaseModel):
    """The rules that breaks were chosen by: those of the brief, else those of the settings."""

    model_config = ConfigDict(frozen=True)

    min_distance: float = Field(description="Seconds between two breaks of a title, at least.")
    earliest: float = Field(description="Seconds at the start of a title without mid-rolls.")
    latest: float | None = Field(description="Seconds into the title of the last mid-roll.")
    clear_end: float = Field(description="Seconds at the end of a title without mid-rolls.")
    max_per_hour: int | None = Field(description="The most breaks within any hour of a title.")
    max_load: float | None = Field(description="The most seconds of ads in any hour of a title.")
    break_seconds: float = Field(description="Seconds that a break lasts.")
    per_title: int | None = Field(description="The most breaks of a title.")

    @property
    def within_an_hour(self) -> int | None:
        """How many breaks may begin within an hour; None for any number."""
        limits = [] if self.max_per_hour is None else [self.max_per_hour]
        if self.max_load is not None:
            limits.append(int(Fraction(self.max_load) / Fraction(self.break_seconds)))
        return min(limits, default=None)


class AdBriefs(BaseModel):
    """Several briefs, answered in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    briefs: list[AdBrief] = Field(
        min_length=1, max_length=MOST_BRIEFS, description="Answered in this order."
    )


class Reason(BaseModel):
    """One part of a score: ``score`` is the mean of the parts' values by their weights."""

    part: str
    value: float = Field(description="0 to 1.")
    weight: float
    told: str = Field(description="The same in words.")


class AdClip(BaseModel):
    """A clip that suits the brief."""

    score: float
    reasons: list[Reason]
    clip: Hit


class AdBreak(BaseModel):
    """A place between two shots: the ad comes before ``frame``."""

    title: str
    title_id: str
    roll: Roll
    frame: int = Field(description="The first frame after the break.")
    fps: str = Field(description='Rational frame rate, such as "24000/1001".')
    seconds: float
    timecode: str
    transition: Transition | None = Field(description="How the picture changes; null at the ends.")
    clip_end: bool = Field(description="Whether it is at the end of a clip.")
    clip_before: str | None = Field(description="Id of the clip before it.")
    clip_after: str | None = Field(description="Id of the clip after it: the same inside a clip.")
    still_before: str | None = Field(
        description="Address of the last frame before the break; null before the film."
    )
    still_after: str | None = Field(
        description="Address of the first frame after the break; null after the film."
    )
    score: float
    reasons: list[Reason]
    openrtb: OpenRtb

    @property
    def break_id(self) -> str:
        """The break's id in bid requests and lists."""
        return self.openrtb.video.podid


class LeftOut(BaseModel):
    """Places between shots of the titles looked at that cannot be breaks, by the first reason."""

    outside: int = Field(0, description="Not where the brief wants breaks.")
    spoken: int = Field(0, description="Inside a spoken line.")
    unsafe: int = Field(0, description="Beside what the brief excludes.")


class AdCandidates(BaseModel):
    """The answer to one brief, best first."""

    brief: AsAsked[AdBrief] = Field(description="The fields that the request had.")
    pacing: Pacing
    took_ms: float
    clips: list[AdClip]
    breaks: list[AdBreak]
    titles: int = Field(description="Titles whose shots were looked at.")
    left_out: LeftOut


class AdAnswers(BaseModel):
    """The answers to several briefs, in their order."""

    answers: list[AdCandidates]
