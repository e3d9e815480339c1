"""What is told of a title: the rows of its cut list, its sound, and titles like it."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.records import Record, TitleSummary
from probes.tasks import ScoreKind

Aspect = Literal["story", "look", "sound"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
"""Parts of a title that can be compared by themselves."""


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


class TitleSound(Record):
    """What is heard along a title, from its first frame on; a step of the curves follows another.

    The curves end with the sound, and are empty where a title has none.
    """

    title_id: str
    step_seconds: float = Field(description="Length of a step.")
    integrated: float | None = Field(
        description="Loudness of the whole title in LUFS, null where nothing is heard."
    )
    loudness: list[float] = Field(description="LUFS; -100 where nothing is heard.")
    speech: list[float] = Field(description="How sure it is that somebody speaks, 0 to 1.")
    music: list[float] = Field(description="How sure it is that music is heard, 0 to 1.")


class SimilarTitle(Record):
    """A title that is like another."""

    title: TitleSummary = Field(description="The title.")
    score: float = Field(
        description="How much it is like the other, at most 1: the mean of what was compared."
    )
    parts: dict[str, float] = Field(
        description="By part: the cosine. A part that either title lacks is missing, as the story "
        "of one without dialogue."
    )


class SimilarTitles(Record):
    """The titles that are most like one, best first."""

    title_id: str
    by: list[Aspect] = Field(description="What was compared; nothing stands for all of it.")
    titles: list[SimilarTitle]
