"""What a brief is answered with."""

from pydantic import BaseModel, Field

from app.ads.brief import AdBrief, Roll
from app.ads.openrtb import OpenRtb
from app.records import Hit
from indexer.records import Transition


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
    score: float
    reasons: list[Reason]
    openrtb: OpenRtb


class LeftOut(BaseModel):
    """Places between shots of the titles looked at that cannot be breaks, by the first reason."""

    outside: int = Field(0, description="Not where the brief wants breaks.")
    spoken: int = Field(0, description="Inside a spoken line.")
    unsafe: int = Field(0, description="Beside what the brief excludes.")


class AdCandidates(BaseModel):
    """The answer to one brief, best first."""

    brief: AdBrief
    took_ms: float
    clips: list[AdClip]
    breaks: list[AdBreak]
    titles: int = Field(description="Titles whose shots were looked at.")
    left_out: LeftOut


class AdAnswers(BaseModel):
    """The answers to several briefs, in their order."""

    answers: list[AdCandidates]
