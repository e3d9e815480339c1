"""Shots and clips of a title as rows of its cut list."""

from pydantic import BaseModel, ConfigDict, Field

from probes.tasks import ScoreKind


class Row(BaseModel):
    """A shot or clip of a cut list; ``end_frame`` is exclusive. Tasks of your own follow."""

    model_config = ConfigDict(extra="allow")

    id: str
    index: int
    title: str
    title_id: str
    start_frame: int
    end_frame: int
    fps: str
    start_seconds: float
    end_seconds: float
    timecode_in: str
    timecode_out: str
    clip_worthiness: float
    popularity: float | None = None
    tones: list[str]
    genres: list[str]
    ad_categories: list[str] = []
    zero_shot: list[str]
    scored_by: dict[str, str]
    score_kind: ScoreKind
    text: str


class ShotRow(Row):
    """A shot: how it begins, and over how many frames."""

    transition: str
    transition_frames: int


class ClipRow(Row):
    """A clip: the shots it is made of."""

    first_shot: int
    shots: int


class ShotRows(BaseModel):
    """Shots in order; ``next`` is the ``from`` of those that follow, null at the end."""

    shots: list[ShotRow]
    next: int | None = Field(None)


class ClipRows(BaseModel):
    """Clips in order; ``next`` is the ``from`` of those that follow, null at the end."""

    clips: list[ClipRow]
    next: int | None = Field(None)
