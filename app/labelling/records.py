"""Labels as they are sent and answered."""

import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST = 1000
"""Labels in one request."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Seconds = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Frame = Annotated[int, Field(ge=0, le=10**9)]


class NewLabel(BaseModel):
    """A label to write: of a clip by its id, or of a span of a title in seconds or frames."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    task: Name = Field(description="Such as `clip-worthiness` or `tone`.")
    class_name: Name | None = Field(
        None, alias="class", description="Such as `playful`; not needed for a task with one class."
    )
    clip_id: UUID | None = Field(None, description="Of a clip: `id` of a hit.")
    title: Name | None = Field(None, description="A title's id, name or file name.")
    start: Seconds | None = Field(None, description="Of a span, in seconds from the start.")
    end: Seconds | None = Field(None, description="Exclusive.")
    start_frame: Frame | None = Field(None, description="Of a span, instead: from 0.")
    end_frame: Frame | None = Field(None, description="Exclusive.")
    value: float | None = Field(
        None,
        allow_inf_nan=False,
        description="1 or 0 where the task asks whether (1 when left out), else any number.",
    )
    annotator: Name | None = Field(None, description="Who says so; else the name of your key.")


class NewLabels(BaseModel):
    """Labels to write, all or none."""

    model_config = ConfigDict(extra="forbid")

    labels: list[NewLabel] = Field(
        min_length=1, max_length=MOST, description="Written together, or none of them."
    )


class Written(BaseModel):
    """How many labels were added, and how many replaced what their annotator had said before."""

    added: int
    replaced: int


class StoredLabel(BaseModel):
    """A label as it is kept; times are seconds from the start of the film, end exclusive."""

    model_config = ConfigDict(populate_by_name=True)

    task: str
    class_name: str = Field(alias="class")
    title_id: str
    start: float
    end: float
    value: float
    annotator: str
    date: datetime.date
    earlier_version: bool = Field(
        False, description="Made on an earlier version of the file: kept, and not used."
    )


class StoredLabels(BaseModel):
    """Labels by title and time; ``next`` is the ``from`` of those that follow, null at the end."""

    labels: list[StoredLabel]
    next: int | None


class Removed(BaseModel):
    """How many labels were removed."""

    removed: int


class LabelFilter(BaseModel):
    """Which labels are meant: those that are as said in every respect given."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    task: Name | None = Field(None, description="Those of a task, such as `tone`.")
    class_name: Name | None = Field(None, alias="class", description="Those of a class.")
    title_id: Name | None = Field(None, description="Those of a title.")
    start: Seconds | None = Field(None, description="Those of a span with this start, in seconds.")
    end: Seconds | None = Field(None, description="Those of a span with this end, in seconds.")
    annotator: Name | None = Field(None, description="Those of one annotator.")


class LabelPage(LabelFilter):
    """Which labels are listed."""

    from_: int = Field(0, alias="from", ge=0, le=10**9, description="How many to leave out first.")
    limit: int = Field(200, ge=1, le=MOST, description="Most labels of one answer.")
